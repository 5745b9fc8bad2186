"""Slow connections end: a request's head has to be complete in time, and so has its body.

In -> out: the server that runs -> the same, with limits; a `receive` -> the same, which gives up in time.
Does not: limit how long an answer takes.
"""

from __future__ import annotations

import asyncio
from typing import Any

from qa.ui.bodies import Message, Receive

HEAD_SECONDS = 15.0
BODY_SECONDS = 30.0


class TooSlow(Exception):
    """The body was not complete in time."""


def in_time(receive: Receive, seconds: float | None = None) -> Receive:
    """Return a `receive` that raises TooSlow once all that is received through it has taken BODY_SECONDS."""
    loop = asyncio.get_running_loop()
    until = loop.time() + (BODY_SECONDS if seconds is None else seconds)

    async def receive_in_time() -> Message:
        try:
            async with asyncio.timeout_at(until):
                return await receive()
        except TimeoutError as exc:
            raise TooSlow from exc

    return receive_in_time


def limit_heads(server: Any, seconds: float | None = None) -> None:
    """Let a uvicorn server that runs close each connection on which no request's head is complete HEAD_SECONDS after it began."""
    from uvicorn.protocols.http.h11_impl import H11Protocol  # the one that is always there

    limit = HEAD_SECONDS if seconds is None else seconds

    class Timed(H11Protocol):
        _deadline: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as its base says
            super().connection_made(transport)
            self._await_head()

        def data_received(self, data: bytes) -> None:
            if self._deadline is None and self._idle():
                self._await_head()
            super().data_received(data)
            if not self._idle():
                self._forget()

        def connection_lost(self, exc: Exception | None) -> None:
            self._forget()
            super().connection_lost(exc)

        def _idle(self) -> bool:
            """Whether no request is being answered."""
            return self.cycle is None or bool(self.cycle.response_complete)

        def _await_head(self) -> None:
            self._deadline = asyncio.get_running_loop().call_later(limit, self.transport.close)

        def _forget(self) -> None:
            if self._deadline is not None:
                self._deadline.cancel()
                self._deadline = None

    server.config.http_protocol_class = Timed
