"""reStructuredText -> blocks: titles and what stands under them, notes, items, fields, terms, rows with their header, code.

In -> out: the text of a `.rst` file -> its blocks; the text stays the file's, what is markup in it is hidden.
Does not: read running text (qa/formats/rstlines.py, rstinline.py) or draw tables (rsttables.py), or include what a directive names.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from qa.datatypes import Block, Kind, Parsed, Span
from qa.formats.directives import CODE, HIDDEN, NAMED, PICTURES, SAID, Directive, directive_at
from qa.formats.frontmatter import told
from qa.formats.indents import Line, lines_of
from qa.formats.inline import Characters, joined
from qa.formats.plain import tile
from qa.formats.reading import hidden_mark
from qa.formats.rstlines import ITEM, Lines, Over, cell_marks
from qa.formats.rsttables import bars_in, table_at
from qa.patterns import pattern

TITLE_LEVEL = 7
"""What a directive is of ("function", "option", "admonition") heads what is set in below it, under every title."""
DEEPEST = 6
_RULE = pattern(r"([!-/:-@\[-`{-~])\1+\Z")
_FOOTNOTE = pattern(r"\.\.\s+\[(?:#?[\w.-]{1,60}|[#*])\](?:\s+(?=\S)|\Z)")


@dataclass
class Rst(Lines):
    """One pass over the lines, in the order of the text."""

    _styles: list[str] = field(default_factory=list)
    _tables_from: int = 0
    """Before this line no table begins that ends."""

    def run(self) -> list[Block]:
        """Read the text, and return its blocks."""
        self.lines = lines_of(self.characters.text)
        at = 0
        while at < len(self.lines):
            line = self.lines[at]
            if not line.said:
                at += 1
                continue
            self.leave(line, is_item=bool(ITEM.match(line.said)))
            at = self._explicit(at) or self._title(at) or self._table(at) or self.listed(at) or self.paragraph(at)
        self.hidden = joined(self.hidden)
        return tile(self.characters.text, self.blocks)

    def _explicit(self, at: int) -> int:
        """Read what begins with two dots: a directive, a footnote, a target, a comment."""
        line = self.lines[at]
        if not (line.said == ".." or line.said.startswith((".. ", "..\t", "__ "))):
            return 0
        end = max(self.deeper(at + 1, line.indent), at + 1)
        if line.said == ".." and not self.said(at + 1):
            end = at + 1
        note = _FOOTNOTE.match(line.said)
        if note and (note.end() < len(line.said) or at + 1 < end):
            self.hidden.append(Span(line.span.start, line.span.start + note.end()))
            return self.running(at, Kind.FOOTNOTE, line.span.start, line.indent)
        if (found := directive_at(self.lines, at, end)) is None or found.name in HIDDEN:
            self.unseen(self.lines_span(at, end))
            return end
        return self._directive(found, line)

    def _directive(self, found: Directive, line: Line) -> int:
        if found.name in PICTURES:
            self._picture(found)
        elif found.name in SAID and found.argument:
            colons = found.mark.start + len(found.mark.of(self.characters.text).rstrip())
            is_named = found.name in NAMED
            self.hidden += (
                [Span(found.mark.start, found.mark.start + 3), Span(colons - 2, colons)] if is_named else [found.mark]
            )
            return self.running(found.first, None, found.mark.start, line.indent)
        elif found.name in CODE:
            self._code(found)
            return found.end
        else:
            self._headed(found, line)
        return self._rows(found) or found.content

    def _title(self, at: int) -> int:
        """Read a title, with the rule under it or those over and under it, or a rule alone."""
        line, below = self.lines[at], self.said(at + 1)
        if line.indent and not self._is_rule(at):
            return 0
        if self._is_rule(at):
            if self._is_rule(at + 2) and below and self.said(at + 2)[0] == line.said[0] and not self._is_rule(at + 1):
                return self._add_title(at + 1, at, at + 3)
            if len(line.said) >= 4 and not below and not self.said(at - 1):
                self.unseen(line.span)
                return at + 1
            return 0
        is_over = self._is_rule(at + 1) and len(below) >= min(len(line.said), 4) and not self.lines[at + 1].indent
        return self._add_title(at, at, at + 2) if is_over else 0

    def _is_rule(self, at: int) -> bool:
        said = self.said(at)
        return len(said) > 1 and bool(_RULE.match(said)) and said not in ("..", "::", "__", "``")

    def _add_title(self, at: int, first: int, end: int) -> int:
        style = self.said(end - 1)[0] + ("=" if first < at else "")
        if style not in self._styles:
            self._styles.append(style)
        level = min(self._styles.index(style) + 1, DEEPEST)
        title, whole = self.lines[at].span, self.lines_span(first, end)
        self.headings = [entry for entry in self.headings if entry[0] < level]
        self.add(whole.start, whole.end, Kind.HEADING, level=level)
        marks = self.inline(title.start, title.end)
        self.hidden += [Span(whole.start, title.start), Span(title.end, whole.end)]
        if words := self.shown(title, marks):
            self.headings.append((level, words))
        return end

    def _picture(self, found: Directive) -> None:
        """Read what stands for a picture as its caption."""
        whole = Span(found.mark.start, self.lines[found.content - 1].span.end)
        alt = found.options.get("alt")
        if alt is None or alt.start == alt.end:
            self.unseen(whole)
            return
        self.add(whole.start, whole.end, Kind.CAPTION)
        self.hidden += [Span(whole.start, alt.start), Span(alt.end, whole.end)]

    def _code(self, found: Directive) -> None:
        first = next((n for n in range(found.content, found.end) if self.said(n)), found.end)
        if found.name == "math" and found.argument:
            self.hidden.append(found.mark)
            self.add(found.mark.start, self.lines[found.end - 1].span.end, Kind.CODE)
            return
        self.unseen(Span(found.mark.start, self.lines[found.content - 1].span.end))
        if first < found.end:
            self.add(self.lines[first].span.start, self.lines[found.end - 1].span.end, Kind.CODE)

    def _headed(self, found: Directive, line: Line) -> None:
        """Let what a directive is of stand over its content."""
        options = Span(self.lines[found.content - 1].span.end, self.lines[found.content - 1].span.end)
        if found.options:
            options = Span(min(value.start for value in found.options.values()), options.end)
        if found.argument is None:
            self.unseen(Span(found.mark.start, options.end))
            return
        level = TITLE_LEVEL + sum(over.kind is Kind.HEADING for over in self.over)
        self.headings = [entry for entry in self.headings if entry[0] < level]
        self.add(found.mark.start, found.argument.end, Kind.HEADING, level=level)
        self.hidden.append(found.mark)
        words = self.shown(found.argument, self.inline(found.argument.start, found.argument.end))
        self.headings.append((level, words))
        self.over.append(Over(line.indent, Kind.HEADING, found.argument, level=level))
        if found.options:
            self.unseen(Span(found.argument.end, options.end))

    def _rows(self, found: Directive) -> int:
        """Read the rows of a table that is written as a list, or as values with commas between them."""
        if found.name not in ("list-table", "csv-table"):
            return 0
        filled = [n for n in range(found.content, found.end) if self.said(n)]
        starts = [n for n in filled if found.name == "csv-table" or self.said(n).startswith(("* -", "- *"))]
        if not starts:
            return 0
        self.groups += 1
        lead = found.options.get("header")
        for first, end in zip(starts, [*starts[1:], found.end], strict=True):
            last = max(n for n in range(first, end) if self.said(n))
            span = Span(self.lines[first].span.start, self.lines[last].span.end)
            self.add(span.start, span.end, Kind.ROW, lead=lead, group=self.groups)
            if found.name == "list-table":
                self.hidden += [m for n in range(first, last + 1) for m in cell_marks(self.lines[n])]
                lead = lead or (span if found.options.get("header-rows") else None)
            self.inline(span.start, span.end)
        return found.end

    def _table(self, at: int) -> int:
        drawn = table_at(self.lines, at) if at >= self._tables_from else None
        if drawn is None:
            return 0
        if not drawn.rules:
            self._tables_from = drawn.end
            return 0
        self.groups += 1
        lead, rows = None, {row.start: row for row in drawn.rows}
        for n in sorted({*drawn.rules, *rows}):
            if n not in rows:
                self.unseen(self.lines[n].span, self.groups)
                continue
            span = self.lines_span(n, rows[n].stop)
            self.add(span.start, span.end, Kind.ROW, lead=lead, group=self.groups)
            self.hidden += [bar for line in self.lines[n : rows[n].stop] for bar in bars_in(line)]
            self.inline(span.start, span.end)
            lead = lead or (span if drawn.headers else None)
        return drawn.end


def read(text: str) -> Parsed:
    """Read a text in reStructuredText."""
    rst = Rst(Characters(text))
    blocks = rst.run()
    return Parsed(text, tuple(blocks), told(rst.fields), tuple(joined([*hidden_mark(text), *rst.hidden])))
