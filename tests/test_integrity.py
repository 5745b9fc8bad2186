"""An index vouches only for what it can: forged, damaged, linked and full."""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess

import numpy as np
import pytest

from qa.engine import Engine
from qa.errors import IndexCorrupt, IndexIncompatible, QAError, StoreUnavailable
from qa.indexing import resuming

JSON = {
    "a list": b"[]", "a number": b"3", "null": b"null", "an empty object": b"{}", "no JSON": b"{", "no UTF-8": b"\xff\xfe", "deep": b"[" * 5000,
    "nothing": b"", "a list of numbers": b"[1, 2]", "an object of lists": b'{"counts": [], "sizes": {}, "format": 6}',
}  # fmt: skip
ARRAYS = (
    "sentences.npy",
    "passages.npy",
    "passage_keys.npy",
    "projection.npy",
    "piece_frequencies.npy",
    "word_counts.npy",
    "blocks.npy",
    "hidden.npy",
)
BYTES = {"empty": b"", "rubbish": b"\x00\x01rubbish", "half a header": b"\x93NUMPY\x01\x00v\x00{'descr': '<i8', ", "a pickle": b"\x80\x04N.",
         "a bad header": b"\x93NUMPY\x01\x00\x10\x00{'descr': 3}    \n"}  # fmt: skip


def forge(engine, name, data):
    """Replace a file of the snapshot as somebody would who can write there: sizes and checksums fit."""
    folder = engine.settings.index / "snapshot-000001"
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / name).write_bytes(data)
    if name in manifest["sizes"]:
        manifest["sizes"][name] = len(data)
        (folder / "manifest.json").write_text(json.dumps(manifest))
    names = ["manifest.json", *manifest["sizes"]]
    sums = "".join(f"{hashlib.sha256((folder / each).read_bytes()).hexdigest()}  {each}\n" for each in names)
    (folder / "SHA256SUMS").write_text(sums)
    return Engine(engine.settings, embedder=engine._embedder)


def use_everything(engine):
    engine.ask("Who crossed the Rubicon?")
    engine.retrieve("cats")
    engine.verify_quote("Rome lies on the Tiber.")
    engine.documents()
    engine.names_offered(5)
    engine.status(verify=True)
    engine.list_snapshots()
    engine.build()


@pytest.mark.parametrize(
    "name", ["manifest.json", "documents.json", "words.json", "bm25/params.index.json", "bm25/vocab.index.json"]
)
@pytest.mark.parametrize("data", JSON.values(), ids=JSON.keys())
def test_forged_json_is_refused_in_words(small, name, data):
    if name == "bm25/params.index.json" and data == b"{}":
        pytest.skip("nothing of it is needed")
    with pytest.raises((IndexCorrupt, IndexIncompatible)):
        use_everything(forge(small, name, data))


@pytest.mark.parametrize("name", ARRAYS)
@pytest.mark.parametrize("data", BYTES.values(), ids=BYTES.keys())
def test_forged_arrays_are_refused_in_words(small, name, data):
    with pytest.raises(IndexCorrupt):
        use_everything(forge(small, name, data))


@pytest.mark.parametrize("name", ["sentences.npy", "passages.npy"])
@pytest.mark.parametrize("value", [-1, 10**6, 2**62])
def test_tables_that_point_elsewhere_are_refused_in_words(small, name, value):
    path = small.settings.index / "snapshot-000001" / name
    table = np.load(path)
    table[:, [0, 3] if name == "passages.npy" else [0]] = value
    np.save(path, table)
    with pytest.raises(IndexCorrupt):
        use_everything(forge(small, name, path.read_bytes()))


def table_changes(columns):
    """Each column of a table with a value that points elsewhere, or is none."""
    return [(column, value) for column in range(columns) for value in (-2, 10**6, 2**62, -(2**63))]


@pytest.fixture
def marked(settings, embedder):
    """An index over a document with markup, headings and a list, so that its structure has rows of every kind."""
    text = "# Rome\n\nRome lies on the **Tiber**.\n\n- Caesar crossed the Rubicon.\n- He *never* came back.\n"
    (settings.seeds / "rome.md").write_text(text)
    engine = Engine(settings, embedder=embedder)
    engine.build()
    return engine


