"""A file of gold questions -> GoldQuestions with spans.

In -> out: JSON Lines (id, question, type, answers[file, quote], history, needs_files) -> `list[GoldQuestion]`.
Does not: ask anything.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.datatypes import Span
from qa.errors import SettingsError


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """A question, and every place that answers it (none: no document does)."""

    question_id: str
    question: str
    kind: str
    history: tuple[str, ...]
    places: tuple[tuple[str, Span], ...]
    """(doc_id, span of an acceptable quote)."""
    needs_files: int
    """How many distinct documents a good answer cites; 0 where it does not matter."""


def read_gold(path: Path, text_of: Callable[[str], str | None]) -> list[GoldQuestion]:
    """Read gold questions; `text_of(doc_id)` gives the indexed text, in which each quote has to occur.

    Raises SettingsError naming the line that cannot be used.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as exc:
        raise SettingsError(f"The question file {path} cannot be read ({exc}): name a JSON Lines file.") from exc
    questions = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                questions.append(_question(json.loads(line), text_of))
            except (ValueError, KeyError, TypeError) as exc:
                raise SettingsError(
                    f"Line {number} of {path} is no gold question ({exc}): it needs id, question, type, answers."
                ) from exc
    if not questions:
        raise SettingsError(f"The question file {path} is empty: write one JSON object a line.")
    return questions


def _question(entry: dict[str, Any], text_of: Callable[[str], str | None]) -> GoldQuestion:
    places = tuple((a["file"], _place(a["file"], a["quote"], text_of)) for a in entry["answers"])
    return GoldQuestion(entry["id"], entry["question"], entry["type"], tuple(entry.get("history") or ()), places,
                        int(entry.get("needs_files") or 0))  # fmt: skip


def _place(doc_id: str, quote: str, text_of: Callable[[str], str | None]) -> Span:
    text = text_of(doc_id)
    if text is None:
        raise ValueError(f"{doc_id} is not indexed")
    start = text.find(quote)
    if start < 0:
        raise ValueError(f"{quote[:40]!r} is not in {doc_id}")
    return Span(start, start + len(quote))
