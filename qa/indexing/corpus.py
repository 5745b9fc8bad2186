"""The files of one snapshot as documents, sentences, passages, vectors, token states and terms: format and reader.

In -> out: an opened Snapshot -> a `SnapshotCorpus` that reads texts and arrays on demand.
Does not: write them (qa/indexing/drafting.py), publish, verify or prune (qa/indexing/snapshots.py), or rank anything.

    texts.utf8                the documents, one after the other
    documents.json            of each document: id, title, sha256 of its file and text_sha256, meta, reader; bytes, sentences, ... as [first, end)
    sentences.npy             (sentences, 4) int64: document, start, end, block
    blocks.npy ...            how the documents are built: qa/indexing/structure.py
    passages.npy              (passages, 9) int64: the columns of PASSAGE_COLUMNS
    passage_keys.npy          (passages,) V32: sha256 of each passage's text
    token_states.i8           (tokens, width) int8: the model's last hidden states, each row scaled to its largest value
    projection.npy            (dim, width) float32: from the model's states to the stored ones
    token_places.i32          (tokens, 2) int32: where a token starts in its document, its id in the model's vocabulary
    piece_frequencies.npy     (vocabulary,) int32: in how many passages a word piece occurs
    vectors.faiss             the passage vectors (vectors.f32 beside it where they are searched approximately)
    words.json                every content word, alphabetically; a word's position is its id
    word_counts.npy           (words, 2) int64: occurrences inside a sentence, and those of them with a capital
    words.u32                 the occurrences, passage by passage: id * 4 + inside * 2 + capital
    bm25/                     weights of the stemmed words
"""

from __future__ import annotations

import hashlib
import json
import mmap
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.datatypes import Document, Span
from qa.errors import IndexCorrupt
from qa.indexing.contract import Candidates, Table, pooled
from qa.indexing.lexical import LexicalIndex, distinct, largest
from qa.indexing.shapes import MALFORMED, check_manifest
from qa.indexing.snapshots import Snapshot
from qa.indexing.structure import Structure
from qa.indexing.tables import Tables
from qa.indexing.vouching import check_parts
from qa.records import record
from qa.stores import open_store
from qa.text.shown import Shown

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ALWAYS_HASHED = ("vectors.faiss",)
"""Files whose damage a library would not notice, or not survive: compared in full at every opening, however large."""
PASSAGE_COLUMNS = (
    "document", "start", "end", "first_sentence", "last_sentence",
    "first_token", "end_token", "first_word", "end_word",
)  # fmt: skip


@record
class StoredEncoding:
    """What is kept of a passage's Encoding; `starts` count within the passage."""

    vector: NDArray[np.float32]
    states: NDArray[np.int8]
    starts: NDArray[np.int32]
    pieces: NDArray[np.int32]


