"""Lines of a PDF that are drawn last and belong further up -> where the page has left a gap for them.

In -> out: `Line`s in the order of the content (qa/formats/glyphs.py) -> the same lines, those moved that fill a gap.
Does not: order anything but code: a page's columns and boxes are read in the order in which they are drawn.

A browser that prints a page draws the boxes that could be scrolled, which code stands in, after all other text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, zip_longest

from qa.formats.glyphs import Line

UP = 2.0
"""A line that begins so many times its height above the one before it is drawn late."""
SLACK = 0.3
"""How far letters may reach into the lines around, in heights."""
MOST = 2000
"""A page with more lines is left as it is."""


def in_gaps(lines: Sequence[Line]) -> list[Line]:
    """Return the lines of some pages, lines of code that are drawn after all others in the gaps they fill."""
    found: list[Line] = []
    for _, held in groupby(lines, key=lambda line: line.page):
        page = list(held)
        found += _of_page(page) if len(page) <= MOST else page
    return found


def _of_page(lines: list[Line]) -> list[Line]:
    placed, *late = _runs(lines)
    while late and not all(line.fixed for run in late for line in run):
        placed += late.pop(0)
    for run in late:
        gaps = [_gap_of(line, placed) for line in run]
        placed = placed + run if None in gaps else list(_with(placed, run, gaps))
    return placed


def _runs(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Yield lines that follow each other down the page."""
    first = 0
    for at in range(1, len(lines) + 1):
        if at == len(lines) or lines[at].base > lines[at - 1].base + UP * lines[at].size:
            yield list(lines[first:at])
            first = at


def _gap_of(line: Line, placed: Sequence[Line]) -> int | None:
    """Return the number of the line in `placed` below which a line stands, above the next one if there is one; None where no gap was left for it."""
    slack = SLACK * line.size
    below, above = line.base + slack, line.base + line.size - slack
    if any(o.base < above and below < o.base + o.size and is_over_or_under(line, o) for o in placed):
        return None
    for at, (over, under) in enumerate(zip_longest(placed, placed[1:])):
        is_under = above <= over.base and is_over_or_under(line, over)
        if is_under and (under is None or (under.base + under.size <= below and is_over_or_under(line, under))):
            return at
    return None


def is_over_or_under(line: Line, other: Line) -> bool:
    """Tell whether a line stands over or under some of another one."""
    return line.left < other.right and other.left < line.right


def _with(placed: Sequence[Line], run: Sequence[Line], gaps: Sequence[int | None]) -> Iterator[Line]:
    """Yield the lines placed, below each those of a run that fill the gap under it."""
    for at, line in enumerate(placed):
        yield line
        yield from (late for late, gap in zip(run, gaps, strict=True) if gap == at)
