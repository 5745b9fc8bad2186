"""The blocks of a text that are read one after another, each from where the last one ended at the earliest.

In -> out: places in a text, with their kind -> `Block`s under the headings read so far, and what is markup.
Does not: know a format, or let the blocks tile the text (qa/formats/plain.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from qa.datatypes import Block, Kind, Span
from qa.formats.inline import Characters, joined

OPEN_ENDS = (":", "…", "：")


@dataclass
class Grown:
    """What was read of a text."""

    characters: Characters
    blocks: list[Block] = field(default_factory=list)
    hidden: list[Span] = field(default_factory=list)
    headings: list[tuple[int, str]] = field(default_factory=list)
    groups: int = 0

    def add(self, start: int, end: int, kind: Kind, **more: Any) -> None:
        """Append a block; it begins at its line, where nothing stands before it there."""
        text = self.characters.text
        floor = self.blocks[-1].span.end if self.blocks else 0
        line = max(text.rfind("\n", 0, start) + 1, floor)
        if not any(map(str.isalnum, text[line:start])) or kind is Kind.ITEM:
            start = min(start, line)
        end = start + len(text[start:end].rstrip())
        if end > start >= floor:
            path = tuple(words for _, words in self.headings)
            self.blocks.append(Block(Span(start, end), kind, path, **more))

    def shown(self, span: Span, hidden: Iterable[Span]) -> str:
        at, parts = span.start, []
        for gap in [*joined(list(hidden)), Span(span.end, span.end)]:
            parts.append(self.characters.text[at : gap.start])
            at = max(at, gap.end)
        return " ".join("".join(parts).split())

    def split(self, span: Span, starts: list[int], kind: Kind, **more: Any) -> None:
        for start, end in zip(starts, [*starts[1:], span.end - span.start], strict=True):
            self.add(span.start + start, span.start + end, kind, **more)
