"""Tables in a plain text: lines whose cells stand between bars, tabs or wide gaps, all of them in the same columns.

In -> out: the lines of a text -> `Table`s: their rows, what of them is only ruled, and whether the first row names the columns.
Does not: take two columns with a gap between them for a table: these may be terms and their meanings (qa/formats/beside.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qa.datatypes import Block, Kind
from qa.formats.flow import names_columns
from qa.formats.indents import Line, groups_of
from qa.patterns import pattern
from qa.records import record

LEAST_ROWS = 3
LEAST_CELLS = {"|": 2, "\t": 3, " ": 3}
"""So many cells has a row at least, by what stands between them."""
NEAR = 1
"""Cells of a column begin, or end, at most so many characters apart."""
_RULE = pattern(r"[-+|=:_ \t]++\Z")
_GAP = pattern(r" {2,}")
_FRAMED = pattern(r"\|.*\|\Z")
_BULLET = pattern(r"[^\w\s](?:\s|\Z)")
_BAR = pattern(r"(?<!\\)\|")


@record
class Table:
    """The numbers of the lines that are rows and of those that are rulers; `names`: whether the first row names the columns."""

    rows: tuple[int, ...]
    rules: tuple[int, ...]
    names: bool


@record
class _Row:
    """The cells of a line, each with the columns that it begins and ends at."""

    cells: tuple[str, ...]
    edges: tuple[tuple[int, int], ...]


def rows_of_tables(lines: Sequence[Line]) -> dict[int, Block]:
    """Return the rows of all tables, and the rulers among them, by where their lines begin."""
    found: dict[int, Block] = {}
    for group, table in enumerate(tables_in(lines), start=1):
        names = lines[table.rows[0]].span if table.names else None
        for n in table.rules:
            found[lines[n].whole.start] = Block(lines[n].span, Kind.FURNITURE, group=group)
        for n in table.rows:
            lead = names if n != table.rows[0] else None
            found[lines[n].whole.start] = Block(lines[n].span, Kind.ROW, lead=lead, group=group)
    return found


def tables_in(lines: Sequence[Line]) -> Iterator[Table]:
    """Yield the tables of a text, in order."""
    for group in groups_of(lines):
        at = group.start
        while at < group.stop:
            found = next(filter(None, (_table(lines, range(at, group.stop), mark) for mark in LEAST_CELLS)), None)
            if found:
                yield found
            at = max(*found.rows, *found.rules) + 1 if found else at + 1


def _table(lines: Sequence[Line], group: range, mark: str) -> Table | None:
    """Return the table that begins with the first line of a group."""
    rows: dict[int, _Row] = {}
    rules: list[int] = []
    columns: _Columns | None = None
    for n in group:
        if _is_rule(lines[n].said):
            rules.append(n)
            if rules[-2:] == [n - 1, n]:
                break  # a drawing
            continue
        row = _row(lines[n], LEAST_CELLS[mark] - (not rows), mark)  # the names of the rows may have none
        if row is None:
            break
        if columns is None or (len(rows) == 1 and not columns.take(row)):  # what is above may have other columns
            columns = _Columns(row)
        elif len(rows) > 1 and not columns.take(row):
            break
        rows[n] = row
    if columns is None or columns.rows < LEAST_ROWS - 1 or len(columns.cells) < LEAST_CELLS[mark]:
        return None
    (first, above), (_, below), *_ = rows.items()
    corner = len(above.cells) == len(below.cells) - 1 and above.edges[0][0] >= below.edges[0][1]
    if columns.rows < len(rows) and not corner:
        del rows[first]
    if len(rows) < LEAST_ROWS:
        return None
    ruled = tuple(n for n in rules if min(rows) - 1 <= n <= max(rows) + 1)
    if mark == "|" and not (min(rows) + 1 in ruled or all(_FRAMED.match(lines[n].said) for n in rows)):
        return None
    names = corner or min(rows) + 1 in ruled or names_columns([row.cells for row in rows.values()])
    return Table(tuple(rows), ruled, names)


class _Columns:
    """Where the cells of rows begin and end, in each of their columns."""

    def __init__(self, row: _Row) -> None:
        self.rows = 1
        self.cells = [[(edge, edge) for edge in edges] for edges in row.edges]

    def take(self, row: _Row) -> bool:
        """Add a row, if its cells begin, or end, where the others of their columns do."""
        if len(row.edges) != len(self.cells):
            return False
        wider = [
            [(min(low, edge), max(high, edge)) for (low, high), edge in zip(held, edges, strict=True)]
            for held, edges in zip(self.cells, row.edges, strict=True)
        ]
        if not all(any(high - low <= NEAR for low, high in edges) for edges in wider):
            return False
        self.cells = wider
        self.rows += 1
        return True


def _is_rule(said: str) -> bool:
    return bool(_RULE.match(said)) and any(sign in said for sign in ("--", "==", "__"))


def _row(line: Line, least: int, mark: str) -> _Row | None:
    """Return the cells of a line, None where it has too few, or tabs only set it."""
    said = line.said
    if mark not in said:
        return None
    if mark == "\t" and "\t\t" in said:
        return None  # set below each other by tabs, not parted
    if mark == " ":
        if "\t" in said:
            return None
        edges, start = [], 0
        for gap in (*_GAP.finditer(said), None):
            end = gap.start() if gap else len(said)
            edges.append((line.indent + start, line.indent + end))
            start = gap.end() if gap else end
        cells = [said[a - line.indent : b - line.indent] for a, b in edges]
    else:
        cells = [cell.strip() for cell in (said.split("\t") if mark == "\t" else _BAR.split(said))]
        if mark == "|":
            cells = cells[not cells[0] : len(cells) - (not cells[-1])]
        edges = [(0, 0)] * len(cells)
    if len(cells) < max(least, 2) or sum(map(bool, cells)) < 2 or _BULLET.match(cells[0]):
        return None
    return _Row(tuple(cells), tuple(edges))
