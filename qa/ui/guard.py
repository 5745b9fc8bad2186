"""What the page's server refuses before Gradio sees it, and the headers it adds.

In -> out: ASGI requests -> the app behind it, or 400, 401, 403, 404, 408, 413, 429.
Does not: buffer answers (they are streamed), or know users. What is open stands in qa/ui/routes.py.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from urllib.parse import parse_qsl, urlencode

from qa.ui.bodies import Gone, Known, Message, Receive, TooLarge, given_again, read_body, why_refused
from qa.ui.logins import Door
from qa.ui.public import PublicUrl
from qa.ui.routes import Route, find_route
from qa.ui.shares import CLIENT, client_name
from qa.ui.timed import TooSlow, in_time

Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

Header = tuple[bytes, bytes]
Answered = Callable[[], tuple[int, str, str]]
"""Gives status, content type and body."""

LOCAL_HOSTS = ("127.0.0.1", "localhost", "[::1]")
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS: list[Header] = [
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
]
_FOREIGN = (b"cross-site", b"same-site")
_NOT_PASSED_ON = (b"x-forwarded-host", b"x-forwarded-proto", b"x-gradio-server")
"""What Gradio would believe of anybody: under which address the page is known."""
_TEXT = "text/plain; charset=utf-8"
NOT_FOUND = (404, "Not found")
MOST_DIGITS = 12
"""Of a length: int() of a longer number costs time."""


class Guard:
    """Middleware: known hosts only (against DNS rebinding), same origin only, open routes only, small and strict bodies."""

    def __init__(
        self,
        app: App,
        hosts: Sequence[str] = LOCAL_HOSTS,
        answers: Mapping[str, Answered] | None = None,
        apps: Mapping[str, App] | None = None,
        login: str = "",
        public: PublicUrl | None = None,
        known: Known | None = None,
    ) -> None:
        """Take the app behind it, the hosts it answers to, `answers` to GET requests by path, and other apps by path.

        These other apps are given only requests with `login` ("USER:PASSWORD"), unless it is empty; the one behind asks by itself.
        `public` is the address at a proxy, `known` what of the page may be called.
        """
        self._app = app
        self._hosts = hosts
        self._answers = answers or {}
        self._apps = apps or {}
        self._door = Door(login)
        self._public = public
        self._known = known or Known()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close"})  # nothing here speaks it
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope = _cleaned(scope, self._public)
        client = client_name((scope.get("client") or ("",))[0])
        CLIENT.set(client)
        route = find_route(scope["method"], scope["path"])
        refused = self._refusal(scope, route)
        if refused or route is None:
            await _respond(send, *(refused or NOT_FOUND))
        elif scope["path"] in self._answers:
            status, kind, text = self._answers[scope["path"]]()  # at once, and not behind what waits for a thread
            await _respond(send, status, text, kind)
        elif kept_out := self._door.refusal(scope, client, basic=scope["path"] in self._apps):
            status, text, more = kept_out
            await _respond(send, status, text, _TEXT, *more)
        else:
            await self._pass_on(scope, route, receive, send)

    async def _pass_on(self, scope: Message, route: Route, receive: Receive, send: Send) -> None:
        try:
            body = await read_body(in_time(receive), route.most_bytes)
        except TooLarge:
            await _respond(send, 413, "Request too large")
            return
        except TooSlow:
            await _respond(send, 408, "The request took too long", _TEXT, (b"connection", b"close"))
            return
        except Gone:
            return
        wrong = why_refused(route, body, self._known)
        if wrong:
            await _respond(send, 400, wrong)
            return
        app = self._apps.get(scope["path"], self._app)
        ended = partial(self._door.ended, scope, CLIENT.get())
        await app(scope, given_again(body, receive), _with_headers(send, ended))

    def _refusal(self, scope: Message, route: Route | None) -> tuple[int, str] | None:
        headers: dict[bytes, bytes] = dict(scope["headers"])
        address = headers.get(b"host", b"").decode("latin-1")
        host = address if address.endswith("]") else address.rsplit(":", 1)[0]
        known = "*" in self._hosts or host in self._hosts or (self._public and address == self._public.netloc)
        if not known:
            return 400, "Unknown host"
        if not self._is_own(headers, address, route):
            return 403, "Cross-origin request refused"
        if route is None or (route.ours and scope["path"] not in self._apps):
            return NOT_FOUND
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or len(length) > MOST_DIGITS or int(length) > route.most_bytes:
            return 413, "Request too large"
        return None

    def _is_own(self, headers: Mapping[bytes, bytes], address: str, route: Route | None) -> bool:
        """Whether a request comes from our own page or from a program; a browser says where its requests come from."""
        origin = headers.get(b"origin", b"").decode("latin-1")
        own = [f"http://{address}", f"https://{address}"]
        if self._public:
            own = [self._public.origin, *(own if address != self._public.netloc else [])]
        if origin and origin not in own:
            return False
        return (route is not None and route.linked) or headers.get(b"sec-fetch-site", b"") not in _FOREIGN


def _cleaned(scope: Message, public: PublicUrl | None) -> Message:
    """Return a request as it would be without a proxy: below "/", and without what only a proxy may say."""
    headers = [(name, value) for name, value in scope["headers"] if name not in _NOT_PASSED_ON]
    asked = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    query = urlencode([(name, value) for name, value in asked if name != "deep_link"])  # a file Gradio would read
    path = public.below(scope["path"]) if public else scope["path"]
    cleaned = {**scope, "headers": headers, "query_string": query.encode(), "path": path}
    cleaned.pop("raw_path", None)
    return cleaned


def _with_headers(send: Send, ended: Callable[[int], None]) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            ended(message["status"])
            message = {**message, "headers": [*message.get("headers", []), *_HEADERS]}
        await send(message)

    return send_with_headers


async def _respond(send: Send, status: int, body: str, kind: str = _TEXT, *more: Header) -> None:
    headers = [(b"content-type", kind.encode()), *_HEADERS, *more]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body.encode()})
