"""Acronyms that no document has -> what they may stand for there: "PTO" where the documents say "paid time off".

In -> out: a Corpus, a Query and the passages nearest to it -> the acronyms of the question, each with the likeliest words for it.
Does not: know any acronym; it compares first letters. Whether the words were meant is told by whether they are answered (qa/answers/answering.py).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from qa.answers.retrieval import Query
from qa.indexing.contract import Corpus
from qa.text.tokens import is_content_word, stem

SHORTEST, LONGEST = 2, 6
"""Letters of an acronym that is spelled out."""
_BETWEEN = r"(?:\s+|-)(?:(?:of|the|and|for|in|to|on|at|by|with|a|an)\s+)?"


def unknown_acronyms(corpus: Corpus, query: Query) -> list[str]:
    """Return the acronyms of a question that no document has."""
    return [
        shown
        for shown, word, _ in query.weighty_words
        if shown.isalpha() and shown.isascii() and shown.isupper() and SHORTEST <= len(shown) <= LONGEST
        and not corpus.passage_frequency(stem(word))
    ]  # fmt: skip


def spelled_out(corpus: Corpus, acronyms: Iterable[str], rows: Iterable[int]) -> dict[str, str]:
    """Return the words in the passages `rows` that begin with the letters of each acronym, the most frequent ones; without those that have none."""
    texts = [corpus.passage(row).text for row in rows]
    found = {}
    for shown in acronyms:
        pattern = re.compile(r"\b" + _BETWEEN.join(rf"{letter}[^\W\d_]+" for letter in shown) + r"\b", re.IGNORECASE)
        told = Counter(" ".join(m.group().split()) for text in texts for m in pattern.finditer(text))
        told = Counter({words: n for words, n in told.items() if is_content_word(words.split()[0].lower())})
        if told:
            found[shown] = max(told, key=lambda words: (told[words], -len(words), words))
    return found
