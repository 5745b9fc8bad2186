"""A row of a table as it is written -> its cells.

In -> out: the text of a row, cells between tabs, bars or wide gaps -> spans of its cells, and what of them only parts them.
Does not: know the table, or which row names its columns.
"""

from __future__ import annotations

from itertools import pairwise

from qa.datatypes import Span
from qa.patterns import pattern

CELL_MARKS = ("\t", "|")
"""What stands between the cells of a row: in tables of our own, in Markdown."""
_WIDE_GAP = pattern(r"(?<=\S) {2,}(?=\S)")
"""Between the cells of a table in a plain text."""
_WORD = pattern(r"\S+")


def cells_of(text: str) -> list[Span]:
    """Return the cells of a row as spans that tile it: each with the mark before it, and the last with what follows it."""
    mark = next((mark for mark in CELL_MARKS if mark in text), "")
    at = [i for i, c in enumerate(text) if mark and c == mark and text[i - 1 : i] != "\\"]
    at = at or [gap.start() for gap in _WIDE_GAP.finditer(text)]
    if at and mark == "|":
        at = at[1:] if not text[: at[0]].strip() else at
        at = at[:-1] if at and not text[at[-1] + 1 :].strip() else at
    return [Span(a, b) for a, b in pairwise([0, *at, len(text)])]


def names_of(header: str, row: str) -> list[Span]:
    """Return what is said in each cell of a header, one a cell of the row below it; the names of the rows may have none themselves."""
    names = [said_in(header, cell) for cell in cells_of(header)]
    if not any(mark in header + row for mark in CELL_MARKS):
        cells = [said_in(row, cell) for cell in cells_of(row)]
        if any(len(_over(name, cells)) > 1 for name in names):
            names = _by_place(header, cells) or names
    return [Span(0, 0), *names] if len(names) == len(cells_of(row)) - 1 else names


def _by_place(header: str, cells: list[Span]) -> list[Span]:
    """Return the words of a header that stand over each cell, where one gap between two names is no wider than one between words; none if some
    word stands over no cell, or over two."""
    found = [Span(len(header), len(header))] * len(cells)
    for match in _WORD.finditer(header):
        places = _over(Span(*match.span()), cells)
        if len(places) != 1:
            return []
        name = found[places[0]]
        found[places[0]] = Span(min(name.start, match.start()), match.end())
    return found


def _over(name: Span, cells: list[Span]) -> list[int]:
    """Return which cells stand under some of a name."""
    return [n for n, cell in enumerate(cells) if name.start < cell.end and cell.start < name.end]


def marks_of(text: str, cell: Span) -> tuple[Span, ...]:
    """Return what of a cell is a mark between cells, with the blanks beside it."""
    inner = said_in(text, cell)
    return tuple(span for span in (Span(cell.start, inner.start), Span(inner.end, cell.end)) if span.start < span.end)


def said_in(text: str, cell: Span) -> Span:
    """Return what of a cell is said, without the mark and the blanks beside it; empty at its end where nothing is."""
    piece = cell.of(text)
    inner = piece.strip("\t| \r\n")
    at = cell.start + (piece.find(inner) if inner else len(piece))
    return Span(at, at + len(inner))
