"""Messages in data, as chat programs export them: who says what, and on which day.

In -> out: a list of values -> `Message`s and what is none among them, None where it holds no messages.
Does not: know a program: a message has a text, somebody who says it, a time, and no title.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from qa.records import record

LEAST_SHARE = 0.75
"""Of the values of a list so many are messages, the others what a program tells ("Ben joined")."""
_SPEAKERS = ("user_profile", "author", "from", "sender", "sender_name", "from_name", "username", "user", "speaker")
_NAMES = ("real_name", "displayName", "display_name", "nickname", "name", "username", "user")
_TEXTS = ("text", "content", "body", "message")
_TIMES = ("ts", "date", "timestamp", "timestamp_ms", "created_at", "createdDateTime", "time", "sent_at")
_TITLES = frozenset(("title", "subject", "headline", "name"))
_DAY = re.compile(r"\d{4}-\d\d-\d\d(?!\d)")
_SECONDS = re.compile(r"(\d{10})(?:\d{3}|\.\d+)?\Z")


@record
class Message:
    """One message; `day` is written 2024-05-31, or "" where it is not told, `below` what else is set in below it."""

    speaker: str
    text: str
    day: str
    below: tuple[object, ...] = ()


def messages_in(values: Sequence[object]) -> list[object] | None:
    """Return a list with `Message`s for its messages, the other values as they are; None where too few are."""
    found = [_message(value) or value for value in values]
    count = sum(isinstance(value, Message) for value in found)
    return found if count > 1 and count >= LEAST_SHARE * len(values) else None


def _message(value: object) -> Message | None:
    if not isinstance(value, dict) or any(key.lower() in _TITLES for key in value):
        return None
    speaker = next((said for key in _SPEAKERS if (said := _named(value.get(key)))), "")
    text = next((said for key in _TEXTS if (said := _said(value.get(key)))), "")
    when = next((str(value[key]) for key in _TIMES if value.get(key)), "")
    if not (speaker and text and when):
        return None
    below = tuple(found for child in value.values() if isinstance(child, list) and (found := messages_in(child)))
    return Message(speaker, text, _day(when), below)


def _named(value: object) -> str:
    """Return a name, of a record the first one in it, as deep as two records."""
    for _ in range(3):
        if isinstance(value, str):
            return " ".join(value.split())
        if not isinstance(value, dict):
            return ""
        value = next((value[key] for key in _NAMES if value.get(key)), None)
    return ""


def _said(value: object) -> str:
    """Return a text: whole, under "content", or in pieces."""
    if isinstance(value, dict):
        value = value.get("content")
    if isinstance(value, list):
        pieces = [piece.get("text", "") if isinstance(piece, dict) else piece for piece in value]
        value = "".join(pieces) if all(isinstance(piece, str) for piece in pieces) else ""
    return value.strip() if isinstance(value, str) else ""


def _day(when: str) -> str:
    if found := _DAY.match(when):
        return found[0]
    if found := _SECONDS.match(when):
        return datetime.fromtimestamp(int(found[1]), UTC).date().isoformat()
    return ""
