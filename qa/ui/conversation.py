"""The questions of one chat, and the answering of them: the newest first, what a browser only remembered behind all that is new.

In -> out: what a browser sent -> turns, changed where they stand, and their cards.
Does not: draw messages or wait in a queue (qa/ui/page.py, qa/ui/shares.py).

A chat's list of turns stays the same list as long as its session lives: two answers may be on their way to it at once.
"""

from __future__ import annotations

from typing import Any

from qa.engine import Engine
from qa.errors import IndexMissing, QAError
from qa.ui import cards
from qa.ui.asked import Asked
from qa.ui.checking import check_card
from qa.ui.endpoints import Endpoints
from qa.ui.examples import Offered
from qa.ui.first import NOT_YET, FirstIndex
from qa.ui.shares import Busy, Refused
from qa.ui.turns import TURNS_KEPT, Turn, read_turn

KEPT = "kept"
"""Of a turn that a browser remembered: it is answered again when it is looked at."""


class Conversation:
    """What is done with the turns of a chat."""

    def __init__(self, engine: Engine, endpoints: Endpoints, offered: Offered, first: FirstIndex | None = None) -> None:
        self._first = first
        self._engine = engine
        self._endpoints = endpoints
        self._offered = offered

    def add(self, turns: list[Turn], turn: Turn) -> None:
        """Put a question at the end; the first one goes where there would be more than TURNS_KEPT."""
        del turns[: max(len(turns) + 1 - TURNS_KEPT, 0)]
        turns.append(turn)

    def restore(self, turns: list[Turn], sent: dict[str, Any]) -> None:
        """Put what a browser remembered in their place, and what its address asks at the end."""
        saved = sent.get("turns")
        read = list(filter(None, map(read_turn, saved[-TURNS_KEPT:] if isinstance(saved, list) else [])))
        linked = read_turn(sent.get("linked"))
        turns[:] = [{**turn, KEPT: True} for turn in read]
        if linked and read[-1:] != [linked]:
            self.add(turns, linked)

    def asked_now(self, turns: list[Turn]) -> bool:
        """Answer the last question, unless it is answered, or only remembered; return whether it was."""
        if not turns or "card" in turns[-1] or KEPT in turns[-1]:
            return False
        self.answer(turns, turns[-1])
        return True

    def answer(self, turns: list[Turn], turn: Turn) -> None:
        """Answer one of the questions: others may have come behind it."""
        turn["card"] = self._card(_asked(turns, turn))

    def asked_before(self, turns: list[Turn]) -> bool:
        """Answer the newest remembered question that has no answer yet, once nobody has a new one; return whether it was."""
        turn = next((t for t in reversed(turns) if KEPT in t and "card" not in t and "begun" not in t), None)
        if turn is None:
            return False
        turn["begun"] = True
        try:
            turn["card"] = self._card(_asked(turns, turn), behind=True)
        except Busy:
            del turn["begun"]  # the page asks again
            return False
        return True

    def card(self, turns: list[Turn], turn: Turn) -> str:
        """Return a turn's answer, or what stands in its place; "" where it is on its way."""
        owed = cards.owed_card(_asked(turns, turn)) if KEPT in turn else ""
        return str(turn.get("card", owed))

    def _card(self, asked: Asked, *, behind: bool = False) -> str:
        try:
            if asked.check:
                return check_card(self._endpoints.check(asked.question, behind=behind), asked)
            answer = self._endpoints.answer(
                asked.question, asked.history, as_typed=asked.as_typed, within=asked.within, behind=behind
            )
            instead = [] if answer.answered else [q for q in self._offered.questions if q != asked.question]
            dates = {
                doc_id: self._date(doc_id)
                for doc_id in {quote.doc_id for quote in (*answer.citations, *answer.nearest)}
            }
            return cards.answer_card(
                answer,
                self._engine.document_count(),
                asked,
                dates=dates,
                offered=instead,
                calibrated=self._calibrated(),
            )
        except IndexMissing as exc:
            return cards.error_card(NOT_YET if self._first and not self._first.ended.is_set() else str(exc), asked)
        except Busy as exc:
            if behind:
                raise
            return cards.error_card(str(exc), asked)
        except (QAError, Refused) as exc:
            return cards.error_card(str(exc), asked)

    def _calibrated(self) -> bool:
        """Tell whether the confidence was fitted to these documents."""
        return self._engine.parts()[1].calibrated is not None

    def _date(self, doc_id: str) -> str:
        document = self._engine.document(doc_id)
        return str(document.meta.get("date", "")) if document else ""


def _asked(turns: list[Turn], turn: Turn) -> Asked:
    earlier = turns[: next((at for at, each in enumerate(turns) if each is turn), 0)]
    history = turn.get("history", [each["question"] for each in earlier if not each.get("check")])
    return Asked(
        turn["question"], tuple(history), turn["as_typed"], turn.get("check", False), tuple(turn.get("within", ()))
    )
