"""Many servers over one index: `qa serve` processes without documents answer from a store, and each picks up what is published."""

import dataclasses
import json
import subprocess
import sys
import time
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

from conftest import ROOT
from stored import free_port

from qa.engine import Engine
from qa.settings import Settings

STARTED_SECONDS = 90


def serve(engine: Engine, empty: Path, until: ExitStack) -> str:
    """Start a server that has nothing but the address of the store; return its address."""
    port = free_port()
    where = ["--seeds", empty / "none", "--index", empty / "nowhere", "--store", engine.settings.store]
    command = [sys.executable, "-m", "qa", "serve", "--port", port, *where]
    with (empty / f"log{port}").open("wb") as log:
        process = subprocess.Popen([*map(str, command)], cwd=ROOT, stdout=log, stderr=log)
    until.callback(process.wait)
    until.callback(process.kill)
    end = time.monotonic() + STARTED_SECONDS
    while b"http://" not in (empty / f"log{port}").read_bytes():
        assert process.poll() is None, (empty / f"log{port}").read_text()
        assert time.monotonic() < end
        time.sleep(0.1)
    return f"http://127.0.0.1:{port}"


def get(url: str) -> dict:
    with urllib.request.urlopen(url, timeout=60) as answer:
        return json.load(answer)


def publish(engine: Engine, colour: str) -> str:
    engine.settings.seeds.mkdir(exist_ok=True)
    text = f"The lighthouse of Norwick was painted {colour} last spring. It stands on the western cliff."
    (engine.settings.seeds / "lighthouse.txt").write_text(text, encoding="utf-8")
    return engine.build().snapshot


def told(url: str, snapshot: str) -> bool:
    """Whether /health names a generation; it looks every few seconds."""
    end = time.monotonic() + 30
    while (index := get(f"{url}/health")["index"]) != snapshot and time.monotonic() < end:
        time.sleep(0.2)
    return index == snapshot


def test_servers_without_documents_answer_and_tell_what_was_published_last(server, model, tmp_path):
    settings = Settings(seeds=tmp_path / "seeds", index=tmp_path / "index", store=server.store("servers"))
    builder = Engine(dataclasses.replace(settings, threshold=0.0), embedder=model)
    first = publish(builder, "red")
    asked = f"/ask?q={quote('What colour was the lighthouse painted?')}"
    with ExitStack() as until:
        urls = [serve(builder, tmp_path, until) for _ in range(2)]
        for url in urls:
            assert "painted red" in get(url + asked)["citations"][0]["text"]
            assert told(url, first)
        second = publish(builder, "green")
        for url in urls:
            assert "painted green" in get(url + asked)["citations"][0]["text"], "the very next question"
            assert told(url, second)
