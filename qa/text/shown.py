"""A text and its markup -> what a reader sees of it, each character with its place.

In -> out: a text and its hidden spans -> the shown text of any span, and where its characters stand in the document.
Does not: decide what is markup (the formats do), or change a character that is shown.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from qa.datatypes import Span


class Shown:
    """What is seen of a text."""

    def __init__(self, text: str, hidden: Sequence[Span] = ()) -> None:
        """Take the text and its markup: spans in order, none touching another."""
        self.text = text
        self._hidden = hidden
        self._ends = [span.end for span in hidden]

    def of(self, span: Span) -> str:
        """Return what is seen of a span."""
        return "".join(" " if joint else self.text[a:b] for a, b, joint in self._parts(span))

    def places(self, span: Span) -> Sequence[int]:
        """Return where each character of `of(span)` stands in the document."""
        parts = self._parts(span)
        if len(parts) == 1:
            return range(parts[0][0], parts[0][1])
        return [place for a, b, joint in parts for place in ((a,) if joint else range(a, b))]

    def sees(self, span: Span) -> bool:
        """Tell whether a letter or digit of the span is seen."""
        return any(map(str.isalnum, self.of(span)))

    def hidden_before(self, position: int) -> int:
        """Return where the markup begins that ends at a position, the position itself where none does."""
        at = bisect_right(self._ends, position) - 1
        return self._hidden[at].start if at >= 0 and self._ends[at] == position else position

    def hidden_after(self, position: int) -> int:
        """Return where the markup ends that begins at a position, the position itself where none does."""
        at = bisect_right(self._ends, position)
        return self._ends[at] if at < len(self._ends) and self._hidden[at].start == position else position

    def _parts(self, span: Span) -> list[tuple[int, int, bool]]:
        """Return the pieces that are seen; a joint stands for markup that parts two words (a line break, a tag)."""
        parts: list[tuple[int, int, bool]] = []
        at = span.start
        for i in range(bisect_right(self._ends, span.start), len(self._hidden)):
            gap = self._hidden[i]
            if gap.start >= span.end:
                break
            if gap.start > at:
                parts.append((at, gap.start, False))
            if self._parts_words(gap, span):
                parts.append((gap.start, gap.start + 1, True))
            at = min(gap.end, span.end)
        if at < span.end or not parts:
            parts.append((at, span.end, False))
        return parts

    def _parts_words(self, gap: Span, span: Span) -> bool:
        if gap.start <= span.start or gap.end >= span.end:
            return False
        parts = self.text[gap.start] == "<" or any(map(str.isspace, self.text[gap.start : gap.end]))
        return parts and self.text[gap.start - 1].isalnum() and self.text[gap.end].isalnum()
