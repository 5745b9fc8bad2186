"""What the quotes of an answer are -> how they stand: along a line of time, value beside value, below the names in them, or in two columns.

In -> out: an Answer -> a `Form`, made of its question, of the words that answer in its quotes and of the headings these stand under.
Does not: read a document, or guess: where fewer than two dates, values or sides are told apart, quotes stand one below the other; a
date or value that is far less likely the answer than the best one is no other one beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qa.answers.asking import Kind, kind_of
from qa.answers.dates import dates_in
from qa.answers.sides import sides_of
from qa.answers.wanted import likely_of
from qa.answers.words import has_number, unit_of, words_of
from qa.datatypes import OVERVIEW, Answer, Citation
from qa.datatypes import Kind as BlockKind
from qa.text.tokens import folded_words, stem

FEWEST = 2
LONGEST_COLUMN = 3
"""So many quotes of a column are seen at most."""
MORE_WORDS_CHARS = 12
"""Of an answer beside its date: "on 12 February 2025"."""


@dataclass(frozen=True, slots=True)
class Form:
    """`rows`: values, as the documents write them, each with its quote. `columns`: two heads, each with its quotes."""

    kind: str = ""
    """"timeline", "values", "names", "columns", or "" for one below the other."""
    rows: tuple[tuple[str, Citation], ...] = ()
    columns: tuple[tuple[str, tuple[Citation, ...]], ...] = ()
    missing: str = ""
    """Of two things that are compared, the one that no quote is about alone."""
    named: bool = False
    """Whether a quote names that one beside the other."""

    def quotes(self) -> list[Citation]:
        """Return the quotes that have a place in it, in the order in which they are shown."""
        return [citation for _, citation in self.rows] + [c for _, side in self.columns for c in side]

    def column_shown(self) -> int:
        """Return how many quotes of each column are seen before the rest of it is folded: as many as the shorter one has."""
        return min(LONGEST_COLUMN, *(len(side) for _, side in self.columns))


def form_of(answer: Answer) -> Form:
    """Return how the quotes of an answer stand."""
    return _timeline(likely_of(answer)) or _names(answer) or _values(answer) or _columns(answer) or Form()


def _timeline(citations: Sequence[Citation]) -> Form | None:
    dated = sorted((date, n) for n, c in enumerate(citations) if (date := _date(c)))
    if len({date for date, _ in dated}) < FEWEST:
        return None
    return Form("timeline", tuple((words_of(citations[n]), citations[n]) for _, n in dated))


def _date(citation: Citation) -> tuple[int, int, int] | None:
    """Return the date that is the answer in a quote, None where it is none."""
    if citation.answer is None:
        return None
    start, end = (edge - citation.span.start for edge in (citation.answer.start, citation.answer.end))
    for date in dates_in(citation.text):
        inside = start <= date.span.start and date.span.end <= end
        if inside and end - start - (date.span.end - date.span.start) <= MORE_WORDS_CHARS:
            return date.year, date.month, date.day
    return None


def _names(answer: Answer) -> Form | None:
    """Return the names that an overview lists, each with the sentence that has it."""
    if answer.kind != OVERVIEW or any(map(_date, answer.citations)):
        return None
    named = [(words_of(c) or _speaker(c), c) for c in answer.citations]
    return Form("names", tuple(named)) if named and all(name for name, _ in named) else None


def _speaker(citation: Citation) -> str:
    """Return who is named above what is said."""
    return citation.lead.text.strip("*_: ") if citation.lead and citation.lead.kind is BlockKind.TURN else ""


def _values(answer: Answer) -> Form | None:
    """Return amounts of one unit that differ, side by side, the likeliest first."""
    found = [(words_of(c), c) for c in likely_of(answer) if c.answer and has_number(words_of(c))]
    units = {unit_of(value) for value, _ in found}
    amount = units != {()} or kind_of(answer.question) is Kind.AMOUNT
    if len(units) != 1 or not amount or len({_plain(value) for value, _ in found}) < FEWEST:
        return None
    return Form("values", tuple(found))


def _plain(value: str) -> str:
    """Return an amount as it is compared: "10-14 day" and "10-14 days" are one, "up to 90 days" and "90 days" are."""
    words = list(folded_words(value))
    first = next((at for at, word in enumerate(words) if any(map(str.isdigit, word))), 0)
    return " ".join(map(stem, words[first:]))


def _columns(answer: Answer) -> Form | None:
    sides = sides_of(answer)
    if sides is None:
        return None
    if sides.are_told_apart:
        return Form("columns", columns=tuple(zip(sides.heads, sides.quotes, strict=True)))
    if sides.missing or not sides.compared or not any(sides.quotes):
        return Form(missing=sides.missing)
    return Form(missing=sides.heads[0 if sides.quotes[1] else 1], named=True)
