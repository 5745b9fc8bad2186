"""The definition lists of a page that are open: terms wait until what they mean begins.

In -> out: terms, and the word that a meaning begins or that none comes -> blocks of a `Flow`, and the place a meaning stands under.
Does not: read HTML (qa/formats/html.py).
"""

from __future__ import annotations

from qa.datatypes import Kind, Span
from qa.formats.flow import APART, BELOW, Flow


class Terms:
    """One list inside another is read as that: what is explained in the inner one is closed before the outer one goes on."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._waiting: list[str] = []
        self._explained: list[Span | None] = []

    def open_list(self) -> None:
        """Begin a list, after what it may be the meaning of."""
        self.explain()
        self._explained.append(None)

    def close_list(self) -> None:
        """End the innermost list."""
        self.give_up()
        self._explained.pop()

    def open_term(self) -> None:
        """Begin a term: it is explained together with those just before it, else what comes explains only this one."""
        if not self._waiting and self._explained:
            self._explained[-1] = None

    def add(self, text: str) -> None:
        """Let a term wait for its meaning."""
        self._waiting.append(text)

    def explain(self) -> Span | None:
        """Say that a meaning begins; return the terms it explains, None where there are none."""
        spans = [
            self._flow.add(text, Kind.DEFINITION, gap=BELOW if i else APART) for i, text in enumerate(self._waiting)
        ]
        self._waiting.clear()
        if spans and spans[0] and spans[-1] and self._explained:
            self._explained[-1] = Span(spans[0].start, spans[-1].end)
        return self._explained[-1] if self._explained else None

    def give_up(self) -> None:
        """Say that no meaning comes: the terms that wait are paragraphs."""
        for text in self._waiting:
            self._flow.add(text)
        self._waiting.clear()
