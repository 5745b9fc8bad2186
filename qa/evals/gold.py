"""A file of questions whose answers are known -> GoldQuestions with spans.

In -> out: JSON Lines -> `list[GoldQuestion]`. Three kinds of lines are understood:
    id, question, type, answers [{file, quote}], history, needs_files, pair     our own; `...b` of a pair is the unanswerable twin
    id, question, file, answers [{start, end}]                                  SQuAD 2.0 (Rajpurkar, Jia and Liang, ACL 2018)
    id, question, file, references [{start, end}]                               Chroma's chunking evaluation: passages, not quotes
and the page's index/feedback.jsonl: question, history, helpful, answers [{file, quote}].
Does not: ask anything.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from qa.datatypes import Span
from qa.errors import SettingsError

_log = logging.getLogger(__name__)


class Counts(Enum):
    """When a quote counts as a hit."""

    HALF = "it shares at least half of the shorter text with a gold quote"
    START = "the answer begins in it"
    CHARACTERS = "share of the reference's characters"


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """A question, and every place that answers it (none: no document does)."""

    question_id: str
    question: str
    kind: str
    history: tuple[str, ...]
    places: tuple[tuple[str, Span], ...]
    """(doc_id, span of an acceptable quote)."""
    needs_files: int = 0
    """How many distinct documents a good answer cites; 0 where it does not matter."""
    pair: str = ""
    """Name of the pair of an answerable question and its near miss, "" where it is in none."""
    counts: Counts = Counts.HALF

    @property
    def group(self) -> str:
        """What stays together when questions are divided into folds: a pair, an article, else the question."""
        return self.pair or (self.kind if self.counts is Counts.START else self.question_id)


def read_gold(path: Path, text_of: Callable[[str], str | None]) -> list[GoldQuestion]:
    """Read gold questions; `text_of(doc_id)` gives the indexed text, in which each quote has to occur.

    Raises SettingsError naming the line that cannot be used; of feedback, such a line is passed over with a warning.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")  # not splitlines: U+2028 ends no line of JSON
    except (OSError, UnicodeDecodeError) as exc:
        raise SettingsError(f"The question file {path} cannot be read ({exc}): name a JSON Lines file.") from exc
    questions = []
    feedback = any('"helpful"' in line for line in lines)  # nobody has written it by hand, nor will mend it
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                entry = json.loads(line)
                if "helpful" not in entry or _still_says(entry, text_of):
                    questions.append(_question(entry, number, text_of))
            except (ValueError, KeyError, TypeError, AttributeError) as exc:
                told = f"Line {number} of {path} is no gold question ({exc}): it needs id, question, type, answers."
                if not feedback:
                    raise SettingsError(told) from exc
                _log.warning("%s It is passed over.", told)
    if not questions:
        raise SettingsError(f"The question file {path} has no question that can be used: write one JSON object a line.")
    if len({q.counts is Counts.CHARACTERS for q in questions}) > 1:
        raise SettingsError(f"{path} mixes `references` with `answers`: ask them from two files.")
    return questions


def _question(entry: dict[str, Any], number: int, text_of: Callable[[str], str | None]) -> GoldQuestion:
    name = str(entry.get("id") or number)
    if "references" in entry or "file" in entry:
        counts = Counts.CHARACTERS if "references" in entry else Counts.START
        spans = entry["references"] if "references" in entry else entry["answers"]
        places = tuple((entry["file"], _checked(entry["file"], Span(s["start"], s["end"]), text_of)) for s in spans)
        return GoldQuestion(name, entry["question"], entry["file"], (), places, counts=counts)
    places = tuple((a["file"], _place(a["file"], a["quote"], text_of)) for a in entry["answers"])
    return GoldQuestion(name, entry["question"], str(entry.get("type") or "question"), tuple(entry.get("history") or ()), places,
                        int(entry.get("needs_files") or 0), str(entry.get("pair") or ""))  # fmt: skip


def _still_says(entry: dict[str, Any], text_of: Callable[[str], str | None]) -> bool:
    """Tell whether feedback is gold: what did not help says nothing of what would have, and documents change."""
    return entry["helpful"] is True and all(a["quote"] in (text_of(a["file"]) or "") for a in entry["answers"])


def _place(doc_id: str, quote: str, text_of: Callable[[str], str | None]) -> Span:
    start = _text(doc_id, text_of).find(quote)
    if start < 0:
        raise ValueError(f"{quote[:40]!r} is not in {doc_id}")
    return Span(start, start + len(quote))


def _checked(doc_id: str, span: Span, text_of: Callable[[str], str | None]) -> Span:
    if span.end > len(_text(doc_id, text_of)):
        raise ValueError(f"{doc_id} has no character {span.end}")
    return span


def _text(doc_id: str, text_of: Callable[[str], str | None]) -> str:
    text = text_of(doc_id)
    if text is None:
        raise ValueError(f"{doc_id} is not indexed")
    return text
