"""Terms that have their meaning beside them, in a column of its own that the lines have in common.

In -> out: the lines of a text -> runs of such lines, and whether a run is sure to be of terms, and no table; a run -> `Entry`s.
Does not: look for meanings below their terms (qa/formats/hanging.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qa.datatypes import Span
from qa.formats.entries import MARKED, WORD, Entry, are_different
from qa.formats.indents import TAB, Line
from qa.patterns import pattern
from qa.records import record

LEAST = 3
"""So many terms stand one below the other at least."""
TERM_CHARS = 40
_PARTS = pattern(r"(\S+(?: \S+)*)(?: *\t\s*| {2,})(\S[^\n]*)")
_NEXT_COLUMN = pattern(r"[^\s.!?:;](?: {3,}|\t)\S")


@record
class Row:
    """A line with two parts that stand apart: its number, both parts, where in the text the second begins, and at which columns they begin."""

    number: int
    term: str
    meaning: str
    starts: int
    indents: tuple[int, int]
    is_wide: bool = True
    """Whether more than a space stands between the parts."""


@record
class Run:
    """Rows with nothing between them but more of their meanings, and the line behind the last."""

    rows: list[Row]
    stop: int

    @property
    def indents(self) -> tuple[int, int]:
        """The columns that its rows have in common."""
        return self.rows[0].indents


def runs_beside(lines: Sequence[Line]) -> Iterator[Run]:
    """Yield rows that follow one another at the same columns; a run may have only one."""
    rows: list[Row] = []
    blank, last = 0, 0
    for n, line in enumerate(lines):
        if not line.said:
            blank += 1
            continue
        is_near = bool(rows) and blank < 2
        is_next = is_near and (blank or len(rows) == 1 or bool(lines[rows[-1].number - 1].said))
        row = (_row_like(n, line, rows[-1]) if is_next else None) or _row(n, line)
        if not (is_near and line.indent >= rows[-1].indents[1]):  # else it goes on with the meaning
            if rows and not (is_near and row and row.indents == rows[-1].indents):
                if not blank and not row and line.indent >= rows[-1].indents[0]:
                    last = rows.pop().number - 1  # a paragraph with a gap in its first line
                yield from [Run(rows, last + 1)] if rows else []
                rows = []
            rows = [*rows, row] if row else rows
        blank, last = 0, n
    if rows:
        yield Run(rows, last + 1)


def _row(n: int, line: Line) -> Row | None:
    match = _PARTS.match(line.said)
    if match is None or len(match[1]) > TERM_CHARS or MARKED.match(line.said):
        return None
    column = len((" " * line.indent + line.said[: match.start(2)]).expandtabs(TAB))
    return Row(n, match[1], match[2], line.span.start + match.start(2), (line.indent, column))


def _row_like(n: int, line: Line, row: Row) -> Row | None:
    """Read a line as the row before it is read: a term that fills its column has one space behind it."""
    said, at = line.said, row.indents[1] - line.indent
    if line.indent != row.indents[0] or "\t" in said or not 1 < at < len(said) or MARKED.match(said):
        return None
    if said[at - 1] != " " or said[at] == " ":
        return None
    return Row(n, said[:at].rstrip(), said[at:], line.span.start + at, row.indents, said[at - 2] == " ")


def is_sure(lines: Sequence[Line], run: Run) -> bool:
    """Tell whether a run explains terms: they differ, words stand beside them, and no third column."""
    rows = run.rows
    wide = sum(row.is_wide for row in rows)
    if wide < LEAST or 3 * wide < 2 * len(rows) or not are_different([row.term for row in rows]):
        return False
    first = rows[0].number
    above = lines[first - 1].said if first and lines[first - 1].indent == lines[first].indent else ""
    if above and not above.endswith(":"):  # a gap in a paragraph
        return False
    goes_on = any(_goes_on(lines, row) for row in rows)
    words = [len(WORD.findall(row.meaning)) for row in rows]
    more_columns = sum(bool(_NEXT_COLUMN.search(row.meaning)) for row in rows)
    telling = sum(count > 1 for count in words)
    return (
        4 * more_columns <= len(rows)
        and 3 * telling >= 2 * len(rows)
        and sum(words) >= (2 if goes_on else 3) * len(rows)
    )


def _goes_on(lines: Sequence[Line], row: Row) -> bool:
    """Tell whether a meaning goes on below its first line, in its own column."""
    below = lines[row.number + 1] if row.number + 1 < len(lines) else None
    return below is not None and bool(below.said) and below.indent == row.indents[1] and not below.said[0].isupper()


def entries_of(lines: Sequence[Line], run: Run, *, apart: bool = False) -> Iterator[Entry]:
    """Yield the entries of a run; with `apart` only those that stand apart from what is above and go on in their column, or not at all."""
    for row, end in zip(run.rows, [*(row.number for row in run.rows[1:]), run.stop], strict=True):
        while not lines[end - 1].said:
            end -= 1
        if apart and not _is_apart(lines, row):
            continue
        start = lines[row.number].span.start
        term = Span(start, start + len(row.term))
        yield Entry(term, row.number, range(row.number, end), row.starts, row.indents)


def _is_apart(lines: Sequence[Line], row: Row) -> bool:
    above, below = lines[max(row.number - 1, 0)], lines[min(row.number + 1, len(lines) - 1)]
    return (not above.said or above.indent > row.indents[0]) and (not below.said or below.indent == row.indents[1])
