"""Whether the page can answer, and how it has been doing: `/health` and `/metrics` for whoever runs it.

In -> out: an Engine and what is counted -> JSON for the first, Prometheus' text format for the second.
Does not: count who asked, or keep a question.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version

from qa.datatypes import Answer
from qa.engine import Engine
from qa.errors import QAError

BUCKETS_SECONDS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
FRESH_SECONDS = 2.0
"""How long a status is told before it is worked out anew."""
FIRST_WAIT_SECONDS = 5.0
"""How long the server waits for the first one before it says where it is."""
OUTCOMES = ("answered", "unclear", "refused", "error")
Response = tuple[int, str, str]
"""Status, content type, body."""


class Monitor:
    """Counts of questions by outcome and a histogram of how long they took; safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._outcomes = dict.fromkeys(OUTCOMES, 0)
        self._buckets = [0] * (len(BUCKETS_SECONDS) + 1)
        self._seconds = 0.0
        self._health: Response = (503, "application/json", "{}")
        self._known = threading.Event()
        self._refreshing, self._looked = False, float("-inf")

    @contextmanager
    def asking(self) -> Iterator[list[Answer]]:
        """Time a question; the answer is put into the list that is given."""
        start, given = time.perf_counter(), list[Answer]()
        try:
            yield given
        finally:
            took = time.perf_counter() - start
            answer = given[0] if given else None
            outcome = (
                "error"
                if answer is None
                else "refused"
                if not answer.answered
                else "answered"
                if answer.clear
                else "unclear"
            )
            with self._lock:
                self._outcomes[outcome] += 1
                self._seconds += took
                self._buckets[sum(took > bound for bound in BUCKETS_SECONDS)] += 1

    def health(self, wait_seconds: float = 0) -> Response:
        """Return 200 with index, model and version, or 503 with what is wrong; at once, whatever the documents do.

        What is told is what was last worked out, by one thread at a time and at most every FRESH_SECONDS.
        """
        self._refresh()
        if not self._known.wait(wait_seconds):
            return 503, "application/json", json.dumps({**_state(), "status": "starting"})
        return self._health

    def _refresh(self) -> None:
        with self._lock:
            if self._refreshing or time.monotonic() - self._looked < FRESH_SECONDS:
                return
            self._refreshing = True
        threading.Thread(target=self._look, daemon=True).start()

    def _look(self) -> None:
        try:
            self._health = self._work_out()
            self._known.set()
        finally:
            with self._lock:
                self._looked, self._refreshing = time.monotonic(), False

    def _work_out(self) -> Response:
        state = _state()
        try:
            status = self._engine.status()
        except QAError as exc:
            return 503, "application/json", json.dumps({**state, "status": "unavailable", "error": str(exc)})
        facts = {
            "index": status.snapshot,
            "model": status.model,
            "documents": status.documents,
            "stale": status.stale,
            "warning": status.warning,
        }
        return 200, "application/json", json.dumps({**state, **facts})

    def metrics(self) -> Response:
        """Return the counts in Prometheus' text format, version 0.0.4."""
        with self._lock:
            lines = ["# HELP quoted_questions_total Questions by outcome.", "# TYPE quoted_questions_total counter"]
            lines += [f'quoted_questions_total{{outcome="{name}"}} {count}' for name, count in self._outcomes.items()]
            lines += ["# HELP quoted_answer_seconds How long an answer took.", "# TYPE quoted_answer_seconds histogram"]
            total = 0
            for bound, count in zip((*BUCKETS_SECONDS, "+Inf"), self._buckets, strict=True):
                total += count
                lines.append(f'quoted_answer_seconds_bucket{{le="{bound}"}} {total}')
            lines += [f"quoted_answer_seconds_sum {self._seconds:.6f}", f"quoted_answer_seconds_count {total}", ""]
        return 200, "text/plain; version=0.0.4; charset=utf-8", "\n".join(lines)


def _state() -> dict[str, str]:
    return {"status": "ok", "version": version("quoted")}
