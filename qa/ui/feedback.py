"""What readers found helpful, one JSON object a line, in a file that `qa eval` reads as gold questions.

In -> out: an answer and a verdict -> one more line of `index/feedback.jsonl`.
Does not: rewrite a line, or send it anywhere.

Helpful quotes are gold quotes, a helpful refusal is a question without an answer. `qa eval` passes over what was not helpful, which says nothing of
what would have been, and over quotes that a changed document no longer has.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from qa.datatypes import Answer
from qa.errors import SettingsError
from qa.opening import open_private
from qa.ui.asked import Asked

FILE = "feedback.jsonl"
MOST_BYTES = 50_000_000
REPEATS_KNOWN = 1000
"""Of so many verdicts a repetition is not written again while the server runs."""
MOST_ENTRY_BYTES = 16_000
MOST_AN_HOUR = 60
"""Verdicts of one address."""
_HOUR = 3600.0
_said: dict[str, None] = {}
_lock = threading.Lock()


class Verdicts:
    """Places for those who give verdicts: each address has one at a time, and MOST_AN_HOUR an hour."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._busy: set[str] = set()
        self._given: dict[str, deque[float]] = {}

    @contextmanager
    def place(self, client: str) -> Iterator[None]:
        """Take the place of an address; SettingsError where it is taken, or its hour is full."""
        with self._lock:
            now = self._clock()
            self._given = {name: given for name, given in self._given.items() if now - given[-1] < _HOUR}
            given = self._given.setdefault(client, deque(maxlen=MOST_AN_HOUR))
            if client in self._busy or (len(given) == MOST_AN_HOUR and now - given[0] < _HOUR):
                raise SettingsError("Too many verdicts came from here: try again later.")
            given.append(now)
            self._busy.add(client)
        try:
            yield
        finally:
            with self._lock:
                self._busy.discard(client)


def keep_feedback(index: Path, answer: Answer, asked: Asked, *, helpful: bool) -> None:
    """Append one verdict on the answer to what was asked, unless it was just given.

    Raises SettingsError where the file is full, OSError where it cannot be written or is a link.
    """
    entry = {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "question": answer.question,
        "history": [] if asked.as_typed else list(asked.history),
        "type": "feedback",
        "helpful": helpful,
        "answered": answer.answered,
        "answers": [{"file": c.doc_id, "quote": c.text} for c in answer.citations],
    }
    line = json.dumps(entry) + "\n"  # in ASCII: U+2028 and its like would end the line for some who read it
    if len(line) > MOST_ENTRY_BYTES:
        raise SettingsError("This chat is too long to keep a verdict on: ask the question in a new chat.")
    said = json.dumps({key: value for key, value in entry.items() if key != "time"})
    with _lock, open_private(index / FILE, append=True) as file:
        if os.fstat(file.fileno()).st_size > MOST_BYTES:
            raise SettingsError(
                f"{index / FILE} has more than {MOST_BYTES // 1_000_000} MB: move it away to keep further verdicts."
            )
        if said in _said:
            return
        file.write(line)
        _said[said] = None
        if len(_said) > REPEATS_KNOWN:
            del _said[next(iter(_said))]
