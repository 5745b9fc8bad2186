"""Promise 6: nothing leaves the machine. An audit hook ends the process that tries."""

import os
import subprocess
import sys

from conftest import ROOT

SCRIPT = """
import ipaddress, os, sys

def is_local(host):
    if host in (None, "", "localhost") or str(host).startswith("/"):
        return True
    try:
        return ipaddress.ip_address(host.decode() if isinstance(host, bytes) else host).is_loopback
    except ValueError:
        return False

def watch(event, arguments):
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event in ("socket.connect", "socket.sendto"):
        host = arguments[1][0] if isinstance(arguments[1], tuple) else arguments[1]
    else:
        return
    if not is_local(host):
        print("CONNECTS TO", host, flush=True)
        os._exit(9)

sys.addaudithook(watch)
import json, time, urllib.request
from pathlib import Path
from qa.engine import Engine
from qa.settings import Settings
from qa.ui.serving import launch

engine = Engine(Settings(seeds=Path("seeds"), index=Path(sys.argv[1]), port=0))
engine.build()
print("answered", engine.ask("what did Kallas say about appeasement").answered, flush=True)
page, url = launch(engine)
print("served", urllib.request.urlopen(url).status, flush=True)
def call(path, data=None):
    body = None if data is None else json.dumps(data).encode()
    request = urllib.request.Request(url + path, body, {"content-type": "application/json"})
    return urllib.request.urlopen(request, timeout=60).read().decode()
event = json.loads(call("gradio_api/call/v2/ask", {"question": "who edited the dw piece"}))["event_id"]
print("asked", "Maren Sass" in call("gradio_api/call/ask/" + event), flush=True)
time.sleep(3)  # telemetry is sent by threads of their own
page.close(verbose=False)
if sys.argv[2] == "leak":
    import socket
    socket.getaddrinfo("example.org", 80)
print("quiet", flush=True)
os._exit(0)
"""


def run(tmp_path, mode):
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("HF_", "GRADIO_", "QA_"))}
    command = [sys.executable, "-c", SCRIPT, str(tmp_path / "index"), mode]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False)


def test_6_building_asking_and_serving_connect_to_nobody(tmp_path):
    result = run(tmp_path, "quiet")
    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stdout.split("\n")[:4] == ["answered True", "served 200", "asked True", "quiet"]


def test_the_watch_would_notice_a_connection(tmp_path):
    assert "CONNECTS TO example.org" in run(tmp_path, "leak").stdout
