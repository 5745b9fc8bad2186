"""What programs call: `retrieve` and `ask` over Gradio's API, these and `verify_quote` as MCP tools; arguments are checked here.

In -> out: an Engine and whatever a caller sent -> JSON objects as the README lists them.
Does not: trust a type: Gradio and MCP clients pass on what they are given.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from qa.datatypes import Answer
from qa.engine import Engine
from qa.errors import QAError
from qa.fields import answer_to_dict, hits_to_dict, verification_to_dict
from qa.ui.checking import Checked
from qa.ui.differing import nearest
from qa.ui.monitor import Monitor
from qa.ui.shares import Refused, Shares

MAX_QUESTION_CHARS = 2000
MOST_HITS = 100
MOST_EARLIER = 50
MOST_NAMED = 200
AT_ONCE = min((os.cpu_count() or 1) + 1, 4)
"""One answer more than there are cores, so that none idles while one is handed over; still more would wait for each other."""
MAX_WAITING = 256
"""A room full of people who ask at the same moment; where one waits, a thread does."""
NEAREST_READ = 10
"""Passages that are compared with a sentence that no document has."""


class Endpoints:
    """The three calls, over one Engine; AT_ONCE of them run, at most `max_waiting` wait in fair shares, and more are refused at once."""

    def __init__(self, engine: Engine, monitor: Monitor, max_waiting: int = MAX_WAITING) -> None:
        self._engine = engine
        self._monitor = monitor
        self._shares = Shares(AT_ONCE, max_waiting)
        self._turn = self._shares.turn

    def answer(
        self,
        question: str,
        history: list[str] | tuple[str, ...] = (),
        k: int = 5,
        *,
        as_typed: bool = False,
        within: Sequence[str] = (),
        behind: bool = False,
    ) -> Answer:
        """Ask, and count it; with `behind`, when no other question waits."""
        with self._turn(behind=behind), self._monitor.asking() as given:
            given.append(self._engine.ask(question, history=history, k=k, as_typed=as_typed, within=within))
        return given[0]

    def ask(self, question: Any, history: Any, k: Any, within: Any = None) -> dict[str, Any]:
        """Return the JSON of `qa ask --json`."""
        _check_text(question, "question")
        earlier = [] if history is None else history
        if (
            not isinstance(earlier, list)
            or len(earlier) > MOST_EARLIER
            or not all(isinstance(t, str) and len(t) <= MAX_QUESTION_CHARS for t in earlier)
        ):
            raise Refused(
                f"history has to be a list of at most {MOST_EARLIER} questions of at most {MAX_QUESTION_CHARS} characters"
            )
        _check_count(k)
        _check_names(within)
        try:
            return answer_to_dict(self.answer(question, earlier, k, within=within or ()))
        except QAError as exc:
            raise Refused(str(exc)) from exc

    def ask_in_short(self, question: Any, history: Any, k: Any, within: Any = None) -> dict[str, Any]:
        """Return the JSON of `qa ask --json` with `k` hits, which may be none."""
        answer = self.ask(question, history, k if k != 0 or isinstance(k, bool) else 1, within)
        return {**answer, "hits": answer["hits"] if k else []}

    def retrieve(self, question: Any, k: Any) -> dict[str, Any]:
        """Return the JSON of `qa retrieve --json`."""
        _check_text(question, "question")
        _check_count(k)
        try:
            with self._turn():
                return hits_to_dict(question, self._engine.retrieve(question, k))
        except QAError as exc:
            raise Refused(str(exc)) from exc

    def check(self, text: str, *, behind: bool = False) -> Checked:
        """Look for a text word for word, and where there is none, for what is nearest to it."""
        with self._turn(behind=behind):
            verification = self._engine.verify_quote(text)
            if verification.places:
                return Checked(verification)
            hits = self._engine.retrieve(text, NEAREST_READ)
        return Checked(verification, nearest(text, [hit.passage for hit in hits]))

    def verify_quote(self, text: Any) -> dict[str, Any]:
        """Return whether and where the documents have a text word for word."""
        _check_text(text, "text")
        try:
            with self._turn():
                return verification_to_dict(self._engine.verify_quote(text))
        except QAError as exc:
            raise Refused(str(exc)) from exc

    def picture(self, doc_id: str, page: int, width: int) -> bytes:
        """Return the PNG of a page of a PDF."""
        with self._turn():
            return self._engine.page_picture(doc_id, page, width)


def _check_text(text: Any, name: str) -> None:
    if not isinstance(text, str) or len(text) > MAX_QUESTION_CHARS:
        raise Refused(f"{name} has to be a text of at most {MAX_QUESTION_CHARS} characters")


def _check_names(within: Any) -> None:
    named = isinstance(within, list) and len(within) <= MOST_NAMED and all(isinstance(name, str) for name in within)
    if within is not None and not named:
        raise Refused(f"within has to be a list of at most {MOST_NAMED} documents or folders")


def _check_count(k: Any) -> None:
    if not isinstance(k, int) or isinstance(k, bool) or not 1 <= k <= MOST_HITS:
        raise Refused(f"k has to be a whole number from 1 to {MOST_HITS}")
