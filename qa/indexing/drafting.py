"""The writer of a snapshot's files (qa/indexing/corpus.py lists them): document by document, in bounded memory.

In -> out: documents with their sentences and encoded passages, or documents of the last snapshot -> files in a draft.
Does not: decide what is embedded (qa/indexing/building.py), publish or verify (qa/indexing/snapshots.py).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.datatypes import Document, Parsed, Span
from qa.indexing import telling
from qa.indexing.corpus import PASSAGE_COLUMNS, SnapshotCorpus, StoredEncoding
from qa.indexing.structure import StructureWriter
from qa.indexing.telling import told_of
from qa.indexing.words import WordWriter
from qa.models.encoding import NO_PIECE
from qa.text.documents import SeedFile
from qa.text.shown import Shown

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BLOCK_ROWS = 4096
"""How many passages are worked on at a time where a pass goes over all of them."""


@dataclass(frozen=True, slots=True)
class PassageDraft:
    """A passage on its way into a snapshot; its sentences are numbered within its document."""

    span: Span
    first_sentence: int
    last_sentence: int
    text: str
    """What a reader sees of it: what the model is given."""
    places: Sequence[int]
    """Where each character of `text` stands in the document."""

    @property
    def key(self) -> bytes:
        """sha256 of the text: passages with the same key have the same vector."""
        return hashlib.sha256(self.text.encode("utf-8")).digest()


@dataclass(frozen=True, slots=True)
class DraftedDocument:
    """A document that has been read and cut: what `CorpusWriter.add` needs of it beside the encodings."""

    file: SeedFile
    document: Document
    parsed: Parsed
    sentences: Sequence[Span]
    drafts: Sequence[PassageDraft]


class CorpusWriter:
    """Appends documents in order of doc_id; `finish` writes what needs all of them."""

    def __init__(self, folder: Path, projection: NDArray[np.float32], unknown: int = NO_PIECE) -> None:
        """`unknown` is the model's piece for what it has none for."""
        import numpy as np

        np.save(folder / "projection.npy", projection)
        self._folder = folder
        self._unknown = unknown
        self._stack = ExitStack()
        names = ("texts.utf8", "token_states.i8", "token_places.i32", "vectors.f32")
        self._files = {name: self._stack.enter_context((folder / name).open("wb")) for name in names}
        self._structure = self._stack.enter_context(closing(StructureWriter(folder)))
        self._words = self._stack.enter_context(closing(WordWriter(folder)))
        self._entries: list[dict[str, Any]] = []
        self._sentences: list[NDArray[np.int64]] = []
        self._passages: list[NDArray[np.int64]] = []
        self._keys: list[bytes] = []
        self._at = {"bytes": 0, "sentences": 0, "passages": 0, "tokens": 0}

    def __enter__(self) -> CorpusWriter:
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def add(self, item: DraftedDocument, encodings: Iterable[StoredEncoding]) -> None:
        """Append a document that has just been read and embedded."""
        import numpy as np

        number, at, document = len(self._entries), self._at, item.document
        starts = np.array([span.start for span in item.sentences], np.int64)
        table = np.array([(number, span.start, span.end, 0) for span in item.sentences], np.int64).reshape(-1, 4)
        structure = self._structure.add(item.parsed)
        block_starts = np.array([block.span.start for block in item.parsed.blocks], np.int64)
        table[:, 3] = structure["blocks"][0] + np.maximum(np.searchsorted(block_starts, starts, side="right") - 1, 0)
        self._sentences.append(table)
        rows, tokens, pieces = [], at["tokens"], []
        shown = Shown(document.text, item.parsed.hidden)
        for draft, encoding in zip(item.drafts, encodings, strict=True):
            words = self._words.count
            self._words.add(_sentences_of(draft, item.sentences, shown))
            places = np.stack([np.asarray(draft.places, np.int64)[encoding.starts], encoding.pieces], axis=1)
            self._write(encoding.states, places.astype(np.int32), encoding.vector[None])
            edges = (tokens, tokens + len(encoding.pieces), words, self._words.count)
            first, last = (at["sentences"] + n for n in (draft.first_sentence, draft.last_sentence))
            rows.append((number, draft.span.start, draft.span.end, first, last, *edges))
            tokens = edges[1]
            self._keys.append(draft.key)
            pieces.append(encoding.pieces)
        self._passages.append(np.array(rows, np.int64).reshape(-1, len(PASSAGE_COLUMNS)))
        told = told_of(item.parsed, shown, pieces, self._unknown)
        described = telling.described(item.file, told) | structure
        self._close_document(described, document.text.encode("utf-8"), len(table), len(rows), tokens)

    def copy(self, file: SeedFile, stored: SnapshotCorpus, number: int) -> None:
        """Append an unchanged document from the last snapshot; its name and what sources.toml says are those of now."""
        import numpy as np

        entry, at = stored.entries[number], self._at
        (s0, s1), (p0, p1) = entry["sentences"], entry["passages"]
        structure = self._structure.copy(entry, stored.structure, number)
        table = np.array(stored.sentences[s0:s1])
        table[:, 0] = len(self._entries)
        table[:, 3] += structure["blocks"][0] - entry["blocks"][0]
        self._sentences.append(table)
        rows = np.array(stored.passages[p0:p1])
        tokens, words = at["tokens"], self._words.count
        if len(rows):
            t0, t1, w0, w1 = int(rows[0, 5]), int(rows[-1, 6]), int(rows[0, 7]), int(rows[-1, 8])
            self._words.copy(stored, w0, w1)
            vectors = stored.store.vectors(np.arange(p0, p1))
            self._write(stored.token_states[t0:t1], stored.token_places[t0:t1], vectors)
            rows[:, 0] = len(self._entries)
            rows[:, 3:5] += at["sentences"] - s0
            rows[:, 5:7] += tokens - t0
            rows[:, 7:9] += words - w0
            tokens = int(rows[-1, 6])
            self._keys += [bytes(key) for key in stored.passage_keys[p0:p1]]
        self._passages.append(rows)
        described = telling.described(file, entry["told"]) | structure
        self._close_document(described, stored.checked_bytes(number), s1 - s0, p1 - p0, tokens)

    @property
    def passage_count(self) -> int:
        """How many passages have been written."""
        return self._at["passages"]

    @property
    def warnings(self) -> dict[str, list[str]]:
        """What was left out of documents, by doc_id."""
        return {entry["doc_id"]: entry["told"]["warnings"] for entry in self._entries}

    @property
    def languages(self) -> dict[str, dict[str, Any]]:
        """The language of each document, and how much of it the model has no piece for, by doc_id."""
        return {e["doc_id"]: {key: e["told"].get(key, "") for key in ("language", "unread")} for e in self._entries}

    def finish(self) -> dict[str, Any]:
        """Write the rest; return how many documents, sentences, passages and tokens there are, and what the store says."""
        import numpy as np

        from qa.stores.faiss import FaissStore

        self._stack.close()
        self._structure.finish()
        passages = np.concatenate(self._passages)
        np.save(self._folder / "sentences.npy", np.concatenate(self._sentences))
        np.save(self._folder / "passages.npy", passages)
        np.save(self._folder / "passage_keys.npy", np.frombuffer(b"".join(self._keys), "V32"))
        entries = json.dumps(self._entries, ensure_ascii=False)
        (self._folder / "documents.json").write_text(entries, encoding="utf-8")
        np.save(self._folder / "piece_frequencies.npy", self._piece_frequencies(passages))
        self._words.finish(passages)
        store = FaissStore.build(self._folder, len(passages))
        counts = {"documents": len(self._entries), "sentences": self._at["sentences"], "passages": len(passages),
                  "tokens": self._at["tokens"]}  # fmt: skip
        return {"counts": counts, "store": store}

    def _write(self, states: Any, places: Any, vectors: Any) -> None:
        for name, array in (("token_states.i8", states), ("token_places.i32", places), ("vectors.f32", vectors)):
            self._files[name].write(array.tobytes())

    def _close_document(
        self, described: dict[str, Any], data: bytes, sentences: int, passages: int, tokens: int
    ) -> None:
        at = self._at
        self._files["texts.utf8"].write(data)
        self._entries.append({
            **described,
            "text_sha256": hashlib.sha256(data).hexdigest(),
            "bytes": [at["bytes"], at["bytes"] + len(data)],
            "sentences": [at["sentences"], at["sentences"] + sentences],
            "passages": [at["passages"], at["passages"] + passages],
        })  # fmt: skip
        self._at = {"bytes": at["bytes"] + len(data), "sentences": at["sentences"] + sentences,
                    "passages": at["passages"] + passages, "tokens": tokens}  # fmt: skip

    def _piece_frequencies(self, passages: NDArray[np.int64]) -> NDArray[np.int32]:
        """Count for each word piece the passages it occurs in."""
        import numpy as np

        frequencies: NDArray[np.int64] = np.zeros(1, np.int64)
        with (self._folder / "token_places.i32").open("rb") as file:  # written in order of passages
            for block in range(0, len(passages), BLOCK_ROWS):
                lengths = passages[block : block + BLOCK_ROWS, 6] - passages[block : block + BLOCK_ROWS, 5]
                pieces = np.fromfile(file, np.int32, 2 * int(lengths.sum()))[1::2].astype(np.int64)
                owners = np.repeat(np.arange(len(lengths), dtype=np.int64), lengths)
                distinct = np.unique(pieces * len(lengths) + owners) // len(lengths)
                size = max(len(frequencies), int(distinct.max(initial=0)) + 1)
                frequencies = np.bincount(distinct, minlength=size) + np.pad(frequencies, (0, size - len(frequencies)))
        return frequencies.astype(np.int32)


def _sentences_of(draft: PassageDraft, sentences: Sequence[Span], shown: Shown) -> Iterator[tuple[str, bool]]:
    """Yield each sentence of a passage as far as it stands in it, and whether it begins there."""
    for sentence in sentences[draft.first_sentence : draft.last_sentence + 1]:
        start, end = max(sentence.start, draft.span.start), min(sentence.end, draft.span.end)
        yield shown.of(Span(start, max(start, end))), start == sentence.start
