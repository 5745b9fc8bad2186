"""Promise 4 under fire. `QA_TESTS=full pytest tests/test_crashes.py` kills 200 builds and flips 300 bytes; without, a tenth."""

import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import ROOT, SCALE, WordEmbedder

from qa.engine import Engine
from qa.errors import IndexCorrupt, IndexIncompatible, QAError, StoreUnavailable
from qa.holding import READER_COMPARED
from qa.indexing import snapshots, sums
from qa.settings import Settings

BUILD = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from conftest import WordEmbedder
from qa.engine import Engine
from qa.settings import Settings
import bm25s, faiss, numpy, portalocker, tiktoken, Stemmer
engine = Engine(Settings(seeds=Path(sys.argv[2]), index=Path(sys.argv[3]), model="words", passage_tokens=20, threshold=0.0), embedder=WordEmbedder())
print("ready", flush=True)
sys.stdin.readline()
engine.build()
print("built", flush=True)
"""


def write_version(seeds: Path, version: int, documents: int = 30) -> None:
    for number in range(documents):
        text = f"Harbour {number} opened gate v{version}. Ships leave harbour {number} daily. The master of harbour {number} sleeps."
        (seeds / f"d{number:02}.txt").write_text(text)


def version_of(engine: Engine, number: int) -> str:
    """The version a document answers with; the quote is checked to be whole."""
    citation = engine.ask(f"which gate opened in harbour {number}").citations[0]
    document = engine.document(citation.doc_id)
    assert citation.span.of(document.text) == citation.text
    assert citation.text == f"Harbour {number} opened gate v{citation.text[-2]}."
    return citation.text[-3:-1]


@pytest.fixture
def engine(tmp_path):
    (tmp_path / "seeds").mkdir()
    write_version(tmp_path / "seeds", 1)
    made = Engine(
        Settings(seeds=tmp_path / "seeds", index=tmp_path / "index", model="words", passage_tokens=20, threshold=0.0),
        embedder=WordEmbedder(),
    )
    made.build()
    return made


def fresh(engine: Engine) -> Engine:
    return Engine(engine.settings, embedder=WordEmbedder())


def start_build(engine: Engine) -> subprocess.Popen:
    command = [sys.executable, "-c", BUILD, str(ROOT / "tests"), str(engine.settings.seeds), str(engine.settings.index)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout.readline() == "ready\n"
    return process


def test_kill_at_any_moment_leaves_the_old_or_the_new_index_and_the_next_build_succeeds(engine):
    chooser = random.Random(1)
    took, killed = 0.5, 0
    for round_ in range(20 * SCALE):
        old, new = f"v{round_ % 2 + 1}", f"v{(round_ + 1) % 2 + 1}"
        write_version(engine.settings.seeds, int(new[1]))
        with start_build(engine) as process:
            started = time.perf_counter()
            process.stdin.write("\n")
            process.stdin.flush()
            time.sleep(chooser.uniform(0, took))
            process.kill()
            ended = process.communicate()[0]
            if "built" in ended:
                took = 0.9 * took + 0.1 * (time.perf_counter() - started)
            else:
                killed += 1
        found = {version_of(fresh(engine), number) for number in (0, 13, 29)}
        assert found in ({old}, {new})
        fresh(engine).build()
        assert {version_of(fresh(engine), number) for number in (0, 13, 29)} == {new}
        left = {p.name for p in engine.settings.index.iterdir()} - {".lock", READER_COMPARED}
        assert all(name.startswith("snapshot-") for name in left), left
    assert killed >= 5 * SCALE


def test_an_interrupted_build_goes_on_where_it_was(engine):
    write_version(engine.settings.seeds, 2, documents=400)
    with start_build(engine) as process:
        process.stdin.write("\n")
        process.stdin.flush()
        cache = engine.settings.index / ".embedded.sqlite"
        for _ in range(2000):
            if cache.exists() and cache.stat().st_size > 4_000_000:
                break
            time.sleep(0.002)
        process.kill()
        if "built" in process.communicate()[0]:
            pytest.fail("the build was faster than the test")
    report = fresh(engine).build()
    assert report.embedded < 370


def test_a_byte_flipped_anywhere_is_refused_or_harmless(engine):
    chooser = random.Random(2)
    pristine = engine.settings.index.parent / "pristine"
    shutil.copytree(engine.settings.index, pristine)
    expected = [version_of(engine, number) for number in range(5)]
    refused = 0
    for _ in range(30 * SCALE):
        files = sorted(p for p in (pristine / "snapshot-000001").rglob("*") if p.is_file() and p.stat().st_size)
        weights = [
            p.stat().st_size if chooser.random() < 0.5 else 1000 for p in files
        ]  # large files often, small ones too
        victim = chooser.choices(files, weights)[0]
        target = engine.settings.index / victim.relative_to(pristine)
        data = bytearray(victim.read_bytes())
        data[chooser.randrange(len(data))] ^= 1 << chooser.randrange(8)
        target.unlink()
        target.write_bytes(data)
        try:
            assert [version_of(fresh(engine), number) for number in range(5)] == expected
        except (IndexCorrupt, IndexIncompatible) as exc:
            assert "qa build --full" in str(exc)
            refused += 1
        target.unlink()
        shutil.copyfile(victim, target)
    assert refused == 30 * SCALE


@pytest.mark.parametrize(
    "damage", [lambda p: p.unlink(), lambda p: os.truncate(p, p.stat().st_size // 2), lambda p: os.truncate(p, 0)]
)
def test_a_file_cut_short_or_gone_is_refused_by_name(engine, damage):
    for path in sorted((engine.settings.index / "snapshot-000001").rglob("*")):
        if path.is_file() and path.stat().st_size:
            data = path.read_bytes()
            damage(path)
            with pytest.raises(
                IndexCorrupt, match=path.name if path.name != "manifest.json" else "manifest|SHA256SUMS"
            ):
                fresh(engine).ask("harbour")
            path.unlink(missing_ok=True)
            path.write_bytes(data)
    assert version_of(fresh(engine), 3) == "v1"


def test_where_the_newest_is_damaged_the_one_before_answers_with_a_warning(engine):
    write_version(engine.settings.seeds, 2)
    engine.build()
    victim = engine.settings.index / "snapshot-000002" / "vectors.faiss"
    victim.write_bytes(b"x" + victim.read_bytes()[1:])
    reader = fresh(engine)
    assert version_of(reader, 3) == "v1"
    warning = reader.status().warning
    assert "vectors.faiss is damaged or missing" in warning
    assert "snapshot-000001 answers" in warning
    assert reader.ask("which gate opened in harbour 3").stale
    with pytest.raises(IndexCorrupt):
        reader.status(verify=True)
    assert fresh(engine).build(full=True).snapshot == "snapshot-000003"
    assert version_of(reader, 3) == "v2"
    assert reader.status().warning == ""


def test_beyond_what_is_hashed_at_opening_size_is_checked_and_verify_finds_the_rest(engine, monkeypatch):
    monkeypatch.setattr(sums, "HASHED_BYTES", 0)
    victim = engine.settings.index / "snapshot-000001" / "token_states.i8"
    data = bytearray(victim.read_bytes())
    victim.write_bytes(data[:5] + b"x" + data[6:])
    assert fresh(engine).status().passages
    with pytest.raises(IndexCorrupt, match=r"token_states\.i8"):
        fresh(engine).status(verify=True)
    os.truncate(victim, len(data) - 1)
    with pytest.raises(IndexCorrupt, match=r"token_states\.i8"):
        fresh(engine).status()


def test_what_faiss_reads_is_hashed_however_large(engine, monkeypatch):
    monkeypatch.setattr(sums, "HASHED_BYTES", 0)
    searched = engine.settings.index / "snapshot-000001" / "vectors.faiss"
    searched.write_bytes(searched.read_bytes()[:-1] + b"x")  # FAISS would load it as it is
    with pytest.raises(IndexCorrupt, match=r"vectors\.faiss"):
        fresh(engine).status()


def test_everything_is_on_the_disk_before_it_is_published(engine, monkeypatch):
    """A power cut drops what was not flushed: so every file and folder is flushed before the rename, the index after it."""
    events = []
    real = snapshots._flush

    def flush(path):
        events.append(path)
        real(path)

    monkeypatch.setattr(snapshots, "_flush", flush)
    write_version(engine.settings.seeds, 2)
    folder = engine.settings.index / engine.build().snapshot
    draft = engine.settings.index / ".draft"
    inside = {p.relative_to(folder) for p in folder.rglob("*")} | {Path()}
    assert {p.relative_to(draft) for p in events[:-1]} == inside
    assert events[-1] == engine.settings.index


def test_a_disk_that_fails_at_any_flush_leaves_the_old_index(engine, monkeypatch):
    real = snapshots._flush
    count = sum(1 for _ in (engine.settings.index / "snapshot-000001").rglob("*")) + 1
    for fatal in range(count):
        seen = iter(range(10_000))

        def flush(path, seen=seen, fatal=fatal):
            if next(seen) == fatal:
                raise OSError(28, "No space left on device")
            real(path)

        write_version(engine.settings.seeds, 2 + fatal % 2)
        monkeypatch.setattr(snapshots, "_flush", flush)
        with pytest.raises(StoreUnavailable, match="No space left"):
            fresh(engine).build()
        assert version_of(fresh(engine), 7) == "v1"
    monkeypatch.undo()
    fresh(engine).build()
    assert version_of(fresh(engine), 7) != "v1"


def test_an_open_snapshot_is_not_removed(engine):
    held = snapshots.open_snapshot(engine.settings.index, "snapshot-000001")
    for version in (2, 3, 4):
        write_version(engine.settings.seeds, version)
        fresh(engine).build()
    assert held.folder.exists()
    again = snapshots.open_snapshot(engine.settings.index, "snapshot-000001")
    again.held.close()
    held.held.close()
    write_version(engine.settings.seeds, 5)
    fresh(engine).build()
    assert not held.folder.exists()


def test_rollback_goes_back_and_forward_again(engine):
    write_version(engine.settings.seeds, 2)
    engine.build()
    assert engine.roll_back().snapshot == "snapshot-000003"
    assert version_of(engine, 3) == "v1"
    assert engine.status().changed
    engine.roll_back()
    assert version_of(engine, 3) == "v2"
    assert not engine.status().stale
    assert [row["snapshot"] for row in engine.list_snapshots()][:1] == ["snapshot-000004"]


def test_without_an_earlier_snapshot_there_is_nothing_to_go_back_to(engine):
    with pytest.raises(QAError, match="There is no snapshot to go back to"):
        engine.roll_back()


def test_an_index_copied_elsewhere_answers(engine):
    moved = engine.settings.index.parent / "elsewhere" / "index"
    shutil.copytree(engine.settings.index, moved)
    shutil.rmtree(engine.settings.index)
    import dataclasses

    assert version_of(Engine(dataclasses.replace(engine.settings, index=moved), embedder=WordEmbedder()), 3) == "v1"


def test_a_clock_that_jumps_back_harms_nothing(engine, monkeypatch):
    import datetime as real

    class Past(real.datetime):
        @classmethod
        def now(cls, tz=None):
            return real.datetime(1999, 1, 1, tzinfo=tz)

    monkeypatch.setattr("qa.engine.datetime", Past)
    monkeypatch.setattr("qa.indexing.building.datetime", Past)
    assert engine.status().age_seconds == 0
    write_version(engine.settings.seeds, 2)
    engine.build()
    assert version_of(fresh(engine), 3) == "v2"


def test_an_unhashed_file_with_a_damaged_header_is_refused_in_words(engine, monkeypatch):
    monkeypatch.setattr(sums, "HASHED_BYTES", 0)
    for name in ("sentences.npy", "passages.npy", "bm25/data.csc.index.npy", "words.json", "documents.json"):
        victim = engine.settings.index / "snapshot-000001" / name
        data = victim.read_bytes()
        victim.write_bytes(b"\0" * 40 + data[40:])
        with pytest.raises(IndexCorrupt, match="snapshot-000001 cannot be opened"):
            fresh(engine).documents()
        victim.write_bytes(data)
    assert version_of(fresh(engine), 3) == "v1"
