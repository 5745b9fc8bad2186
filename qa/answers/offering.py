"""The names that may be offered to ask about: such as the documents use in running text, in full.

In -> out: a Corpus -> a few names as they are written, those of more words first.
Does not: know any name, or offer a word for being frequent: an interjection, a heading's imperative and a word that is shouted stand in no sentence
the way names do, behind a word in small letters ("by Ada Lund", "in Lund").
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from qa.answers.asking import Kind as Asks
from qa.answers.asking import could_hold
from qa.answers.overview import speakers_of
from qa.answers.surroundings import RUNNING
from qa.indexing.contract import Corpus
from qa.patterns import pattern
from qa.text.tokens import fold, is_content_word

MOST_SENTENCES, MOST_DOCUMENTS = 3_000, 300
"""So many are read for names, of each document as many: what is offered first need not be what is named most."""
FEW_SENTENCES = 200
"""A name of as few is offered where it is used once, else where it is used twice."""
TOO_COMMON = 0.1
"""What is named in more than this share of so many sentences is what all of them are about: nobody need be told of it."""
LONGEST_ACRONYM = 5
"""More capitals than that are shouted."""
_WORD = r"[^\W\d_a-z][^\W\d_]*(?:[-’'][^\W\d_]+)*"
_NAME = pattern(
    rf"(?<![\w’'-]){_WORD}(?:(?: of(?: the)?| (?:van|von|de|der|den|da|di|du|la|le))? {_WORD}){{0,4}}(?![\w-])"
)
_BEHIND = pattern(r"[^\W\d_A-Z]\s\Z")
_NEXT = pattern(r"\s([^\W\d_A-Z][^\W\d_A-Z]*)")
_OWNER = pattern(r"[’']s?\Z")


def names_offered(corpus: Corpus, limit: int) -> list[str]:
    """Return at most `limit` names: of more words before single ones, the most frequent first."""
    texts = dict(_read(corpus))
    used, written = Counter[str](), Counter[str]()
    for text in texts.values():
        for name, is_told in _names(text):
            written[name] += 1
            used[name] += is_told
    speakers = Counter(speakers_of(corpus, texts).values())
    used.update({name: count for name, count in speakers.items() if " " in name and _NAME.fullmatch(name)})
    most = TOO_COMMON * len(texts) if len(texts) > FEW_SENTENCES else len(texts)
    least = 2 if len(texts) > FEW_SENTENCES else 1
    kept = [name for name, count in used.items() if count >= least and written[name] <= most and _may_be(corpus, name)]
    whole = [name for name in kept if " " in name or not _is_half(name, used, written)]
    return sorted(whole, key=lambda name: (" " not in name, -used[name], name))[:limit]


def _read(corpus: Corpus) -> Iterator[tuple[int, str]]:
    """Yield the first sentences of each document that are running text: number and text on one line."""
    documents = range(0, len(corpus.entries), 1 + len(corpus.entries) // MOST_DOCUMENTS)
    each = MOST_SENTENCES // max(1, len(documents))
    for number_of_document in documents:
        first, end = corpus.entries[number_of_document]["sentences"]
        for number in range(first, min(end, first + each)):
            if corpus.block_of(number).kind in RUNNING:
                document, span = corpus.sentence(number)
                yield number, " ".join(span.of(document.text).split())


def _names(text: str) -> Iterator[tuple[str, bool]]:
    """Yield what is written like a name, and whether it stands as one does: behind a word in small letters, and for itself ("in Denmark"),
    not before what it qualifies ("the Danish king")."""
    for match in _NAME.finditer(text):
        name, after = _OWNER.sub("", match.group()), _NEXT.match(text, match.end())
        qualifies = after is not None and name == match.group() and is_content_word(fold(after[1]))
        behind = _BEHIND.search(text[max(match.start() - 30, 0) : match.start()])
        yield name, bool(behind) and not qualifies


def _may_be(corpus: Corpus, name: str) -> bool:
    words = name.split()
    known = [fold(word) for word in words if word[0].isupper()]
    is_date = any(could_hold(Asks.TIME, word.removesuffix("s"), "") for word in words)
    is_shouted = any(word.isupper() and len(word) > LONGEST_ACRONYM for word in words)
    is_word = not is_content_word(known[0]) or len(name) < 2 or not any(map(corpus.is_name, known))
    return not (is_date or is_shouted or is_word)


def _is_half(name: str, used: Mapping[str, int], written: Mapping[str, int]) -> bool:
    """Tell whether a word is the beginning or the end of a name in full that is used as well: "Lund" of "Ada Lund"."""
    form = re.compile(rf"(?:\A{re.escape(name)} | {re.escape(name)}\Z)")
    return any(used[other] and form.search(other) for other in {*written, *used})
