import dataclasses
import os
import threading

import numpy as np
import pytest
from conftest import WordEmbedder

from qa.engine import Engine
from qa.errors import IndexIncompatible, SeedError, StoreUnavailable
from qa.fields import answer_to_dict
from qa.indexing import building
from qa.indexing.corpus import SnapshotCorpus
from qa.indexing.projection import quantize
from qa.indexing.snapshots import open_snapshot


def test_a_second_build_with_nothing_changed_embeds_nothing_and_loads_no_model(small):
    def explode():
        raise AssertionError("the model was loaded")

    untouched = Engine(small.settings)
    untouched._load_embedder = explode
    report = untouched.build()
    assert (report.embedded, report.reused, report.snapshot) == (0, 2, "snapshot-000001")
    assert report.unchanged == ("cats.txt", "rome.txt")


def test_edited_seed_is_embedded_again_and_others_are_not(small, embedder):
    embedder.embedded.clear()
    (small.settings.seeds / "rome.txt").write_text("Rome lies on the Tiber. Caesar crossed it.", encoding="utf-8")
    report = small.build()
    assert (report.changed, report.embedded, report.reused) == (("rome.txt",), 1, 1)
    assert embedder.embedded == ["Rome lies on the Tiber. Caesar crossed it."]


def test_renamed_seed_embeds_nothing(small):
    (small.settings.seeds / "rome.txt").rename(small.settings.seeds / "italy.txt")
    report = small.build()
    assert (report.added, report.removed, report.embedded) == (("italy.txt",), ("rome.txt",), 0)
    assert small.ask("Caesar crossed the Rubicon").citations[0].doc_id == "italy.txt"


def test_removed_seed_no_longer_answers(small):
    assert small.ask("Caesar crossed the Rubicon").answered
    (small.settings.seeds / "rome.txt").unlink()
    small.build()
    assert not small.ask("Caesar crossed the Rubicon").answered
    assert [document.doc_id for document in small.documents()] == ["cats.txt"]


def test_a_text_that_occurs_twice_is_embedded_once(settings, embedder):
    for name in ("a.txt", "b.txt"):
        (settings.seeds / name).write_text(
            f"One same passage that is as long as the budget of twenty tokens allows it to be.\n\n{name}"
        )
    report = Engine(settings, embedder=embedder).build()
    assert report.passages == 4
    assert report.embedded == 3


def test_a_changed_title_is_a_change_that_embeds_nothing(small):
    (small.settings.seeds / "sources.toml").write_text('["rome.txt"]\ntitle = "On Rome"\n')
    report = small.build()
    assert (report.changed, report.embedded) == (("rome.txt",), 0)
    assert small.ask("Caesar crossed the Rubicon").citations[0].title == "On Rome"


def test_another_recipe_is_incompatible_by_name_and_full_is_the_fix(small):
    longer = Engine(dataclasses.replace(small.settings, passage_tokens=30), embedder=WordEmbedder())
    with pytest.raises(IndexIncompatible, match="built with passage_tokens 20, now it is 30: run `qa build --full`"):
        longer.build()
    with pytest.raises(IndexIncompatible, match="passage_tokens"):
        longer.ask("Caesar")
    assert longer.build(full=True).embedded == 2
    assert longer.ask("Caesar crossed the Rubicon").answered


def test_other_weights_under_the_same_name_are_incompatible(small):
    other = Engine(small.settings, embedder=WordEmbedder("words-2"))
    with pytest.raises(IndexIncompatible, match="fingerprint"):
        other.ask("Caesar")


def test_a_bad_seed_is_left_out_and_named_and_read_once(small, monkeypatch):
    (small.settings.seeds / "bad.txt").write_bytes(b"\xff")
    with pytest.raises(SeedError, match=r"bad\.txt is not UTF-8"):
        small.build(strict=True)
    report = small.build()
    assert [each.doc_id for each in report.skipped] == ["bad.txt"]
    assert (report.added, len(report.unchanged)) == ((), 2)
    assert small.ask("Caesar crossed the Rubicon").answered
    monkeypatch.setattr("qa.text.documents.parse_file", lambda *args, **options: pytest.fail("read again"))
    again = small.build()
    assert (again.snapshot, again.skipped) == (report.snapshot, report.skipped)
    status = small.status()
    assert not status.stale
    assert "bad.txt is not UTF-8" in status.skipped[0].reason
    with pytest.raises(SeedError, match=r"bad\.txt is not UTF-8"):
        small.build(strict=True)


def test_a_document_that_can_no_longer_be_read_is_removed_and_comes_back(small):
    path = small.settings.seeds / "rome.txt"
    text = path.read_text()
    path.write_bytes(b"\xff")
    assert small.build().removed == ("rome.txt",)
    path.write_text(text)
    assert small.build().added == ("rome.txt",)


