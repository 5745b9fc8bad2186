"""What a reader gives: for each sentence of a passage how much speaks for its answering the question, and with which words.

In -> out: nothing; the records and the protocol that readers keep.
Does not: load a model (qa/models/reader.py the one that travels along, qa/models/readers.py others).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from qa.datatypes import Span
from qa.records import record


@record
class Reading:
    """A passage read for a question, sentence by sentence."""

    margins: tuple[float, ...]
    """Of each sentence: the logit of its answering over the logit of no sentence of the passage doing so."""
    answers: tuple[tuple[Span, float] | None, ...]
    """Of each sentence: its likeliest answering words, in the passage, and how likely they are if it answers, 0..1."""


class Reader(Protocol):
    """What the house needs of a reader. The same question and passage give the same bits every time."""

    @property
    def name(self) -> str:
        """Which reader it is; a calibration holds for one of them."""

    def read(self, question: str, passages: Sequence[tuple[str, Sequence[Span]]]) -> list[Reading]:
        """Return a Reading of each passage: a text and the spans of its sentences in it, in order, at least one."""
