"""A document as it reads: headings, lists, tables and code as such, its markup there but not seen.

In -> out: a text, its blocks and its markup -> `str` of HTML whose text is the document's, to the character; its outline.
Does not: take a tag, a link or a picture of the file over: every character is text, and a quote is marked by the browser (source.js).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, pairwise

from qa.datatypes import Block, Kind, Span
from qa.text.cells import cells_of, marks_of, names_of
from qa.text.shown import Shown
from qa.ui.escaping import inline, shown
from qa.ui.marks import blank_edges, breaks_in, broken, code_in

RUN_CHARS = 5000
"""The browser lays out the text run by run, as it comes into sight: a document of megabytes is there at once."""
LINE_CHARS, LINE_PIXELS = 70, 25
ROWS_TOGETHER = 100
OUTLINED = 500
_NUMBERED = re.compile(r"\s*(?:\d+|[a-zA-Z])[.)]\s*")
_COUNTED = re.compile(r"\s*(\d+)([.)])\s")
_DOT = re.compile(r"\s*[-*+•]\s+")
_CLASSES = {
    Kind.HEADING: "h", Kind.ITEM: "item", Kind.CODE: "code", Kind.FURNITURE: "furn", Kind.META: "furn",
    Kind.TURN: "turn", Kind.CAPTION: "furn", Kind.FOOTNOTE: "furn",
}  # fmt: skip


def document_html(text: str, blocks: Sequence[Block] = (), hidden: Sequence[Span] = (), *, flows: bool = False) -> str:
    """Return the text in its blocks; `data-a` of each is where it begins, in code points. With `flows`, a line may end anywhere."""
    markup = Markup(text, hidden, flows=flows)
    numbers = _numbers(text, blocks)
    runs = "".join(_run(markup, run, numbers) for run in _runs(list(_tiling(text, blocks))))
    return f'<div class="text{" flow" if flows else ""}">{runs}</div>'


def outline_html(text: str, blocks: Sequence[Block], hidden: Sequence[Span]) -> str:
    """Return the headings of a document, each a button that goes there; "" where there are fewer than two."""
    seen = Shown(text, hidden)
    found = [(b, name) for b in blocks if b.kind is Kind.HEADING and (name := " ".join(seen.of(b.span).split()))]
    if len(found) < 2:
        return ""
    least = min(block.level for block, _ in found)
    rows = "".join(
        f'<li style="--d:{min(block.level - least, 5)}">'
        f'<button type="button" data-act="goto" data-at="{block.span.start}">{shown(name)}</button></li>'
        for block, name in found[:OUTLINED]
    )
    return f'<details class="outline"><summary>Outline</summary><ul aria-label="Outline">{rows}</ul></details>'


class Markup:
    """A text and which of its characters are markup."""

    def __init__(self, text: str, hidden: Sequence[Span], *, flows: bool = False) -> None:
        self.text = text
        self.flows = flows
        self._hidden = hidden
        self._ends = [span.end for span in hidden]

    def inside(self, span: Span) -> list[Span]:
        """Return the markup within a span, cut at its edges."""
        found = []
        for i in range(bisect_right(self._ends, span.start), len(self._hidden)):
            if self._hidden[i].start >= span.end:
                break
            found.append(Span(max(self._hidden[i].start, span.start), min(self._hidden[i].end, span.end)))
        return found

    def breaks(self, block: Block) -> list[Span]:
        """Return what breaks a line of Markdown in a block, and the empty lines at the edges of code: neither is seen."""
        start, text = block.span.start, block.span.of(self.text)
        if block.kind is Kind.CODE:
            return _moved(blank_edges(text, _moved(self.inside(block.span), -start)), start)
        return _moved(breaks_in(text), start) if self.flows else []

    def html(self, span: Span, gone: Sequence[Span] = ()) -> str:
        """Return the HTML of a span, `gone` and what is white at its end not seen."""
        whole = span.of(self.text)
        white = Span(span.start + len(whole.rstrip()), span.end)
        unseen = sorted((*gone, white), key=lambda each: (each.start, each.end))
        cuts = sorted({span.start, span.end, *(edge for each in unseen for edge in (each.start, each.end))})
        code = {span.start + each.start for each in code_in(whole, _moved(gone, -span.start))} if "`" in whole else ()
        at, parts = 0, []
        for start, end in pairwise(cuts):
            while at < len(unseen) and unseen[at].end <= start:
                at += 1
            hides = at < len(unseen) and unseen[at].start <= start
            piece = _piece(self.text[start:end])
            seen = f"<code>{piece}</code>" if start in code else piece
            parts.append(f'<span class="mk">{piece}</span>{broken(self.text, start, end)}' if hides else seen)
        return "".join(parts)


def _piece(text: str) -> str:
    """Return text as HTML in which a browser counts as many characters: it would make one of CR and LF."""
    return inline(text).replace("\r", "&#13;").replace("\0", "&#65533;")


def _tiling(text: str, blocks: Sequence[Block]) -> Iterator[Block]:
    """Yield the blocks, and what stands between them as paragraphs."""
    at = 0
    for block in blocks:
        if block.span.start > at:
            yield Block(Span(at, block.span.start), Kind.PARAGRAPH)
        if block.span.end > at:
            yield block
            at = block.span.end
    if at < len(text):
        yield Block(Span(at, len(text)), Kind.PARAGRAPH)


def _runs(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """Yield blocks that are laid out together; the rows of a table are, as far as it is not too long."""
    run: list[Block] = []
    for block in blocks:
        full = run and block.span.start - run[0].span.start > RUN_CHARS
        torn = run and block.group and block.group == run[-1].group and len(run) < ROWS_TOGETHER
        if full and not torn:
            yield run
            run = []
        run.append(block)
    if run:
        yield run


def _numbers(text: str, blocks: Sequence[Block]) -> dict[int, str]:
    """Return by where they begin what numbered items are counted as, where they are written otherwise: in Markdown all may be "1."."""
    found, last = dict[int, str](), dict[tuple[int, int], int]()
    for block in blocks:
        for level in (6, 5, 4, 3, 2, 1):
            if block.level < level:
                last.pop((block.group, level), None)  # a list inside ends with its item
        mark = _COUNTED.match(text, block.span.start) if block.kind is Kind.ITEM and block.group else None
        if mark:
            key = block.group, block.level
            last[key] = last[key] + 1 if key in last else int(mark[1])
            if last[key] != int(mark[1]):
                found[block.span.start] = f"{last[key]}{mark[2]}"
    return found


def _run(markup: Markup, run: Sequence[Block], numbers: Mapping[int, str]) -> str:
    lines = sum(1 + (b.span.end - b.span.start) // LINE_CHARS for b in run)
    parts = []
    for table, held in groupby(run, key=lambda b: b.group if b.group and _is_row(b) else 0):
        blocks = list(held)
        html = _rows(markup, blocks) if table else "".join(_block(markup, b, numbers) for b in blocks)
        parts.append(f'<div class="tbl" role="table">{html}</div>' if table else html)
    return f'<div class="run" style="contain-intrinsic-size:auto {lines * LINE_PIXELS}px">{"".join(parts)}</div>'


def _is_row(block: Block) -> bool:
    return block.kind is Kind.ROW or (block.kind is Kind.FURNITURE and bool(block.group))


def _block(markup: Markup, block: Block, numbers: Mapping[int, str]) -> str:
    gone, kind = [*markup.inside(block.span), *markup.breaks(block)], _CLASSES.get(block.kind, "")
    more = ""
    first = gone[0].of(markup.text) if gone and gone[0].start == block.span.start else ""
    if block.kind is Kind.HEADING:
        more = f' role="heading" aria-level="{min(block.level + 2, 6)}" tabindex="-1"'
    elif block.kind is Kind.ITEM:
        more = f' style="--d:{min(block.level, 6)}"'
        kind += " dot" if _DOT.match(first) else ""
        if written := _NUMBERED.match(first):
            number = numbers.get(block.span.start, "")
            kind += " num" if number else ""
            more += f' data-no="{number}"' if number else ""
            rest = [Span(gone[0].start + written.end(), gone[0].end)]  # of marks that stand right after it
            gone = gone if number else [*rest, *gone[1:]]
    elif first.lstrip().startswith(">"):
        kind = "bq"
    level = f" h{min(block.level, 4)}" if block.kind is Kind.HEADING else ""
    return f'<div class="b {kind}{level}" data-a="{block.span.start}"{more}>{markup.html(block.span, gone)}</div>'


def _rows(markup: Markup, blocks: Sequence[Block]) -> str:
    """Return the rows of a table; where the names of its rows have none themselves, the first row begins with an empty cell."""
    rows = [block for block in blocks if block.kind is Kind.ROW][:2]
    texts = [block.span.of(markup.text).strip(" \r\n") for block in rows]
    corner = len(texts) > 1 and len(names_of(*texts)) > len(cells_of(texts[0]))
    return "".join(_row(markup, block, corner=corner and block is rows[0]) for block in blocks)


def _row(markup: Markup, block: Block, *, corner: bool = False) -> str:
    """Return a row of a table; a ruler below its header is one that is not seen."""
    start, text = block.span.start, block.span.of(markup.text)
    if block.kind is Kind.FURNITURE:
        cells = f'<span role="cell">{markup.html(block.span, [block.span])}</span>'
        return f'<div class="b rule" role="row" data-a="{start}">{cells}</div>'
    role = "cell" if block.lead else "columnheader"
    cells = "".join(
        _cell(markup, _moved([cell], start)[0], role, _moved(marks_of(text, cell), start)) for cell in cells_of(text)
    )
    cells = f'<span class="cell" role="cell"></span>{cells}' if corner else cells
    return f'<div class="b row" role="row" data-a="{start}">{cells}</div>'


def _cell(markup: Markup, span: Span, role: str, marks: Sequence[Span]) -> str:
    return f'<span class="cell" role="{role}">{markup.html(span, [*markup.inside(span), *marks])}</span>'


def _moved(spans: Iterable[Span], by: int) -> list[Span]:
    return [Span(span.start + by, span.end + by) for span in spans]