def test_only_what_changed_is_parsed_and_a_new_name_gives_a_new_title(small, monkeypatch):
    import qa.text.documents

    parsed = []
    real = qa.text.documents.parse_file
    monkeypatch.setattr(
        "qa.text.documents.parse_file", lambda data, name, **options: parsed.append(name) or real(data, name, **options)
    )
    (small.settings.seeds / "note.md").write_text("---\nauthor: Ann\n---\nWhales sing.")
    (small.settings.seeds / "rome.txt").rename(small.settings.seeds / "old_rome.txt")
    small.build()
    small.status()
    assert parsed == ["note.md"]
    assert [d.title for d in small.documents()] == ["Cats", "Note", "Old rome"]
    assert small.document("note.md").meta == {"author": "Ann"}


def test_a_changed_reader_makes_an_index_incompatible_by_name(small, monkeypatch):
    monkeypatch.setattr("qa.formats.plain.VERSION", 99)
    with pytest.raises(IndexIncompatible, match=r"cats\.txt was read by plain-\d+, now it is read by plain-99"):
        small.build()
    assert small.build(full=True).passages


def test_an_interrupted_build_leaves_the_old_index(small, embedder):
    (small.settings.seeds / "new.txt").write_text("Something new to embed.")

    def interrupt(done, total, note):
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        small.build(progress=interrupt)
    assert small.ask("Caesar crossed the Rubicon").answered
    assert small.build().added == ("new.txt",)


def test_a_disk_that_fills_while_writing_leaves_the_old_index(small, monkeypatch):
    (small.settings.seeds / "new.txt").write_text("Something new to embed.")

    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("numpy.save", full)
    with pytest.raises(StoreUnavailable, match="No space left on device"):
        small.build()
    monkeypatch.undo()
    assert small.ask("Caesar crossed the Rubicon").answered


def test_progress_counts_what_is_embedded(settings, embedder):
    (settings.seeds / "a.txt").write_text("One two three.\n\n" + "word " * 50)
    seen = []
    report = Engine(settings, embedder=embedder).build(progress=lambda *state: seen.append(state))
    sizes = [done for done, _, _ in seen]
    assert seen[0] == (0, seen[-1][1], "0 of 1 documents, 0 passages"), (
        "a bar stands before the first passage is embedded"
    )
    assert sizes == sorted(sizes)
    assert seen[-1][1] == (settings.seeds / "a.txt").stat().st_size
    assert seen[-1][2].startswith(f"1 of 1 documents, {report.passages} passages, ")
    assert seen[-1][2].endswith("/s")


def test_incremental_equals_full_after_every_kind_of_edit(small, embedder):
    seeds = small.settings.seeds
    edits = [
        lambda: (seeds / "a.txt").write_text("Cats sleep all day. Dogs bark at cats.", encoding="utf-8"),
        lambda: (seeds / "cats.txt").write_text("Dogs bark at cats. Cats chase mice.", encoding="utf-8"),
        lambda: (seeds / "rome.txt").rename(seeds / "z.txt"),
        lambda: (seeds / "a.txt").unlink(),
    ]
    for number, edit in enumerate(edits):
        edit()
        small.build()
        fresh = Engine(dataclasses.replace(small.settings, index=seeds.parent / f"fresh{number}"), embedder=embedder)
        fresh.build()
        for question in ("who barks at cats", "what do cats chase", "who crossed the Rubicon"):
            assert answer_to_dict(small.ask(question, k=9)) == answer_to_dict(fresh.ask(question, k=9))


def test_what_is_stored_is_what_was_encoded(small, embedder):
    corpus = SnapshotCorpus(open_snapshot(small.settings.index))
    for row in range(len(corpus.passages)):
        passage, stored = corpus.passage(row), corpus.encoding(row)
        fresh = embedder.encode_question(passage.text)
        assert np.array_equal(stored.vector, fresh.vector)
        assert np.array_equal(stored.states, quantize(fresh.states))
        assert np.array_equal(stored.starts, fresh.starts)
        assert np.array_equal(stored.pieces, fresh.pieces)


def test_a_reader_keeps_the_snapshot_it_opened(small):
    corpus = SnapshotCorpus(open_snapshot(small.settings.index))
    for number in range(3):
        (small.settings.seeds / "rome.txt").write_text(f"Rome was built in {number} days.")
        small.build()
    assert "Rubicon" in corpus.find_document("rome.txt").text
    assert corpus.encoding(1).states.any()


def test_odd_names_are_built_asked_and_followed_into_the_next_build(small):
    names = ["new\nline.txt", "quote\"'.txt", "café.txt", "cafe\u0301.txt"]
    for number, name in enumerate(names):
        (small.settings.seeds / name).write_text(f"Whales sing song number {number}.")
    assert set(names) <= set(small.build().added)
    for number, name in enumerate(names):
        assert small.ask(f"whales sing song number {number}").citations[0].doc_id == name
    (small.settings.seeds / names[0]).unlink()
    assert small.build().removed == (names[0],)


