"""Serving and following while builds are published."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import SCALE, WordEmbedder

from qa.engine import Engine
from qa.following import follow

READERS = 8


def write_version(seeds, version):
    for name in ("a", "b", "c"):
        (seeds / f"{name}.txt").write_text(
            f"Harbour {name} opened gate v{version:03}. Ships leave harbour {name} daily."
        )


def test_readers_through_publishes_get_whole_unmixed_answers(settings):
    """8 readers; 50 publishes with QA_TESTS=full, else 10."""
    write_version(settings.seeds, 0)
    engine = Engine(settings, embedder=WordEmbedder())
    engine.build()
    done = threading.Event()
    problems, seen = [], set()

    def read(number):
        asked = 0
        while not done.is_set():
            answer = engine.ask("harbour opened gate")
            texts = {c.doc_id[0]: c.text for c in answer.citations if "gate" in c.text}
            versions = {text[-5:-1] for text in texts.values()}
            whole = all(text == f"Harbour {name} opened gate {text[-5:-1]}." for name, text in texts.items())
            if len(texts) != 3 or len(versions) != 1 or not whole:
                problems.append(texts)
            seen.update(versions)
            asked += 1
        return asked

    publishes = max(10, 5 * SCALE)
    with ThreadPoolExecutor(READERS) as pool:
        readers = [pool.submit(read, number) for number in range(READERS)]
        try:
            builder = Engine(settings, embedder=WordEmbedder())
            for version in range(1, publishes + 1):
                write_version(settings.seeds, version)
                builder.build()
                time.sleep(0.02)
        finally:
            done.set()
        assert all(reader.result() > 0 for reader in readers)
    assert problems == []
    assert len(seen) > publishes / 4


@pytest.fixture
def followed(small):
    reports, problems, stop = [], [], threading.Event()
    arguments = {"stop": stop, "on_build": reports.append, "on_problem": problems.append}
    thread = threading.Thread(target=follow, args=(small,), kwargs=arguments)
    thread.start()
    yield small, reports, problems
    stop.set()
    thread.join(timeout=20)
    assert not thread.is_alive()


def wait_for(condition):
    for _ in range(300):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("nothing happened in 15 seconds")


def test_a_change_is_followed_and_the_engine_answers_from_it(followed):
    engine, reports, _ = followed
    assert not engine.ask("do whales sing").answered
    (engine.settings.seeds / "sub").mkdir()
    (engine.settings.seeds / "sub" / "whales.txt").write_text("Do whales sing at night.")
    wait_for(lambda: reports)
    assert reports[0].added == ("sub/whales.txt",)
    assert engine.ask("do whales sing").answered
    (engine.settings.seeds / "rome.txt").unlink()
    wait_for(lambda: len(reports) == 2)
    assert reports[1].removed == ("rome.txt",)


def test_a_file_caught_half_written_is_told_once_and_tried_again(followed):
    engine, reports, problems = followed
    path = engine.settings.seeds / "new.txt"
    path.write_bytes("Whales sing in Zürich".encode()[:-5])
    wait_for(lambda: problems)
    assert problems[0].startswith("new.txt is not UTF-8")
    time.sleep(2.5)
    assert len(problems) == 1
    assert engine.ask("Caesar crossed the Rubicon").answered
    path.write_text("Whales sing in Zürich.", encoding="utf-8")
    wait_for(lambda: reports)
    assert reports[0].added == ("new.txt",)


def test_a_file_that_grows_slowly_is_indexed_once_and_whole(followed):
    engine, reports, problems = followed
    with (engine.settings.seeds / "slow.txt").open("w") as file:
        for number in range(8):
            file.write(f"Sentence number {number} is written. ")
            file.flush()
            time.sleep(0.15)
    wait_for(lambda: reports)
    assert [report.added for report in reports] == [("slow.txt",)]
    assert "number 7" in engine.document("slow.txt").text
    assert problems == []


def test_editor_droppings_and_hidden_files_are_no_change(followed):
    engine, reports, _ = followed
    for name in (".rome.txt.swp", "rome.txt~", ".hidden.txt"):
        (engine.settings.seeds / name).write_text("Nothing to see.")
    time.sleep(3)
    assert reports == []
