"""A text that grows block by block, and its blocks, which tile it.

In -> out: pieces of text with their kind, in the order of the document -> `Parsed`.
Does not: know a format, or change a character other than white space at the ends of a piece.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from qa.datatypes import Block, Kind, Mark, Parsed, Span
from qa.patterns import pattern

_UNSTORABLE = pattern("[\0\ud800-\udfff]")
"""Halves of a character, and the zero that ends a text for many programs."""
CELL_CHARS = 300
"""A table with a longer cell only arranges a page: its cells are paragraphs."""
APART, BELOW = "\n\n", "\n"
ITEM_MARK = "• "
"""Before an item of a list in a cell, all of which is one line."""
_YEAR = pattern(r"(?:1[89]|20)\d\d(?:[/–-]\d{2,4})?")
_STOPS = (".", "!", "?", "。")


class Flow:
    """Collects blocks; a heading stands over what is added after it, until one of its level or a higher one."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._blocks: list[Block] = []
        self._path: list[tuple[int, str]] = []
        self._marks: list[Mark] = []
        self._pending: list[tuple[str, str]] = []
        self._group = 0

    @property
    def last(self) -> Block | None:
        """The block added last."""
        return self._blocks[-1] if self._blocks else None

    def add(
        self,
        text: str,
        kind: Kind = Kind.PARAGRAPH,
        *,
        level: int = 0,
        lead: Span | None = None,
        group: int = 0,
        gap: str = APART,
        headings: tuple[str, ...] | None = None,
    ) -> Span | None:
        """Append a block and return its span; None, and nothing appended, where it is blank."""
        text = _UNSTORABLE.sub("\ufffd", text)
        if not text.strip():
            return None
        text = text.rstrip().lstrip(" \n") if kind is Kind.ROW else text.strip()  # a row may begin with an empty cell
        if self._parts:
            self._put(gap)
        start = self._length
        self._marks += [Mark(start, *mark) for mark in self._pending]
        self._pending.clear()
        self._put(text)
        if kind is Kind.HEADING:
            self._path = [held for held in self._path if held[0] < level]
        under = tuple(name for _, name in self._path) if headings is None else headings
        self._blocks.append(Block(Span(start, self._length), kind, under, level, lead, group))
        if kind is Kind.HEADING:
            self._path.append((level, " ".join(text.split())))
        return Span(start, self._length)

    def take(self, part: Parsed) -> int:
        """Append a text that was read by itself, under the headings held here; return where it begins."""
        if self._parts:
            self._put(APART)
        start, groups = self._length, self._group
        self._marks += [Mark(start, *mark) for mark in self._pending]
        self._pending.clear()
        self._put(part.text)
        for block in part.blocks:
            if block.kind is Kind.HEADING:
                self._path = [held for held in self._path if held[0] < block.level]
            under = tuple(name for _, name in self._path)
            lead = block.lead and Span(block.lead.start + start, block.lead.end + start)
            span, group = Span(block.span.start + start, block.span.end + start), block.group and block.group + groups
            self._blocks.append(Block(span, block.kind, under, block.level, lead, group))
            self._group = max(self._group, group)
            if block.kind is Kind.HEADING:
                self._path.append((block.level, _seen(part, block.span)))
        return start

    def turn(self, speaker: str, text: str, *, headings: tuple[str, ...] | None = None) -> None:
        """Append what somebody says: the name, a colon, the text."""
        span = self.add(f"{speaker}: {text}", Kind.TURN, headings=headings)
        if span is not None:
            self._blocks[-1] = replace(self._blocks[-1], lead=Span(span.start, span.start + len(speaker)))

    def row(
        self,
        cells: Sequence[str],
        *,
        group: int,
        lead: Span | None = None,
        places: Sequence[tuple[str, str]] = (),
        gap: str = "",
    ) -> Span | None:
        """Append a table's row: its cells, a tab between two; with `places`, a mark (kind and name) a cell that is not empty."""
        flat = [" ".join(cell.split()) for cell in cells]
        gap = gap or (BELOW if self.last is not None and self.last.group == group else APART)
        text = "\t".join(flat)
        span = self.add(text, Kind.ROW, group=group, lead=lead, gap=gap)
        if span is not None and places:
            at = span.start
            for cell, place in zip(flat, places, strict=True):
                self._marks += [Mark(at, *place)] * bool(cell)
                at += len(cell) + 1
        return span

    def table(self, rows: Iterable[Sequence[str]], *, heads: int | None = None) -> None:
        """Append a table; what stands alone in a row above the first one with several cells is its caption.

        The last of the first `heads` rows below that is the lead of the others, with None the first where it looks like one.
        """
        held = _without_empty_columns([list(row) for row in rows if any(cell.strip() for cell in row)])
        if any(len(cell) > CELL_CHARS for row in held for cell in row) or max(map(_filled, held), default=0) < 2:
            for cell in (cell for row in held for cell in row):
                self.add(cell)
            return
        first = header_row(held)
        for row in held[:first]:
            text = "".join(row).strip()
            self.add(text, Kind.PARAGRAPH if text.endswith(_STOPS) else Kind.CAPTION)
        held = held[first:]
        heads = int(names_columns(held)) if heads is None else heads
        if held[0][0].rstrip().endswith((":", "：")):
            heads = 0  # what names the rows, in their first column
        group, lead = self.new_group(), None
        for n, row in enumerate(held, start=1):
            span = self.row(row, group=group, lead=lead)
            lead = span if n == heads else lead

    def new_group(self) -> int:
        """Return the number of the next list or table."""
        self._group += 1
        return self._group

    def lead_in(self) -> Span | None:
        """Return the paragraph just added if it leads in to a list."""
        block = self.last
        if block is None or block.kind is not Kind.PARAGRAPH or not self._parts[-1].endswith((":", "：")):
            return None
        return block.span

    def mark(self, kind: str, name: str) -> None:
        """Say that what is added from now on is in this part."""
        self._pending = [(kind, name)]

    def close_headings(self, level: int) -> None:
        """Let no heading of this level, or of one below it, stand over what follows."""
        self._path = [held for held in self._path if held[0] < level]

    def forget_headings(self) -> None:
        """Let no heading stand over what follows."""
        self._path = []

    def done(
        self, meta: Mapping[str, str] | None = None, warnings: Iterable[str] = (), hidden: Iterable[Span] = ()
    ) -> Parsed:
        """Return what was collected."""
        blocks = tile(self._blocks, self._length)
        known = {key: " ".join(value.split()) for key, value in (meta or {}).items() if value and value.strip()}
        return Parsed(
            "".join(self._parts), blocks, known, tuple(hidden), marks=tuple(self._marks), warnings=tuple(warnings)
        )

    def _put(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)