def test_one_line_of_a_megabyte_is_cut_and_quoted(settings, embedder):
    filler = "lorem ipsum dolor sit amet " * 40_000
    (settings.seeds / "line.txt").write_text(f"{filler}Whales sing at night. {filler}")
    settings = dataclasses.replace(settings, passage_tokens=40)
    engine = Engine(settings, embedder=embedder)
    engine.build()
    citation = engine.ask("do whales sing at night").citations[0]
    assert "Whales sing at night." in citation.text
    assert engine.document("line.txt").text[citation.span.start : citation.span.end] == citation.text


def test_memory_of_a_build_is_bounded_by_batches(settings, embedder, monkeypatch):
    monkeypatch.setattr("qa.indexing.hands.OwnHands.batch_passages", 4)
    for number in range(40):
        (settings.seeds / f"{number:02}.txt").write_text(f"This is document number {number} of many.")
    sentences = [
        f"Sentence number {number} of a long document, longer than half of what a passage may hold."
        for number in range(30)
    ]
    (settings.seeds / "long.txt").write_text(" ".join(sentences))
    sizes = []
    real = embedder.encode_passages
    embedder.encode_passages = lambda texts: sizes.append(len(texts)) or real(texts)
    engine = Engine(settings, embedder=embedder)
    assert engine.build().embedded == 70
    assert max(sizes) <= 4
    for number in (0, 29):
        assert engine.ask(f"sentence number {number} of a long document").citations[0].text == sentences[number]


def test_an_index_on_another_file_system_is_built(settings, embedder):
    from pathlib import Path

    shm = Path("/dev/shm")
    if shm.is_dir() and shm.stat().st_dev != settings.seeds.stat().st_dev:
        index = shm / f"quoted-test-{settings.seeds.stat().st_ino}"
        (settings.seeds / "a.txt").write_text("Whales sing at night.")
        engine = Engine(dataclasses.replace(settings, index=index), embedder=embedder)
        try:
            engine.build()
            assert engine.ask("do whales sing at night").answered
        finally:
            import shutil

            shutil.rmtree(index, ignore_errors=True)


def test_a_damaged_cache_of_an_interrupted_build_is_thrown_away(small, embedder):
    (small.settings.index / ".embedded.sqlite").write_bytes(b"rubbish" * 1000)
    (small.settings.seeds / "new.txt").write_text("Something new to embed.")
    assert small.build().embedded == 1
    assert not (small.settings.index / ".embedded.sqlite").exists()


def test_ctrl_c_loses_nothing_that_was_embedded(settings, embedder):
    for number in range(50):
        (settings.seeds / f"{number:02}.txt").write_text(f"This is document number {number} of many.")
    engine = Engine(settings, embedder=embedder)

    def interrupt(done, total, note):
        if "30 passages" in note:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        engine.build(progress=interrupt)
    report = engine.build()
    assert (report.passages, report.embedded, report.reused) == (50, 20, 30)


def test_full_embeds_everything_again_also_after_an_interrupted_build(small, embedder):
    (small.settings.seeds / "new.txt").write_text("Something new to embed.")

    def interrupt(done, total, note):
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        small.build(progress=interrupt)
    assert small.build(full=True).embedded == 3


@pytest.mark.parametrize("moment", ["listed", "read"])
def test_a_file_that_grows_all_the_time_is_left_out_at_every_moment(settings, embedder, monkeypatch, moment):
    """A log that is written to while it is looked at, or between that and its being read."""
    log = settings.seeds / "log.txt"
    log.write_text("The first line.\n")
    (settings.seeds / "rome.txt").write_text("Rome lies on the Tiber.")
    real_fstat, real_list = os.fstat, building.list_seeds

    def grow():
        with log.open("a") as file:
            file.write("One more line.\n")

    def growing(descriptor):
        found = real_fstat(descriptor)
        grow()
        return found

    def listed(*arguments, **options):
        seeds = real_list(*arguments, **options)
        grow()
        return seeds

    if moment == "listed":
        monkeypatch.setattr("qa.opening.os.fstat", growing)
        monkeypatch.setattr("qa.opening.os.stat", os.stat)
    else:
        monkeypatch.setattr(building, "list_seeds", listed)
    engine = Engine(settings, embedder=embedder)
    for full in (False, True, False):
        report = engine.build(full=full)
        assert any("log.txt" in warning for warning in report.warnings)
        assert [document.doc_id for document in engine.documents()] == ["rome.txt"]
    monkeypatch.undo()
    assert engine.build().added == ("log.txt",)


def test_a_log_that_a_program_writes_to_stops_no_build(settings, embedder):
    (settings.seeds / "rome.txt").write_text("Rome lies on the Tiber.")
    stop = threading.Event()

    def write():
        with (settings.seeds / "log.txt").open("a") as file:
            while not stop.is_set():
                file.write("One more line.\n")
                file.flush()

    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    try:
        engine = Engine(settings, embedder=embedder)
        for _ in range(5):
            engine.build(full=True)
            assert "rome.txt" in [document.doc_id for document in engine.documents()]
    finally:
        stop.set()
        writer.join()
