"""What readers found helpful, one JSON object a line, in a file that `qa eval` reads as gold questions.

In -> out: an answer and a verdict -> one more line of `index/feedback.jsonl`.
Does not: rewrite a line, or send it anywhere.

Helpful quotes are gold quotes, a helpful refusal is a question without an answer. `qa eval` passes over what was not helpful, which says nothing of
what would have been, and over quotes that a changed document no longer has.
"""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime
from pathlib import Path

from qa.datatypes import Answer
from qa.ui.cards import Asked

FILE = "feedback.jsonl"
_lock = threading.Lock()


def keep_feedback(index: Path, answer: Answer, asked: Asked, *, helpful: bool) -> None:
    """Append one verdict on the answer to what was asked."""
    entry = {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "question": answer.question,
        "history": [] if asked.as_typed else list(asked.history),
        "type": "feedback",
        "helpful": helpful,
        "answered": answer.answered,
        "answers": [{"file": c.doc_id, "quote": c.text} for c in answer.citations],
    }
    with _lock, (index / FILE).open("a", encoding="utf-8") as file:
        file.write(json.dumps(entry, ensure_ascii=False) + "\n")
