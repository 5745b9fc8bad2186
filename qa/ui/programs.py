"""Plain routes for programs: a question in the address -> JSON, and how they are called, as OpenAPI.

In -> out: GET /ask, /retrieve, /verify with their parameters -> the JSON objects of `qa ask --json` and its like; GET /api.json -> OpenAPI 3.1.
Does not: answer by itself (qa/ui/endpoints.py), or know who may ask (qa/ui/guard.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import Any
from urllib.parse import parse_qsl

from qa.errors import QAError
from qa.ui.bodies import Message, Receive
from qa.ui.endpoints import MOST_HITS, Endpoints
from qa.ui.guard import App, Send
from qa.ui.shares import Busy, Refused

Asked = Mapping[str, list[str]]

_PARAMETERS = {
    "q": ("The question, or the text that is checked.", {"type": "string"}),
    "k": (
        f"How many passages, 1 to {MOST_HITS}.",
        {"type": "integer", "minimum": 1, "maximum": MOST_HITS, "default": 5},
    ),
    "after": ("An earlier question of the conversation; may be repeated, oldest first.", {"type": "string"}),
    "within": ("A document or folder that is asked, all without it; may be repeated.", {"type": "string"}),
}
_REPEATED = ("after", "within")
_ROUTES = {
    "/ask": (
        ("q", "after", "k", "within"),
        "Quote the sentences that answer a question, or say that the documents do not",
    ),
    "/retrieve": (("q", "k"), "Return the best passages of the documents for a question"),
    "/verify": (("q",), "Tell whether a text is in the documents word for word, and where"),
}
DESCRIBED = "/api.json"


def make_program_apps(endpoints: Endpoints) -> dict[str, App]:
    """Return the ASGI apps of these routes, by path."""
    calls: dict[str, Callable[[Asked], dict[str, Any]]] = {
        "/ask": lambda sent: endpoints.ask(sent["q"][0], sent.get("after"), _count(sent), sent.get("within")),
        "/retrieve": lambda sent: endpoints.retrieve(sent["q"][0], _count(sent)),
        "/verify": lambda sent: endpoints.verify_quote(sent["q"][0]),
    }
    described = openapi()
    return {path: _app(path, call) for path, call in calls.items()} | {
        DESCRIBED: _answering(lambda _: (200, described))
    }


def openapi() -> dict[str, Any]:
    """Return the description of these routes that tools read."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Quoted",
            "version": version("quoted"),
            "description": "Answers in the documents' own words.",
        },
        "paths": {path: {"get": _described(path[1:], *route)} for path, route in _ROUTES.items()},
        "components": {"schemas": {"Error": {"type": "object", "properties": {"error": {"type": "string"}}}}},
    }


def _described(name: str, parameters: tuple[str, ...], summary: str) -> dict[str, Any]:
    said: list[dict[str, Any]] = []
    for parameter in parameters:
        description, schema = _PARAMETERS[parameter]
        whole = {"type": "array", "items": schema} if parameter in _REPEATED else schema
        said.append(
            {
                "name": parameter,
                "in": "query",
                "required": parameter == "q",
                "description": description,
                "schema": whole,
            }
        )
    wrong = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    return {
        "operationId": name, "summary": summary, "parameters": said,
        "responses": {
            "200": {"description": "The object the README lists", "content": {"application/json": {"schema": {"type": "object"}}}},
            "400": {"description": "What is wrong with the parameters", "content": wrong},
            "503": {"description": "Too many questions are waiting, or the index cannot be read", "content": wrong},
        },
    }  # fmt: skip


def _app(path: str, call: Callable[[Asked], dict[str, Any]]) -> App:
    takes = _ROUTES[path][0]

    def answered(query: str) -> tuple[int, dict[str, Any]]:
        sent: dict[str, list[str]] = {}
        for name, value in parse_qsl(query, keep_blank_values=True):
            sent.setdefault(name, []).append(value)
        strange = next((name for name in sent if name not in takes), None)
        if strange is not None or "q" not in sent:
            wrong = "q is missing" if strange is None else f"there is no parameter {strange[:40]!r}"
            return 400, {"error": f"{path} takes {', '.join(takes)}: {wrong}."}
        twice = next((name for name, values in sent.items() if len(values) > 1 and name not in _REPEATED), None)
        if twice:
            return 400, {"error": f"{twice} is given more than once."}
        try:
            return 200, call(sent)
        except Refused as exc:
            ours = isinstance(exc, Busy) or isinstance(exc.__cause__, QAError)
            return 503 if ours else 400, {"error": str(exc)}

    return _answering(answered)


def _answering(answered: Callable[[str], tuple[int, dict[str, Any]]]) -> App:
    from starlette.responses import JSONResponse

    async def app(scope: Message, receive: Receive, send: Send) -> None:
        status, content = await asyncio.to_thread(answered, scope["query_string"].decode("latin-1"))
        response = JSONResponse(content, status, headers={"cache-control": "no-store"})
        await response(scope, receive, send)

    return app


def _count(sent: Asked) -> int | None:
    """Return k as a number; None, which is refused with the range, where it is none."""
    text = sent.get("k", ["5"])[0]
    return int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(MOST_HITS)) else None
