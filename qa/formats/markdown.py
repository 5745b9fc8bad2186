"""Markdown -> blocks: headings and what stands under them, items with their lead-in, rows with their header, code, footnotes.

In -> out: the text of a `.md` file -> `Parsed`; the text stays the file's, what is markup in it is `hidden`.
Does not: read running text (qa/formats/inline.py), or search for places: tree-sitter's parser gives them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from qa.datatypes import Block, Kind, Parsed, Span
from qa.formats.callouts import opens_callout, parts_of
from qa.formats.commented import MASK, comments, masked
from qa.formats.frontmatter import read_toml, read_yaml
from qa.formats.grown import OPEN_ENDS, Grown
from qa.formats.htmlblocks import SUMMARY_LEVEL, begins_block
from qa.formats.htmlread import read_html
from qa.formats.inline import Characters, InlineReader, joined
from qa.formats.plain import tile, turns
from qa.formats.reading import decode, hidden_mark

SUFFIXES = (".md", ".markdown")
VERSION = 8
_CONTAINERS = frozenset(("document", "section", "block_quote", "list"))
_MARKERS = frozenset(("block_quote_marker", "block_continuation"))
_FURNITURE = frozenset(("thematic_break", "link_reference_definition"))
_FOOTNOTE = re.compile(r"(?m)^[ >]{0,8}\[\^[^\]\s]+\]:")
_DEFINITION = re.compile(r"(?m)^ {0,3}[:~][ \t]+")
_CLOSING = re.compile(r"(?<![ \t])[ \t]++#++[ \t]*+\Z")


def parse(data: bytes, name: str) -> Parsed:
    """Read a text in Markdown."""
    text = decode(data)
    walk = _Walk(Characters(text))
    walk.run()
    if found := list(comments(text, walk.unread())) if "%%" in text else []:
        walk = _Walk(Characters(masked(text, found)))
        walk.run()
    if not walk.blocks and text.strip():
        walk.blocks.append(Block(Span(0, len(text)), Kind.PARAGRAPH))
    blocks = turns(text, tile(text, walk.blocks))
    hidden = tuple(joined([*hidden_mark(text), *walk.hidden]))
    return Parsed(text, tuple(blocks), walk.meta, hidden)


@dataclass
class _Walk(Grown):
    """One pass over the tree of blocks, in the order of the text."""

    meta: dict[str, str] = field(default_factory=dict)
    callout: int = 0
    """Where the mark of a call-out ends that was read last: what is indented below it is said in it, no code."""

    def run(self) -> None:
        import tree_sitter_markdown
        from tree_sitter import Language, Parser

        self.inline = InlineReader(self.characters)
        root = Parser(Language(tree_sitter_markdown.language())).parse(self.characters.data).root_node
        stack: list[tuple[Any, _Item | None]] = [(root, None)]
        while stack:
            node, item = stack.pop()
            stack += reversed(list(self._visit(node, item)))

    inline: InlineReader = field(init=False)

    def unread(self) -> list[Span]:
        """Return the code and the front matter: what stands there is no comment of the text."""
        blocks = [block.span for block in self.blocks if block.kind in (Kind.CODE, Kind.META)]
        return [*blocks, *self.inline.code]

    def _visit(self, node: Any, item: _Item | None) -> Iterator[tuple[Any, _Item | None]]:
        """Read one node, or yield its children with the list item they stand in."""
        kind = node.type
        if kind in _MARKERS:
            self.hidden.append(self.characters.span(node))
        elif kind == "list":
            inner = self._list(item)
            yield from ((child, inner) for child in node.children)
        elif kind in _CONTAINERS:
            yield from ((child, item) for child in node.children)
        elif kind == "list_item":
            yield from ((child, item) for child in self._begin_item(node, item))
        elif kind in ("atx_heading", "setext_heading"):
            self._heading(node)
        elif kind in ("minus_metadata", "plus_metadata"):
            self._front_matter(node)
        elif kind == "pipe_table":
            self._table(node)
        elif kind == "html_block":
            read_html(self, self.characters.span(node))
        elif kind in ("fenced_code_block", "indented_code_block"):
            self._code(node)
        elif kind in _FURNITURE:
            self._unseen(node)
        else:
            self._paragraph(node, item)

    def _list(self, outer: _Item | None) -> _Item:
        self.groups += outer is None
        before = self.blocks[-1] if self.blocks else None
        lead = None
        if before and before.kind in (Kind.PARAGRAPH, Kind.ITEM, Kind.TURN):
            shown = before.span.of(self.characters.text).rstrip(" *_\n")
            lead = before.span if outer or shown.endswith(OPEN_ENDS) else None
        return _Item(self.groups, outer.level + 1 if outer else 0, lead)

    def _begin_item(self, node: Any, item: _Item | None) -> list[Any]:
        marks = [c for c in node.children if c.type.startswith(("list_marker", "task_list_marker"))]
        for mark in marks:
            self.hidden.append(self.characters.span(mark))
        if item:
            last = self.blocks[-1].span if self.blocks else Span(0, 0)
            if item.goes_on and last.end >= item.goes_on.end and last.start <= item.goes_on.start:
                self.groups += 1  # what the item before ends with leads to those that follow
                item.lead, item.group = item.goes_on, self.groups
            item.starts, item.goes_on = self.characters.at(node.start_byte), None
        return [c for c in node.children if c not in marks]

    def _heading(self, node: Any) -> None:
        span = self.characters.span(node)
        body = next((c for c in node.children if c.type in ("inline", "paragraph")), None)
        inline = body.children[0] if body is not None and body.type == "paragraph" and body.children else body
        hidden: list[Span] = []
        shown = span
        if inline is not None:
            shown = self.characters.span(inline)
            hidden = self.inline.hidden(inline)[0]
            if closing := _CLOSING.search(shown.of(self.characters.text)):
                hidden.append(Span(shown.start + closing.start(), shown.end))
        level = next((int(c.type[5]) for c in node.children if c.type.startswith("atx_h")), 0)
        level = level or (1 if any(c.type == "setext_h1_underline" for c in node.children) else 2)
        self.headings = [entry for entry in self.headings if entry[0] < level]
        self.add(span.start, span.end, Kind.HEADING, level=level)
        ends = shown.end if inline is not None else span.start
        self.hidden += [Span(span.start, min(shown.start, ends)), *hidden, Span(ends, max(ends, span.end))]
        words = self.shown(shown, hidden) if inline is not None else ""
        if words:
            self.headings.append((level, words))

    def _front_matter(self, node: Any) -> None:
        span = self.characters.span(node)
        read = read_yaml if node.type == "minus_metadata" else read_toml
        inside = span.of(self.characters.text).strip().split("\n", 1)
        self.meta.update(read(inside[-1].rsplit("\n", 1)[0]))
        self._unseen(node, Kind.META)

    def _unseen(self, node: Any, kind: Kind = Kind.FURNITURE, group: int = 0) -> None:
        span = self.characters.span(node)
        if _FOOTNOTE.match(span.of(self.characters.text)):
            self.add(span.start, span.end, Kind.FOOTNOTE)
            self.hidden += self.inline.hidden(node)[0]
            return
        self.add(span.start, span.end, kind, group=group)
        self.hidden.append(span)

    def _table(self, node: Any) -> None:
        self.groups += 1
        header = None
        for row in node.children:
            span = self.characters.span(row)
            if row.type == "pipe_table_delimiter_row":
                self._unseen(row, group=self.groups)
            elif row.type in ("pipe_table_header", "pipe_table_row"):
                self.add(span.start, span.end, Kind.ROW, lead=header, group=self.groups)
                header = header or span
                for cell in row.children:
                    if cell.type == "pipe_table_cell":
                        self.hidden += self.inline.hidden(cell)[0]
                bars = [self.characters.span(c) for c in row.children if c.type == "|"]
                self.hidden += [bar for bar in bars if bar.start == span.start or bar.end == span.end]

    def _code(self, node: Any) -> None:
        span = self.characters.span(node)
        is_said = node.type == "indented_code_block" and not self.characters.text[self.callout : span.start].strip()
        self.add(span.start, span.end, Kind.PARAGRAPH if is_said and self.callout else Kind.CODE)
        for child in node.children:
            if child.type in ("fenced_code_block_delimiter", "info_string", "block_continuation"):
                self.hidden.append(self.characters.span(child))

    def _paragraph(self, node: Any, item: _Item | None) -> None:
        inline = next((c for c in node.children if c.type == "inline"), None)
        self.hidden += [self.characters.span(c) for c in node.children if c.type == "block_continuation"]
        if inline is None:
            span = self.characters.span(node)
            if span.of(self.characters.text).strip():
                self.add(span.start, span.end, Kind.PARAGRAPH)
            return
        span = self.characters.span(inline)
        hidden, only_pictures = self.inline.hidden(inline)
        self.hidden += hidden
        piece = span.of(self.characters.text)
        if not piece.strip(f"{MASK} \t"):
            self.add(span.start, span.end, Kind.FURNITURE)
        elif item is None and begins_block(piece):  # the parser does not know all tags that begin one
            read_html(self, span)
        elif opens_callout(piece):
            for part, kind in parts_of(self.characters.text, span):
                self.add(part.start, part.end, kind, level=SUMMARY_LEVEL if kind is Kind.HEADING else 0)
                self.hidden += [part] if kind is Kind.FURNITURE else []
                self.callout = part.end
        elif only_pictures:
            self.add(span.start, span.end, Kind.CAPTION)
        elif item is not None:
            start = span.start if item.starts is None else item.starts
            is_open = item.starts is None and piece.rstrip(" *_\n").endswith(OPEN_ENDS)
            item.starts, item.goes_on = None, span if is_open else None
            self.add(start, span.end, Kind.ITEM, level=item.level, lead=item.lead, group=item.group)
        elif _FOOTNOTE.match(piece):
            self.split(span, [m.start() for m in _FOOTNOTE.finditer(piece)], Kind.FOOTNOTE)
        elif marks := list(_DEFINITION.finditer(piece)):
            self._defined(span, [Span(span.start + mark.start(), span.start + mark.end()) for mark in marks])
        else:
            self.add(span.start, span.end, Kind.PARAGRAPH)

    def _defined(self, span: Span, marks: list[Span]) -> None:
        """Read a paragraph with meanings, each behind its mark; the term is the line above, an empty one between them or not."""
        above = Span(span.start, marks[0].start)
        line = above.of(self.characters.text).strip()
        term = (None if "\n" in line else above) if line else self._term_before()
        if term is None:  # a paragraph with a line that begins so
            self.add(span.start, span.end, Kind.PARAGRAPH)
            return
        if line:
            self.add(term.start, term.end, Kind.DEFINITION)
        self.hidden += marks
        self.split(span, [mark.start - span.start for mark in marks], Kind.DEFINITION, lead=term)

    def _term_before(self) -> Span | None:
        """Make a term of the line just read, or return the one it explains."""
        last = self.blocks[-1] if self.blocks else None
        if last is None or last.kind is not Kind.PARAGRAPH or "\n" in last.span.of(self.characters.text).strip():
            return last.lead if last is not None and last.kind is Kind.DEFINITION else None
        self.blocks[-1] = replace(last, kind=Kind.DEFINITION)
        return last.span


@dataclass(slots=True)
class _Item:
    """The list that is being read: its group, depth and lead-in, and where the marker of its present item stands."""

    group: int
    level: int
    lead: Span | None
    starts: int | None = None
    goes_on: Span | None = None
    """A paragraph of the present item, not its first, that ends like a lead-in."""
