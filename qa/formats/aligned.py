"""Bands of a page of a PDF -> rows of one table, each cell in its column; or none, where their cells stand in no columns.

In -> out: `Band`s (qa/formats/bands.py), one below the other -> `Row`s, or None.
Does not: look for the bands that may be a table (qa/formats/grids.py).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from qa.formats.bands import Band, Cell, cut_at
from qa.formats.flow import CELL_CHARS
from qa.formats.wrapping import STOP

LEAST_ROWS, LEAST_COLUMNS = 3, 2
ALIGNED = 0.75
"""Of the cells of a column so many have an edge or the middle in common."""
_LEADER = re.compile(r"(?:\. ?){6}")
"""Dots that lead to the number of a page."""
_NUMBER_OR_BULLET = re.compile(r"[^\w\s]{0,2}\w{0,3}[^\w\s]{0,2}")
WORDS_CHARS = 20
"""A line of a text in a column is longer than so many characters."""
FULL_WIDTH = 0.15
"""A line of a text ends so near to the edge of its column, as a share of it."""


@dataclass(slots=True)
class Row:
    """The cells of a row, one a column, None where it is empty. `table` counts tables from 1; `names` where it names the columns."""

    cells: list[Cell | None]
    table: int = 0
    names: bool = False


def rows_of(bands: Sequence[Band]) -> list[Row] | None:
    """Return bands as rows of one table, or None: the columns are those of the rows that have most cells, or of the one that has."""
    counts = Counter(len(band.cells) for band in bands if len(band.cells) >= LEAST_COLUMNS)
    columns = max(counts, key=lambda count: (counts[count], count))
    full = [band for band in bands if len(band.cells) == columns]
    if len(full) < LEAST_ROWS:
        return None
    below = [[band.cells[c] for band in full] for c in range(columns)]
    found = _in_columns(bands, below)
    if found is None and max(counts) > columns:
        most = [band for band in bands if len(band.cells) == max(counts)]
        found = _in_columns(bands, _under(bands, [[band.cells[c] for band in most] for c in range(max(counts))]))
    return found


def _under(bands: Sequence[Band], columns: Sequence[Sequence[Cell]]) -> list[list[Cell]]:
    """Return columns with the cells of the rows that have fewer: each is of the one that it is under, not of two."""
    below = [list(cells) for cells in columns]
    edges = _edges(columns)
    for band in bands:
        for cell in band.cells if LEAST_COLUMNS <= len(band.cells) < len(columns) else ():
            column = _column(cell, edges)
            if column is not None and sum(cell.left < right and left < cell.right for left, right in edges) == 1:
                below[column].append(cell)
                left, right = edges[column]
                edges[column] = min(left, cell.left), max(right, cell.right)
    return below


def _in_columns(bands: Sequence[Band], below: Sequence[Sequence[Cell]]) -> list[Row] | None:
    """Return bands as rows of a table whose columns have these cells, None where they are none."""
    edges = _edges(below)
    if any(right > left for (_, right), (left, _) in pairwise(edges)):
        return None
    aligned = [_is_aligned(cells) for cells in below]
    if not aligned[0] or 2 * sum(aligned[1:]) < len(below) - 1:
        return None
    lefts = [
        left
        for cells, (left, _) in zip(below, edges, strict=True)
        if _share([cell.left for cell in cells], _near(cells[0])) >= ALIGNED
    ]
    rows = [row for band in bands if (row := _placed(band, edges, lefts))]
    return rows if len(rows) == len(bands) and _is_table(rows) else None


def _edges(columns: Sequence[Sequence[Cell]]) -> list[tuple[float, float]]:
    return [(min(cell.left for cell in cells), max(cell.right for cell in cells)) for cells in columns]


def _placed(band: Band, edges: Sequence[tuple[float, float]], lefts: Sequence[float]) -> Row | None:
    """Return a band's cells in their columns; None where one stands in none, or two in one. `lefts` are those of columns that have one.

    Names need not stand right above what they name: where only the first column has none, they are told by their order.
    """
    held = [part for cell in band.cells for part in _parted(cell, lefts)]
    columns = len(edges)
    if len(held) == columns:
        return Row(list(held))
    if len(held) == columns - 1 > 1 and held[0].left > edges[0][1]:
        return Row([None, *held])
    cells: list[Cell | None] = [None] * columns
    before = -1
    for cell in held:
        column = _column(cell, edges)
        if column is None or column <= before:
            return None
        cells[column], before = cell, column
    return Row(cells)


def _column(cell: Cell, edges: Sequence[tuple[float, float]]) -> int | None:
    """Return the column that a cell begins with, else the one that it is most under, if any."""
    for c, (left, _) in enumerate(edges):
        if abs(cell.left - left) <= _near(cell):
            return c
    under = [min(cell.right, right) - max(cell.left, left) for left, right in edges]
    return under.index(max(under)) if max(under) > 0 else None


def _parted(cell: Cell, lefts: Sequence[float]) -> Iterator[Cell]:
    """Yield a cell of one line, cut where a word begins where a column does: names stand closer than what they name."""
    inside = [left for left in lefts if cell.left + _near(cell) < left < cell.right]
    if len(cell.lines) == 1 and inside:
        for part in cut_at(cell.lines[0], inside, _near(cell)):
            yield Cell(part)
    else:
        yield cell


def _near(cell: Cell) -> float:
    return 0.25 * cell.lines[0].size


def _is_aligned(cells: Sequence[Cell]) -> bool:
    """Tell whether cells one below the other have an edge or their middle in common."""
    edges: list[Callable[[Cell], float]] = [
        lambda cell: cell.left, lambda cell: cell.right, lambda cell: (cell.left + cell.right) / 2,
    ]  # fmt: skip
    near = min(map(_near, cells))
    return any(_share([edge(cell) for cell in cells], near) >= ALIGNED for edge in edges)


def _share(values: Sequence[float], near: float) -> float:
    """Return the largest share of values that lie at most `near` from one of them."""
    ordered = sorted(values)
    most = max(bisect_right(ordered, value + near) - bisect_left(ordered, value - near) for value in ordered)
    return most / len(values)


def _is_table(rows: Sequence[Row]) -> bool:
    """Tell rows of a table from a list, from running text in columns, and from what is only arranged."""
    if any(len(cell.text) > CELL_CHARS or _LEADER.search(cell.text) for row in rows for cell in row.cells if cell):
        return False
    columns = [[cell for row in rows if (cell := row.cells[c])] for c in range(len(rows[0].cells))]
    if len(columns) == 2 and all(_NUMBER_OR_BULLET.fullmatch(cell.text) for cell in columns[0]):
        return False
    return not any(map(_runs_on, columns))


def _runs_on(column: Sequence[Cell]) -> bool:
    """Tell whether cells of a column are lines of a text: full, and going on in the next one."""
    left, right = min(cell.left for cell in column), max(cell.right for cell in column)
    full = right - FULL_WIDTH * (right - left)
    on = sum(
        b.text[:1].islower() and len(a.text) > WORDS_CHARS and a.lines[-1].right > full and not STOP.search(a.text)
        for a, b in pairwise(column)
    )
    return on >= ALIGNED * (len(column) - 1) / 2
