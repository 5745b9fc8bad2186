"""A text that is said to be a quote -> where the documents have it, word for word.

In -> out: a Corpus and a text -> `Verification`.
Does not: judge what it means; the words and their order count, white space and punctuation are told apart in `exact`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa.answers.quoting import place_of
from qa.datatypes import Place, Span
from qa.indexing.corpus import Corpus
from qa.text.tokens import lexical_terms

LOOKED_THROUGH = 50
"""Documents of so many of the passages that share most terms with the text are searched."""
MOST_PLACES = 20
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether and where the words of a text stand in the documents, in their order."""

    text: str
    places: tuple[Place, ...]
    exact: tuple[bool, ...]
    """Of each place: whether punctuation and capitals are the same, too (white space may differ)."""
    quotes: tuple[str, ...]
    """Of each place: the documents' own text."""


def verify(corpus: Corpus, text: str) -> Verification:
    """Return the places, first document first; none for a text without a word."""
    import numpy as np

    words = _WORD.findall(text)
    if not words:
        return Verification(text, (), (), ())
    pattern = re.compile(r"(?<![^\W_])" + r"[\W_]+".join(map(re.escape, words)) + r"(?![^\W_])", re.IGNORECASE)
    scores = corpus.lexical.scores(lexical_terms(text))
    rows = np.argsort(-scores, kind="stable")[:LOOKED_THROUGH]
    found: list[tuple[Place, bool, str]] = []
    for number in sorted({int(corpus.passages[row, 0]) for row in rows}):
        document = corpus.document(number)
        for match in pattern.finditer(document.text):
            span = _with_marks(document.text, Span(*match.span()), text)
            quote = span.of(document.text)
            found.append((place_of(document, span), quote.split() == text.split(), quote))
    found = found[:MOST_PLACES]
    return Verification(
        text, tuple(p for p, _, _ in found), tuple(e for _, e, _ in found), tuple(q for _, _, q in found)
    )


def _with_marks(document: str, span: Span, text: str) -> Span:
    """Return the span with the marks around its words that the text has, too (quote marks, a full stop)."""
    before, after = re.match(r"\s*([\W_]*)", text), re.search(r"([\W_]*?)\s*\Z", text)
    left, right = (before.group(1) if before else ""), (after.group(1) if after else "")
    start = span.start - len(left) if left and document[: span.start].endswith(left) else span.start
    return Span(start, span.end + len(right) if right and document.startswith(right, span.end) else span.end)
