"""Words no document has -> the words of the documents they were meant for.

In -> out: a Corpus and a Query -> the corrections, as typed and as assumed.
Does not: touch a word that some document has, or guess: a word close to none stays as it is, and that makes a refusal.

Two ways to be meant, the first that fits: spoken alike (Zelenskiy, Zelenskyy), or one slip away (amercan), in names of eight letters and
more two. A word typed with a capital is only taken for a name. A word the model knows whole ("Greece", "price") is no slip of
another: it is only taken for another spelling of the same one (defence, defense; Kiev, Kyiv).
A slip in the word that asks (whne, wich) is one of English, whatever the documents say; in a question of another language,
or of words that are mostly unknown and near to none, nothing is corrected: there an unknown word is as likely right.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.answers.retrieval import Query
from qa.indexing.contract import SHORTEST_HEARD, Corpus
from qa.patterns import pattern
from qa.text.tokens import folded_words, is_content_word, sound, stem

SLIP_LETTERS = 5
"""Fewest letters of a word in which a slip is seen."""
SURE_LETTERS = 6
"""Below so many letters a slip is only seen in names or where letters are turned, and only behind the right first letter."""
TWO_SLIPS_LETTERS = 8
ASKING = ("what", "when", "where", "which", "who", "whom", "whose", "why", "how")
ASKING_LETTERS = 3
FIRST_WORDS = 3
"""The word that asks is one of so many first ones ("in wich year")."""
BARE_WORDS = 3
"""So few words without an English one among them may be names, in any language."""
_ENGLISH = frozenset(
    word
    for line in (
        "the is are were of on at and does did do has have had how many much to with for by about what when where which who",
        "whom whose why from can could would should there that this it they their his her be been not if than into",
    )
    for word in line.split()
)
_INFLECTIONS = ("s", "es", "d", "ed", "ing", "er", "ers", "or", "ors", "ly", "ness", "able", "ment", "ments")
_OPPOSITE = pattern(r"(?:un|in|im|il|ir|dis|non|de|a|mis|re|pre|anti|counter)\Z")
_VARIANTS = [
    (pattern(source), plain)
    for source, plain in (
        ("our", "or"), (r"is(?=[ei])", "iz"), (r"ys(?=[ei])", "yz"), (r"ence\b", "ense"), (r"tre\b", "ter"), ("ll", "l"),
        ("ae|oe", "e"), (r"ogue\b", "og"), (r"mme\b", "m"),
    )
]  # fmt: skip


def corrections(corpus: Corpus, query: Query) -> dict[str, str]:
    """Return the words of a question that no document has, each with the word of the documents it is taken for."""
    words = list(folded_words(query.text))
    if not _could_be_english(words):
        return {}
    found = {}
    for shown, word, tokens in query.weighty_words:
        if (
            shown[0].isalpha()
            and word.isalpha()
            and len(word) >= ASKING_LETTERS
            and not corpus.passage_frequency(stem(word))
        ):
            pieces = [int(query.encoding.starts[token]) for token in tokens]
            is_known = len(pieces) == 1 or word[pieces[1] - pieces[0] :] in _INFLECTIONS
            if len(pieces) > 1 and word in words[:FIRST_WORDS] and (asks := _asking(word, words)):
                found[shown] = asks
                continue
            meant = _of_documents(corpus, word, is_known=is_known)
            if meant and (corpus.is_name(meant) or not is_typed_as_name(query.text, shown)):
                found[shown] = corpus.spelling_of(meant) if corpus.is_name(meant) else meant
    known = sum(not is_content_word(word) or bool(corpus.passage_frequency(stem(word))) for word in words)
    return found if len(words) <= BARE_WORDS or 2 * (known + len(found)) >= len(words) else {}


def _could_be_english(words: Sequence[str]) -> bool:
    """Tell whether a question is in English, or a few names, which may be of any language."""
    return len(words) <= BARE_WORDS or not _ENGLISH.isdisjoint(words)


def _asking(word: str, words: Sequence[str]) -> str | None:
    """Return the question word that is one slip away, in a question that has none and is English all the same."""
    from rapidfuzz.distance import OSA

    if set(ASKING) & set(words) or not _ENGLISH & set(words):
        return None
    near = [asking for asking in ASKING if OSA.distance(word, asking) == 1]
    return max(
        near, key=lambda asking: (sorted(asking) == sorted(word), asking[0] == word[0], len(asking)), default=None
    )


def _of_documents(corpus: Corpus, word: str, *, is_known: bool) -> str | None:
    """Return the word of the documents that is meant by one they do not have."""
    if len(word) < SHORTEST_HEARD:
        return None
    return _other_spelling(corpus, word) if is_known else _meant(corpus, word)


def is_typed_as_name(text: str, shown: str) -> bool:
    """Tell whether a word of `text` has a capital where a sentence would not give it one."""
    return shown[0].isupper() and not text.lstrip().startswith(shown) and text != text.upper()


def corrected(text: str, found: dict[str, str]) -> str:
    """Return `text` with each of its words that was corrected replaced."""
    for typed, assumed in found.items():
        text = re.sub(rf"(?<![^\W_]){re.escape(typed)}(?![^\W_])", lambda _, new=assumed: new, text)  # type: ignore[misc]
    return text


def _other_spelling(corpus: Corpus, word: str) -> str | None:
    """Return the British, American or transliterated form of a word that the documents have."""
    alike = corpus.words_by_sound.get(sound(word), ())
    return _likeliest(
        corpus,
        [
            other
            for other in alike
            if _is_variant(word, other) or (corpus.is_name(other) and _is_transliterated(word, other))
        ],
    )


def _meant(corpus: Corpus, word: str) -> str | None:
    alike = corpus.words_by_sound.get(sound(word))
    return _likeliest(corpus, alike or _slips(corpus, word) or _slips(corpus, word.removesuffix("s")))


def _slips(corpus: Corpus, word: str) -> list[str]:
    """Return the words of the documents with the fewest slips from `word`, if these are few enough."""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    if len(word) < SLIP_LETTERS:
        return []
    most = 2 if len(word) >= TWO_SLIPS_LETTERS else 1
    near = process.extract(word, corpus.vocabulary, scorer=OSA.distance, score_cutoff=most, limit=None)
    near = [row for row in near if corpus.is_name(row[0]) or (row[1] < 2 and not _is_other_word(word, row[0]))]
    near = [row for row in near if row[1] < 2 or row[0][0] == word[0]]
    if len(word) < SURE_LETTERS:
        near = [row for row in near if row[0][0] == word[0] and (corpus.is_name(row[0]) or _is_turned(word, row[0]))]
    fewest = min((slips for _, slips, _ in near), default=0)
    return [other for other, slips, _ in near if slips == fewest]


def _is_turned(word: str, other: str) -> bool:
    """Tell whether two words have the same letters, in another order."""
    return sorted(word) == sorted(other)


def _is_variant(word: str, other: str) -> bool:
    for form, plain in _VARIANTS:
        word, other = form.sub(plain, word), form.sub(plain, other)
    return word == other


def _is_transliterated(word: str, other: str) -> bool:
    """Tell whether two words differ in an i, e or y alone, and one of them has the y (Kiev, Kyiv)."""
    plain = [re.sub("[eiy]+", "i", each) for each in (word, other)]
    return plain[0] == plain[1] and ("y" in word) != ("y" in other)


def _is_other_word(word: str, other: str) -> bool:
    """Tell whether one word begins with the other (macron, macro), or is it with a prefix that may turn its meaning (unmodified, modified)."""
    shorter, longer = sorted((word, other), key=len)
    rest = longer[: len(longer) - len(shorter)]
    return longer.startswith(shorter) or (longer.endswith(shorter) and bool(_OPPOSITE.match(rest)))


def _likeliest(corpus: Corpus, words: Sequence[str]) -> str | None:
    return max(words, key=lambda word: (corpus.words[word][0], word), default=None)
