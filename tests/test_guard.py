"""What the server lets in: an allow list of routes, held against every route that is installed."""

import asyncio
import dataclasses
import json
import logging
import re
import socket

import pytest
from starlette.routing import Mount

from qa.engine import Engine
from qa.settings import Settings
from qa.ui.bodies import Known, why_refused
from qa.ui.guard import Guard
from qa.ui.public import read_public_url
from qa.ui.routes import OPEN, Route, find_route
from qa.ui.serving import SESSIONS, launch

EXPECTED = {
    "GET /", "HEAD /", "GET /config", "GET /theme.css", "GET /favicon.ico", "GET /assets/{path:path}", "GET /static/{path:path}", "POST /login",
    "GET /logout", "GET /gradio_api/info", "GET /gradio_api/startup-events", "GET /gradio_api/heartbeat/{session_hash}",
    "POST /gradio_api/queue/join",    "GET /gradio_api/queue/data", "POST /gradio_api/run/{api_name}", "POST /gradio_api/component_server/",
    "POST /gradio_api/call/{api_name}",
    "POST /gradio_api/call/v2/{api_name}", "GET /gradio_api/call/{api_name}/{event_id}",
}  # fmt: skip
"""The routes of Gradio that the page, its clients and programs use. What is added here is open to everybody who reaches the server."""
VALUES = ("x", "ask", "retrieve", "predict", "show_question", "show_source", "rebuild", "a/b", "http://93.184.216.34/x", "..", "../x", "x/../y",
          "https:/example.org/x", "0", "{}", "*")  # fmt: skip
NAMES = {"api_name": {"ask", "retrieve", "predict"}}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
FOREIGN = "http://93.184.216.34/leak"


@pytest.fixture(scope="module")
def served(real):
    page, url = launch(Engine(dataclasses.replace(real.settings, port=0), embedder=real._embedder))
    yield page, url
    page.close(verbose=False)


def installed(routes, prefix=""):
    """Every route of an app, however it was included: (path, method)."""
    for route in routes:
        inner = getattr(route, "original_router", None) or getattr(route, "router", None)
        if inner is not None and getattr(route, "path", None) is None:
            yield from installed(inner.routes, prefix)
        elif isinstance(route, Mount):
            yield from installed(route.routes, prefix + route.path)
        else:
            for method in sorted(getattr(route, "methods", None) or {"GET"}):
                yield prefix + route.path, method


def filled(path):
    """The path with each kind of value in its parameters, and which values these are."""
    names = re.findall(r"\{(\w+)[^}]*\}", path)
    for value in VALUES if names else ("",):
        for other in ("x", value):
            whole = path
            for number, name in enumerate(names):
                whole = re.sub(
                    r"\{" + name + r"[^}]*\}", lambda _, v=value if number == 0 else other: v, whole, count=1
                )
            yield whole, dict.fromkeys(names[:1], value)


def test_every_installed_route_is_closed_but_those_the_page_needs(served):
    routes = list(installed(served[0].app.routes))
    assert len(routes) > 60
    assert ("/gradio_api/file={path_or_url:path}", "GET") in routes
    opened = set()
    for path, method in routes:
        for whole, values in filled(path):
            if find_route(method, whole):
                opened.add(f"{method} {path}")
                for name, allowed in NAMES.items():
                    assert values.get(name, "ask") in allowed, whole
    assert opened == EXPECTED


def test_no_open_route_takes_another_method():
    for route in OPEN:
        example = route.path.replace("{}", "x").replace("*", "x")
        taken = {method for method in METHODS if find_route(method, example)}
        assert taken == {m for other in OPEN if other.path == route.path for m in other.methods.split()}


def exchange(address, head, body=b"", seconds=30):
    """Send a request as it is written here and return status and answer, so that no client library repairs it.

    Of an answer that is a stream, and has no end, the beginning.
    """
    host, port = re.fullmatch(r"http://([\d.]+):(\d+)/", address).groups()
    streams = any(part in head[0] for part in ("/heartbeat/", "/queue/data", "GET /gradio_api/call/", "GET /mcp"))
    with socket.create_connection((host, int(port)), timeout=seconds) as connection:
        lines = [*head, f"content-length: {len(body)}", "connection: close", "", ""]
        connection.sendall("\r\n".join(lines).encode("latin-1") + body)
        answer = b""
        while not (streams and b"\r\n\r\n" in answer) and (part := connection.recv(65536)):
            answer += part
    return int(answer.split()[1]), answer


def get(served, path, *headers, method="GET", body=b"", host="127.0.0.1"):
    kind = ["content-type: application/json"] if body else []
    return exchange(served[1], [f"{method} {path} HTTP/1.1", f"host: {host}", *kind, *headers], body)


CLOSED = ("/gradio_api/file=http://93.184.216.34/x.txt", "/gradio_api/file=/etc/passwd", "/gradio_api/file/etc/passwd", "/gradio_api/proxy=http://x/",
          "/gradio_api/stream/x/x/x/playlist.m3u8", "/gradio_api/dev/reload", "/gradio_api/custom_component/x/client/component/x.js", "/svelte/x.js",
          "/gradio_api/token", "/gradio_api/user", "/gradio_api/app_id", "/gradio_api/login_check", "/manifest.json", "/robots.txt", "/pwa_icon",
          "/gradio_api/openapi.json", "/monitoring", "/gradio_api/queue/status", "/docs", "/openapi.json", "/gradio_api/deep_link")  # fmt: skip


