"""Fair shares: nobody fills the queue for the others, guesses cost time, sessions and slow connections end."""

import asyncio
import base64
import contextvars
import dataclasses
import itertools
import json
import re
import socket
import threading
import urllib.error
import urllib.request

import pytest

from qa.engine import Engine
from qa.errors import SettingsError
from qa.ui import logins, timed
from qa.ui.bodies import read_body
from qa.ui.feedback import MOST_AN_HOUR, Verdicts
from qa.ui.guard import Guard
from qa.ui.logins import FREE_TRIES, LONGEST_WAIT_SECONDS, SESSION_SECONDS, Door, Logins, Sessions
from qa.ui.serving import Access, launch
from qa.ui.shares import CLIENT, MOST_BEHIND_EACH, SHARE, Busy, Shares, client_name
from qa.ui.timed import TooSlow, in_time


class Asking:
    """Questions in threads of their own, which are answered one by one when they are told to."""

    def __init__(self, shares):
        self.shares, self.order, self.threads = shares, [], []
        self.go, self.done = threading.Semaphore(0), threading.Semaphore(0)

    def ask(self, name, client="", *, behind=False):
        before = self.shares.waiting() + self.shares.waiting(behind=True) + len(self.order)
        thread = threading.Thread(target=contextvars.copy_context().run, args=(self._run, name, client, behind))
        thread.start()
        self.threads.append(thread)
        while self.shares.waiting() + self.shares.waiting(behind=True) + len(self.order) == before:
            pass  # until it stands in its line

    def _run(self, name, client, behind):
        CLIENT.set(client)
        with self.shares.turn(behind=behind):
            self.order.append(name)
            self.go.acquire()

    def finish(self):
        for _ in self.threads:
            self.go.release()
        for thread in self.threads:
            thread.join(30)
        return self.order


def test_lines_take_turns_and_what_is_remembered_comes_last():
    asking = Asking(Shares(1, 100))
    asking.ask("first")
    for number in range(3):
        asking.ask(f"a{number}", "10.0.0.1")
    asking.ask("old", "10.0.0.3", behind=True)
    asking.ask("b0", "10.0.0.2")
    asking.ask("own0")
    asking.ask("old", "10.0.0.3", behind=True)
    asking.ask("b1", "10.0.0.2")
    assert asking.finish() == ["first", "a0", "b0", "own0", "a1", "b1", "a2", "old", "old"]


def refused(shares, client, *, behind=False):
    def ask():
        CLIENT.set(client)
        with pytest.raises(Busy), shares.turn(behind=behind):
            pass
        return True

    return contextvars.copy_context().run(ask)


def test_an_address_fills_its_share_and_no_more():
    asking = Asking(Shares(1, 40))
    asking.ask("first", "10.0.0.1")
    for number in range(40 // SHARE):
        asking.ask(f"a{number}", "10.0.0.1")
    assert refused(asking.shares, "10.0.0.1")
    asking.ask("b", "10.0.0.2")
    for _ in range(MOST_BEHIND_EACH):
        asking.ask("old", "10.0.0.1", behind=True)
    assert refused(asking.shares, "10.0.0.1", behind=True)
    for number in range(40 - asking.shares.waiting()):
        asking.ask(f"own{number}")  # this machine's own have no share
    assert refused(asking.shares, "")
    assert asking.finish()[:3] == ["first", "a0", "b"]
    assert Asking(asking.shares).shares.waiting() == 0


def test_a_place_is_free_again_after_an_error():
    shares = Shares(1, 0)
    for _ in range(3):
        with pytest.raises(KeyError), shares.turn():
            raise KeyError
    with shares.turn():
        assert refused(shares, "")


@pytest.mark.parametrize(("host", "name"), [
    ("127.0.0.1", ""), ("127.8.8.8", ""), ("::1", ""), ("::ffff:127.0.0.1", ""), ("10.0.0.7", "10.0.0.7"), ("::ffff:10.0.0.7", "10.0.0.7"),
    ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"), ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"), ("", ""), ("somebody", "somebody"),
])  # fmt: skip
def test_an_address_has_one_name(host, name):
    assert client_name(host) == name


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


def test_each_failure_doubles_the_wait_up_to_a_limit():
    clock = Clock()
    known = Logins(clock)
    waits = []
    for _ in range(FREE_TRIES + 9):
        known.failed("a")
        waits.append(known.wait_seconds("a"))
        clock.now += waits[-1]
    assert waits[: FREE_TRIES - 1] == [0] * (FREE_TRIES - 1)
    assert waits[FREE_TRIES - 1 :][:7] == [1, 2, 4, 8, 16, 32, LONGEST_WAIT_SECONDS]
    assert max(waits) == LONGEST_WAIT_SECONDS
    assert known.wait_seconds("b") == 0
    clock.now += 3601
    known.failed("a")
    assert known.wait_seconds("a") == 0
    for number in range(logins.MOST_KNOWN + 10):
        known.failed(str(number))
    assert len(known._failed) == logins.MOST_KNOWN


