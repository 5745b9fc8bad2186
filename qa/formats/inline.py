"""A line of Markdown -> which of its characters are markup.

In -> out: the text and a span of running text in it -> spans a reader does not see; whether anything but pictures is left.
Does not: know blocks, or search for text it has seen before: tree-sitter gives the places.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from qa.datatypes import Span
from qa.formats.commented import MASK
from qa.formats.reading import MARK

PARSED_BYTES = 4000
_MAY_HOLD_MARKUP = re.compile(rf"[*_`\[\]<!~\\&=^{MASK}]")
_TEMPLATE = re.compile(r"\{%(?:(?!\{%).)*?%\}|\{\{(?:(?!\{\{).)*?\}\}|\{[#:.][^{}\n]{0,80}\}", re.DOTALL)
_EMBED = re.compile(r"!\[\[[^\[\]\n]*\]\]")
_WIKI = re.compile(r"\[\[(?:[^\[\]|\n]*\|)?([^\[\]|\n]*)\]\]")
_FOOTNOTE = re.compile(r"\[\^[^\[\]\s]+\](?::\s*)?")
_HIGHLIGHT = re.compile(r"(?<![=\w])==(?=[^\s=])([^=\n]{1,500})(?<=\S)==(?![=\w])")
_ANCHOR = re.compile(r"(?<=\S)[ \t]\^[A-Za-z0-9-]{1,40}(?=[ \t]*(?:\n|\Z))")
"""The name of a paragraph for links to it, behind it."""
_COMMENT = re.compile(f"{MASK}+")
_CALLOUT = re.compile(r"\A\s*\[![\w-]+\][+-]?")
_MARKUP = frozenset(("emphasis_delimiter", "code_span_delimiter", "html_tag", "block_continuation"))
_AROUND = {
    "inline_link": "link_text", "full_reference_link": "link_text", "collapsed_reference_link": "link_text",
    "image": "image_description",
}  # fmt: skip
_AUTOLINKS = frozenset(("uri_autolink", "email_autolink"))
_CODE = "code_span"


class Characters:
    """A text and its UTF-8: places in bytes -> places in characters."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._before = int(text.startswith(MARK))  # the parser does not know it
        self.data = text[self._before :].encode("utf-8")

    @cached_property
    def _later_bytes(self) -> list[int]:
        return [] if self.text.isascii() else [i for i, byte in enumerate(self.data) if byte & 0xC0 == 0x80]

    def at(self, byte: int) -> int:
        """Return the character that begins at a byte."""
        return self._before + byte - bisect_left(self._later_bytes, byte)

    def span(self, node: Any, base: int = 0) -> Span:
        """Return where a node stands, in characters; `base` is the byte its tree begins at."""
        return Span(self.at(base + node.start_byte), self.at(base + node.end_byte))


class InlineReader:
    """Reads the running text inside blocks."""

    def __init__(self, characters: Characters) -> None:
        import tree_sitter_markdown
        from tree_sitter import Language, Parser

        self._characters = characters
        self.code: list[Span] = []
        """The spans of code in all that was read."""
        self._parser = Parser(Language(tree_sitter_markdown.inline_language()))

    def hidden(self, node: Any) -> tuple[list[Span], bool]:
        """Return the markup in an `inline` node, and whether pictures are all it shows."""
        text, span = self._characters.text, self._characters.span(node)
        piece = span.of(text)
        continued = [self._characters.span(child) for child in node.children if child.type == "block_continuation"]
        if not _MAY_HOLD_MARKUP.search(piece) and "{" not in piece:
            return continued, False
        found, images, code = self._parsed(node)
        self.code += code
        found += continued
        found += [s for s in _written(piece, span.start) if not any(c.start <= s.start < c.end for c in code)]
        plain = _visible(text, span, joined([*found, *images]))
        return joined(found if images and not plain else [*found, *images]), bool(images) and not plain

    def _parsed(self, node: Any) -> tuple[list[Span], list[Span], list[Span]]:
        found: tuple[list[Span], list[Span], list[Span]] = [], [], []
        for base, end in _stretches(self._characters.data, node.start_byte, node.end_byte):
            for spans, more in zip(found, self._of_stretch(base, end), strict=True):
                spans += more
        return found

    def _of_stretch(self, base: int, end: int) -> tuple[list[Span], list[Span], list[Span]]:
        hidden: list[Span] = []
        images: list[Span] = []
        code: list[Span] = []
        stack = [self._parser.parse(self._characters.data[base:end]).root_node]
        while stack:
            here = stack.pop()
            span = self._characters.span(here, base)
            if here.type in _MARKUP:
                hidden.append(span)
            elif here.type in _AROUND:
                hidden += self._around(here, _AROUND[here.type], base)
                images += [span] if here.type == "image" else []
                stack += [child for child in here.children if child.type == _AROUND[here.type]]
            elif here.type in _AUTOLINKS:
                hidden += [Span(span.start, span.start + 1), Span(span.end - 1, span.end)]
            elif here.type == "backslash_escape" and span.end - span.start > 1:
                hidden.append(Span(span.start, span.start + 1))
            else:
                code += [span] if here.type == _CODE else []
                stack += here.children
        return hidden, images, code

    def _around(self, node: Any, shown: str, base: int) -> Iterator[Span]:
        whole = self._characters.span(node, base)
        inside = next((self._characters.span(child, base) for child in node.children if child.type == shown), None)
        if inside is None:
            yield whole
        else:
            yield Span(whole.start, inside.start)
            yield Span(inside.end, whole.end)


def _stretches(data: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the bytes of a paragraph in stretches of at most PARSED_BYTES, cut after white space where there is some.

    The parser takes the square, or more, of a stretch that is full of marks: 32 kB of pictures would take a minute.
    """
    while end - start > PARSED_BYTES:
        cut = max(data.rfind(white, start + PARSED_BYTES // 2, start + PARSED_BYTES) for white in (b"\n", b" ")) + 1
        cut = cut or start + PARSED_BYTES
        while data[cut] & 0xC0 == 0x80:  # within a character
            cut -= 1
        yield start, cut
        start = cut
    yield start, end


def _written(piece: str, offset: int) -> Iterator[Span]:
    """Markup that is no standard: wiki links, highlights, templates, footnote marks, call-outs, comments, names of paragraphs."""
    for pattern in (_TEMPLATE, _EMBED, _FOOTNOTE, _CALLOUT, _COMMENT, _ANCHOR):
        for match in pattern.finditer(piece):
            yield Span(offset + match.start(), offset + match.end())
    for pattern in (_WIKI, _HIGHLIGHT):
        for match in pattern.finditer(piece):
            yield Span(offset + match.start(), offset + match.start(1))
            yield Span(offset + match.end(1), offset + match.end())


def joined(spans: list[Span]) -> list[Span]:
    """Return the spans in order, those that touch as one, empty ones left out."""
    found: list[Span] = []
    for span in sorted(s for s in spans if s.end > s.start):
        if found and span.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return found


def _visible(text: str, span: Span, hidden: list[Span]) -> bool:
    """Tell whether a letter or digit of the span is shown."""
    at = span.start
    for gap in [*hidden, Span(span.end, span.end)]:
        if any(map(str.isalnum, text[at : gap.start])):
            return True
        at = gap.end
    return False
