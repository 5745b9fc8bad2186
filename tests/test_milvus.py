"""An index in Milvus: what is sent, published, rolled back and cleaned up, over the wire to a server of its own.

Without QA_TESTS=full a builder is killed 3 times (50), the server once (10), 8 readers see 3 publishes (30), and a walk takes 3 edits (30).
"""

import dataclasses
import json
import random
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from conftest import ROOT, SCALE, WordEmbedder
from test_equality import SENTENCES, results

from qa.engine import Engine
from qa.errors import BuildLocked, IndexCorrupt, IndexIncompatible, IndexMissing, SettingsError, StoreUnavailable
from qa.milvus import client
from qa.milvus.layout import pages_name, parts_of
from qa.milvus.lease import Lease
from qa.milvus.pages import pack
from qa.settings import Settings
from qa.ui.monitor import Monitor

BUILD = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from conftest import WordEmbedder
from qa.engine import Engine
from qa.settings import Settings
import bm25s, faiss, numpy, portalocker, tiktoken, Stemmer, pymilvus
settings = Settings(seeds=Path(sys.argv[2]), index=Path(sys.argv[3]), store=sys.argv[4], model="words", passage_tokens=20)
engine = Engine(settings, embedder=WordEmbedder())
print("ready", flush=True)
sys.stdin.readline()
engine.build()
print("built", flush=True)
"""
DOCUMENTS = 6


@pytest.fixture
def kept(settings, server, request) -> Engine:
    """An Engine over an index in the store, of a few documents that name their version, not yet built."""
    name = re.sub(r"\W", "_", request.node.name)[-60:].lstrip("_0123456789")
    settings = dataclasses.replace(settings, store=server.store(name), threshold=0.0)
    write_version(settings.seeds, 1)
    return Engine(settings, embedder=WordEmbedder())


def write_version(seeds: Path, version: int) -> None:
    for number in range(DOCUMENTS):
        (seeds / f"{number}.txt").write_text(f"Harbour {number} opened gate v{version:03d}.", encoding="utf-8")


def fresh(engine: Engine, **changes) -> Engine:
    """Another server over the same store, with no index and no documents of its own."""
    home = engine.settings.index.parent
    settings = dataclasses.replace(engine.settings, **{"index": home / "nowhere", "seeds": home / "none", **changes})
    return Engine(settings, embedder=WordEmbedder())


def versions_of(engine: Engine) -> set[str]:
    """The versions that one answer quotes; every quote has to be a whole document, word for word."""
    before = engine.status().snapshot
    answer = engine.ask("harbour opened gate")
    assert answer.citations
    for citation in answer.citations:
        assert re.fullmatch(rf"Harbour {citation.doc_id[0]} opened gate v\d\d\d\.", citation.text)
        assert engine.verify_quote(citation.text).places or engine.status().snapshot != before
    return {citation.text[-5:-1] for citation in answer.citations}


def collections(engine: Engine) -> list[str]:
    shelf = engine._shelf
    return [each for each in shelf._client.ask("list_collections") if parts_of(shelf._name, each)]


def stored_pages(engine: Engine) -> set[str]:
    shelf = engine._shelf
    rows = shelf._client.ask("query", pages_name(shelf._name), filter="born >= 0", output_fields=["id"], limit=16_000)
    return {row["id"] for row in rows}


def test_a_server_without_index_and_documents_answers_from_the_store(kept):
    kept.build()
    reader = fresh(kept)
    assert versions_of(reader) == {"v001"}
    status = reader.status()
    assert (status.documents, status.stale) == (DOCUMENTS, False)
    assert not any(citation.stale for citation in reader.ask("harbour opened gate").citations)
    assert not (kept.settings.index.parent / "nowhere").exists()


def test_a_new_generation_answers_the_next_question_and_health_names_it(kept):
    kept.build()
    reader = fresh(kept)
    assert versions_of(reader) == {"v001"}
    write_version(kept.settings.seeds, 2)
    report = kept.build()
    assert versions_of(reader) == {"v002"}
    status, _, body = Monitor(reader).health(30)
    assert (status, json.loads(body)["index"]) == (200, report.snapshot)


def test_a_walk_of_edits_answers_like_a_folder_after_every_one(kept, tmp_path):
    chooser = random.Random(5)
    reader = fresh(kept)
    for step in range(3 * SCALE):
        path = kept.settings.seeds / f"{chooser.randrange(8)}.txt"
        if step % 3 == 2 and path.exists():
            path.unlink()
        else:
            path.write_text("\n\n".join(chooser.sample(SENTENCES, 4)), encoding="utf-8")
        kept.build()
        local = Engine(
            dataclasses.replace(kept.settings, store="", index=tmp_path / f"local{step}"), embedder=WordEmbedder()
        )
        local.build()
        assert results(reader) == results(local)


def test_what_did_not_change_is_neither_embedded_nor_sent_again(kept, monkeypatch):
    for number in range(40):
        text = "\n\n".join(random.Random(number).sample(SENTENCES, 8))
        (kept.settings.seeds / f"other{number:02d}.txt").write_text(text, encoding="utf-8")
    kept.build()
    sent = {"pages": 0}
    tell = client.Client.tell

    def count(self, method, *args, **kwargs):
        if method == "upsert" and args[0].endswith("_pages"):
            sent["pages"] += sum(len(row["data"]) for row in args[1])
        return tell(self, method, *args, **kwargs)

    monkeypatch.setattr(client.Client, "tell", count)
    (kept.settings.seeds / "other20.txt").write_text("Something else is here.", encoding="utf-8")
    report = kept.build()
    once = sent["pages"]
    assert report.embedded == 1
    again = kept.build()
    assert (again.snapshot, again.embedded) == (report.snapshot, 0)
    sent["pages"] = 0
    kept.build(full=True)
    assert once < sent["pages"] / 2, "pages of token states and texts are kept"


def test_a_builder_whose_folder_is_lost_embeds_only_what_has_changed(kept, tmp_path):
    for number in range(20):
        text = "\n\n".join(random.Random(number).sample(SENTENCES, 8))
        (kept.settings.seeds / f"other{number:02d}.txt").write_text(text, encoding="utf-8")
    kept.build()
    expected = results(kept)
    other = fresh(kept, seeds=kept.settings.seeds, index=tmp_path / "anew")
    report = other.build()
    assert (report.embedded, report.reused) == (0, report.passages)
    assert results(other) == expected
    shutil.rmtree(tmp_path / "anew")
    (kept.settings.seeds / "other20.txt").write_text("Something else is here.", encoding="utf-8")
    assert other.build().embedded == 1
    alone = fresh(kept, seeds=kept.settings.seeds, store="", index=tmp_path / "alone")
    alone.build()
    assert results(other) == results(alone)
    shutil.rmtree(tmp_path / "anew")
    assert other.build(full=True).embedded > 20, "nothing is believed"


def test_what_an_approximate_index_misses_is_measured_and_told(kept, monkeypatch):
    monkeypatch.setattr("qa.milvus.layout.APPROXIMATE_FROM", 10)
    for number in range(40):
        text = "\n\n".join(random.Random(number).sample(SENTENCES, 8))
        (kept.settings.seeds / f"other{number:02d}.txt").write_text(text, encoding="utf-8")
    assert kept.build().warnings == (), "the tests' server finds all of so few"
    tell = client.Client.tell

    def miss_half(self, method, *args, **kwargs):
        found = tell(self, method, *args, **kwargs)
        return [hits[: len(hits) // 2] for hits in found] if method == "search" else found

    monkeypatch.setattr(client.Client, "tell", miss_half)
    warnings = kept.build(full=True).warnings
    assert warnings == (
        "The store's index finds 50.0 % of the 10 nearest passages: answers may differ from those of a folder.",
    )


def test_two_generations_are_kept_and_the_pages_of_older_ones_go(kept):
    names = []
    for version in (1, 2, 3):
        write_version(kept.settings.seeds, version)
        names.append(kept.build().snapshot)
    assert sorted(collections(kept)) == sorted(names[1:])
    assert [row["snapshot"] for row in kept.list_snapshots()] == [names[2], names[1]]
    shelf = kept._shelf
    assert stored_pages(kept) == set().union(*(shelf._root(name).all_pages(shelf._pages) for name in names[1:]))


def test_rolled_back_and_forward_again(kept):
    kept.build()
    with pytest.raises(SettingsError, match="no generation to go back to"):
        kept.roll_back()
    write_version(kept.settings.seeds, 2)
    kept.build()
    reader = fresh(kept)
    for expected in ("v001", "v002", "v001"):
        kept.roll_back()
        assert versions_of(reader) == {expected}
    kept.build()
    assert versions_of(reader) == {"v002"}, "what the documents say now"
    kept.roll_back()
    assert versions_of(reader) == {"v001"}


def start_build(engine: Engine) -> subprocess.Popen:
    where = (engine.settings.seeds, engine.settings.index, engine.settings.store)
    command = [sys.executable, "-c", BUILD, str(ROOT / "tests"), *map(str, where)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout.readline() == "ready\n"
    return process


def test_a_builder_killed_at_any_moment_leaves_the_old_or_the_new_and_the_next_build_cleans_up(kept):
    kept.build()
    chooser, took, killed = random.Random(3), 2.0, 0
    rounds = 50 if SCALE > 1 else 3
    for version in range(2, 2 + rounds):
        write_version(kept.settings.seeds, version)
        with start_build(kept) as process:
            process.stdin.write("\n")
            process.stdin.flush()
            started = time.perf_counter()
            time.sleep(chooser.uniform(0, took))
            process.kill()
            if "built" in process.communicate()[0]:
                took = 0.5 * took + 0.5 * (time.perf_counter() - started)
            else:
                killed += 1
        assert versions_of(fresh(kept)) in ({f"v{version - 1:03d}"}, {f"v{version:03d}"})
        kept.build()
        assert versions_of(fresh(kept)) == {f"v{version:03d}"}
        assert len(collections(kept)) == 2
    assert killed >= rounds // 3
    shelf = kept._shelf
    listed = set().union(*(shelf._root(name).all_pages(shelf._pages) for name in collections(kept)))
    assert stored_pages(kept) == listed, "no page of a killed build is left"


def test_readers_through_publishes_never_see_two_generations_mixed(kept):
    kept.build()
    done, problems, seen = threading.Event(), [], set()
    servers = [fresh(kept) for _ in range(4)]

    def read(number: int) -> int:
        asked = 0
        while not done.is_set():
            found = versions_of(servers[number % len(servers)])
            if len(found) != 1:
                problems.append(found)
            seen.update(found)
            asked += 1
        return asked

    with ThreadPoolExecutor(8) as pool:
        readers = [pool.submit(read, number) for number in range(8)]
        try:
            for version in range(2, 2 + 3 * SCALE):
                write_version(kept.settings.seeds, version)
                kept.build()
        finally:
            time.sleep(0.5)
            done.set()
        assert all(reader.result() > 0 for reader in readers)
    assert not problems
    assert len(seen) > 1


@pytest.fixture
def mortal(tmp_path):
    from stored import Server

    server = Server(tmp_path).start()
    yield server
    server.kill()


def test_a_server_that_is_killed_is_told_and_answers_as_before_when_it_is_back(mortal, settings):
    write_version(settings.seeds, 1)
    engine = Engine(dataclasses.replace(settings, store=mortal.store("kept"), threshold=0.0), embedder=WordEmbedder())
    engine.build()
    reader = fresh(engine)
    expected = versions_of(reader), results(reader)
    for _ in range(SCALE):
        mortal.kill()
        with pytest.raises(StoreUnavailable, match=r"No Milvus answers at milvus://127\.0\.0\.1.*start it"):
            reader.ask("harbour opened gate")
        with pytest.raises(StoreUnavailable, match="No Milvus answers"):
            engine.build()
        mortal.start()
        assert (versions_of(reader), results(reader)) == expected
        assert versions_of(fresh(engine)) == {"v001"}
    write_version(settings.seeds, 2)
    engine.build()
    assert versions_of(reader) == {"v002"}


@contextmanager
def asking(engine: Engine) -> Iterator[list[set[str]]]:
    """Ask in a thread, all the time; yields the versions of every answer. A store that is away is told; every other error is raised at the end."""
    done = threading.Event()
    seen: list[set[str]] = []

    def ask() -> None:
        while not done.is_set():
            with suppress(StoreUnavailable):
                seen.append(versions_of(engine))

    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(ask)
        try:
            yield seen
        finally:
            done.set()
        asked.result()


def test_a_server_killed_amid_a_build_leaves_the_old_or_the_new_and_the_next_build_succeeds(mortal, settings):
    write_version(settings.seeds, 1)
    engine = Engine(dataclasses.replace(settings, store=mortal.store("kept"), threshold=0.0), embedder=WordEmbedder())
    engine.build()
    reader, chooser, broken, took, rounds = fresh(engine), random.Random(4), 0, 2.0, max(2, SCALE)
    for version in range(2, 2 + rounds):
        write_version(settings.seeds, version)
        either = ({f"v{version - 1:03d}"}, {f"v{version:03d}"})
        with asking(reader) as seen:
            killing = threading.Timer(chooser.uniform(0, took), mortal.kill)
            killing.start()
            started = time.perf_counter()
            try:
                engine.build()
                took = 0.5 * took + 0.5 * (time.perf_counter() - started)
            except StoreUnavailable:
                broken += 1
            killing.join()
            mortal.start()
        assert all(each in either for each in seen)
        assert versions_of(fresh(engine)) in either
        engine.build()
        assert versions_of(reader) == versions_of(fresh(engine)) == {f"v{version:03d}"}
        assert len(collections(engine)) == 2
    assert broken


def test_a_build_that_lost_the_server_does_not_lock_out_the_next_of_its_process(kept):
    kept.build()
    shelf = kept._shelf
    lost = Lease(shelf._client, shelf._name)
    lost.take()
    lost._write = lambda until: None  # nobody answers
    lost.give_back()
    assert kept.build().passages == DOCUMENTS


def test_a_second_builder_is_told_who_builds(kept):
    kept.build()
    lease = Lease(kept._shelf._client, kept._shelf._name)
    lease.take()
    other = fresh(kept, seeds=kept.settings.seeds, index=kept.settings.index.parent / "other")
    with pytest.raises(BuildLocked, match=r"Process \d+ on .* is building"):
        other.build()
    with pytest.raises(BuildLocked):
        other.roll_back()
    lease.give_back()
    assert other.build().passages == DOCUMENTS


def test_a_lease_that_was_taken_over_stops_the_one_who_had_it(kept):
    kept.build()
    shelf = kept._shelf
    slow, quick = Lease(shelf._client, shelf._name), Lease(shelf._client, shelf._name)
    slow.take()
    slow._write(0)  # a minute without a sign of life
    quick.take()
    with pytest.raises(BuildLocked, match="nothing was published"):
        slow.confirm()
    slow.give_back()
    with pytest.raises(BuildLocked, match="is building"):
        kept.build()


def test_a_damaged_page_is_refused_and_built_anew(kept):
    kept.build()
    shelf = kept._shelf
    root = shelf._root(shelf.newest())
    page = root.table(shelf._pages, "texts").pages_of(0, 1)[0]
    row = {"id": page, "data": pack(b"Harbour 0 closed gate v001."), "born": 1, "flat": [0.0, 0.0]}
    shelf._client.tell("upsert", pages_name(shelf._name), [row])
    with pytest.raises(IndexCorrupt, match="damaged: run `qa build --full`"):
        fresh(kept).ask("harbour opened gate")
    with pytest.raises(IndexCorrupt):
        fresh(kept).status(verify=True)
    kept.build(full=True)
    assert versions_of(fresh(kept)) == {"v001"}
    fresh(kept).status(verify=True)


def test_another_model_is_told_by_name(kept):
    kept.build()
    other = Engine(kept.settings, embedder=WordEmbedder("words-2"))
    with pytest.raises(IndexIncompatible, match="fingerprint"):
        other.ask("harbour")


def test_nothing_built_is_told_with_the_command(kept):
    with pytest.raises(IndexMissing, match="qa build --store"):
        fresh(kept).ask("harbour opened gate")


def test_a_port_that_never_answers_is_told_in_time(settings):
    assert 2 * client.ANSWER_SECONDS <= 5
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        store = f"milvus://127.0.0.1:{deaf.getsockname()[1]}/a"
        with pytest.raises(StoreUnavailable, match="No Milvus answers at"):
            Engine(dataclasses.replace(settings, store=store), embedder=WordEmbedder()).ask("harbour")


def test_a_server_without_certificate_is_told_to_who_wants_one(server, settings):
    store = server.store("a").replace("milvus://", "milvus+tls://")
    with pytest.raises(StoreUnavailable, match=r"No Milvus answers at milvus\+tls://"):
        Engine(dataclasses.replace(settings, store=store), embedder=WordEmbedder()).ask("harbour")


def test_without_pymilvus_the_command_that_installs_it_is_told(settings, monkeypatch):
    monkeypatch.setitem(sys.modules, "pymilvus", None)
    with pytest.raises(SettingsError, match=r"pip install 'quoted\[milvus\]'"):
        Engine(dataclasses.replace(settings, store="milvus://box/a"), embedder=WordEmbedder()).ask("harbour")


def test_the_token_is_shown_nowhere():
    settings = Settings(Path("seeds"), Path("index"), store="milvus://box/a", store_token="root:secret")
    assert "secret" not in repr(settings)


def test_the_shell_builds_asks_and_tells(server, settings):
    write_version(settings.seeds, 1)
    where = ["--seeds", settings.seeds, "--index", settings.index, "--store", server.store("shell")]

    def run(*verb):
        command = [sys.executable, "-m", "qa", *map(str, (*verb, *where))]
        return subprocess.run(command, capture_output=True, text=True, cwd=ROOT)

    built = run("build", "--json")
    assert built.returncode == 0, built.stderr
    assert json.loads(built.stdout)["snapshot"].startswith("shell_g000001_")
    shutil.rmtree(settings.index)
    asked = run("ask", "Which gate opened harbour 3?")
    assert "Harbour 3 opened gate v001." in asked.stdout, asked.stderr
    told = subprocess.run(
        [sys.executable, "-m", "qa", "status", "--store", "milvus://127.0.0.1:1/a"],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert told.returncode == 1
    assert told.stderr.startswith("error: No Milvus answers at milvus://127.0.0.1:1/a")