def read_everything(engine):
    use_everything(engine)
    corpus = engine.parts()[0]
    for number in range(len(corpus.structure.rows)):
        corpus.structure.block(number)
    for number in range(len(corpus.entries)):
        corpus.shown(number)
        corpus.structure.pages_of(number), corpus.structure.marks_of(number), corpus.structure.boxes_of(number)
    for row in range(len(corpus.passages)):
        corpus.passage(row), corpus.encoding(row), corpus.sentences_of(np.array([row]))


@pytest.mark.parametrize(("name", "column", "value"), [
    (name, *change) for name, columns in (("blocks.npy", 9), ("hidden.npy", 2), ("sentences.npy", 4), ("passages.npy", 9))
    for change in table_changes(columns)
])  # fmt: skip
def test_a_forged_value_of_a_table_is_refused_or_does_no_harm(marked, name, column, value):
    path = marked.settings.index / "snapshot-000001" / name
    table = np.load(path)
    assert len(table)
    table[-1, column] = value
    np.save(path, table)
    try:
        read_everything(forge(marked, name, path.read_bytes()))
    except IndexCorrupt:
        return
    assert (name, column) in HARMLESS


HARMLESS = {("blocks.npy", 4), ("blocks.npy", 7)}
"""How deep a heading is, and which blocks belong together: numbers that point nowhere."""


@pytest.mark.parametrize("shape", ["fewer columns", "flat", "floats", "fewer rows", "texts"])
@pytest.mark.parametrize("name", ARRAYS)
def test_an_array_of_another_shape_is_refused_in_words(marked, name, shape):
    path = marked.settings.index / "snapshot-000001" / name
    table = np.load(path)
    changed = {
        "fewer columns": table[..., :-1], "flat": table.ravel()[:-1] if table.ndim > 1 else table.reshape(-1, 1),
        "floats": np.full(table.shape, 0.5, np.float16), "fewer rows": table[:-1], "texts": np.full(table.shape, "x"),
    }[shape]  # fmt: skip
    np.save(path, changed)
    with pytest.raises(IndexCorrupt):
        read_everything(forge(marked, name, path.read_bytes()))


FILES = ("token_places.i32", "token_states.i8", "words.u32", "boxes.u16", "vectors.faiss", "texts.utf8")


