"""What the paragraphs of a PDF are: headings, items of lists, rows of tables, lines of a table of contents, or none of these.

In -> out: the text of a PDF, where each paragraph begins with its first line, and which are rows and notes -> blocks.
Does not: find paragraphs (qa/formats/wrapping.py) or write the text (qa/formats/pdf.py).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from itertools import pairwise

from qa.datatypes import Block, Kind, Span
from qa.formats.aligned import Row
from qa.formats.flow import tile
from qa.formats.glyphs import Line
from qa.formats.wrapping import BULLET, LARGER

A_LITTLE_LARGER = 1.06
"""A heading's letters are at least so many times as high as most letters of the document where it is short, else LARGER."""
HEADING_CHARS, SHORT_CHARS = 200, 60
COLUMN_GAP = 1.2
_ENDS = ".,;:!?"
_CONTENTS = re.compile(r"(?<!\.)(?<!\. )(?:\. ?){6,}+\d++$", re.M)
"""A line of a table of contents: dots that lead to a page."""


def blocks_of(
    text: str, starts: Sequence[tuple[int, Line]], rows: Mapping[int, Row], notes: Set[int] = frozenset()
) -> tuple[Block, ...]:
    """Return paragraphs, headings (by the height of their letters), list items, code (by its font), rows of tables and notes.

    `starts` are where each begins, and its first line; `rows` those of tables, by where they begin; `notes` where those begin.
    """
    ends = [*(start for start, _ in starts), len(text)][1:]
    pieces = [(line, start, text[start:end].rstrip()) for (start, line), end in zip(starts, ends, strict=True)]
    heights: Counter[float] = Counter()
    for line, _, piece in pieces:
        heights[round(line.size, 1)] += len(piece)
    usual = heights.most_common(1)[0][0] if heights else 1.0
    lines = [line for line, _, _ in pieces]
    heads = [
        start not in rows
        and start not in notes
        and (_is_heading(line, piece, usual) or (not line.fixed and _is_bold_head(lines, i, piece)))
        for i, (line, start, piece) in enumerate(pieces)
    ]
    levels = _levels([line.size for line, is_head in zip(lines, heads, strict=True) if is_head])
    path: list[tuple[int, str]] = []
    blocks: list[Block] = []
    group, table = 0, 0
    names: Span | None = None
    """The row that names the columns of the table."""
    for (line, start, piece), is_head in zip(pieces, heads, strict=True):
        span, level = Span(start, start + len(piece)), 0
        kind, lead, of = Kind.PARAGRAPH, None, 0
        if row := rows.get(start):
            if row.table != table:
                group, table, names = group + 1, row.table, None
            kind, lead, of = Kind.ROW, names, group
            names = span if row.names else names
        elif start in notes:
            kind = Kind.FOOTNOTE
        elif _CONTENTS.search(piece):
            kind = Kind.FURNITURE
        elif is_head:
            kind, level = Kind.HEADING, levels[round(line.size)]
            path = [held for held in path if held[0] < level]
        elif line.fixed:
            kind = Kind.CODE
        elif line.dotted or (BULLET.match(piece) and any(map(str.isalpha, piece[2:]))):
            last = next((block for block in reversed(blocks) if block.kind is not Kind.FOOTNOTE), None)
            goes_on = last is not None and last.kind is Kind.ITEM
            group += not goes_on
            kind, of = Kind.ITEM, group
            lead = _lead_in(text, last, goes_on)
        blocks.append(Block(span, kind, tuple(name for _, name in path), level, lead, of))
        if kind is Kind.HEADING:
            path.append((level, piece))
    return tile(blocks, len(text))


def _is_heading(line: Line, piece: str, usual: float) -> bool:
    """Tell whether a paragraph is set like a heading: larger, or a little larger and short, and no sentence."""
    if sum(char.isalpha() for char in piece) < 3 or piece[-1] in ".,;:" or abs(line.angle) > 0.1:
        return False
    larger = line.size / usual
    return (larger >= LARGER and len(piece) <= HEADING_CHARS) or (
        larger >= A_LITTLE_LARGER and len(piece) <= SHORT_CHARS and not line.fixed
    )


def _is_bold_head(lines: Sequence[Line], i: int, piece: str) -> bool:
    """Tell whether a paragraph is one short line in bold letters, alone on its height, with something below that is not bold."""
    line = lines[i]
    if not line.bold or piece != line.shown or len(piece) > SHORT_CHARS or piece[-1] in _ENDS or _has_columns(line):
        return False
    if sum(map(str.isalpha, piece)) < 3 or ":" in piece or i + 1 == len(lines) or abs(line.angle) > 0.1:
        return False
    beside = (lines[k] for k in (i - 1, i + 1) if k >= 0 and lines[k].page == line.page)
    return not any(_alike(other, line) or abs(other.base - line.base) < line.size / 2 for other in beside)


def _alike(other: Line, line: Line) -> bool:
    return other.bold and other.size < A_LITTLE_LARGER * line.size


def _has_columns(line: Line) -> bool:
    """Tell whether words of a line stand apart like those of a table."""
    seen = [box for char, box in zip(line.chars, line.boxes, strict=True) if not char.isspace()]
    return any(box[0] - before[2] > COLUMN_GAP * line.size for before, box in pairwise(seen))


def _levels(sizes: Sequence[float]) -> dict[int, int]:
    """Number the heights of headings from the largest."""
    return {
        size: min(level, 6) for level, size in enumerate(sorted({round(size) for size in sizes}, reverse=True), start=1)
    }


def _lead_in(text: str, last: Block | None, goes_on: bool) -> Span | None:
    if last is None:
        return None
    if goes_on:
        return last.lead
    return last.span if last.kind is Kind.PARAGRAPH and text[last.span.end - 1 : last.span.end] == ":" else None
