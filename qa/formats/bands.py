"""Lines of a PDF -> what stands beside each other on a page: bands of cells, whether they are of a table or not.

In -> out: `Line`s (qa/formats/glyphs.py) in the order of the content -> their pieces that stand apart -> `Band`s of `Cell`s.
Does not: decide what a table is (qa/formats/grids.py), or reorder anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qa.formats.glyphs import Line

CELL_GAPS = 0.8, 0.6
"""Words of a line that stand so many times the letters' height apart, or further, may be of two cells; where none are found, the second."""
LINE_GAP = 1.35
"""Lines of one cell are at most so many times the letters' height below each other."""
ROWS_BESIDE = 6
"""A cell that stands amid several rows has so many lines above it at most."""
SMALL_LETTER = 0.75
"""Height of a small letter, as a share of the letters' height."""


class Cell:
    """Lines one below the other; the edges in points, `top` that of a small letter."""

    def __init__(self, line: Line) -> None:
        self.lines = [line]
        self.left, self.right = line.left, line.right
        self.top, self.bottom = line.base + SMALL_LETTER * line.size, line.base

    def take(self, line: Line) -> None:
        """Add the next line."""
        self.lines.append(line)
        self.left, self.right = min(self.left, line.left), max(self.right, line.right)
        self.bottom = min(self.bottom, line.base)

    @property
    def text(self) -> str:
        """What it says, on one line."""
        return " ".join(line.shown for line in self.lines)

    @property
    def is_bold(self) -> bool:
        """Whether all of it is in bold letters."""
        return all(line.bold for line in self.lines)


class Band:
    """Cells beside each other, before it is known whether they are of a table; `at`: the first of its pieces."""

    def __init__(self, at: int, cell: Cell) -> None:
        self.at, self.cells = at, [cell]
        self.top, self.bottom, self.right = cell.top, cell.bottom, cell.right

    def take(self, cell: Cell) -> None:
        """Add the next cell."""
        self.cells.append(cell)
        self.top, self.bottom, self.right = (
            max(self.top, cell.top),
            min(self.bottom, cell.bottom),
            max(self.right, cell.right),
        )

    def take_first_row(self, cell: Cell) -> None:
        """Add the next cell, which is in the first of several rows that the cell before it stands beside."""
        self.cells.append(cell)
        self.top, self.bottom, self.right = cell.top, cell.bottom, cell.right


def cut(line: Line, gap: float) -> Iterator[Line]:
    """Yield the parts of a line that stand apart."""
    if abs(line.angle) > 0.1:
        yield line
        return
    start, before, least = 0, None, _least_gap(line, gap)
    for k, (char, box) in enumerate(zip(line.chars, line.boxes, strict=True)):
        if char.isspace():
            continue
        if before is not None and box[0] - before[2] > least:
            yield _slice(line, start, k)
            start = k
        before = box
    yield _slice(line, start, len(line.chars)) if start else line


def cut_at(line: Line, lefts: Sequence[float], near: float) -> Iterator[Line]:
    """Yield the parts of a line, cut before words that begin at one of the given places."""
    start = 0
    for k in range(1, len(line.chars)):
        begins = line.chars[k - 1].isspace() and not line.chars[k].isspace() and line.chars[start:k].strip()
        if begins and any(abs(line.boxes[k][0] - left) <= near for left in lefts):
            yield _slice(line, start, k)
            start = k
    yield _slice(line, start, len(line.chars)) if start else line


def _least_gap(line: Line, gap: float) -> float:
    """Return how far words stand apart that may be of two cells: further than a space, which is wide where all letters are as wide."""
    widths = [box[2] - box[0] for char, box in zip(line.chars, line.boxes, strict=True) if not char.isspace()]
    is_even = len(widths) > 2 and max(widths) - min(widths) < 0.05 * max(widths)
    return max(gap * line.size, 1.5 * max(widths) if is_even else 0.0)


def _slice(line: Line, start: int, end: int) -> Line:
    return Line(
        line.page,
        line.chars[start:end],
        line.boxes[start:end],
        line.angle,
        line.hyphen and end == len(line.chars),
        line.bold,
        line.fixed,
    )


def bands_of(pieces: Sequence[Line]) -> Iterator[Band]:
    """Yield what stands beside each other, in the order of the content."""
    band: Band | None = None
    at = 0
    for cell in _cells(pieces):
        if band is not None and _is_beside(band, cell):
            band.take(cell)
        elif band is not None and _is_beside_below(band, cell):
            band.take_first_row(cell)
        else:
            if band is not None:
                yield band
            band = Band(at, cell)
        at += len(cell.lines)
    if band is not None:
        yield band


def _cells(pieces: Sequence[Line]) -> Iterator[Cell]:
    """Yield what stands below each other."""
    cell: Cell | None = None
    for k, piece in enumerate(pieces):
        after = pieces[k + 1] if k + 1 < len(pieces) else None
        if cell is not None and _goes_on(cell, piece, after):
            cell.take(piece)
            continue
        if cell is not None:
            yield cell
        cell = Cell(piece)
    if cell is not None:
        yield cell


def _goes_on(cell: Cell, piece: Line, after: Line | None) -> bool:
    """Tell whether a piece is the next line of a cell: not if what comes after it is beside it, as in the first cell of a row."""
    last = cell.lines[-1]
    if not 0.5 * piece.size < last.base - piece.base <= LINE_GAP * max(last.size, piece.size):
        return False
    if abs(piece.angle) > 0.1 or piece.right <= cell.left or piece.left >= cell.right or last.bold != piece.bold:
        return False
    return after is None or after.left <= piece.right or abs(after.base - piece.base) > 0.2 * piece.size


def _is_beside(band: Band, cell: Cell) -> bool:
    """Tell whether a cell is the next of a row: right of the others, at their height."""
    upright = abs(cell.lines[0].angle) < 0.1
    return (
        upright
        and cell.left > band.right - 0.3 * cell.lines[0].size
        and cell.bottom < band.top
        and band.bottom < cell.top
    )


def _is_beside_below(band: Band, cell: Cell) -> bool:
    """Tell whether a cell right of the only one so far is a little above it: that one stands amid the rows it is beside."""
    apart = cell.bottom - band.top
    return len(band.cells) == 1 and cell.left > band.right and 0 <= apart < ROWS_BESIDE * cell.lines[0].size
