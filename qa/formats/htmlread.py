"""A block of HTML inside Markdown, read into the blocks of the text it stands in.

In -> out: the span of such a block -> `Block`s under the headings around it; a summary heads what it unfolds.
Does not: find the pieces (qa/formats/htmlblocks.py).
"""

from __future__ import annotations

from bisect import bisect_left

from qa.datatypes import Kind, Span
from qa.formats.grown import OPEN_ENDS, Grown
from qa.formats.htmlblocks import Piece, markup_in, pieces_of


def read_html(grown: Grown, span: Span) -> None:
    """Read a block of HTML piece by piece; a summary heads what stands between its tag and the end of its details."""
    text = grown.characters.text
    marks, pieces = markup_in(text, span), list(pieces_of(text, span))
    grown.hidden += marks
    starts = [mark.start for mark in marks]
    if all(piece.kind is Kind.FURNITURE for piece in pieces):
        grown.hidden.append(span)
    grown.groups += 1
    lead: Span | None = None
    term: Span | None = None
    for piece in pieces:
        shown = grown.shown(
            piece.span, marks[bisect_left(starts, piece.span.start) : bisect_left(starts, piece.span.end)]
        )
        if piece.kind in (Kind.HEADING, Kind.FURNITURE):
            grown.headings = [entry for entry in grown.headings if entry[0] < piece.level]
        if piece.kind is not Kind.FURNITURE:
            _between(grown, span.start, piece.span.start)
            if piece.kind is Kind.DEFINITION:
                term = _defined(grown, piece, term)
                continue
            lead, term = _piece(grown, piece, shown, lead), None
    _between(grown, span.start, span.end)


def _between(grown: Grown, start: int, end: int) -> None:
    """Append the tags between two pieces as what is no text."""
    start = max(start, grown.blocks[-1].span.end if grown.blocks else 0)
    if grown.characters.text[start:end].strip():
        grown.add(start, end, Kind.FURNITURE)


def _defined(grown: Grown, piece: Piece, term: Span | None) -> Span | None:
    """Append a term, or a meaning under its term; return what the next meaning stands under."""
    if piece.level == 0:
        grown.add(piece.span.start, piece.span.end, Kind.DEFINITION)
        return piece.span
    kind = Kind.DEFINITION if term else Kind.PARAGRAPH
    grown.add(piece.span.start, piece.span.end, kind, lead=term)
    return term


def _piece(grown: Grown, piece: Piece, shown: str, lead: Span | None) -> Span | None:
    """Append a piece; return what leads the next one: a table's first row, or what ends with a colon."""
    grown.groups += piece.kind is Kind.ITEM
    grouped = piece.kind in (Kind.ITEM, Kind.ROW)
    more = {"group": grown.groups, "lead": lead} if grouped else {}
    grown.add(piece.span.start, piece.span.end, piece.kind, level=piece.level, **more)
    if piece.kind is Kind.HEADING:
        grown.headings.append((piece.level, shown))
    if grouped and lead:
        return lead
    return piece.span if piece.kind is Kind.ROW or shown.endswith(OPEN_ENDS) else None
