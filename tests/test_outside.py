"""No route of the server, open or closed, connects to an address it is given: in a network of its own, with a listener at a public address.

Nothing of it leaves this machine: the namespace has no device but its own loopback. The same walk with the guard's list of routes away
reaches the listener, so what is asserted can fail.
"""

import json
import os
import shutil
import subprocess
import sys

import pytest
from conftest import ROOT

OUTSIDE = "93.184.216.34"
SCRIPT = r"""
import json, os, re, socket, subprocess, sys, threading
from pathlib import Path

OUTSIDE, mode, folder = sys.argv[1:]
for command in ("link set lo up", f"address add {OUTSIDE}/32 dev lo"):
    subprocess.run(["ip", *command.split()], check=True)
reached, looked_up = [], []
def listen(port):
    listener = socket.create_server((OUTSIDE, port))
    def take():
        while True:
            connection, _ = listener.accept()
            reached.append(connection.recv(1000).split(b"\r\n")[0].decode("latin-1"))
            connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello")
            connection.close()
    threading.Thread(target=take, daemon=True).start()
for port in (80, 443, 7860):
    listen(port)
def watch(event, arguments):
    if event == "socket.getaddrinfo" and str(arguments[0]).endswith("example"):
        looked_up.append(arguments[0])
sys.addaudithook(watch)

sys.path.insert(0, "tests")
from conftest import WordEmbedder
from test_guard import METHODS, exchange, installed
from qa.engine import Engine
from qa.settings import Settings
from qa.ui import guard
from qa.ui.routes import OPEN, Route
from qa.ui.serving import Access, launch

folder = Path(folder)
(folder / "seeds").mkdir()
(folder / "seeds" / "rome.txt").write_text("Rome lies on the Tiber. Caesar crossed the Rubicon.")
settings = Settings(seeds=folder / "seeds", index=folder / "index", model="words", passage_tokens=20, reader="none", port=0)
engine = Engine(settings, embedder=WordEmbedder())
engine.build()
page, url = launch(engine, Access(mcp=True))
if mode == "unguarded":
    guard.find_route = lambda method, path: Route(method, path, linked=True)

routes = {(method, path) for path, method in installed(page.app.routes)}
routes |= {(method, route.path.replace("{}", "{x}").replace("*", "{x:path}")) for route in OPEN for method in route.methods.split()}
asked = answered = 0
silent = set()
for place in (f"http://{OUTSIDE}/leak", f"http:/{OUTSIDE}/leak", f"//{OUTSIDE}/leak", "http://name.example/leak"):
    quoted = place.replace("/", "%2F")
    for method, path in sorted(routes):
        for value in (place, quoted):
            whole = re.sub(r"\{\w+[^}]*\}", lambda _: value, path)
            names = "q question file url path session_hash __theme deep_link redirect next root within k".split()
            query = "?" + "&".join(f"{name}={quoted}" for name in names)
            sent = {"data": [place, [place], {"path": place, "url": place}], "fn_index": 0, "session_hash": place, "question": place,
                    "fn_name": place, "component_id": 1, "url": place, "path": place, "jsonrpc": "2.0", "id": 1, "method": "tools/call",
                    "params": {"name": "ask", "arguments": {"question": place, "url": place}}}
            body = json.dumps(sent).encode() if method in ("POST", "PUT", "PATCH") else b""
            head = [f"{method} {whole}{query} HTTP/1.1", "host: 127.0.0.1", "content-type: application/json", f"referer: {place}",
                    f"x-forwarded-host: {OUTSIDE}", f"x-gradio-server: {place}", "accept: application/json, text/event-stream"]
            if mode == "unguarded" and (reached or "file" not in path):
                continue
            asked += 1
            try:
                answered += bool(exchange(url, head, body, seconds=10)[0])
            except (OSError, IndexError):  # a stream without an end, or a route that says nothing
                silent.add(f'{method} {path}')
found = {"asked": asked, "answered": answered, "routes": len(routes), "silent": sorted(silent)}
print(json.dumps({**found, "reached": sorted(set(reached)), "looked_up": sorted(set(looked_up))}), flush=True)
os._exit(0)
"""


def can_have_a_network():
    tried = ["unshare", "--user", "--map-root-user", "--net", "ip", "link", "set", "lo", "up"]
    return (
        bool(shutil.which("unshare") and shutil.which("ip"))
        and subprocess.run(tried, capture_output=True).returncode == 0
    )


def walk(mode, folder):
    """Ask every route from inside the namespace, of a server over `folder`; what was asked, and what the listener saw."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "GRADIO_", "QA_"))}
    alone = ["unshare", "--user", "--map-root-user", "--net"]
    command = [*alone, sys.executable, "-c", SCRIPT, OUTSIDE, mode, str(folder)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.skipif(not can_have_a_network(), reason="no network namespaces here")
def test_no_route_reaches_an_address_it_is_given(tmp_path):
    found = walk("guarded", tmp_path)
    assert found["routes"] > 80
    assert found["answered"] > 0.9 * found["asked"], found["silent"]
    assert (found["reached"], found["looked_up"]) == ([], [])


@pytest.mark.skipif(not can_have_a_network(), reason="no network namespaces here")
def test_without_the_list_of_routes_the_listener_is_reached(tmp_path):
    assert any("/leak" in line for line in walk("unguarded", tmp_path)["reached"])