def _seen(part: Parsed, span: Span) -> str:
    """Return what a reader sees of a span: without markup, on one line."""
    hidden = {place for gap in part.hidden for place in range(max(gap.start, span.start), min(gap.end, span.end))}
    return " ".join("".join(part.text[n] for n in range(span.start, span.end) if n not in hidden).split())


def header_row(rows: Sequence[Sequence[str]]) -> int:
    """Return the number of the first row with several cells that are not empty: what stands above it is said of the table."""
    return next((n for n, row in enumerate(rows) if _filled(row) > 1), 0)


def _filled(row: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)


def _without_empty_columns(rows: list[list[str]]) -> list[list[str]]:
    """Leave out the columns before the first one in which anything stands."""
    empty = min((next((n for n, cell in enumerate(row) if cell.strip()), 0) for row in rows), default=0)
    return [row[empty:] for row in rows]


def names_columns(rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether the first row names the columns: words or years in every cell, above figures in at least one column."""
    first, others = [cell.strip() for cell in rows[0]], rows[1:]
    if not others or not all(cell and (_YEAR.fullmatch(cell) or not cell[0].isdigit()) for cell in first):
        return False
    for n in range(min(map(len, rows))):
        below = [cell for row in others if (cell := row[n].strip())]
        has_figures = bool(below) and all(any(map(str.isdigit, cell)) for cell in below)
        if _YEAR.fullmatch(first[n]):
            has_figures = has_figures and not any(map(_YEAR.fullmatch, below))
        elif any(map(str.isdigit, first[n])):
            continue
        if has_figures:
            return True
    return False


def tile(blocks: Sequence[Block], length: int) -> tuple[Block, ...]:
    """Return the blocks, each reaching to where the next begins, the last to the end."""
    starts = [0, *(block.span.start for block in blocks[1:]), length]
    return (
        tuple(
            Block(Span(a, b), block.kind, block.headings, block.level, block.lead, block.group)
            for block, (a, b) in zip(blocks, pairwise(starts), strict=True)
        )
        if blocks
        else ()
    )


def paragraphs(flow: Flow, text: str, kind: Kind = Kind.PARAGRAPH) -> None:
    """Append plain text: a block ends at a blank line."""
    held: list[str] = []
    for line in [*text.splitlines(), ""]:
        if line.strip():
            held.append(line.rstrip())
        elif held:
            flow.add("\n".join(held), kind)
            held = []
