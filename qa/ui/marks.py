"""The text of a quote -> HTML in which the answering words are bold and markup is not seen.

In -> out: a piece of a document and what is known of its characters -> `str` of HTML whose text is that piece, to the character.
Does not: leave a character out: what a reader does not see is there for whoever copies.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from qa.datatypes import Citation, Kind, Span
from qa.formats import format_of, parse_file
from qa.ui.escaping import inline

CELL_MARKS = ("\t", "|")
"""What stands between the cells of a row: in tables of our own, in Markdown."""


def quoted_html(text: str, start: int, hidden: Sequence[Span] = (), answer: Span | None = None) -> str:
    """Return `text`, which begins at `start` of its document; `answer` is in the document's coordinates, `hidden` in those of `text`."""
    bold = [Span(max(answer.start - start, 0), max(answer.end - start, 0))] if answer else []
    edges = (edge for span in (*hidden, *bold) for edge in (span.start, span.end))
    cuts = sorted({0, len(text), *(min(edge, len(text)) for edge in edges)})
    return "".join(
        _piece(inline(text[a:b]), seen=not _within(hidden, a, b), bold=_within(bold, a, b)) for a, b in pairwise(cuts)
    )


def _piece(html: str, *, seen: bool, bold: bool) -> str:
    if not seen:
        return f'<span class="mk" aria-hidden="true">{html}</span>'
    return f"<b>{html}</b>" if bold else html


def _within(spans: Sequence[Span], start: int, end: int) -> bool:
    return any(span.start <= start and end <= span.end for span in spans)


@lru_cache(maxsize=4096)
def hidden_in(text: str, doc_id: str) -> tuple[Span, ...]:
    """Return which characters of a quote are markup, as the format of its document writes it."""
    return parse_file(text.encode("utf-8"), "quote.md").hidden if format_of(doc_id) == "markdown" else ()


def pieces_of(citation: Citation) -> tuple[tuple[Span, Kind], ...]:
    """Return the pieces of a quote that is code, or a list with what leads to it; none of a sentence or of one item."""
    if citation.kind not in (Kind.CODE, Kind.ITEM):
        return ()
    pieces = _blocks_in(citation.text, citation.doc_id, citation.kind)
    return pieces if citation.kind is Kind.CODE or len(pieces) > 1 else ()


def piece_html(citation: Citation, span: Span, kind: Kind) -> str:
    """Return code and items as such, and what announces them as text."""
    code = kind is Kind.CODE
    inside = [
        Span(max(each.start - span.start, 0), each.end - span.start)
        for each in hidden_in(citation.text, citation.doc_id)
        if span.start < each.end and each.start < span.end
    ]
    inside += _edges(span.of(citation.text), inside if code else [])
    text = quoted_html(span.of(citation.text), citation.span.start + span.start, inside, citation.answer)
    return f"<pre>{text}</pre>" if code else f'<span class="{"dot" if kind is Kind.ITEM else "says"}">{text}</span>'


def _edges(text: str, fences: Sequence[Span]) -> list[Span]:
    """Return the white space at the end of a piece, and that beside the marks around code: empty lines to nobody's use."""
    found = [Span(len(text.rstrip()), len(text))]
    for fence in fences:
        before, after = text[: fence.start], text[fence.end :]
        found += [Span(len(before.rstrip()), fence.start), Span(fence.end, len(text) - len(after.lstrip("\r\n")))]
    return [each for each in found if each.start < each.end]


@lru_cache(maxsize=4096)
def _blocks_in(text: str, doc_id: str, kind: Kind) -> tuple[tuple[Span, Kind], ...]:
    """Return the pieces of a quote of a kind, in order, and of each what it is: code and what announces it, items and what leads to them."""
    one = ((Span(0, len(text)), kind),)
    if format_of(doc_id) != "markdown":
        return one
    blocks = parse_file(text.encode("utf-8"), "quote.md").blocks
    starts = [0, *(block.span.start for block in blocks[1:]), len(text)]
    has_kind = any(block.kind is kind for block in blocks)
    return (
        tuple((Span(*edges), block.kind) for edges, block in zip(pairwise(starts), blocks, strict=True))
        if has_kind
        else one
    )


def seen_text(text: str, doc_id: str) -> str:
    """Return a text without its markup, for headings and leads."""
    gone = {at for span in hidden_in(text, doc_id) for at in range(span.start, span.end)}
    return "".join(c for at, c in enumerate(text) if at not in gone).strip()


def cells_of(text: str) -> list[Span]:
    """Return the cells of a row as spans that tile it: each with the mark before it, and the last with what follows it."""
    mark = next((mark for mark in CELL_MARKS if mark in text), "")
    at = [i for i, c in enumerate(text) if mark and c == mark and text[i - 1 : i] != "\\"]
    if at and mark == "|":
        at = at[1:] if not text[: at[0]].strip() else at
        at = at[:-1] if at and not text[at[-1] + 1 :].strip() else at
    return [Span(a, b) for a, b in pairwise([0, *at, len(text)])]


def marks_of(text: str, cell: Span) -> tuple[Span, ...]:
    """Return what of a cell is a mark between cells, with the blanks beside it."""
    piece = cell.of(text)
    inner = piece.strip("\t| ")
    at = cell.start + (piece.find(inner) if inner else len(piece))
    return tuple(span for span in (Span(cell.start, at), Span(at + len(inner), cell.end)) if span.start < span.end)
