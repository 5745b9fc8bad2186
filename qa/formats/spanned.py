"""Cells of a table that reach over several columns or rows -> rows in which every cell stands in its column.

In -> out: cells with how far they reach -> rows of texts; a cell over several rows is read in each of them.
Does not: know a format, or tell which row names the columns (qa/formats/flow.py).
"""

from __future__ import annotations

from collections.abc import Iterable

from qa.records import record

MOST_ACROSS, MOST_DOWN = 40, 200
"""A cell that says it reaches further is read as one that reaches so far."""


@record
class Cell:
    """What stands in a cell, and over how many columns and rows it reaches."""

    text: str
    across: int = 1
    down: int = 1


def spread(rows: Iterable[Iterable[Cell]]) -> list[list[str]]:
    """Return each row with a text a column: a cell over several columns stands in the first, the others are empty."""
    found: list[list[str]] = []
    hanging: dict[int, tuple[str, int]] = {}
    for cells in rows:
        row: list[str] = []
        below: dict[int, tuple[str, int]] = {}
        for cell in cells:
            while len(row) in hanging:
                _place(row, below, *hanging.pop(len(row)))
            for n in range(min(cell.across, MOST_ACROSS)):
                hanging.pop(len(row), None)  # two cells that lie over each other: the later one is read
                _place(row, below, "" if n else cell.text, min(cell.down, MOST_DOWN))
        while hanging:
            _place(row, below, *hanging.pop(len(row), ("", 1)))
        found.append(row)
        hanging = below
    return found


def _place(row: list[str], below: dict[int, tuple[str, int]], text: str, down: int) -> None:
    if down > 1:
        below[len(row)] = (text, down - 1)
    row.append(text)
