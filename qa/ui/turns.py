"""What a browser sends of its questions, looked at before it is used.

In -> out: whatever came -> a `Turn`, an `Asked`, or None and errors for what is neither.
Does not: answer, or trust a type or a length.
"""

from __future__ import annotations

from typing import Any

from qa.ui.asked import Asked
from qa.ui.endpoints import MAX_QUESTION_CHARS, MOST_NAMED

TURNS_KEPT = 20

Turn = dict[str, Any]
"""`question`, `as_typed`, `within` where not all documents are asked, `history` where it is not the turns before;
once it is answered `card`, its HTML."""


def read_turn(sent: Any) -> Turn | None:
    """Return the question a browser sent, None where it is none."""
    if not isinstance(sent, dict) or not isinstance(sent.get("question"), str) or not sent["question"].strip():
        return None
    turn: Turn = {"question": sent["question"].strip()[:MAX_QUESTION_CHARS], "as_typed": sent.get("as_typed") is True}
    if sent.get("check") is True:
        turn["check"] = True
    if isinstance(sent.get("history"), list):
        turn["history"] = [str(text)[:MAX_QUESTION_CHARS] for text in sent["history"][-TURNS_KEPT:]]
    if names := _read_names(sent.get("within")):
        turn["within"] = list(names)
    return turn


def read_asked(sent: Any) -> Asked:
    """Return what the buttons of an answer send back; LookupError, TypeError or ValueError where it is none."""
    question, history, as_typed, *within = sent["asked"]
    texts = [str(text)[:MAX_QUESTION_CHARS] for text in (question, *history[-TURNS_KEPT:])]
    return Asked(texts[0], tuple(texts[1:]), as_typed is True, within=_read_names(within[0] if within else None))


def _read_names(sent: Any) -> tuple[str, ...]:
    return tuple(str(name) for name in sent[:MOST_NAMED]) if isinstance(sent, list) else ()
