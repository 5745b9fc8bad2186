"""A block of HTML inside Markdown -> its pieces: headings, summaries, items, rows, paragraphs; its tags are markup.

In -> out: a text and the span of the block -> `Piece`s with exact places; the tags, comments and scripts in it.
Does not: read a whole page (qa/formats/html.py), or build a tree: Markdown may open a tag in one block and close it in another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa.datatypes import Kind, Span
from qa.patterns import pattern

SUMMARY_LEVEL = 7
"""A summary heads what it unfolds, below every heading of Markdown."""
_MARKUP = pattern(
    r"<!--.*?(?:-->|\Z)|<(?P<unseen>script|style|iframe|svg|template)\b.*?(?:</(?P=unseen)\s*>|\Z)"
    r"|<(?P<close>/?)(?P<tag>[A-Za-z][\w-]*)\b[^<>]*>|<![A-Z][^<>]*>|<\?.*?\?>",
    re.DOTALL | re.IGNORECASE,
)
_INSIDE = frozenset(
    re.findall(
        r"\w+",
        "a abbr b bdi bdo cite code data del dfn em font i img ins kbd label mark q s samp small span strike strong sub sup td th time tt u var wbr",
    )
)
"""Tags inside running text; every other one begins a piece. The cells of a row are parts of it."""
_KINDS = {
    **{f"h{level}": (Kind.HEADING, level) for level in range(1, 7)},
    "summary": (Kind.HEADING, SUMMARY_LEVEL), "li": (Kind.ITEM, 0), "dt": (Kind.DEFINITION, 0), "dd": (Kind.DEFINITION, 1),
    "tr": (Kind.ROW, 0), "pre": (Kind.CODE, 0),
    "caption": (Kind.CAPTION, 0), "figcaption": (Kind.CAPTION, 0),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text between two tags that part blocks, or (kind FURNITURE, no text) the end of what a summary unfolds."""

    span: Span
    kind: Kind
    level: int = 0


def begins_block(text: str) -> bool:
    """Tell whether a text begins with a tag that stands outside running text."""
    match = _MARKUP.match(text)
    return bool(match and match["tag"] and match["tag"].lower() not in _INSIDE)


def markup_in(text: str, span: Span) -> list[Span]:
    """Return the tags, comments and scripts of a block."""
    return [Span(*match.span()) for match in _MARKUP.finditer(text, span.start, span.end)]


def pieces_of(text: str, span: Span) -> Iterator[Piece]:
    """Yield the pieces of a block in order; between and around them stands markup alone."""
    opened, row, kind, level = span.start, span.start, Kind.PARAGRAPH, 0
    gaps: list[re.Match[str]] = []
    for match in [*_MARKUP.finditer(text, span.start, span.end), None]:
        tag = (match["tag"] or "").lower() if match else "end"
        if match and (not tag or tag in _INSIDE):
            gaps.append(match)
            continue
        edge = match.start() if match else span.end
        if piece := _seen(text, Span(opened, edge), gaps):
            closes = match is not None and kind is Kind.ROW and tag == "tr"
            yield Piece(Span(row, match.end()) if match and closes else piece, kind, level)
        if match is None:
            return
        if tag == "details" and match["close"]:
            yield Piece(Span(edge, edge), Kind.FURNITURE, SUMMARY_LEVEL)
        if tag != "br":
            kind, level = (Kind.PARAGRAPH, 0) if match["close"] else _KINDS.get(tag, (Kind.PARAGRAPH, 0))
        row, opened, gaps = edge, match.end(), []


def _seen(text: str, span: Span, gaps: Sequence[re.Match[str]]) -> Span | None:
    """Return what is seen of a span, with the tags that mark its beginning or end; None where nothing is."""
    start, end, at = -1, 0, span.start
    for gap in [*gaps, None]:
        stop = gap.start() if gap else span.end
        piece = text[at:stop]
        if any(map(str.isalnum, piece)):
            start = at + len(piece) - len(piece.lstrip()) if start < 0 else start
        end = at + len(piece.rstrip()) if piece.strip() and start >= 0 else end
        at = gap.end() if gap else stop
    if start < 0:
        return None
    for gap in reversed(gaps):
        if gap.end() == start and gap["tag"] and not gap["close"]:
            start = gap.start()
    for gap in gaps:
        if gap.start() == end and gap["close"]:
            end = gap.end()
    return Span(start, end)
