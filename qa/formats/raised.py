"""What is raised in the lines of a PDF: small figures, letters and signs above the base line, the marks of notes.

In -> out: `Line`s (qa/formats/glyphs.py) -> where something is raised in them, and what of it may be the mark of a note.
Does not: find the notes (qa/formats/pdfnotes.py); an exponent is raised, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qa.formats.glyphs import Box, Line
from qa.patterns import pattern
from qa.records import record

RAISED, LETTER_MARK, SIGN_MARK = 0.15, 0.92, 1.1
"""A raised mark stands so many times the letters' height above their base line, and is at most so many times as high as they are: a letter or
a figure, and a sign, which other fonts may have drawn."""
UNDER_BASE = 0.22
"""What of a letter's height lies below its base line."""
SIGNS = "*†‡§¶‖"
SUPERIOR = "⁰¹²³⁴⁵⁶⁷⁸⁹"
PLAIN = str.maketrans(f"∗⋆{SUPERIOR}", "**0123456789")
"""Signs that other fonts draw, and figures that are raised by themselves, as the plain ones."""
MARK = pattern(rf"\d{{1,3}}|[{SIGNS}]{{1,4}}|[a-z]")
_WORD_BEFORE = pattern(r"(?:[^\W\d_]{2}|[.,;:!?…'\"”’»)\]])\s*\Z")
"""A raised number behind this is no exponent."""


@record
class Mark:
    """A raised mark in the text, and the line it stands in; `sure` where it is no exponent."""

    mark: str
    base: float
    size: float
    sure: bool


def marks_in(page: Sequence[Line]) -> Iterator[Mark]:
    """Yield what is raised on a page and may be the mark of a note."""
    for n, line in enumerate(page):
        if line.angle:
            continue
        host, found = line, [(line.chars[:k], said) for k, said in raised(line)]
        if n and len(line.shown) <= 8 and _is_behind(line, page[n - 1]):
            host, found = page[n - 1], [(page[n - 1].chars, line.shown)]
        for before, said in found:
            sure = bool(_WORD_BEFORE.search(before[-4:]))
            for mark in said.translate(PLAIN).replace(" ", "").strip("()[]").split(","):
                if MARK.fullmatch(mark):
                    yield Mark(mark, host.base, host.size, sure)


def _is_behind(line: Line, before: Line) -> bool:
    """Tell whether a line is no more than what is raised at the end of the one before it."""
    near = abs(line.left - before.right) <= 0.5 * before.size
    return near and not before.angle and is_raised(line.shown[0], first_box(line), before)


def first_box(line: Line) -> Box:
    """Return the box of the first character of a line that is seen."""
    return next(box for char, box in zip(line.chars, line.boxes, strict=True) if not char.isspace())


def is_raised(char: str, box: Box, line: Line) -> bool:
    """Tell whether a character is a small one above the base line of a line."""
    high = box[3] - box[1]
    most = LETTER_MARK if char.isalnum() else SIGN_MARK
    up = box[1] - line.base + UNDER_BASE * (high - line.size)
    return high <= most * line.size and RAISED * line.size <= up <= line.size


def raised(line: Line, end: int | None = None) -> Iterator[tuple[int, str]]:
    """Yield where raised characters begin in a line, up to a place in it, and what they say."""
    first, said = 0, ""
    for k, (char, box) in enumerate(zip(line.chars[:end], line.boxes[:end], strict=True)):
        if char in SUPERIOR or (box[1] > line.base and not char.isspace() and is_raised(char, box, line)):
            first = first if said else k
            said += char
        elif said and not char.isspace():
            yield first, said
            said = ""
    if said:
        yield first, said
