"""Running text of reStructuredText and what is marked at its beginning: items, fields, options, terms, and the code that two colons announce.

In -> out: a line and what stands over it -> `Block`s, and the number of the line behind them.
Does not: read titles, directives and tables (qa/formats/rst.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from qa.datatypes import Kind, Span
from qa.formats.grown import Grown
from qa.formats.indents import Line
from qa.formats.rstinline import markup_in
from qa.patterns import pattern

ITEM = pattern(r"(?:[*-]\s+(?=[*-]\s+\S))?(?:[-*+•]|\(?(?:\d{1,4}|[a-z]|#)[.)])\s+(?=\S)")
_FIELD = pattern(r":(?P<name>[^\s:`](?:[^:`\\]{0,80}[^\s:`\\])?):(?=\s|\Z)\s*")
_OPTION = pattern(r"--?\w[^\s,]{0,40}(?:(?:, ?|[ =])[^\s,]{1,40}){0,4}?[ \t]{2,}(?=\S)")
_CELL = pattern(r"(?:[*-][ \t]+[*-]|[*-])(?:[ \t]+|\Z)")
_OF_THE_FILE = frozenset(("orphan", "tocdepth", "nocomments", "nosearch", "no-search", "no-index"))
"""Fields that no reader sees."""


@dataclass
class Over:
    """What stands over the lines that are set in deeper: a directive's heading, an item, or a term and its meaning."""

    indent: int
    kind: Kind
    span: Span
    group: int = 0
    level: int = 0
    lead: Span | None = None