class SnapshotCorpus(Tables):
    """An opened snapshot, which is held open as long as this object lives. Arrays are memory-mapped."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Open every file; IndexCorrupt where one cannot be what it should be."""
        self.snapshot = check_manifest(snapshot)
        try:
            self._open(snapshot.folder, snapshot.manifest["counts"])
        except MALFORMED as exc:
            raise IndexCorrupt(f"{snapshot.folder} cannot be opened ({exc}): run `qa build --full`.") from exc
        # Without a reference to self: a cycle would hold the snapshot until the garbage collector comes by.
        self.document = lru_cache(maxsize=256)(partial(_read_document, snapshot.folder, self.entries, self.texts))
        self.shown = lru_cache(maxsize=256)(partial(_read_shown, self.document, self.structure))

    def _open(self, folder: Path, counts: dict[str, int]) -> None:
        import numpy as np

        self.entries: list[dict[str, Any]] = json.loads((folder / "documents.json").read_text(encoding="utf-8"))
        with (folder / "texts.utf8").open("rb") as file:
            self.texts = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self.structure = Structure.open(folder, self.entries)
        self.sentences: NDArray[np.int64] = _mapped_npy(folder / "sentences.npy")
        self.passages: NDArray[np.int64] = _mapped_npy(folder / "passages.npy")
        self.passage_keys: NDArray[np.void] = _mapped_npy(folder / "passage_keys.npy")
        self.token_places: NDArray[np.int32] = _mapped(folder / "token_places.i32", np.int32, (counts["tokens"], 2))
        self.token_states: NDArray[np.int8] = _mapped(folder / "token_states.i8", np.int8, (counts["tokens"], -1))
        self.projection: NDArray[np.float32] = np.load(folder / "projection.npy")
        self.occurrences: NDArray[np.uint32] = _mapped(folder / "words.u32", np.uint32, (-1,))
        self.piece_frequencies: NDArray[np.int32] = _mapped_npy(folder / "piece_frequencies.npy")
        self.vocabulary: list[str] = json.loads((folder / "words.json").read_text(encoding="utf-8"))
        self.word_counts: NDArray[np.int64] = _mapped_npy(folder / "word_counts.npy")
        self.store = open_store(folder)
        self.lexical = LexicalIndex.open(folder / "bm25")
        self._check_counts(counts)

    @cached_property
    def number_of_text(self) -> dict[tuple[str, str], int]:
        """The position of a document by the sha256 of its file and what read it."""
        return {(entry["sha256"], entry["reader"]): number for number, entry in enumerate(self.entries)}

    @property
    def name(self) -> str:
        """The name of the snapshot."""
        return self.snapshot.name

    def passage_frequency(self, term: str) -> int:
        """Return in how many passages a term (a stem) occurs."""
        return self.lexical.passage_frequency(term)

    def heaviest_row(self, term: str) -> int:
        """Return the first of the passages in which a term weighs most."""
        return int(self.lexical.scores([term]).argmax())

    def candidates(
        self, vector: NDArray[np.float32], terms: Sequence[str], pool: int, documents: Sequence[int] = ()
    ) -> Candidates:
        """Return the `pool` nearest passages and the `pool` with the largest BM25 scores; with `documents`, of these alone."""
        import numpy as np

        lexical = self.lexical.scores(terms)
        if documents:
            rows = np.concatenate([np.arange(*self.entries[number]["passages"]) for number in documents])
            return pooled(rows, self.store.similarities(vector, rows), lexical[rows], pool)
        near, similarity = self.store.search(vector, min(pool, self.store.count))
        rows = distinct([*near.tolist(), *largest(lexical, pool).tolist()])
        return Candidates(rows, self.store.similarities(vector, rows), lexical[rows], float(similarity[0]))

    def scores(
        self, vector: NDArray[np.float32], terms: Sequence[str], rows: NDArray[np.int64]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return the cosine and the BM25 score of each row."""
        return self.store.similarities(vector, rows), self.lexical.scores(terms)[rows]

    def fetch(self, rows: Iterable[int]) -> None:
        """Do nothing: what is mapped is at hand."""

    def encoding(self, row: int) -> StoredEncoding:
        """Return what was stored of a passage's encoding."""
        return stored_encoding(self, row, self.store.vectors([row])[0])

    def checked_bytes(self, number: int) -> bytes:
        """Return a document's text as UTF-8, compared with its sha256 (IndexCorrupt)."""
        return _checked_text(self.snapshot.folder, self.entries[number], self.texts)

    def verify_texts(self) -> None:
        """Compare every text with its sha256: IndexCorrupt, naming the first document whose text is another."""
        for number in range(len(self.entries)):
            self.checked_bytes(number)

    def _check_counts(self, counts: dict[str, int]) -> None:
        """Every array has to have as many rows as the manifest says: one that does not would answer with another's text."""
        found = {
            "documents": len(self.entries),
            "sentences": len(self.sentences),
            "passages": len(self.passages),
            "tokens": len(self.token_states),
        }
        vectors_fit = self.store.count == len(self.passage_keys) == len(self.passages)
        if found != counts or not vectors_fit:
            raise IndexCorrupt(f"{self.snapshot.folder} does not hold what its manifest says: run `qa build --full`.")
        described = {entry["doc_id"]: entry["sha256"] for entry in self.snapshot.manifest["documents"]}
        if described != {entry["doc_id"]: entry["sha256"] for entry in self.entries}:
            raise ValueError("documents.json has other documents than the manifest")
        check_parts(self, len(self.texts), counts)


def stored_encoding(tables: Tables, row: int, vector: NDArray[np.float32]) -> StoredEncoding:
    """Return what was stored of a passage's encoding beside its vector."""
    import numpy as np

    first, end = (int(x) for x in tables.passages[row, 5:7])
    places = np.asarray(tables.token_places[first:end])
    number, start, last = (int(x) for x in tables.passages[row, :3])
    seen = tables.shown(number).places(Span(start, last))
    starts = np.searchsorted(np.asarray(seen), places[:, 0]).astype(np.int32)
    return StoredEncoding(vector, np.asarray(tables.token_states[first:end]), starts, places[:, 1])


def _read_document(folder: Path, entries: list[dict[str, Any]], texts: Table, number: int) -> Document:
    entry = entries[number]
    text = _checked_text(folder, entry, texts).decode("utf-8")
    return Document(entry["doc_id"], entry["title"], text, entry["sha256"], entry["meta"])


def _checked_text(folder: Path, entry: dict[str, Any], texts: Table) -> bytes:
    first, end = entry["bytes"]
    data = bytes(texts[first:end])
    if hashlib.sha256(data).hexdigest() != entry["text_sha256"]:
        raise IndexCorrupt(
            f"The text of {entry['doc_id']!r} in {folder} is not what was indexed: run `qa build --full`."
        )
    return data


def _read_shown(document: Callable[[int], Document], structure: Structure, number: int) -> Shown:
    return Shown(document(number).text, structure.hidden_of(number))


def _mapped(path: Path, dtype: Any, shape: tuple[int, ...]) -> Any:
    """Map a headerless array; an empty file cannot be mapped and needs no map."""
    import numpy as np

    if not path.stat().st_size and not max(shape[0], 0):
        return np.empty([max(n, 0) for n in shape], dtype)
    return np.asarray(np.memmap(path, dtype, "r").reshape(shape))


def _mapped_npy(path: Path) -> Any:
    """Map an array as a plain one: every row taken from an `np.memmap` costs a Python call more."""
    import numpy as np

    return np.asarray(np.load(path, mmap_mode="r"))