@pytest.mark.parametrize("path", CLOSED)
def test_what_gradio_opens_besides_is_not_found(served, path):
    assert get(served, path)[0] == 404
    assert get(served, path + "/")[0] == 404
    assert get(served, path.replace("gradio_api", "gradio%5fapi"))[0] == 404


@pytest.mark.parametrize("path", ["/gradio_api/run/show_question", "/gradio_api/cancel", "/gradio_api/reset", "/gradio_api/upload",
                                  "/gradio_api/api/ask",
                                  "/gradio_api/vibe-edit", "/gradio_api/process_recording",
                                  "/gradio_api/run/ask/", "/gradio_api/stream/x"])  # fmt: skip
def test_what_gradio_takes_besides_is_not_found(served, path):
    assert get(served, path, method="POST", body=b"{}")[0] == 404


BODIES = {
    "a handler by number": ("/gradio_api/run/ask", {"data": ["x", None, 1], "fn_index": 0}),
    "a number without a session": ("/gradio_api/run/predict", {"data": ["x", []], "fn_index": 0}),
    "no number": ("/gradio_api/run/predict", {"data": ["x", []], "session_hash": "x"}),
    "a number nobody has": ("/gradio_api/run/predict", {"data": [], "fn_index": 999, "session_hash": "x"}),
    "a number that is true": ("/gradio_api/queue/join", {"data": [], "fn_index": True, "session_hash": "x"}),
    "a list": ("/gradio_api/run/ask", [1]),
    "data that is no list": ("/gradio_api/run/ask", {"data": "x"}),
    "too many values": ("/gradio_api/run/ask", {"data": [1] * 100}),
    "no values": ("/gradio_api/run/ask", {"data": []}),
    "too few values": ("/gradio_api/call/ask", {"data": ["x", None]}),
    "no component": (
        "/gradio_api/component_server/",
        {"data": "x", "fn_name": "show", "component_id": 10**6, "session_hash": "x"},
    ),
    "half a character": ("/gradio_api/run/ask", {"data": ["\ud800", None, 1]}),
    "infinity": ("/gradio_api/component_server/", {"data": {"budget": float("inf")}}),
    "not a number": ("/gradio_api/component_server/", {"data": float("nan")}),
}


@pytest.mark.parametrize(("path", "sent"), BODIES.values(), ids=BODIES.keys())
def test_a_body_that_the_page_would_not_send_is_refused_before_gradio(served, path, sent):
    assert get(served, path, method="POST", body=json.dumps(sent).encode())[0] == 400


def test_no_handler_is_given_fewer_values_than_it_takes(served):
    taken = 0
    for number, handler in served[0].fns.items():
        if handler.fn and handler.inputs:
            sent = {"data": ["x"] * (len(handler.inputs) - 1), "fn_index": number, "session_hash": "x"}
            for path in ("/gradio_api/run/predict", "/gradio_api/queue/join"):
                status, answer = get(served, path, method="POST", body=json.dumps(sent).encode())
                assert (status, f"data has to hold {len(handler.inputs)} values".encode() in answer) == (400, True), (
                    number
                )
            taken += 1
    assert taken > 5


def test_the_state_of_a_few_hundred_visitors_is_kept_and_no_more(served):
    assert served[0].app.state_holder.capacity == SESSIONS < 1000


