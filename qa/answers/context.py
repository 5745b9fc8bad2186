"""What is said of a sentence outside it: the headings, lead-in, table header and speaker it stands under, its document's title,
author, date and name.

In -> out: a Query and sentences -> how well each word of the question is met there; a word -> whether any document is told of it.
Does not: look into the sentence (but for a row, which its table's others are told from) or its neighbours (qa/answers/ranking.py).
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING

from qa.answers.given import is_comparable
from qa.answers.retrieval import Query, idf
from qa.datatypes import Kind
from qa.indexing.contract import Corpus
from qa.indexing.structure import KINDS
from qa.text.numbers import MONTHS, dates_said, is_version, versions_in
from qa.text.tokens import folded_words, lexical_terms, stem

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ABOVE = 0.6
"""A word of the question that stands in a heading above a sentence is met to this degree in it."""
CALLED = 0.4
"""Likewise for what its document is called, and by whom and when it was written: all its sentences have that in common."""
LED = 0.8
"""Likewise for the speaker of a turn, the lead-in of a list, the header of a table, the term of a meaning."""
NAMED, OTHER_ROW = 1.0, 0.0
"""A word of the question that stands in some rows of a table is met to the first degree in these, to the second at most in the others;
so is the number of a version in sentences that have one."""
COMPARED = 0.8
"""A number that the asker brings along ("a repair of 80 euros") is met to this degree by one to compare it with ("up to 90 euros")."""
SAID = 0.9
"""Likewise for the day and the month of a date in figures that stands in the sentence itself, and for a name like "IT"."""


def told_matches(corpus: Corpus, query: Query, sentences: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return `(m, t)`: to what degree each token of the question is met above each sentence."""
    import numpy as np

    wanted = [(stem(word), tokens) for _, word, tokens in query.weighty_words]
    blocks, at = np.unique(np.asarray(corpus.sentences[sentences, 3]), return_inverse=True)
    degrees = np.zeros((len(blocks), len(query.encoding.pieces)), np.float32)
    documents = np.asarray(corpus.structure.rows[blocks, 0]).tolist()
    called = {document: stems_told(corpus, document) for document in set(documents)}
    for i, (number, document) in enumerate(zip(blocks.tolist(), documents, strict=True)):
        above, led = _stems_above(corpus, number)
        for word, tokens in wanted:
            degree = max(LED * (word in led), ABOVE * (word in above), CALLED * (word in called[document]))
            if degree:
                degrees[i, tokens] = degree
    found = degrees[at]
    if exact := [(word, tokens) for word, tokens in wanted if word.isupper() or word in _of_dates()]:
        for i, number in enumerate(sentences.tolist()):
            document, span = corpus.sentence(number)
            said = _said(span.of(document.text))
            for word, tokens in exact:
                found[i, tokens] = np.maximum(found[i, tokens], SAID * (word in said))
    return found


