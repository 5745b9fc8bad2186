"""CSV and TSV: each row is a line, its cells a tab apart, the row of names (the first with several cells) above it.

In -> out: bytes -> `Parsed`, one ROW a record.
Does not: guess what a value means, or leave out a column.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

from qa.datatypes import Parsed
from qa.formats.flow import Flow, header_row
from qa.formats.reading import MARK, Unreadable, decode
from qa.patterns import pattern

if TYPE_CHECKING:
    import _csv

SUFFIXES = (".csv", ".tsv")
VERSION = 3
_SEPARATORS = ",;\t|"
_QUOTED = pattern(r'(?<![^,;\t|\r\n]) *+"(?:[^"]|"")*+(?:"|\Z)')
"""A field in quotes, which begins where a field does: the mark of an inch opens none."""
SAMPLE_CHARS = 20_000
MAX_FIELD = 1_000_000


def parse(data: bytes, name: str) -> Parsed:
    """Read a table of values; the separator is the one that cuts most rows alike."""
    text = decode(data).removeprefix(MARK)
    separator = "\t" if name.lower().endswith(".tsv") else _separator(text)
    csv.field_size_limit(MAX_FIELD)
    try:
        rows = list(_numbered(csv.reader(io.StringIO(text, newline=""), delimiter=separator)))
    except csv.Error as exc:
        raise Unreadable(f"is no table of values ({exc}).") from exc
    flow = Flow()
    group, lead, at = flow.new_group(), None, 1
    names = header_row([row for _, row in rows])
    for n, (line, row) in enumerate(rows):
        gap, at = "\n" * (line - at), line
        if n < names:
            flow.add(" ".join("".join(row).split()), gap=gap)
            continue
        span = flow.row(row, group=group, lead=lead, gap=gap)
        lead = lead or span
    return flow.done()


def _numbered(rows: _csv.Reader) -> Iterator[tuple[int, list[str]]]:
    """Yield each row in which something stands, and the line of the file it begins at."""
    line = 1
    for row in rows:
        if any(map(str.strip, row)):
            yield line, row
        line = rows.line_num + 1


def _separator(text: str) -> str:
    """Return what stands equally often in most rows, outside of quotes; of two that do, rather not the comma, which numbers have, too."""
    bare = _QUOTED.sub("", text[:SAMPLE_CHARS])
    lines = [line for line in bare.splitlines()[:-1] if line.strip()] or bare.splitlines()

    def likeness(separator: str) -> tuple[int, bool, int]:
        counts = [line.count(separator) for line in lines]
        usual = max(set(counts), key=counts.count) if counts else 0
        return (sum(count == usual for count in counts) if usual else 0, separator != ",", usual)

    return max(_SEPARATORS, key=likeness)
