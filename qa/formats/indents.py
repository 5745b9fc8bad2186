"""A text -> its lines as they are set: where each begins and ends, in the text and in columns.

In -> out: `str` -> `list[Line]`, blank lines among them; lines -> the groups that stand between blank ones.
Does not: say what they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qa.datatypes import Span
from qa.records import record

TAB = 8


@record
class Line:
    """One line without the white space at its ends."""

    span: Span
    said: str
    indent: int
    """In columns, a tab reaching to the next stop."""
    end: int
    """The column behind its last character."""
    whole: Span
    """With its white space and its end."""

    @property
    def first_word(self) -> str:
        """What stands before its first white space."""
        return self.said.split(maxsplit=1)[0] if self.said else ""


def lines_of(text: str) -> list[Line]:
    """Return the lines of a text, in order."""
    lines: list[Line] = []
    at = 0
    for written in text.splitlines(keepends=True):
        said = written.strip()
        start = at + written.find(said)
        before = start - at
        end = before + len(said)
        if "\t" in written:
            before = len(written[:before].expandtabs(TAB))
            end = len((" " * before + said).expandtabs(TAB))
        lines.append(Line(Span(start, start + len(said)), said, before, end, Span(at, at + len(written))))
        at += len(written)
    return lines


def groups_of(lines: Sequence[Line]) -> Iterator[range]:
    """Yield the numbers of the lines that stand together between blank ones."""
    start = 0
    for i in range(len(lines) + 1):
        if i < len(lines) and lines[i].said:
            continue
        if i > start:
            yield range(start, i)
        start = i + 1