@dataclass
class Lines(Grown):
    """What was read of the lines of a text."""

    fields: dict[str, str] = field(default_factory=dict)
    """What the file says of itself at its beginning."""
    lines: list[Line] = field(default_factory=list)
    over: list[Over] = field(default_factory=list)
    open_list: tuple[int, int, Span | None] = (-1, 0, None)
    """The column, group and lead of the list that is being read."""
    _has_begun: bool = False
    """Whether something was read that is more than a title."""

    def add(self, start: int, end: int, kind: Kind, **more: Any) -> None:
        """Append a block."""
        super().add(start, end, kind, **more)
        self._has_begun |= kind not in (Kind.HEADING, Kind.FURNITURE, Kind.META)

    def said(self, at: int) -> str:
        return self.lines[at].said if 0 <= at < len(self.lines) else ""

    def deeper(self, at: int, indent: int) -> int:
        """Return the line behind those, from `at` on, that are set in deeper, blank ones between them."""
        end = at
        for n in range(at, len(self.lines)):
            if self.lines[n].said and self.lines[n].indent <= indent:
                break
            end = n + 1 if self.lines[n].said else end
        return end

    def leave(self, line: Line, *, is_item: bool) -> None:
        """End what stands over lines that are set in deeper than this one, and the list that it is no item of."""
        while self.over and self.over[-1].indent >= line.indent:
            ended = self.over.pop()
            if ended.kind is Kind.HEADING:
                self.headings = [entry for entry in self.headings if entry[0] < ended.level]
        if line.indent <= self.open_list[0] and not is_item:
            self.open_list = (-1, 0, None)

    def lines_span(self, first: int, end: int) -> Span:
        return Span(self.lines[first].span.start, self.lines[end - 1].span.end)

    def unseen(self, span: Span, group: int = 0) -> None:
        self.add(span.start, span.end, Kind.FURNITURE, group=group)
        self.hidden.append(span)

    def inline(self, start: int, end: int) -> list[Span]:
        found = list(markup_in(self.characters.text, Span(start, end)))
        self.hidden += found
        return found

    def listed(self, at: int) -> int:
        """Read what is marked at its beginning: an item, a field, an option, a line of verse, a session of Python; or a term."""
        line = self.lines[at]
        said, start = line.said, line.span.start
        if item := ITEM.match(said):
            return self._item(at, start + item.end())
        if name := _FIELD.match(said):
            return self._field(at, name["name"], start + name.end())
        if option := _OPTION.match(said):
            term = Span(start, start + len(option[0].rstrip()))
            self._term(line, term)
            return self.running(at, None, start + option.end(), line.indent)
        if said.startswith(("| ", "|\t")) or said == "|":
            self.add(start, line.span.end, Kind.PARAGRAPH)
            self.hidden.append(Span(start, min(start + 2, line.span.end)))
            self.inline(start + 1, line.span.end)
            return at + 1
        if said.startswith(">>> "):
            end = next((n for n in range(at, len(self.lines)) if not self.said(n)), len(self.lines))
            self.add(start, self.lines[end - 1].span.end, Kind.CODE)
            return end
        if self.said(at + 1) and self.lines[at + 1].indent > line.indent and not said.endswith("::"):
            self._term(line, line.span)
            return at + 1
        return 0

    def _item(self, at: int, text: int) -> int:
        line = self.lines[at]
        outer = next((over for over in reversed(self.over) if over.kind is Kind.ITEM), None)
        if outer:
            over = Over(line.indent, Kind.ITEM, line.span, outer.group, outer.level + 1, outer.span)
        else:
            if self.open_list[0] != line.indent:
                self.groups += 1
                self.open_list = (line.indent, self.groups, self._lead_in())
            over = Over(line.indent, Kind.ITEM, line.span, self.open_list[1], 0, self.open_list[2])
        self.over.append(over)
        self.hidden.append(Span(line.span.start, text))
        before = len(self.blocks)
        end = self.running(at, None, line.span.start, line.indent, column=line.indent + text - line.span.start)
        if _CELL.match(line.said[2:].lstrip()) and line.said[0] in "*-":  # a row of a table that is written as a list
            self.hidden += [mark for each in self.lines[at + 1 : end] for mark in cell_marks(each)]
        over.span = self.blocks[before].span if len(self.blocks) > before else line.span
        return end

    def _lead_in(self) -> Span | None:
        last = self.blocks[-1] if self.blocks else None
        leads = (
            last is not None
            and last.kind in (Kind.PARAGRAPH, Kind.DEFINITION)
            and last.span.of(self.characters.text).rstrip().endswith(":")
        )
        return last.span if last and leads else None

    def _field(self, at: int, name: str, text: int) -> int:
        line = self.lines[at]
        end = max(self.deeper(at + 1, line.indent), at + 1)
        if not self._has_begun and not self.over:
            value = " ".join(self.characters.text[text : self.lines[end - 1].span.end].split())
            if name.lower() in _OF_THE_FILE or not value:
                self.unseen(self.lines_span(at, end))
                return end
            self.fields[name] = value
            self.add(line.span.start, self.lines[end - 1].span.end, Kind.META)
            self.hidden.append(Span(line.span.start, line.span.start + 1))
            return end
        self.hidden.append(Span(line.span.start, line.span.start + 1))
        if text >= line.span.end:
            self._term(line, Span(line.span.start + 1, line.span.end))
            return at + 1
        return self.running(at, None, line.span.start, line.indent)

    def _term(self, line: Line, term: Span) -> None:
        self.add(term.start, term.end, Kind.DEFINITION)
        self.inline(term.start, term.end)
        self.over.append(Over(line.indent, Kind.DEFINITION, term))

    def paragraph(self, at: int) -> int:
        line = self.lines[at]
        return self.running(at, None, line.span.start, line.indent - 1, column=line.indent)

    def running(self, at: int, kind: Kind | None, start: int, below: int, column: int = -1) -> int:
        """Read running text that goes on in the lines set in deeper than `below`, and the code that it announces with two colons."""
        end = at + 1
        while self.said(end) and self.lines[end].indent > below:
            end += 1
        last = self.lines[end - 1].span.end
        self._add(kind, start, last)
        self.inline(start, last)
        if not self.said(end - 1).endswith("::"):
            return end
        is_alone = (
            not self.characters.text[start : last - 2].strip() or self.characters.text[last - 3 : last - 2].isspace()
        )
        self.hidden.append(Span(last - 2 if is_alone else last - 1, last))
        first = next((n for n in range(end, len(self.lines)) if self.said(n)), len(self.lines))
        if first == len(self.lines) or self.lines[first].indent <= max(column, below):
            return end
        code = self.deeper(first, column if column >= 0 else self.lines[first].indent - 1)
        self.add(self.lines[first].span.start, self.lines[code - 1].span.end, Kind.CODE)
        return code

    def _add(self, kind: Kind | None, start: int, end: int) -> None:
        """Append running text: of an item, of a meaning, or as itself."""
        over = self.over[-1] if self.over else None
        if kind is None and over and over.kind is Kind.ITEM:
            self.add(start, end, Kind.ITEM, level=over.level, lead=over.lead, group=over.group)
        elif kind is None and over and over.kind is Kind.DEFINITION:
            self.add(start, end, Kind.DEFINITION, lead=over.span)
        else:
            self.add(start, end, kind or Kind.PARAGRAPH)


def cell_marks(line: Line) -> list[Span]:
    """Return the marks of a row and its cells at the beginning of a line of a list that is a table."""
    mark = _CELL.match(line.said)
    return [Span(line.span.start, line.span.start + mark.end())] if mark else []
