"""The lines that open and close a call-out (`> [!NOTE] Title`, `:::tip`, `!!! warning "Title"`) -> apart from what it says.

In -> out: a paragraph's text and span -> its parts in order, each with its kind; a call-out's title is a heading of its own.
Does not: know the kinds of call-outs, or read what they say.
"""

from __future__ import annotations

from collections.abc import Iterator

from qa.datatypes import Kind, Span
from qa.patterns import pattern

_MARK = pattern(
    r"[> \t]*(?:\[![\w-]+\][+-]?|:{3,}[ \t]*\{?[\w-]*\}?|(?:!!!|\?\?\?)\+?[ \t]+[\w-]+(?:[ \t]+inline)?)[ \t]*(?P<title>[^\n]*)"
)
_BRACKETS = "[]\"'“” \t"


def opens_callout(text: str) -> bool:
    """Tell whether a paragraph has a line that opens or closes a call-out."""
    return any(_MARK.fullmatch(line) for line in text.splitlines())


def parts_of(text: str, span: Span) -> Iterator[tuple[Span, Kind]]:
    """Yield the lines that are marks as FURNITURE, their titles as HEADING, and the lines between as PARAGRAPH."""
    start = at = span.start
    for line in span.of(text).splitlines(keepends=True):
        if match := _MARK.fullmatch(line.rstrip("\r\n")):
            if text[start:at].strip():
                yield Span(start, at), Kind.PARAGRAPH
            title = match["title"].strip(_BRACKETS)
            begins = at + line.index(title, match.start("title")) if title else at + len(line)
            yield Span(at, begins), Kind.FURNITURE
            if title:
                yield Span(begins, begins + len(title)), Kind.HEADING
            start = at + len(line)
        at += len(line)
    if text[start:at].strip():
        yield Span(start, at), Kind.PARAGRAPH
