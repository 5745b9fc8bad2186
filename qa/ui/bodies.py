"""What is in a request is looked at before Gradio sees it: strict JSON, and no private handler called by number.

In -> out: a request's messages -> its whole body, within a limit; a body -> why it is refused, or "".
Does not: know what a handler does with it.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Container, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from qa.ui.routes import Route

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
MOST_VALUES = 64
"""A list of arguments is never longer."""


@dataclass(frozen=True, slots=True)
class Known:
    """What of the page may be called."""

    values: Mapping[int | str, int] = field(default_factory=dict)
    """How many values each handler takes at least, by its number and by its name."""
    components: Container[int] = ()


class TooLarge(Exception):
    """The body grew beyond the limit while it was read."""


class Gone(Exception):
    """The client went away before its request was complete."""


async def read_body(receive: Receive, most_bytes: int) -> bytes:
    """Return the whole body of a request. Raises TooLarge, or Gone."""
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > most_bytes:
            raise TooLarge
        if not message.get("more_body"):
            return b"".join(parts)


def given_again(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that gives a body that was read already, and then what comes after it."""
    waiting = [body]

    async def receive_again() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return receive_again


def why_refused(route: Route, body: bytes, known: Known) -> str:
    """Return what is wrong with a body, "" where nothing is: Gradio would answer with a traceback in the log."""
    if route.body not in ("json", "component", "named", "numbered"):
        return ""
    try:
        sent = json.loads(body, parse_constant=_refuse_constant)
        body.decode("utf-8")
        json.dumps(sent, ensure_ascii=False).encode("utf-8")  # half of a surrogate pair is no character
    except (ValueError, RecursionError):
        return "The body has to be JSON in UTF-8"
    if route.body == "json":
        return ""
    if not isinstance(sent, dict):
        return "The body has to be a JSON object"
    if route.body == "component":
        return "" if _number(sent, "component_id") in known.components else "There is no such component"
    data = sent.get("data", [])
    if not isinstance(data, list) or len(data) > MOST_VALUES:
        return "data has to be a list"
    handler: int | str = route.path.rpartition("/")[2] if route.body == "named" else _number(sent, "fn_index")
    if route.body == "named" and sent.get("fn_index") is not None:
        return "A handler is called by its name"
    if route.body == "numbered" and handler not in known.values:
        return "There is no such handler"
    if "data" in sent and len(data) < known.values.get(handler, 0):
        return f"data has to hold {known.values[handler]} values"
    return "" if route.body == "named" or _is_text(sent.get("session_hash")) else "A session is needed"


def _number(sent: Mapping[str, Any], name: str) -> int:
    number = sent.get(name)
    return number if isinstance(number, int) and not isinstance(number, bool) else -1


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")
