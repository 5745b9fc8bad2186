"""Lines of a PDF -> those of them that are rows of a table, told by where their words stand.

In -> out: `Line`s (qa/formats/glyphs.py) in the order of the content -> the same, and `Row`s of cells where several lie in columns.
Does not: write text (qa/formats/pdf.py), reorder anything, or look at rulers: a table is what stands apart in columns, row below row.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from qa.formats.bands import Band, Cell, bands_of, cut, cut_at
from qa.formats.flow import CELL_CHARS, names_columns
from qa.formats.glyphs import Line
from qa.formats.wrapping import LARGER, STOP

LEAST_ROWS, LEAST_COLUMNS, MOST_ROWS = 3, 2, 120
SHORT_RUN = 40
"""Of longer runs the first rows must be those of a table before all are looked at."""
ROW_GAP = 2.5
"""Rows are at most so many times the letters' height apart,"""
OVERLAP = 0.2
"""and reach at most so far into each other."""
BETWEEN = 2
"""So many rows of one cell may stand between two of several: names of groups of rows."""
OTHER_FONT = 1.3
"""Letters of one table are at most so many times as high as others, as those of several fonts are."""
SAME_EDGE = 3.0
"""Columns of two pages are the same where they begin so near to each other, in points."""
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


def with_rows(lines: Iterable[Line], usual: float) -> Iterator[Line | Row]:
    """Yield lines in order, and in the place of those that are rows of a table the rows.

    `usual` is the height of most letters: what is set in larger ones is no table.
    """
    number = 0
    open_table: list[Row] = []
    """The rows of the table that the page before ends with."""
    for _, page in groupby(lines, key=lambda line: line.page):
        whole = list(page)
        pieces = [(n, piece) for n, line in enumerate(whole) for piece in cut(line)]
        at = 0
        for first, rows in _tables(list(bands_of([piece for _, piece in pieces])), LARGER * usual):
            yield from _lines(whole, pieces[at:first])
            names = _has_names(rows)
            goes_on = not first and not names and _in_same_columns(open_table, rows)
            number += not goes_on
            for n, row in enumerate(rows):
                yield replace(row, table=number, names=names and n == 0)
            at = first + sum(len(cell.lines) for row in rows for cell in row.cells if cell)
            open_table = rows
        if at < len(pieces):
            open_table = []
        yield from _lines(whole, pieces[at:])


def _in_same_columns(above: Sequence[Row], rows: Sequence[Row]) -> bool:
    """Tell whether rows go on with those of the page before."""
    if not above or len(above[0].cells) != len(rows[0].cells):
        return False
    lefts = [
        [min((cell.left for row in held if (cell := row.cells[c])), default=0.0) for c in range(len(rows[0].cells))]
        for held in (above, rows)
    ]
    return all(abs(a - b) < SAME_EDGE for a, b in zip(*lefts, strict=True))


def _lines(whole: Sequence[Line], pieces: Sequence[tuple[int, Line]]) -> Iterator[Line]:
    """Yield pieces in order, the line itself where all its pieces are there."""
    for n, group in groupby(pieces, key=lambda piece: piece[0]):
        held = [piece for _, piece in group]
        chars = sum(map(_visible, held))
        yield from [whole[n]] if chars == _visible(whole[n]) else held


def _visible(line: Line) -> int:
    return len(line.chars) - sum(map(str.isspace, line.chars))


def _tables(bands: Sequence[Band], largest: float) -> Iterator[tuple[int, list[Row]]]:
    """Yield the first piece of each table, and its rows."""
    at = 0
    while at < len(bands):
        if bands[at].cells[0].lines[0].size > largest:
            at += 1
            continue
        end, rows = _longest(bands, at)
        if rows:
            yield bands[at].at, rows
        at = end


def _longest(bands: Sequence[Band], at: int) -> tuple[int, list[Row]]:
    """Return the end and the rows of the longest table that begins at a band; none, and the next band, where no table does."""
    end = _run(bands, at)
    if end - at < LEAST_ROWS:
        return at + 1, []
    shortest = range(at + LEAST_ROWS, min(end, at + LEAST_ROWS + BETWEEN) + 1)
    for fits in shortest if end - at > SHORT_RUN else (end, *shortest):
        if rows := _table(bands[at:fits]):
            break
    else:
        return at + 1, []
    if whole := _table(bands[at:end]):
        return end, whole
    fails = end
    while fails - fits > 1:
        tried = (fits + fails) // 2
        if longer := _table(bands[at:tried]):
            rows, fits = longer, tried
        else:
            fails = tried
    while sum(map(bool, rows[-1].cells)) < LEAST_COLUMNS:  # what stands below it alone
        rows, fits = rows[:-1], fits - 1
    return fits, rows


def _run(bands: Sequence[Band], at: int) -> int:
    """Return the end of the longest run from `at` of bands, one below the other, that may be rows of one table."""
    first = bands[at].cells[0]
    size = first.lines[0].size
    if len(bands[at].cells) < LEAST_COLUMNS:
        return at
    end, last = at + 1, at + 1
    while last < min(len(bands), at + MOST_ROWS) and last - end <= BETWEEN:
        above, band = bands[last - 1], bands[last]
        apart = band.top - above.bottom
        larger = band.cells[0].lines[0].size / size
        if not -ROW_GAP * size <= apart <= OVERLAP * size or larger > (LARGER if len(band.cells) == 1 else OTHER_FONT):
            break
        last += 1
        if len(band.cells) >= LEAST_COLUMNS:
            end = last
        elif len(band.cells[0].lines) > 1 or abs(band.cells[0].left - first.left) > size:
            break
    return end


def _table(bands: Sequence[Band]) -> list[Row] | None:
    """Return bands as rows of one table, or None: the columns are those of the rows that have most cells."""
    counts = Counter(len(band.cells) for band in bands if len(band.cells) >= LEAST_COLUMNS)
    columns = max(counts, key=lambda count: (counts[count], count))
    full = [band for band in bands if len(band.cells) == columns]
    if len(full) < LEAST_ROWS:
        return None
    below = [[band.cells[c] for band in full] for c in range(columns)]
    edges = [(min(cell.left for cell in cells), max(cell.right for cell in cells)) for cells in below]
    if any(right > left for (_, right), (left, _) in pairwise(edges)):
        return None
    aligned = [_is_aligned(cells) for cells in below]
    if not aligned[0] or 2 * sum(aligned[1:]) < columns - 1:
        return None
    lefts = [
        left
        for cells, (left, _) in zip(below, edges, strict=True)
        if _share([cell.left for cell in cells], _near(cells[0])) >= ALIGNED
    ]
    rows = [row for band in bands if (row := _placed(band, edges, lefts))]
    return rows if len(rows) == len(bands) and _is_table(rows) else None


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


def _has_names(rows: Sequence[Row]) -> bool:
    """Tell whether the first row names the columns: in bold letters, or words above figures."""
    first, others = rows[0], rows[1:]
    bold = [cell.is_bold for cell in first.cells if cell]
    if all(bold) and len(bold) > 1 and not all(cell.is_bold for row in others for cell in row.cells if cell):
        return True
    columns = [c for c, cell in enumerate(first.cells) if c or cell]  # names of rows need none of their own
    if len(columns) < LEAST_COLUMNS or len(first.cells) == LEAST_COLUMNS:
        return False  # "Monday: closed" above times
    several = [first, *(row for row in others if sum(map(bool, row.cells)) > 1)]  # but names of groups
    return names_columns([[cell.text if (cell := row.cells[c]) else "" for c in columns] for row in several])