@pytest.mark.parametrize("cut", ["empty", "one byte less", "half", "twice", "ones"])
@pytest.mark.parametrize("name", FILES)
def test_a_file_of_numbers_of_another_length_is_refused_in_words(marked, name, cut):
    data = (marked.settings.index / "snapshot-000001" / name).read_bytes()
    changed = {
        "empty": b"",
        "one byte less": data[:-1],
        "half": data[: len(data) // 2],
        "twice": data * 2,
        "ones": b"\xff" * len(data),
    }[cut]
    if changed == data or (name, cut) in (("token_states.i8", "ones"), ("vectors.faiss", "twice")):
        pytest.skip("states like others; FAISS reads no further than its own end")
    with pytest.raises(IndexCorrupt):
        read_everything(forge(marked, name, changed))


LISTS = {
    "paths": [[], [["x"], 3], "x", [["x"]], None, [[3]]],
    "pages": [[[1]], "x", [3], None, [["1", "x", "y"]]], "marks": [[[1]], "x", [3], None, [["x", 1, 2]]],
    "blocks": [[0, 10**6], [0], "ab", None], "hidden": [[0, 10**6], [5, 0], None], "boxes": [[0, 10**6], [-1, 0], None],
    "reader": [None, 3], "sha256": [3, None],
}  # fmt: skip


@pytest.mark.parametrize("kind", ["IndexFlatL2", "IndexHNSWFlat", "IndexLSH", "IndexIDMap"])
def test_a_faiss_index_of_another_type_is_refused_in_words(marked, kind):
    import faiss

    corpus, _ = marked.parts()
    dim, count = marked.parts()[1].embedder.dim, len(corpus.passages)
    other = {
        "IndexFlatL2": lambda: faiss.IndexFlatL2(dim),
        "IndexHNSWFlat": lambda: faiss.IndexHNSWFlat(dim, 8),
        "IndexLSH": lambda: faiss.IndexLSH(dim, 64),
        "IndexIDMap": lambda: faiss.IndexIDMap(faiss.IndexFlatIP(dim)),
    }[kind]()
    rows = np.ones((count, dim), np.float32)
    other.add_with_ids(rows, np.arange(count) + 10**9) if kind == "IndexIDMap" else other.add(rows)
    forge(marked, "vectors.faiss", bytes(faiss.serialize_index(other)))
    with pytest.raises(IndexCorrupt, match="qa build --full"):
        Engine(marked.settings, embedder=marked.parts()[1].embedder).ask("rubicon")


@pytest.mark.parametrize(("key", "value"), [(key, value) for key, values in LISTS.items() for value in values])
def test_forged_structure_of_an_entry_is_refused_in_words(marked, key, value):
    with pytest.raises(IndexCorrupt):
        read_everything(forge(marked, "documents.json", entries(marked, lambda entry: entry.update({key: value}))))


BM25 = ("data.csc.index.npy", "indices.csc.index.npy", "indptr.csc.index.npy")


@pytest.mark.parametrize("name", BM25)
@pytest.mark.parametrize("change", ["shorter", "large", "negative", "texts", "empty"])
def test_forged_terms_are_refused_in_words(marked, name, change):
    path = marked.settings.index / "snapshot-000001" / "bm25" / name
    table = np.load(path)
    changed = {
        "shorter": table[:-1], "large": np.full_like(table, 2**31 - 1), "negative": np.full_like(table, -5),
        "texts": np.full(table.shape, "x"), "empty": table[:0],
    }[change]  # fmt: skip
    np.save(path, changed)
    if name.startswith("data") and change in ("large", "negative"):
        return  # weights like others
    with pytest.raises(IndexCorrupt):
        read_everything(forge(marked, f"bm25/{name}", path.read_bytes()))


def entries(engine, change):
    path = engine.settings.index / "snapshot-000001" / "documents.json"
    listed = json.loads(path.read_text())
    change(listed[0])
    return json.dumps(listed).encode()


CHANGES = {
    "absolute": lambda e: e.update(doc_id="/dev/zero"), "climbing": lambda e: e.update(doc_id="../secret.txt"),
    "climbing inside": lambda e: e.update(doc_id="a/../../b"),
    "a number": lambda e: e.update(doc_id=3), "empty": lambda e: e.update(doc_id=""), "no title": lambda e: e.pop("title"),
    "title of null": lambda e: e.update(title=None),
    "edges": lambda e: e.update(bytes=[0, 10**9]), "edges turned": lambda e: e.update(bytes=[9, 0]), "one edge": lambda e: e.update(sentences=[0]),
    "words": lambda e: e.update(passages=["a", "b"]), "meta": lambda e: e.update(meta=[1]), "another name": lambda e: e.update(doc_id="other.txt"),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_forged_entries_are_refused_in_words(small, change):
    with pytest.raises(IndexCorrupt):
        use_everything(forge(small, "documents.json", entries(small, change)))


@pytest.mark.parametrize("doc_id", ["/dev/zero", "../x", "C:/x", 3])
def test_a_manifest_whose_ids_lead_out_is_refused(small, doc_id):
    path = small.settings.index / "snapshot-000001" / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["documents"][0]["doc_id"] = doc_id
    with pytest.raises(IndexCorrupt):
        use_everything(forge(small, "manifest.json", json.dumps(manifest).encode()))


def forged_text(engine):
    data = (engine.settings.index / "snapshot-000001" / "texts.utf8").read_bytes()
    assert b"Rubicon" in data
    return forge(engine, "texts.utf8", data.replace(b"Rubicon", b"Thames!"))


def test_a_forged_text_is_neither_quoted_nor_copied_nor_vouched_for(small):
    engine = forged_text(small)
    with pytest.raises(IndexCorrupt, match=r"The text of 'rome\.txt'"):
        engine.ask("Who crossed the Thames!?")
    with pytest.raises(IndexCorrupt, match=r"rome\.txt"):
        engine.status(verify=True)
    with pytest.raises(IndexCorrupt, match=r"rome\.txt"):
        engine.verify_quote("Caesar crossed the Thames!.")
    (small.settings.seeds / "new.txt").write_text("A new document.")
    with pytest.raises(IndexCorrupt, match=r"rome\.txt"):
        engine.build()
    engine.build(full=True)
    assert engine.verify_quote("Caesar crossed the Rubicon.").places


CACHES = {
    "a column less": "create table encodings (key blob primary key, data blob); create table recipe (text text)",
    "a trigger": "create trigger t before insert on encodings begin select raise(abort, 'no'); end",
    "another dim": "update encodings set dim = 0",
    "a large dim": "update encodings set dim = 99999999",
    "another width": "update encodings set width = -8",
    "texts for blobs": "update encodings set data = 'x', digest = 'y'",
    "no table": "drop table encodings",
}


@pytest.fixture
def interrupted(settings, embedder):
    """An index folder with a cache that a build has left."""
    (settings.seeds / "a.txt").write_text("Cats chase mice. Dogs bark.")
    engine = Engine(settings, embedder=embedder)
    engine.build()
    (settings.seeds / "b.txt").write_text("Rome lies on the Tiber.")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(resuming.ResumeCache, "clear", lambda self: None)
        engine.build()
    shutil.rmtree(settings.index / "snapshot-000002")
    return engine


@pytest.mark.parametrize("script", CACHES.values(), ids=CACHES.keys())
def test_a_forged_cache_stops_one_build_at_most(interrupted, script):
    path = interrupted.settings.index / resuming.FILE
    assert path.exists()
    if script.startswith("create table"):
        path.unlink()
    connection = sqlite3.connect(path)
    connection.executescript(script)
    connection.close()
    try:
        interrupted.build()
    except QAError as exc:
        assert "build again" in str(exc)
        interrupted.build()
    assert interrupted.verify_quote("Rome lies on the Tiber.").places


def test_what_is_linked_in_the_index_is_not_followed(small, tmp_path):
    target = tmp_path / "target"
    target.write_text("kept")
    lock = small.settings.index / ".lock"
    lock.unlink()
    lock.symlink_to(target)
    with pytest.raises(StoreUnavailable, match=r"\.lock is a link"):
        small.build(full=True)
    lock.unlink()
    (small.settings.index / ".draft").symlink_to(tmp_path)
    (small.settings.index / resuming.FILE).symlink_to(target)
    (small.settings.seeds / "new.txt").write_text("A new document.")
    with pytest.raises(StoreUnavailable, match="remove it"):
        small.build()
    small.build(full=True)
    assert target.read_text() == "kept"
    assert small.status().snapshot == "snapshot-000002"


def test_a_draft_that_is_a_file_does_not_stop_builds(small):
    (small.settings.index / ".draft").write_text("x")
    assert small.build(full=True).snapshot == "snapshot-000002"


def test_only_its_owner_reads_an_index(small):
    index = small.settings.index
    assert index.stat().st_mode & 0o777 == 0o700
    for path in index.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path


@pytest.fixture
def tiny_disk(tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    if shutil.which("mount") is None or os.geteuid() or subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", str(folder)], capture_output=True, check=False
    ).returncode:  # fmt: skip
        pytest.skip("this machine mounts no tmpfs")
    yield folder
    # lazily: an engine of the test may still map its files, and a mount that stays is one more on the machine for every run
    subprocess.run(["umount", "--lazy", str(folder)], check=True)
    assert not folder.is_mount()


def test_a_full_disk_is_one_sentence_and_the_old_index_answers(settings, embedder, tiny_disk):
    import dataclasses

    settings = dataclasses.replace(settings, index=tiny_disk / "index")
    (settings.seeds / "a.txt").write_text("Rome lies on the Tiber.")
    engine = Engine(settings, embedder=embedder)
    engine.build()
    (settings.seeds / "big.txt").write_text(" ".join(f"Word{n} stands beside word{n + 1}." for n in range(3000)))
    for _ in range(2):
        with pytest.raises(StoreUnavailable, match="free space"):
            engine.build()
    assert engine.verify_quote("Rome lies on the Tiber.").places
    (settings.seeds / "big.txt").unlink()
    (settings.seeds / "b.txt").write_text("Paris lies on the Seine.")
    assert engine.build().added == ("b.txt",)


@pytest.mark.parametrize(
    "error", [sqlite3.OperationalError("database or disk is full"), OSError(28, "No space left on device")]
)
def test_a_writer_that_finds_the_disk_full_is_one_sentence(settings, embedder, monkeypatch, error):
    (settings.seeds / "a.txt").write_text("Rome lies on the Tiber.")

    def full(*_):
        raise error

    monkeypatch.setattr(resuming.ResumeCache, "put", full)
    with pytest.raises(StoreUnavailable, match=r"free space|build again"):
        Engine(settings, embedder=embedder).build()
    monkeypatch.undo()
    assert Engine(settings, embedder=embedder).build().added == ("a.txt",)
