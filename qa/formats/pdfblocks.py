"""What the paragraphs of a PDF are: headings, items of lists, lines of a table of contents, or none of these.

In -> out: the text of a PDF, and where each paragraph begins with its first line -> blocks.
Does not: find paragraphs (qa/formats/wrapping.py) or write the text (qa/formats/pdf.py).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from qa.datatypes import Block, Kind, Span
from qa.formats.flow import tile
from qa.formats.glyphs import Line
from qa.formats.wrapping import BULLET, LARGER

A_LITTLE_LARGER = 1.06
"""A heading's letters are at least so many times as high as most letters of the document where it is short, else LARGER."""
HEADING_CHARS, SHORT_CHARS = 200, 60
_CONTENTS = re.compile(r"(?<!\.)(?<!\. )(?:\. ?){6,}+\d++$", re.M)
"""A line of a table of contents: dots that lead to a page."""


def blocks_of(text: str, starts: Sequence[tuple[int, Line]]) -> tuple[Block, ...]:
    """Return paragraphs, headings (by the height of their letters) and list items; `starts` are where each begins, and its first line."""
    ends = [*(start for start, _ in starts), len(text)][1:]
    pieces = [(line, start, text[start:end].rstrip()) for (start, line), end in zip(starts, ends, strict=True)]
    heights: Counter[float] = Counter()
    for line, _, piece in pieces:
        heights[round(line.size, 1)] += len(piece)
    usual = heights.most_common(1)[0][0] if heights else 1.0
    levels = _levels([line.size for line, _, piece in pieces if _is_heading(line, piece, usual)])
    path: list[tuple[int, str]] = []
    blocks: list[Block] = []
    group = 0
    for line, start, piece in pieces:
        span, level = Span(start, start + len(piece)), 0
        kind, lead, of = Kind.PARAGRAPH, None, 0
        if _CONTENTS.search(piece):
            kind = Kind.FURNITURE
        elif _is_heading(line, piece, usual):
            kind, level = Kind.HEADING, levels[round(line.size)]
            path = [held for held in path if held[0] < level]
        elif BULLET.match(piece) and any(map(str.isalpha, piece[2:])):
            last = blocks[-1] if blocks else None
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
        larger >= A_LITTLE_LARGER and len(piece) <= SHORT_CHARS
    )


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
