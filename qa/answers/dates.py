"""The dates that a text names, in any of their usual spellings.

In -> out: a text -> `Dated` in order: where each stands, and its year, month and day.
Does not: know what day it is ("yesterday", "last week"), or take a bare number for a year: that needs a word before it that years have ("in 2014").

A day without a month or a month without a year is no date: it cannot be put in order; nor is 03/04/2024, as nobody can
say which of the two is the month.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from qa.datatypes import Span
from qa.patterns import pattern
from qa.records import record

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_YEAR = r"(?P<year>1\d{3}|20\d\d)(?!\d|,\d|\.\d)"
_DAY = r"(?P<day>[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?"
_NEAR_YEAR = (
    r"\b(?:in|since|by|from|until|till|before|after|of|during|between|and|to|through|around|about|circa|year|early|late|mid|spring|summer|autumn|fall"
    r"|winter|’s|'s)[\s-]+|\("
)
_PATTERNS = tuple(pattern(source, re.IGNORECASE) for source in (
    rf"(?<![\w-])(?P<at>{_YEAR}-(?P<number>0[1-9]|1[0-2])(?:-(?P<day>0[1-9]|[12]\d|3[01]))?)(?![\w-])",
    rf"(?<![\w.])(?P<at>(?P<day>3[01]|[12]\d|0?[1-9])\.(?P<number>1[0-2]|0?[1-9])\.{_YEAR})(?!\w)",
    rf"(?<!\w)(?P<at>{_DAY}\s+(?:of\s+)?{_MONTH},?\s+{_YEAR})\b",
    rf"\b(?P<at>{_MONTH}\s+{_DAY},?\s+{_YEAR})\b",
    rf"\b(?P<at>{_MONTH},?\s+(?:of\s+)?{_YEAR})\b",
    rf"(?:{_NEAR_YEAR})(?P<at>(?=1[5-9]|20){_YEAR})(?![\w%]|\s+\w+s\b(?<!was))",
))  # fmt: skip


@record
class Dated:
    """A date and where it stands; month and day are 0 where they are not told."""

    span: Span
    year: int
    month: int = 0
    day: int = 0

    def is_within(self, other: Dated) -> bool:
        """Tell whether it is the same date, or one within the month or year that `other` is."""
        return self.year == other.year and other.month in (0, self.month) and other.day in (0, self.day)


def dates_in(text: str) -> list[Dated]:
    """Return the dates of a text, in the order in which they stand."""
    found: list[Dated] = []
    for date in _matches(text):
        if all(date.span.end <= other.span.start or other.span.end <= date.span.start for other in found):
            found.append(date)
    return sorted(found, key=lambda date: date.span)


def _matches(text: str) -> Iterator[Dated]:
    """Yield what each spelling finds, the fullest spellings first."""
    for form in _PATTERNS:
        for match in form.finditer(text):
            parts = match.groupdict()
            month = int(parts.get("number") or 0) or _number_of(parts.get("month"))
            yield Dated(Span(*match.span("at")), int(parts["year"]), month, int(parts.get("day") or 0))


def _number_of(month: str | None) -> int:
    return _MONTHS.index(month[:3].lower()) + 1 if month else 0