def named_rows(
    corpus: Corpus, query: Query, sentences: NDArray[np.int64], matches: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return `matches`, where a word of the question that stands in a row of a table is met in that row and hardly in the table's others.

    To the model August is much like September, and a row is too short for what stands around it to tell them apart.
    """
    import numpy as np

    blocks = np.asarray(corpus.sentences[sentences, 3])
    in_table = np.flatnonzero(np.asarray(corpus.structure.rows[blocks, 3]) == KINDS.index(Kind.ROW))
    if not len(in_table):
        return matches
    found, tables = matches.copy(), dict[tuple[int, int], list[int]]()
    documents = np.asarray(corpus.sentences[sentences, 0])
    for i in in_table.tolist():
        tables.setdefault((int(documents[i]), corpus.structure.block(int(blocks[i])).group), []).append(i)
    for (document, _), table in tables.items():
        cells = [_cells(corpus, document, int(blocks[i])) for i in table]
        for _, word, tokens in query.weighty_words:
            named = [stem(word) in row for row in cells]
            if any(named):
                for i, is_named in zip(table, named, strict=True):
                    near = found[i, tokens]
                    found[i, tokens] = np.maximum(near, NAMED) if is_named else np.minimum(near, OTHER_ROW)
    return found


def named_versions(
    corpus: Corpus, query: Query, sentences: NDArray[np.int64], matches: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return `matches`, where the number of a version is met in sentences that have it, and hardly in those that have another one."""
    import numpy as np

    if not (wanted := [(word, tokens) for _, word, tokens in query.weighty_words if is_version(word)]):
        return matches
    found = matches.copy()
    for i, number in enumerate(sentences.tolist()):
        document, span = corpus.sentence(number)
        told = versions_in((span.of(document.text),))
        for word, tokens in wanted:
            if told:
                near = found[i, tokens]
                found[i, tokens] = np.maximum(near, NAMED) if word in told else np.minimum(near, OTHER_ROW)
    return found


def compared(
    corpus: Corpus, query: Query, sentences: NDArray[np.int64], matches: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return `matches`, where each number that the asker brings along is met by one in each sentence that it can be compared with."""
    import numpy as np

    if not query.given:
        return matches
    found = matches.copy()
    for given, tokens in query.given:
        for i, number in enumerate(sentences.tolist()):
            document, span = corpus.sentence(number)
            found[i, tokens] = np.maximum(found[i, tokens], COMPARED * is_comparable(given, span.of(document.text)))
    return found


def named_elsewhere(corpus: Corpus, query: Query, sentences: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return `(m,)`: how much of the question, 0..1 by idf, stands above another of the sentences, as a heading, lead-in or title, and neither
    above this one nor in it; less what only stands above this one. Of two lists, or two manuals, the one whose heading or title has more of the
    question is asked for.
    """
    import numpy as np

    known = {
        stem(word): idf(len(corpus.passages), corpus.passage_frequency(stem(word)))
        for _, word, _ in query.weighty_words
    }
    most = sum(known.values()) or 1.0
    above = [(stems_over(corpus, n) | _titled(corpus, n)).intersection(known) for n in sentences.tolist()]
    others = set(above)
    found = np.zeros(len(sentences), np.float32)
    if len(others) > 1:
        for i, (number, own) in enumerate(zip(sentences.tolist(), above, strict=True)):
            document, span = corpus.sentence(number)
            has = own | _stems((span.of(document.text),))
            found[i] = max(sum(known[w] for w in words - has) - sum(known[w] for w in own - words) for words in others)
    return np.asarray(np.maximum(found, 0) / most, np.float32)


def _titled(corpus: Corpus, sentence: int) -> frozenset[str]:
    """Return the stems of the title of a sentence's document."""
    return _stems((corpus.entries[int(corpus.sentences[sentence, 0])]["title"],))


def stems_over(corpus: Corpus, sentence: int) -> frozenset[str]:
    """Return the stems of the headings above a sentence and of what leads to it."""
    above, led = _stems_above(corpus, int(corpus.sentences[sentence, 3]))
    return above | led


def stems_said(corpus: Corpus, sentence: int) -> frozenset[str]:
    """Return the stems of a sentence, of the headings above it and of what leads to it."""
    document, span = corpus.sentence(sentence)
    return stems_over(corpus, sentence) | _stems((span.of(document.text),))


def _cells(corpus: Corpus, document: int, number: int) -> frozenset[str]:
    """Return the stems in a row's cells, none for the row that names the columns."""
    row = corpus.structure.block(number)
    return _stems((row.span.of(corpus.document(document).text),)) if row.lead else frozenset()


def _said(text: str) -> set[str]:
    """Return what the model does not see in a sentence: its dates in figures as they are said, its names like "IT"."""
    dates = {stem(word) for _, _, date in dates_said(text) for word in date}
    return dates | {word for word in folded_words(text) if word.isupper()}


@cache
def _of_dates() -> frozenset[str]:
    return frozenset(map(stem, (*MONTHS, *map(str, range(1, 32)))))


def _stems_above(corpus: Corpus, number: int) -> tuple[frozenset[str], frozenset[str]]:
    """Return the stems of the headings above a block, and those of its lead."""
    block = corpus.structure.block(number)
    document = int(corpus.structure.rows[number, 0])
    led = ""
    if block.lead and block.kind in (Kind.TURN, Kind.ITEM, Kind.ROW, Kind.DEFINITION):
        led = block.lead.of(corpus.document(document).text)
    return _stems(block.headings), _stems((led,))


def stems_told(corpus: Corpus, document: int) -> frozenset[str]:
    """Return the stems of a document's title, author, date, other names and path."""
    entry = corpus.entries[document]
    told = entry["meta"]
    words = [
        entry["title"],
        *(told.get(key, "") for key in ("author", "to", "cc", "date", "aliases", "tags", "publisher")),
    ]
    return _stems(tuple(words + [name.rpartition(".")[0] for name in (entry["doc_id"], *entry["also"])]))


def is_told(corpus: Corpus, word: str) -> bool:
    """Tell whether a folded word is among what is said of some document."""
    return any(stem(word) in stems_told(corpus, number) for number in range(len(corpus.entries)))


@lru_cache(maxsize=8192)
def _stems(texts: tuple[str, ...]) -> frozenset[str]:
    return frozenset(term for text in texts for term in lexical_terms(text)) | versions_in(texts)
