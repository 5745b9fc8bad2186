"""Words no document has -> the words of the documents they were meant for.

In -> out: a Corpus and a Query -> the corrections, as typed and as assumed.
Does not: touch a word that some document has, or guess: a word close to none stays as it is, and that makes a refusal.

Two ways to be meant, the first that fits: spoken alike (Zelenskiy, Zelenskyy), or one slip away (amercan; qa/answers/slips.py), in names of
eight letters and more two. A word typed with a capital is only taken for a name. A word the model knows whole ("Greece", "price") is no slip
of another: it is only taken for another spelling of the same one (defence, defense; Kiev, Kyiv).
A slip in the word that asks (whne, wich) is one of English, whatever the documents say; in a question of another language,
or of words that are mostly unknown and near to none, nothing is corrected: there an unknown word is as likely right. A word of English that
no document has is only a guess (larg: large): whether it was meant is told by whether it is answered (qa/answers/answering.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from qa.answers.retrieval import Query
from qa.answers.slips import SLIP_LETTERS, SURE_LETTERS, is_other_word, is_short_slip, one_slip_away
from qa.indexing.contract import SHORTEST_HEARD, Corpus
from qa.patterns import pattern
from qa.text.tokens import folded_words, is_content_word, sound, stem

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
_VERBS = frozenset(
    ("do", "does", "did", "is", "are", "was", "were", "can", "could", "may", "should", "will", "would", "has", "have")
)
_SUBJECTS = frozenset(
    ("i", "you", "he", "she", "it", "we", "they", "the", "a", "an", "my", "your", "our", "this", "that", "there")
)
_INFLECTIONS = ("s", "es", "d", "ed", "ing", "er", "ers", "or", "ors", "ly", "ness", "able", "ment", "ments")
_VARIANTS = [
    (pattern(source), plain)
    for source, plain in (
        ("our", "or"), (r"is(?=[ei])", "iz"), (r"ys(?=[ei])", "yz"), (r"ence\b", "ense"), (r"tre\b", "ter"), ("ll", "l"),
        ("ae|oe", "e"), (r"ogue\b", "og"), (r"mme\b", "m"),
    )
]  # fmt: skip


def corrections(corpus: Corpus, query: Query, known_words: Callable[[], Sequence[str]]) -> dict[str, str]:
    """Return the words of a question that no document has, each with the word of the documents it is taken for.

    `known_words` gives words of the language: one of them may be meant where the documents have it in another form ("swarn": swarming).
    """
    words = list(folded_words(query.text))
    if not _could_be_english(words):
        return {}
    found = {}
    for shown, word, tokens in query.weighty_words:
        if not shown[0].isalpha() or not word.isalpha() or len(word) < ASKING_LETTERS or word in corpus.words:
            continue
        is_met = bool(corpus.passage_frequency(stem(word)))
        pieces = [int(query.encoding.starts[token]) for token in tokens]
        inflection = word[pieces[1] - pieces[0] :] if len(pieces) > 1 else ""
        is_known = len(pieces) == 1 or inflection in _INFLECTIONS
        may_ask = word in words[:FIRST_WORDS] if len(pieces) > 1 else _goes_on_as_question(words, word)
        if not is_met and may_ask and (asks := _asking(word, words)):
            found[shown] = asks
            continue
        if is_met:
            meant = None if is_known else _same_stem(corpus, word)
        else:
            meant = _of_documents(corpus, word, inflection, is_known=is_known)
            if not meant and not is_known:
                meant = _in_another_form(corpus, word, known_words())
        if meant and (corpus.is_name(meant) or not is_typed_as_name(query.text, shown)):
            found[shown] = corpus.spelling_of(meant) if corpus.is_name(meant) else meant
    known = sum(not is_content_word(word) or bool(corpus.passage_frequency(stem(word))) for word in words)
    return found if len(words) <= BARE_WORDS or 2 * (known + len(found)) >= len(words) else {}


def _could_be_english(words: Sequence[str]) -> bool:
    """Tell whether a question is in English, or a few names, which may be of any language."""
    return len(words) <= BARE_WORDS or not _ENGLISH.isdisjoint(words)


def guesses(corpus: Corpus, query: Query, known_words: Callable[[], Sequence[str]]) -> dict[str, str]:
    """Return the words of a question that neither the documents nor the language have, each with the only word of the language it may be."""
    if not _could_be_english(list(folded_words(query.text))):
        return {}
    found = {}
    for shown, word, tokens in query.weighty_words:
        is_unknown = len(tokens) > 1 and word.isalpha() and not corpus.passage_frequency(stem(word))
        if is_unknown and not is_typed_as_name(query.text, shown):
            near = one_slip_away(known_words(), word)
            near = [other for other in near if is_short_slip(word, other)] or near
            if len(near) == 1 and not is_other_word(word, near[0]):
                found[shown] = near[0]
    return found


def _goes_on_as_question(words: Sequence[str], word: str) -> bool:
    """Tell whether a word is the first and the next two are those of an English question ("wen do I", "hoe is the")."""
    return words[:1] == [word] and len(words) > 2 and words[1] in _VERBS and words[2] in _SUBJECTS


def _asking(word: str, words: Sequence[str]) -> str | None:
    """Return the question word that is one slip away, in a question that has none and is English all the same."""
    from rapidfuzz.distance import OSA

    if set(ASKING) & set(words) or not _ENGLISH & set(words):
        return None
    near = [asking for asking in ASKING if OSA.distance(word, asking) == 1]
    return max(
        near, key=lambda asking: (sorted(asking) == sorted(word), asking[0] == word[0], len(asking)), default=None
    )


def _of_documents(corpus: Corpus, word: str, inflection: str, *, is_known: bool) -> str | None:
    """Return the word of the documents that is meant by one they do not have."""
    if len(word) < SHORTEST_HEARD:
        return None
    if not is_known:
        return _meant(corpus, word)
    return _other_spelling(corpus, word) or (_same_inflection(corpus, word, inflection) if inflection else None)


def _same_stem(corpus: Corpus, word: str) -> str | None:
    """Return the word that the documents have where they have one with the stem of another, one slip away (picturs, pictures).

    A plural of theirs is no slip (repos, repo), but a name may be somebody's (zubairs, Zubair).
    """
    near = [other for other in one_slip_away(corpus.vocabulary, word) if stem(other) == stem(word)]
    if any(word.removeprefix(other) in _INFLECTIONS and not corpus.is_name(other) for other in near):
        return None
    return _likeliest(corpus, [other for other in near if not other.startswith(word)])


def _same_inflection(corpus: Corpus, word: str, inflection: str) -> str | None:
    """Return the word that is meant by one that only looks inflected, because a letter is missing or doubled (montly, monthly)."""
    near = one_slip_away(corpus.vocabulary, word) if len(word) >= SURE_LETTERS else []
    return _likeliest(
        corpus, [o for o in near if len(o) != len(word) and o.endswith(inflection) and not is_other_word(word, o)]
    )


def _in_another_form(corpus: Corpus, word: str, known_words: Sequence[str]) -> str | None:
    """Return the word of the language one slip away that the documents have in another form, the one they have most often."""
    near = [
        o
        for o in one_slip_away(known_words, word)
        if not is_other_word(word, o) and (len(word) >= SURE_LETTERS or is_short_slip(word, o))
    ]
    return max(
        (o for o in near if corpus.passage_frequency(stem(o))),
        key=lambda o: (corpus.passage_frequency(stem(o)), o),
        default=None,
    )


def is_typed_as_name(text: str, shown: str) -> bool:
    """Tell whether a word of `text` has a capital where a sentence would not give it one."""
    return shown[0].isupper() and not text.lstrip().startswith(shown) and text != text.upper()


def corrected(text: str, found: Mapping[str, str]) -> str:
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
    alike = corpus.words_by_sound.get(sound(word)) or corpus.words_by_sound.get(sound(f"{word}s"))
    return _likeliest(corpus, alike or _slips(corpus, word) or _slips(corpus, word.removesuffix("s")))


def _slips(corpus: Corpus, word: str) -> list[str]:
    """Return the words of the documents with the fewest slips from `word`, if these are few enough."""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    if len(word) < SLIP_LETTERS:
        return []
    most = 2 if len(word) >= TWO_SLIPS_LETTERS else 1
    near = process.extract(word, corpus.vocabulary, scorer=OSA.distance, score_cutoff=most, limit=None)
    near = [row for row in near if corpus.is_name(row[0]) or (row[1] < 2 and not is_other_word(word, row[0]))]
    near = [row for row in near if row[1] < 2 or row[0][0] == word[0]]
    if len(word) < SURE_LETTERS:
        near = [
            row
            for row in near
            if row[0][0] == word[0] and (is_short_slip(word, row[0]) or _is_short_name(corpus, word, row[0]))
        ]
    fewest = min((slips for _, slips, _ in near), default=0)
    return [other for other, slips, _ in near if slips == fewest]


def _is_short_name(corpus: Corpus, word: str, other: str) -> bool:
    return len(word) > SLIP_LETTERS and corpus.is_name(other)


def _is_variant(word: str, other: str) -> bool:
    for form, plain in _VARIANTS:
        word, other = form.sub(plain, word), form.sub(plain, other)
    return word == other


def _is_transliterated(word: str, other: str) -> bool:
    """Tell whether two words differ in an i, e or y alone, and one of them has the y (Kiev, Kyiv)."""
    plain = [re.sub("[eiy]+", "i", each) for each in (word, other)]
    return plain[0] == plain[1] and ("y" in word) != ("y" in other)


def _likeliest(corpus: Corpus, words: Sequence[str]) -> str | None:
    return max(words, key=lambda word: (corpus.words[word][0], word), default=None)
