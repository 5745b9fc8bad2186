"""Tables that reStructuredText draws: with rules of `=` over and under columns, or with a frame of `+`, `-` and `|`.

In -> out: lines and the number of the first -> `Drawn`, None where no table begins.
Does not: part the cells, or read them; a row of several lines is read as it is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from qa.datatypes import Span
from qa.formats.indents import Line
from qa.patterns import pattern
from qa.records import record

_FRAME = pattern(r"\+(?:[-=]+\+)+\Z")
_COLUMNS = pattern(r"=+(?:[ \t]+=+)+\Z")
_SPANNED = pattern(r"-+(?:[ \t]+-+)*\Z")


@record
class Drawn:
    """The parts of a table, each the numbers of its lines, in order."""

    rows: tuple[range, ...]
    rules: tuple[int, ...]
    """None where a table begins that does not end before the line `end`."""
    headers: int
    """How many of the rows name the columns."""
    end: int


def table_at(lines: Sequence[Line], at: int) -> Drawn | None:
    """Return the table that begins at a line."""
    if _FRAME.match(lines[at].said):
        return _framed(lines, at)
    return _ruled(lines, at) if _COLUMNS.match(lines[at].said) else None


def bars_in(line: Line) -> list[Span]:
    """Return the bars at the two ends of a line in a frame."""
    start, end = line.span.start, line.span.end
    return [Span(start, start + 1), Span(end - 1, end)] if line.said.startswith("|") and end - start > 1 else []


def _framed(lines: Sequence[Line], at: int) -> Drawn:
    end = at
    while end < len(lines) and lines[end].said.startswith(("+", "|")) and lines[end].indent == lines[at].indent:
        end += 1
    rules = [n for n in range(at, end) if lines[n].said.startswith("+")]
    rows = [range(a + 1, b) for a, b in zip(rules, [*rules[1:], end], strict=True) if b > a + 1]
    over = next((n for n in rules if "=" in lines[n].said), at)
    return Drawn(tuple(rows), tuple(rules), sum(row.stop <= over for row in rows), end)


def _ruled(lines: Sequence[Line], at: int) -> Drawn:
    """Read a table up to the rule with a blank line or nothing below it; a line with nothing in its first column goes on with the row above."""
    rules, starts = [at], list[int]()
    end = at + 1
    while end < len(lines):
        line = lines[end]
        if line.said and line.indent < lines[at].indent:
            return Drawn((), (), 0, end)
        if _COLUMNS.match(line.said):
            rules.append(end)
            if end + 1 == len(lines) or not lines[end + 1].said:
                break
        elif _SPANNED.match(line.said):
            rules.append(end)
        elif line.said and (line.indent == lines[at].indent or not starts or starts[-1] < rules[-1]):
            starts.append(end)
        end += 1
    if end == len(lines):
        return Drawn((), (), 0, end)
    first, edges = set(starts), sorted({*starts, *rules})
    rows = [range(a, b) for a, b in pairwise(edges) if a in first]
    heads = [n for n in rules[1:-1] if _COLUMNS.match(lines[n].said)]
    return Drawn(tuple(rows), tuple(rules), sum(row.stop <= heads[0] for row in rows) if heads else 0, end + 1)
