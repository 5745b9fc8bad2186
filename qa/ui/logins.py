"""Logins: who guessed wrong waits longer and longer, and nobody stays logged in for ever.

In -> out: a request -> why it may not come in, or nothing; how a login at Gradio's page ended -> the wait before the next.
Does not: show the login page, or make sessions (Gradio does).
"""

from __future__ import annotations

import base64
import hmac
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any, Protocol

FREE_TRIES = 5
LONGEST_WAIT_SECONDS = 60.0
FORGOTTEN_SECONDS = 3600.0
MOST_KNOWN = 10_000
"""Addresses whose failures are remembered; the one that failed longest ago is forgotten first."""
SESSION_SECONDS = 12 * 3600.0


LOGIN, LOGOUT = "/login", "/logout"
STARTS = "/gradio_api/startup-events"
"""What Gradio asks of itself as it starts; it tells nothing."""
_SLOWER = "Too many logins have failed: try again in {} s"
_ASK = (b"www-authenticate", b'Basic realm="Quoted", charset="UTF-8"')
Scope = MutableMapping[str, Any]
Header = tuple[bytes, bytes]


class Door:
    """Who comes in with a name and a password, where there is one."""

    def __init__(self, login: str, clock: Callable[[], float] = time.monotonic) -> None:
        """Take "USER:PASSWORD", or "", with which everybody comes in."""
        self._login = base64.b64encode(login.encode()) if login else b""
        self._logins = Logins(clock)
        self._sessions = Sessions(clock)

    def refusal(self, scope: Scope, client: str, *, basic: bool) -> tuple[int, str, tuple[Header, ...]] | None:
        """Return status, words and headers where a request may not come in; with `basic`, it has to bring name and password itself."""
        if not self._login:
            return None
        holds = self._sessions.holds(scope)
        sent = next((value for name, value in scope["headers"] if name == b"authorization"), b"") if basic else b""
        trying = bool(sent) or (scope["path"] == LOGIN and scope["method"] == "POST")
        if trying and (wait := self._logins.wait_seconds(client)):
            seconds = str(int(wait) + 1)
            return 429, _SLOWER.format(seconds), ((b"retry-after", seconds.encode()),)
        if basic:
            return self._compare(sent, client)
        if scope["path"].startswith("/gradio_api/") and scope["path"] != STARTS and not holds:
            return 401, "A login is needed", ()
        if scope["path"] == LOGIN and trying:
            self._logins.failed(client)  # until it has succeeded, so that many at once are not free
        if scope["path"] == LOGOUT:
            self._sessions.end(scope)
            scope["query_string"] = b"all_session=false"  # all have the same name
        return None

    def ended(self, scope: Scope, client: str, status: int) -> None:
        """Take note of how a request was answered."""
        if self._login and scope["path"] == LOGIN and status == 200:
            self._logins.succeeded(client)
            self._sessions.sweep(scope["app"])

    def _compare(self, sent: bytes, client: str) -> tuple[int, str, tuple[Header, ...]] | None:
        scheme, _, told = sent.partition(b" ")
        if scheme.lower() == b"basic" and hmac.compare_digest(told.strip(), self._login):
            self._logins.succeeded(client)
            return None
        if sent:
            self._logins.failed(client)
        return 401, "A name and a password are needed (HTTP Basic)", (_ASK,)


class Logins:
    """Failed logins by address: after FREE_TRIES each doubles the wait before the next."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failed: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def wait_seconds(self, client: str) -> float:
        """Return how long this address has to wait before it may try again, 0 where it need not."""
        count, last = self._failed.get(client, (0, 0.0))
        if count < FREE_TRIES:
            return 0.0
        wait = min(2.0 ** (count - FREE_TRIES), LONGEST_WAIT_SECONDS)
        return max(last + wait - self._clock(), 0.0)

    def failed(self, client: str) -> None:
        """Count a failure; those of an hour ago no longer."""
        with self._lock:
            now = self._clock()
            count, last = self._failed.pop(client, (0, now))
            self._failed[client] = (count + 1 if now - last < FORGOTTEN_SECONDS else 1), now
            if len(self._failed) > MOST_KNOWN:
                self._failed.popitem(last=False)

    def succeeded(self, client: str) -> None:
        """Forget the failures of an address."""
        with self._lock:
            self._failed.pop(client, None)


class Keeps(Protocol):
    """What Gradio's app keeps of logins."""

    tokens: MutableMapping[str, str]
    cookie_id: str


class Sessions:
    """Logins that hold: SESSION_SECONDS from the first request on."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._born: dict[str, float] = {}

    def holds(self, scope: Scope) -> bool:
        """Tell whether a request comes of a login; one that is too old is ended here."""
        keeper: Keeps = scope["app"]
        now = self._clock()
        for token in self._tokens(scope, keeper.cookie_id):
            if token in keeper.tokens:
                if now - self._born.setdefault(token, now) < SESSION_SECONDS:
                    return True
                self._end(keeper, token)
        return False

    def end(self, scope: Scope) -> None:
        """End the session a request comes of, and no other."""
        for token in self._tokens(scope, scope["app"].cookie_id):
            self._end(scope["app"], token)

    def sweep(self, keeper: Keeps) -> None:
        """End what nobody has used since it grew too old."""
        now = self._clock()
        for token in list(keeper.tokens):
            if now - self._born.setdefault(token, now) >= SESSION_SECONDS:
                self._end(keeper, token)

    def _end(self, keeper: Keeps, token: str) -> None:
        keeper.tokens.pop(token, None)
        self._born.pop(token, None)

    def _tokens(self, scope: Scope, cookie_id: str) -> list[str]:
        sent: SimpleCookie = SimpleCookie()
        for name, value in scope["headers"]:
            if name == b"cookie":
                try:
                    sent.load(value.decode("latin-1"))
                except CookieError:
                    continue
        names = (f"access-token-{cookie_id}", f"access-token-unsecure-{cookie_id}")
        return [sent[name].value for name in names if name in sent]