def test_a_stream_that_nobody_opened_leaves_one_line_in_the_log(served):
    written = []
    handler = logging.Handler()
    handler.emit = lambda record: written.append(logging.Formatter().format(record))
    logger = logging.getLogger("uvicorn.error")
    logger.addHandler(handler)
    try:
        host, port = re.fullmatch(r"http://([\d.]+):(\d+)/", served[1]).groups()
        for path in ("/gradio_api/call/ask/nobody", "/gradio_api/queue/data?session_hash=nobody"):
            with socket.create_connection((host, int(port)), timeout=30) as connection:
                connection.sendall(f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n".encode())
                while connection.recv(65536):
                    pass
    finally:
        logger.removeHandler(handler)
    assert written
    assert [line for line in written if "\n" in line] == []


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff", b"[" * 30_000, b'{"data": [\xff]}', b"nul", b'{"data": -Infinity}']
)
def test_a_body_that_is_no_json_is_refused_before_gradio(served, body):
    assert get(served, "/gradio_api/run/ask", method="POST", body=body)[0] == 400


@pytest.mark.parametrize(
    "header", ["origin: http://evil.example", "sec-fetch-site: cross-site", "sec-fetch-site: same-site", "origin: null"]
)
def test_another_site_reaches_nothing_but_the_page_itself(served, header):
    for route in OPEN:
        for method in route.methods.split():
            path = route.path.replace("{}", "x").replace("*", "x")
            expected = (200,) if path == "/" and header.startswith("sec-") else (403,)
            assert get(served, path, header, method=method)[0] in expected, (method, path)


def test_another_site_cannot_log_anybody_out_and_a_program_may(served):
    assert get(served, "/logout", "sec-fetch-site: cross-site", "sec-fetch-mode: no-cors")[0] == 403
    assert get(served, "/logout")[0] == 302


def test_what_a_proxy_says_is_not_believed_of_anybody(served):
    for header in ("x-forwarded-host: evil.example", "x-gradio-server: http://evil.example/"):
        assert b"evil.example" not in get(served, "/config", header)[1]


def test_no_route_connects_to_an_address_it_is_given(served, monkeypatch):
    """Every open route, with addresses of other hosts in each parameter: nothing in this process may look one up or connect."""
    tried = []
    own = re.fullmatch(r"http://[\d.]+:(\d+)/", served[1])[1]

    def watched(real):
        def connect(self, address):
            if not (isinstance(address, tuple) and address[0] == "127.0.0.1" and str(address[1]) == own):
                tried.append(address)
                raise OSError("not in this test")
            return real(self, address)

        return connect

    def looked_up(host, *rest, **options):
        if host not in ("127.0.0.1", "localhost", None):
            tried.append(host)
            raise OSError("not in this test")
        return found(host, *rest, **options)

    found = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, watched(getattr(socket.socket, name)), raising=False)
    for route in OPEN:
        for method in route.methods.split():
            for place in (FOREIGN, "http:%2F%2F93.184.216.34%2Fleak", "@93.184.216.34"):
                path = route.path.replace("{}", place.replace("/", "%2F")).replace("*", place)
                query = f"?q={place}&file={place}&url={place}&session_hash={place}&__theme={place}&deep_link={place}"
                sent = json.dumps({"data": [place, [place], 1], "fn_index": 0, "session_hash": place, "question": place, "fn_name": place,
                                   "component_id": 1, "event_data": {"open": place}, "url": place, "path": place}).encode()  # fmt: skip
                if "queue/data" in path:
                    query = f"?session_hash={place}"
                get(
                    served,
                    path + query,
                    f"referer: {place}",
                    f"x-forwarded-host: {place}",
                    method=method,
                    body=sent if method == "POST" else b"",
                )
    assert tried == []


PUBLIC = {
    "https://docs.example.org": ("docs.example.org", "https://docs.example.org"),
    "https://docs.example.org/": ("docs.example.org", "https://docs.example.org"),
    "https://Docs.Example.org:443/a/b/": ("docs.example.org", "https://docs.example.org"),
    "http://docs.example.org:8080/x": ("docs.example.org:8080", "http://docs.example.org:8080"),
}


async def ask_guard(guard, path="/", method="GET", **headers):
    sent = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    await guard({"type": "http", "method": method, "path": path, "query_string": b"", "headers": raw}, receive, send)
    return sent[0]["status"], sent[-1].get("body", b"").decode()


async def told_path(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": scope["path"].encode()})


@pytest.mark.parametrize(("setting", "expected"), PUBLIC.items(), ids=PUBLIC.keys())
def test_behind_a_proxy_its_address_is_the_one_that_counts(tmp_path, setting, expected):
    settings = Settings(tmp_path, tmp_path, public_url=setting)
    public = read_public_url(settings.public_url)
    assert (public.netloc, public.origin) == expected
    guard = Guard(told_path, public=public)

    def told(**headers):
        return asyncio.run(ask_guard(guard, "/config", **headers))[0]

    host, origin = expected
    inner = "127.0.0.1:7860"
    assert (
        told(host=host, origin=origin) == told(host=inner, origin=origin) == told(host=inner) == told(host=host) == 200
    )
    assert told(host="evil.example", origin=origin) == told(host=f"{host}.evil.example") == 400
    for foreign in ("https://evil.example", f"{origin}.evil.example", origin.replace("http", "ftp"), "null"):
        assert told(host=host, origin=foreign) == told(host=inner, origin=foreign) == 403
    assert asyncio.run(ask_guard(guard, public.path + "/config", host=host)) == (200, "/config")


@pytest.mark.parametrize("wrong", ["docs.example.org", "ftp://x.org", "https://", "https://a b.org", "https://x.org/?q=1", "https://u:p@x.org", 
                                   "https://x.org/../y z",
                                   "https://x.org:port", "javascript:alert(1)", "https://x.org/\"onload=", "https://[::1"])  # fmt: skip
def test_an_address_that_is_none_is_told(tmp_path, wrong):
    from qa.errors import SettingsError

    with pytest.raises(SettingsError, match="QA_PUBLIC_URL"):
        Settings(tmp_path, tmp_path, public_url=wrong)


def test_the_body_rules_are_those_of_the_route():
    assert why_refused(Route("POST", "/x"), b"\xff", Known()) == ""
    assert why_refused(Route("POST", "/x", "json"), b"[1]", Known()) == ""
    assert why_refused(Route("POST", "/x", "named"), b"{}", Known()) == ""
    assert (
        why_refused(Route("POST", "/x", "numbered"), b'{"fn_index": 1, "session_hash": "s", "data": []}', Known({1: 0}))
        == ""
    )
