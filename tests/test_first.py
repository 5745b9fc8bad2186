"""A folder that is indexed for the first time while its page is served, in a real browser."""

import threading

import pytest
from browsing import ask, browser, violations, visit  # noqa: F401

from qa.engine import Engine
from qa.errors import SeedError
from qa.settings import Settings
from qa.ui import first as room
from qa.ui.first import FirstIndex
from qa.ui.serving import launch

TEXTS = {
    "a.txt": "The zebra mayor of Atlantis opened a bakery.",
    "b.txt": "The ferry to Atlantis leaves at noon.",
    "c.txt": "The owl of Atlantis sleeps in the tower.",
}


def test_what_is_done_answers_while_the_rest_is_indexed(tmp_path, model, visit, monkeypatch):
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    for name, text in TEXTS.items():
        (seeds / name).write_text(text)
    monkeypatch.setattr(room, "STEPS_BYTES", (50,))
    go, part = threading.Event(), threading.Event()

    class Slow(Engine):
        def build_part(self, most_bytes):
            part.wait(60)
            return super().build_part(most_bytes)

        def build(self, **options):
            go.wait(60)
            return super().build(**options)

    engine = Slow(Settings(seeds=seeds, index=tmp_path / "index", port=0), embedder=model)
    told = []
    first = FirstIndex(engine, told.append)
    server, url = launch(engine, first=first)
    first.start()
    page = visit(url)
    assert "Indexing 3 documents; the first can be asked in a moment." in page.inner_text("#status")
    assert violations(page) == []
    assert "being indexed: ask again in a moment" in ask(page, "what did the zebra mayor open").inner_text()
    page.click("[data-act=new]")
    part.set()
    page.wait_for_function("document.querySelector('#status').textContent.includes('answers come from the first 1')")
    page.wait_for_selector(".docrow")
    assert page.locator(".docrow").count() == 1
    assert "bakery" in ask(page, "what did the zebra mayor of Atlantis open").inner_text()
    assert violations(page) == []
    go.set()
    page.wait_for_function("document.querySelector('#status').textContent.includes('3 documents, up to date')")
    page.wait_for_function("document.querySelectorAll('.docrow').length === 3")
    assert "tower" in ask(page, "where does the owl of Atlantis sleep").inner_text()
    assert told == []
    server.close(verbose=False)


def test_a_folder_with_nothing_to_index_is_told_before_a_page_is_served(tmp_path, model):
    (tmp_path / "seeds").mkdir()
    engine = Engine(Settings(seeds=tmp_path / "seeds", index=tmp_path / "index"), embedder=model)
    with pytest.raises(SeedError):
        FirstIndex(engine, print)


def test_what_goes_wrong_meanwhile_is_told_in_words(tmp_path, model):
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "a.txt").write_text(TEXTS["a.txt"])
    engine = Engine(Settings(seeds=tmp_path / "seeds", index=tmp_path / "index"), embedder=model)
    told = []
    first = FirstIndex(engine, told.append)
    (tmp_path / "seeds" / "a.txt").unlink()
    first.start()
    assert first.ended.wait(60)
    assert "Not indexed." in first.status()
    assert told[-1].startswith("error: ")


def test_a_part_is_the_first_documents_and_the_rest_is_added(small):
    for n in range(3):
        (small.settings.seeds / f"d{n}.txt").write_text(f"The owl number {n} sleeps. " * 20)
    engine = Engine(
        Settings(
            seeds=small.settings.seeds,
            index=small.settings.index.with_name("other"),
            model="words",
            passage_tokens=20,
            reader="none",
        ),
        embedder=small._embedder,
    )
    assert engine.build_part(1).added == ("cats.txt",)
    assert engine.status().added == ("d0.txt", "d1.txt", "d2.txt", "rome.txt")
    report = engine.build()
    assert report.added == ("d0.txt", "d1.txt", "d2.txt", "rome.txt")
    assert not engine.status().stale