def scope(path, *headers, method="GET", app=None):
    return {"path": path, "method": method, "headers": list(headers), "app": app, "query_string": b""}


class App:
    cookie_id = "x"

    def __init__(self, *tokens):
        self.tokens = dict.fromkeys(tokens, "ann")


def cookie(token, name="access-token-x"):
    return b"cookie", f"other=1; {name}={token}".encode()


def test_a_room_full_of_people_asks_at_the_same_moment(small, monkeypatch):
    engine = Engine(dataclasses.replace(small.settings, port=0), embedder=small._embedder)
    page, url = launch(engine)
    clients, statuses, come, go = 180, [], itertools.count(1), threading.Event()
    ready = threading.Barrier(clients)
    answer_it, join = engine.ask, Shares._join

    def joined(self, *line):
        try:
            return join(self, *line)
        finally:
            if next(come) == clients:  # nobody is answered before all have come
                go.set()

    monkeypatch.setattr(Shares, "_join", joined)
    monkeypatch.setattr(engine, "ask", lambda *given, **more: go.wait(60) and answer_it(*given, **more))

    def ask():
        body = json.dumps({"data": ["Who crossed the Rubicon?", None, 5]}).encode()
        post = urllib.request.Request(url + "gradio_api/run/ask", body, {"content-type": "application/json"})
        ready.wait()
        try:
            with urllib.request.urlopen(post, timeout=120) as answer:
                statuses.append((answer.status, b"Rubicon" in answer.read()))
        except urllib.error.HTTPError as error:
            statuses.append((error.code, error.read()))

    threads = [threading.Thread(target=ask) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    page.close(verbose=False)
    assert statuses == [(200, True)] * clients


def test_a_session_ends_by_time_and_another_does_not():
    clock, app = Clock(), App("old", "new", "unused")
    sessions = Sessions(clock)
    assert sessions.holds(scope("/", cookie("old"), app=app))
    clock.now += SESSION_SECONDS - 1
    assert sessions.holds(scope("/", cookie("old"), app=app))
    assert sessions.holds(scope("/", cookie("new", "access-token-unsecure-x"), app=app))
    clock.now += 2
    assert not sessions.holds(scope("/", cookie("old"), app=app))
    assert not sessions.holds(scope("/", cookie("nobody"), app=app))
    assert sorted(app.tokens) == ["new", "unused"]
    sessions.sweep(app)
    clock.now += SESSION_SECONDS
    sessions.sweep(app)
    assert app.tokens == {}
    assert sessions._born == {}


def test_one_who_logs_out_logs_out_alone():
    door, app = Door("ann:s3cret"), App("mine", "yours")
    asked = scope("/logout", cookie("mine"), app=app)
    assert door.refusal(asked, "", basic=False) is None
    assert list(app.tokens) == ["yours"]
    assert asked["query_string"] == b"all_session=false"


def basic(password):
    return b"authorization", b"Basic " + base64.b64encode(f"ann:{password}".encode())


def test_guesses_at_either_door_count_for_both_and_the_right_one_waits_too():
    clock, app = Clock(), App()
    door = Door("ann:s3cret", clock)
    assert door.refusal(scope("/ask", basic("s3cret"), app=app), "a", basic=True) is None
    capitals = (b"authorization", basic("s3cret")[1].replace(b"Basic", b"bASIC"))
    assert door.refusal(scope("/ask", capitals, app=app), "a", basic=True) is None
    for number in range(FREE_TRIES):
        kind = ("/ask", basic("wrong")) if number % 2 else ("/login",)
        found = door.refusal(scope(*kind, method="GET" if number % 2 else "POST", app=app), "a", basic=bool(number % 2))
        assert (found and found[0]) == (401 if number % 2 else None)
        door.ended(scope("/login", app=app), "a", 400)
    for tried in ("wrong", "s3cret"):
        status, _, headers = door.refusal(scope("/ask", basic(tried), app=app), "a", basic=True)
        assert (status, dict(headers)) == (429, {b"retry-after": b"2"})
    assert door.refusal(scope("/login", method="POST", app=app), "a", basic=False)[0] == 429
    assert door.refusal(scope("/ask", basic("s3cret"), app=app), "b", basic=True) is None
    clock.now += 1
    assert door.refusal(scope("/ask", basic("s3cret"), app=app), "a", basic=True) is None
    assert door.refusal(scope("/ask", basic("wrong"), app=app), "a", basic=True)[0] == 401


def test_tries_that_are_under_way_at_once_are_not_free():
    door = Door("ann:s3cret", Clock())
    found = [door.refusal(scope("/login", method="POST", app=App()), "a", basic=False) for _ in range(50)]
    assert found[:FREE_TRIES] == [None] * FREE_TRIES
    assert all(each[0] == 429 for each in found[FREE_TRIES:])
    door.ended(scope("/login", app=App()), "a", 200)
    assert door.refusal(scope("/login", method="POST", app=App()), "a", basic=False) is None


def test_an_address_gives_one_verdict_at_a_time_and_so_many_an_hour():
    clock = Clock()
    verdicts = Verdicts(clock)
    with verdicts.place("a"):
        with pytest.raises(SettingsError, match="try again later"), verdicts.place("a"):
            pass
        with verdicts.place("b"):
            pass
    for _ in range(MOST_AN_HOUR - 1):
        with verdicts.place("a"):
            pass
    with pytest.raises(SettingsError), verdicts.place("a"):
        pass
    clock.now += 3601
    with verdicts.place("a"):
        pass
    assert list(verdicts._given) == ["a"]


def test_a_body_that_comes_too_slowly_is_given_up():
    async def slow():
        await asyncio.sleep(0.01)
        return {"type": "http.request", "body": b"x", "more_body": True}

    async def read():
        await read_body(in_time(slow, 0.1), 10**9)

    with pytest.raises(TooSlow):
        asyncio.run(read())


@pytest.mark.parametrize("forwarded", [b"", b"10.9.9.9"])
def test_the_guard_tells_whose_request_it_is(forwarded):
    seen = []

    async def app(scope, receive, send):
        seen.append(CLIENT.get())

    async def ask():
        headers = [(b"host", b"127.0.0.1"), *([(b"x-forwarded-for", forwarded)] if forwarded else [])]
        asked = {
            "type": "http",
            "method": "GET",
            "path": "/",
            "query_string": b"",
            "headers": headers,
            "client": ("10.0.0.7", 5),
        }

        async def receive():
            return {"type": "http.request", "body": b"", "more_body": False}

        await Guard(app)(asked, receive, None)

    asyncio.run(ask())
    assert seen == ["10.0.0.7"]  # the header is for uvicorn alone, which knows whether there is a proxy


@pytest.fixture(scope="module")
def guarded(real):
    """A server with a password, whose limits are a second."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timed, "HEAD_SECONDS", 1.0)
        patch.setattr(timed, "BODY_SECONDS", 1.0)
        engine = Engine(dataclasses.replace(real.settings, port=0), embedder=real._embedder)
        page, url = launch(engine, Access("ann", "s3cret"))
        yield page, url
        page.close(verbose=False)


def connected(url):
    host, port = re.fullmatch(r"http://([\d.]+):(\d+)/", url).groups()
    return socket.create_connection((host, int(port)), timeout=60)


STARTS = {
    "nothing": b"", "half a line": b"GET / HT", "half a head": b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n",
    "half a body": b"POST /login HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 10\r\ncontent-type: text/plain\r\n\r\nabc",
    "half a second request": b"GET /health HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\nGET /hea",
}  # fmt: skip


@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS.keys())
def test_a_connection_that_is_slow_is_ended_by_the_server(guarded, start):
    with connected(guarded[1]) as connection:
        connection.sendall(start)
        answer = b""
        while part := connection.recv(4096):  # ends when the server closes, else after a minute with an error
            answer += part
    assert (b" 408 " in answer) == (b"content-length: 10" in start)


def test_a_head_that_comes_a_byte_at_a_time_is_ended_too(guarded):
    with connected(guarded[1]) as connection, pytest.raises(OSError):
        for byte in itertools.cycle(b"x-header: value\r\n"):
            connection.sendall(bytes([byte]))
            connection.settimeout(0.05)
            try:
                if not connection.recv(100):
                    raise ConnectionResetError
            except TimeoutError:
                connection.settimeout(60)


def test_what_is_answered_for_long_is_not_ended(guarded):
    """A stream that is open longer than the limits: those are for what a client sends."""
    cookie = login(guarded[1], "s3cret")[1]
    with connected(guarded[1]) as connection:
        connection.sendall(
            f"GET /gradio_api/heartbeat/x HTTP/1.1\r\nhost: 127.0.0.1\r\ncookie: {cookie}\r\n\r\n".encode()
        )
        assert b" 200 " in connection.recv(4096)
        connection.settimeout(2.5)
        with pytest.raises(TimeoutError):
            while connection.recv(4096):
                pass


def login(url, password):
    sent = urllib.request.Request(url + "login", f"username=ann&password={password}".encode())
    try:
        with urllib.request.urlopen(sent, timeout=60) as response:
            found = [value.split(";")[0] for value in response.headers.get_all("set-cookie")]
            return response.status, "; ".join(found)
    except urllib.error.HTTPError as error:
        return error.code, ""


def test_streams_and_state_want_the_login(guarded):
    for path in (
        "gradio_api/heartbeat/x",
        "gradio_api/queue/data?session_hash=x",
        "gradio_api/info",
    ):
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(guarded[1] + path, timeout=60)


def test_guessing_at_the_real_page_slows_down(guarded):
    assert login(guarded[1], "s3cret")[0] == 200
    assert [login(guarded[1], "wrong")[0] for _ in range(FREE_TRIES)] == [400] * FREE_TRIES
    assert login(guarded[1], "s3cret")[0] == 429
    assert json.load(urllib.request.urlopen(guarded[1] + "health", timeout=60))["status"] == "ok"
