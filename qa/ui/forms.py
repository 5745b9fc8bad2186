"""What the quotes of an answer are -> how they stand: along a line of time, value beside value, or in two columns.

In -> out: an Answer -> a `Form`, made of its question, of the words that answer in its quotes and of the headings these stand under.
Does not: read a document, or guess: where fewer than two dates, values or sides are told apart, quotes stand one below the other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa.answers.asking import Kind, kind_of
from qa.answers.dates import dates_in
from qa.answers.parts import LONGEST
from qa.datatypes import Answer, Citation
from qa.text.tokens import content_words, folded_words, stem

FEWEST = 2
MORE_WORDS_CHARS = 12
"""Of an answer beside its date: "on 12 February 2025"."""
_SIDES = tuple(re.compile(pattern, re.IGNORECASE) for pattern in (
    r"\b(?:differences?|distinction|comparison) between (?:(?:the|an?) )?(?P<a>.+?) and (?:(?:the|an?) )?(?P<b>.+?)\W*$",
    r"\bcompare (?:(?:the|an?) )?(?P<a>.+?) (?:and|with|to) (?:(?:the|an?) )?(?P<b>.+?)\W*$",
    r"(?P<a>\w[\w-]*(?: \w[\w-]*)?) (?:vs\.?|versus|compared (?:to|with)) (?P<b>\w[\w-]*(?: \w[\w-]*)?)",
    r"(?P<a>\w[\w-]*) or (?:the |an? )?(?P<b>\w[\w-]*)",
))  # fmt: skip
_NUMBER = re.compile(r"\d[\d.,\u00a0\u202f' ]*")
_SIZES = frozenset((
    "hundred", "thousand", "million", "billion", "trillion", "k", "m", "bn", "mn", "about", "around", "over", "nearly", "almost", "some", "up", "to",
    "at", "least", "more", "than",
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Form:
    """`rows`: values, as the documents write them, each with its quote. `columns`: two heads, each with its quotes."""

    kind: str = ""
    """"timeline", "values", "columns", or "" for one below the other."""
    rows: tuple[tuple[str, Citation], ...] = ()
    columns: tuple[tuple[str, tuple[Citation, ...]], ...] = ()
    missing: str = ""
    """Of two things that are compared, the one that no quote names."""

    def quotes(self) -> list[Citation]:
        """Return the quotes that have a place in it, in the order in which they are shown."""
        return [citation for _, citation in self.rows] + [c for _, side in self.columns for c in side]


def form_of(answer: Answer) -> Form:
    """Return how the quotes of an answer stand."""
    return _timeline(answer.citations) or _values(answer) or _columns(answer) or Form()


def _timeline(citations: Sequence[Citation]) -> Form | None:
    dated = sorted((date, n) for n, c in enumerate(citations) if (date := _date(c)))
    if len({date for date, _ in dated}) < FEWEST:
        return None
    return Form("timeline", tuple((_value(citations[n]), citations[n]) for _, n in dated))


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


def _values(answer: Answer) -> Form | None:
    """Return amounts of one unit that differ, side by side, the likeliest first."""
    found = [(_value(c), c) for c in answer.citations if c.answer and _NUMBER.search(_value(c))]
    units = {_unit(value) for value, _ in found}
    amount = units != {()} or kind_of(answer.question) is Kind.AMOUNT
    if len(units) != 1 or not amount or len({_plain(value) for value, _ in found}) < FEWEST:
        return None
    return Form("values", tuple(found))


def _value(citation: Citation) -> str:
    """Return the words of a quote that answer."""
    if citation.answer is None:
        return ""
    return citation.text[citation.answer.start - citation.span.start : citation.answer.end - citation.span.start]


def _unit(value: str) -> tuple[str, ...]:
    """Return what an amount is counted in: signs and words that are neither figures nor sizes."""
    signs = re.findall(r"[$€£¥%]", value)
    words = [stem(word) for word in folded_words(_NUMBER.sub(" ", value)) if word not in _SIZES]
    return tuple(sorted({*signs, *words}))


def _plain(value: str) -> str:
    return " ".join(folded_words(value))


def _columns(answer: Answer) -> Form | None:
    for pattern in _SIDES if len(answer.question) <= LONGEST else ():
        if not (match := pattern.search(answer.question)):
            continue
        heads = _thing(match["a"]), _thing(match["b"])
        first, second = ({stem(word) for word in content_words(head)} for head in heads)
        only = first - second, second - first
        if not all(only):
            continue
        sides: tuple[list[Citation], list[Citation]] = [], []
        for citation in answer.citations:
            side = _side(citation, only)
            if side is not None:
                sides[side].append(citation)
        if all(sides):
            heads = _written(heads[0], sides[0]), _written(heads[1], sides[1])
            return Form("columns", columns=tuple((head, tuple(side)) for head, side in zip(heads, sides, strict=True)))
        return Form(missing=_missing(answer.citations, heads, only))
    return None


def _missing(citations: Sequence[Citation], heads: tuple[str, str], only: tuple[set[str], set[str]]) -> str:
    """Return the one of two things that no quote names, "" where both are named, or none."""
    named = [any(_names(each, text) for c in citations for text in _told(c)) for each in only]
    return heads[named.index(False)] if sum(named) == 1 else ""


def _written(head: str, quotes: Sequence[Citation]) -> str:
    """Return a thing as its quotes write it: "rdb" is RDB."""
    form = re.compile(rf"(?<!\w){re.escape(head)}(?!\w)", re.IGNORECASE)
    found = [match.group() for c in quotes for text in _told(c) if (match := form.search(text))]
    return max(found, key=lambda each: sum(map(str.isupper, each)), default=head) if not head[:1].isupper() else head


def _thing(text: str) -> str:
    """Return a thing without what a pattern took along on either side: "Meloni on" is about Meloni."""
    words = text.split()
    own = [n for n, word in enumerate(words) if content_words(word)]
    return " ".join(words[own[0] : own[-1] + 1]) if own else ""


def _side(citation: Citation, only: tuple[set[str], set[str]]) -> int | None:
    """Return which of two things a quote is about: the one that it or else its nearest heading names alone.

    A quote that names one of them under a heading of the other is about neither alone.
    """
    own = [_names(each, citation.text) for each in only]
    for text in (*reversed(citation.headings), citation.title):
        above = [_names(each, text) for each in only]
        if sum(above) == 1:
            return above.index(True) if all(own) or own in (above, [False, False]) else None
    return own.index(True) if sum(own) == 1 else None


def _told(citation: Citation) -> tuple[str, ...]:
    return (citation.text, *citation.headings, citation.title)


def _names(stems: set[str], text: str) -> bool:
    """Tell whether a text has all words of a thing."""
    return stems <= set(map(stem, folded_words(text)))
