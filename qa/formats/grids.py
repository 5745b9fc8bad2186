"""Lines of a PDF -> those of them that are rows of a table, told by where their words stand.

In -> out: `Line`s (qa/formats/glyphs.py) in the order of the content -> the same, and `Row`s of cells where several lie in columns.
Does not: write text (qa/formats/pdf.py), reorder anything, or look at rulers: a table is what stands apart in columns, row below row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from qa.formats.aligned import LEAST_COLUMNS, LEAST_ROWS, Row, rows_of
from qa.formats.bands import CELL_GAPS, Band, bands_of, cut
from qa.formats.flow import names_columns
from qa.formats.glyphs import Line
from qa.formats.wrapping import LARGER

MOST_ROWS = 120
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


def with_rows(lines: Iterable[Line], usual: float) -> Iterator[Line | Row]:
    """Yield lines in order, and in the place of those that are rows of a table the rows.

    `usual` is the height of most letters: what is set in larger ones is no table.
    """
    number = 0
    above: Line | list[Row] = []
    """What stands before it; the rows of the table that the page before ends with, at its beginning."""
    for _, page in groupby(lines, key=lambda line: line.page):
        for part in _parts(list(page), OTHER_FONT * usual):
            if isinstance(part, Line):
                yield part
            else:
                names = _has_names(part)
                goes_on = not names and isinstance(above, list) and _in_same_columns(above, part)
                number += not goes_on
                yield from (replace(row, table=number, names=names and n == 0) for n, row in enumerate(part))
            above = part


def _parts(lines: Sequence[Line], largest: float) -> Iterator[Line | list[Row]]:
    """Yield the lines of a page in order, tables in their place: those with wide gaps, and in what is left those with narrow ones."""
    for is_table, group in groupby(
        _tables_and_lines(lines, CELL_GAPS[0], largest), key=lambda part: isinstance(part, list)
    ):
        if is_table:
            yield from group
        else:
            yield from _tables_and_lines([part for part in group if isinstance(part, Line)], CELL_GAPS[1], largest)


def _tables_and_lines(lines: Sequence[Line], gap: float, largest: float) -> Iterator[Line | list[Row]]:
    pieces = [(n, piece) for n, line in enumerate(lines) for piece in cut(line, gap)]
    at = 0
    for first, end, rows in _tables(list(bands_of([piece for _, piece in pieces])), largest):
        yield from _lines(lines, pieces[at:first])
        yield rows
        at = len(pieces) if end is None else end
    yield from _lines(lines, pieces[at:])


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


def _tables(bands: Sequence[Band], largest: float) -> Iterator[tuple[int, int | None, list[Row]]]:
    """Yield the first piece of each table, the first one after it (None: there is none), and its rows; in these, a piece may have become several."""
    at = 0
    while at < len(bands):
        if bands[at].cells[0].lines[0].size > largest:
            at += 1
            continue
        end, rows = _longest(bands, at)
        if rows:
            yield bands[at].at, bands[end].at if end < len(bands) else None, rows
        at = end


def _longest(bands: Sequence[Band], at: int) -> tuple[int, list[Row]]:
    """Return the end and the rows of the longest table that begins at a band; none, and the next band, where no table does."""
    end = _run(bands, at)
    if end - at < LEAST_ROWS:
        return at + 1, []
    shortest = range(at + LEAST_ROWS, min(end, at + LEAST_ROWS + BETWEEN) + 1)
    for fits in shortest if end - at > SHORT_RUN else (end, *shortest):
        if rows := rows_of(bands[at:fits]):
            break
    else:
        return at + 1, []
    if fits == end:
        return end, rows
    if end - at > SHORT_RUN and (whole := rows_of(bands[at:end])):
        return end, whole
    fails = end
    while fails - fits > 1:
        tried = (fits + fails) // 2
        if longer := rows_of(bands[at:tried]):
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
