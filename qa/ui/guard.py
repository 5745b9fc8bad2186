"""What the page's server refuses before Gradio sees it, and the headers it adds.

In -> out: ASGI requests -> the app behind it, or 400, 401, 403, 404, 413.
Does not: buffer answers (they are streamed), or know users.
"""

from __future__ import annotations

import asyncio
import base64
import hmac
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

Header = tuple[bytes, bytes]
Answered = Callable[[], tuple[int, str, str]]
"""Gives status, content type and body."""

LOCAL_HOSTS = ("127.0.0.1", "localhost", "[::1]")
MAX_BODY_BYTES = 64 * 1024
CLOSED_PATHS = ("/gradio_api/upload", "/gradio_api/proxy=", "/gradio_api/deep_link", "/monitoring", "/gradio_api/process_recording",
                "/gradio_api/vibe", "/gradio_api/run-history")  # fmt: skip
"""Routes Gradio opens although this page has no use for them."""
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
_ASK_LOGIN = (b"www-authenticate", b'Basic realm="Quoted", charset="UTF-8"')
_HEADERS: list[Header] = [
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
]


class _TooLarge(Exception):
    """The body grew beyond the limit while it was read."""


class Guard:
    """Middleware: known hosts only (against DNS rebinding), same origin only, small bodies, no open routes but ours."""

    def __init__(
        self,
        app: App,
        hosts: Sequence[str] = LOCAL_HOSTS,
        answers: Mapping[str, Answered] | None = None,
        apps: Mapping[str, App] | None = None,
        login: str = "",
    ) -> None:
        """Take the app behind it, the hosts it answers to, `answers` to GET requests by path, and other apps by path.

        These other apps are given only requests with `login` ("USER:PASSWORD"), unless it is empty; the one behind asks by itself.
        """
        self._app = app
        self._hosts = hosts
        self._answers = answers or {}
        self._apps = apps or {}
        self._login = b"Basic " + base64.b64encode(login.encode()) if login else b""

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refused = self._refusal(scope)
        if refused:
            await _respond(send, refused[0], "text/plain; charset=utf-8", refused[1])
            return
        if scope["path"] in self._answers and scope["method"] == "GET":
            await _respond(send, *await asyncio.to_thread(self._answers[scope["path"]]))
            return
        app = self._apps.get(scope["path"].rstrip("/"), self._app)
        if app is not self._app and not self._knows(scope):
            await _respond(
                send, 401, "text/plain; charset=utf-8", "A name and a password are needed (HTTP Basic)", _ASK_LOGIN
            )
            return
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message = {**message, "headers": [*message.get("headers", []), *_HEADERS]}
            await send(message)

        try:
            await app(scope, _limited(receive), send_with_headers)
        except _TooLarge:
            if not started:
                await _respond(send, 413, "text/plain; charset=utf-8", "Request too large")

    def _knows(self, scope: Message) -> bool:
        sent = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
        return not self._login or hmac.compare_digest(sent, self._login)

    def _refusal(self, scope: Message) -> tuple[int, str] | None:
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        address = headers.get(b"host", "")
        host = address if address.endswith("]") else address.rsplit(":", 1)[0]
        if "*" not in self._hosts and host not in self._hosts:
            return 400, "Unknown host"
        origin = headers.get(b"origin", "")
        if origin and scope["method"] not in ("GET", "HEAD", "OPTIONS") and origin.split("://", 1)[-1] != address:
            return 403, "Cross-origin request refused"
        if scope["path"].startswith(CLOSED_PATHS):
            return 404, "Not found"
        length = headers.get(b"content-length", "0")
        if not length.isdecimal() or int(length) > MAX_BODY_BYTES:
            return 413, "Request too large"
        return None


def _limited(receive: Receive) -> Receive:
    seen = 0

    async def receive_some() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > MAX_BODY_BYTES:
            raise _TooLarge
        return message

    return receive_some


async def _respond(send: Send, status: int, kind: str, body: str, *more: Header) -> None:
    headers = [(b"content-type", kind.encode()), *_HEADERS, *more]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body.encode()})
