"""Org -> blocks: headings and what stands under them, items, rows with their header, code, notes; what Emacs keeps beside the text is none.

In -> out: the text of an `.org` file -> its blocks; the text stays the file's, what is markup in it is hidden.
Does not: run code, follow links, or read what is kept in drawers.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from qa.datatypes import Kind, Parsed, Span
from qa.formats.frontmatter import told
from qa.formats.indents import lines_of
from qa.formats.inline import Characters, joined
from qa.formats.plain import tile
from qa.formats.reading import hidden_mark
from qa.formats.rstlines import Lines
from qa.patterns import pattern

_HEADING = pattern(r"(?P<stars>\*{1,30})[ \t]+(?:(?:TODO|DONE|NEXT|WAITING|CANCELL?ED)[ \t]+)?(?:\[#\w\][ \t]+)?(?=\S)")
_TAGS = pattern(r"(?<=[ \t]):(?:[\w@#%]{1,40}:){1,20}\Z")
_KEYWORD = pattern(r"#\+(?P<name>[\w-]{1,40}):(?:\s+|\Z)", re.IGNORECASE)
_BEGIN = pattern(r"#\+begin_(?P<name>\w{1,40})", re.IGNORECASE)
_DRAWER = pattern(r":[\w-]{1,60}:\Z")
_PLAN = pattern(r"(?:CLOSED|DEADLINE|SCHEDULED):[ \t]*[\[<]")
_ITEM = pattern(r"(?:[-+*]|\(?(?:\d{1,4}|[a-z])[.)])\s+(?=\S)")
_NOTE = pattern(r"\[fn:[\w-]{1,60}\][ \t]*(?=\S)")
_LINK = pattern(r"\[\[(?P<target>[^\[\]\n]{1,2000})\](?:\[(?P<said>[^\[\]\n]{1,500})\])?\]")
_MARKED = pattern(r"(?<![^\s({'\"\[—-])([*/_=~+])(?=\S)[^\n]{0,300}?(?<=\S)\1(?=[\s.,:;!?'\")}\]—-]|\Z)")
_CODE = frozenset(("src", "example", "export"))
_SAID_OF_FILE = frozenset(("title", "author", "date", "subtitle", "description"))


@dataclass
class Org(Lines):
    """One pass over the lines, in the order of the text."""

    _ends: dict[str, list[int]] = field(default_factory=dict)
    """The numbers of the lines that end drawers and blocks, by what they say."""

    def run(self) -> None:
        """Read the text."""
        self.lines = lines_of(self.characters.text)
        for n, line in enumerate(self.lines):
            if line.said[:6].lower() in ("#+end_", ":end:"):
                self._ends.setdefault(line.said.lower(), []).append(n)
        at = 0
        while at < len(self.lines):
            line = self.lines[at]
            if not line.said:
                at += 1
                continue
            self.leave(line, is_item=self._is_item(at))
            at = self._heading(at) or self._beside(at) or self._table(at) or self._said(at)
        self.hidden = joined(self.hidden)

    def inline(self, start: int, end: int) -> list[Span]:
        """Hide the marks of a piece of running text: of links what they lead to, of other words their marks."""
        found = list(_marks_in(self.characters.text, start, end))
        self.hidden += found
        return found

    def _heading(self, at: int) -> int:
        line = self.lines[at]
        match = _HEADING.match(line.said)
        if line.indent or not match:
            return 0
        tags = _TAGS.search(line.said, match.end() + 1)
        start = line.span.start + match.end()
        end = line.span.start + len(line.said[: tags.start()].rstrip()) if tags else line.span.end
        level = min(len(match["stars"]), 6)
        self.headings = [entry for entry in self.headings if entry[0] < level]
        self.over.clear()
        self.add(line.span.start, line.span.end, Kind.HEADING, level=level)
        self.hidden += [Span(line.span.start, start), Span(end, line.span.end)]
        if words := self.shown(Span(start, end), self.inline(start, end)):
            self.headings.append((level, words))
        return at + 1

    def _beside(self, at: int) -> int:
        """Read what stands beside the text: what is said of the file, drawers, dates of plans, comments, and the ends of blocks; and code."""
        line = self.lines[at]
        said = line.said
        if begin := _BEGIN.match(said):
            return self._block(at, begin["name"].lower())
        if keyword := _KEYWORD.match(said):
            name, value = keyword["name"].lower(), said[keyword.end() :].strip()
            if name in _SAID_OF_FILE and value and not self._has_begun:
                self.fields[name] = value
                self.add(line.span.start, line.span.end, Kind.META)
                self.hidden.append(Span(line.span.start, line.span.start + keyword.end()))
            elif name == "caption" and value:
                self.add(line.span.start, line.span.end, Kind.CAPTION)
                self.hidden.append(Span(line.span.start, line.span.start + keyword.end()))
            else:
                self.unseen(line.span)
            return at + 1
        if _DRAWER.match(said):
            end = self._end_of(at, ":end:")
            if end is not None:
                self.unseen(self.lines_span(at, end + 1))
                return end + 1
        if said.startswith(("# ", "#+")) or said == "#" or _PLAN.match(said):
            self.unseen(line.span)
            return at + 1
        return 0

    def _block(self, at: int, name: str) -> int:
        """Read a block: code and examples as they are, comments not at all, of others what stands in them."""
        end = self._end_of(at, f"#+end_{name}")
        if end is None or name not in _CODE | {"comment"}:
            self.unseen(self.lines[at].span)
            return at + 1
        if name == "comment":
            self.unseen(self.lines_span(at, end + 1))
            return end + 1
        self.unseen(self.lines[at].span)
        filled = [n for n in range(at + 1, end) if self.said(n)]
        if filled:
            self.add(self.lines[filled[0]].span.start, self.lines[filled[-1]].span.end, Kind.CODE)
        self.unseen(self.lines[end].span)
        return end + 1

    def _end_of(self, at: int, closing: str) -> int | None:
        """Return the next line that says `closing`, None where none does."""
        known = self._ends.get(closing, [])
        place = bisect_right(known, at)
        return known[place] if place < len(known) else None

    def _table(self, at: int) -> int:
        """Read the rows of a table; those above its first rule name the columns."""
        end = at
        while self.said(end).startswith("|"):
            end += 1
        if end == at:
            return 0
        self.groups += 1
        rules = [n for n in range(at, end) if self.said(n).startswith("|-")]
        names, lead = next((n - 1 for n in rules if n > at), -1), None
        for n in range(at, end):
            span = self.lines[n].span
            if n in rules:
                self.unseen(span, self.groups)
                continue
            self.add(span.start, span.end, Kind.ROW, lead=lead, group=self.groups)
            self.inline(span.start, span.end)
            lead = span if n == names else lead
        return end

    def _said(self, at: int) -> int:
        """Read a note, an item or a paragraph."""
        line = self.lines[at]
        if note := _NOTE.match(line.said):
            self.hidden.append(Span(line.span.start, line.span.start + note.end()))
            return self._running_of(at, Kind.FOOTNOTE)
        if self._is_item(at) and (item := _ITEM.match(line.said)):
            return self._item(at, line.span.start + item.end())
        return self._running_of(at, None)

    def _running_of(self, at: int, kind: Kind | None) -> int:
        """Read running text up to where something else begins."""
        end = at + 1
        while self.said(end) and not self._begins(end):
            end += 1
        start, last = self.lines[at].span.start, self.lines[end - 1].span.end
        self._add(kind, start, last)
        self.inline(start, last)
        return end

    def running(self, at: int, kind: Kind | None, start: int, below: int, column: int = -1) -> int:
        """Read running text that goes on in the lines set in deeper than `below`."""
        end = at + 1
        while self.said(end) and self.lines[end].indent > below and not self._begins(end):
            end += 1
        self._add(kind, start, self.lines[end - 1].span.end)
        self.inline(start, self.lines[end - 1].span.end)
        return end

    def _is_item(self, at: int) -> bool:
        line = self.lines[at]
        return bool(_ITEM.match(line.said)) and (line.indent > 0 or not line.said.startswith("*"))

    def _begins(self, at: int) -> bool:
        """Tell whether a line begins something other than running text."""
        line = self.lines[at]
        is_marked = line.said.startswith(("#+", "# ", "|", "[fn:")) or bool(_DRAWER.match(line.said))
        return is_marked or self._is_item(at) or (not line.indent and bool(_HEADING.match(line.said)))


def _marks_in(text: str, start: int, end: int) -> Iterator[Span]:
    for link in _LINK.finditer(text, start, end):
        said = "said" if link["said"] else "target"
        yield Span(link.start(), link.start(said))
        yield Span(link.end(said), link.end())
    for marked in _MARKED.finditer(text, start, end):
        yield Span(marked.start(), marked.start() + 1)
        yield Span(marked.end() - 1, marked.end())


def read(text: str) -> Parsed:
    """Read a text in Org."""
    org = Org(Characters(text))
    org.run()
    blocks = tile(text, org.blocks)
    return Parsed(text, tuple(blocks), told(org.fields), tuple(joined([*hidden_mark(text), *org.hidden])))
