"""Numbers and dates in the one form that search compares: the fifteenth, 15th and 15; 2023-11-07 and 7 November 2023; the 80s and the 1980s.

In -> out: a folded word -> what it is compared as; a text -> the words of its dates in figures, as they are said; a number of things -> the same.
Does not: change a text, guess a century of a year in two figures, or tell which of 3/4/2024 is the month (both are said).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from qa.patterns import pattern

MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_DATE = pattern(r"(?<![\d/.-])(?:(\d{4})([-/.])(\d\d?)(?:\2(\d\d?))?|(\d\d?)([-/.])(\d\d?)\6(\d{4}))(?![\d/-]|\.\d)")
_DOTTED = pattern(r"(?<![\w.])(v\.?[ ]?)?(\d+(?:\.\d+)+|(?<=v)\d+)(?![\w]|\.\d)", re.IGNORECASE)
_PLAIN_VERSION = pattern(r"v\d+(?:\.\d+)*\Z")
_VERSION_BEFORE = pattern(r"\b(?:versions?|releases?|ver\.?)\s{1,3}\Z", re.IGNORECASE)
_ORDINAL = pattern(r"(\d+)(?:st|nd|rd|th)\Z")
_DECADE = pattern(r"([2-9]0)s\Z")
_TEENS = ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_NUMBERS = {
    **{word: str(n) for n, word in enumerate(["two", "three", "four", "five", "six", "seven", "eight", "nine"], 2)},
    **{word: str(n) for n, word in enumerate(_TEENS, 10)},
    **{word: str(10 * n) for n, word in enumerate(_TENS, 2)},
    **{word: str(n) for n, word in enumerate(["fourth", "fifth", "sixth", "seventh", "eighth", "ninth"], 4)},
    **{f"{word.removesuffix('ve')}{'f' if word == 'twelve' else ''}th": str(n) for n, word in enumerate(_TEENS, 10)},
    **{f"{word[:-1]}ieth": str(10 * n) for n, word in enumerate(_TENS, 2)},
    **{f"{word[:-1]}ies": f"19{n}0s" for n, word in enumerate(_TENS, 2)},
}  # "one", "first", "second" and "third" are more often no numbers
_SHORT_MONTHS = {month[:3]: month for month in MONTHS if month[:3] not in ("jan", "mar", "may")} | {"sept": "september"}


def plain_form(word: str) -> str | None:
    """Return what a folded word is compared as: "fifteenth" and "15th" as "15", "80s" as "1980s", "nov" as "november"; None for other words."""
    if word[:1].isdigit():
        if found := _ORDINAL.match(word):
            return found[1]
        return f"19{found[1]}s" if (found := _DECADE.match(word)) else None
    return _NUMBERS.get(word) or _SHORT_MONTHS.get(word)


def dates_said(text: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Yield start, end, and day and month of each date in figures, as they are said: "2023-11-07" -> ("7", "november").

    Of a day and a month between strokes ("3/4/2024") that could be either, both are said; with points the day is first.
    """
    if not any(map(str.isdigit, text)):
        return
    for match in _DATE.finditer(text):
        if match[1]:
            month, day = int(match[3]), int(match[4] or 0)
            if match[2] == "." and not day:  # 2024.5 is a version or an amount
                continue
            said = [(day, month)]
        else:
            first, second = int(match[5]), int(match[7])
            said = [(first, second)] if match[6] == "." else [(first, second), (second, first)]
        words = [
            word
            for day, month in said
            if 1 <= month <= 12 and day <= 31
            for word in (*([str(day)] if day else []), MONTHS[month - 1])
        ]
        if words:
            yield match.start(), match.end(), tuple(dict.fromkeys(words))


def versions_said(text: str, *, dotted: bool = False) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and plain form, with "v" and without noughts at its end, of each number of a version: "4.1.0" -> "v4.1".

    A number with one point is only taken for one behind "v" or "version", unless all `dotted` numbers are wanted.
    """
    if not any(map(str.isdigit, text)):
        return
    dates = [(start, end) for start, end, _ in dates_said(text)]
    for match in _DOTTED.finditer(text):
        is_said = dotted or match[1] or match[2].count(".") > 1 or _VERSION_BEFORE.search(text[: match.start()][-12:])
        if is_said and not any(start < match.end() and match.start() < end for start, end in dates):
            plain = match[2]
            while plain.endswith(".0"):
                plain = plain.removesuffix(".0")
            yield match.start(), match.end(), f"v{plain}"


def versions_in(texts: Iterable[str]) -> set[str]:
    """Return the plain forms of the versions, and of other numbers with points, in some texts."""
    return {plain for text in texts for _, _, plain in versions_said(text, dotted=True)}


def is_version(word: str) -> bool:
    """Tell whether a word is the plain form of a version."""
    return bool(_PLAIN_VERSION.match(word))


def counted(number: int, noun: str) -> str:
    """Return how many there are of a thing: "1 document", "2,000 documents"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
