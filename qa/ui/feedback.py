"""What readers found helpful, one JSON object a line, in a file that `qa eval` reads as gold questions.

In -> out: an answer and a verdict -> one more line of `index/feedback.jsonl`.
Does not: rewrite a line, or send it anywhere.

Helpful quotes are gold quotes, a helpful refusal is a question without an answer; what was not helpful says nothing of what would have been, and
`qa eval` passes over it.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from qa.datatypes import Answer

FILE = "feedback.jsonl"
_lock = threading.Lock()


def keep_feedback(index: Path, answer: Answer, history: Sequence[str], *, helpful: bool) -> None:
    """Append one verdict."""
    entry = {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "question": answer.question,
        "history": list(history),
        "type": "feedback",
        "helpful": helpful,
        "answered": answer.answered,
        "answers": [{"file": c.doc_id, "quote": c.text} for c in answer.citations],
    }
    with _lock, (index / FILE).open("a", encoding="utf-8") as file:
        file.write(json.dumps(entry, ensure_ascii=False) + "\n")
