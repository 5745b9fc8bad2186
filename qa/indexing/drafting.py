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
from qa.indexing.lexical import LexicalIndex
from qa.indexing.structure import StructureWriter
from qa.indexing.telling import told_of
from qa.models.encoding import NO_PIECE
from qa.patterns import pattern
from qa.text.documents import SeedFile
from qa.text.numbers import dates_said
from qa.text.shown import Shown
from qa.text.tokens import folded_words, is_content_word, is_shouted, stem

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_WORD = pattern(r"(?:[^\W\d_]\.){2,}|[^\W_]+")
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
        names = ("texts.utf8", "token_states.i8", "token_places.i32", "vectors.f32", "words.u32")
        self._files = {name: self._stack.enter_context((folder / name).open("wb")) for name in names}
        self._structure = self._stack.enter_context(closing(StructureWriter(folder)))
        self._entries: list[dict[str, Any]] = []
        self._sentences: list[NDArray[np.int64]] = []
        self._passages: list[NDArray[np.int64]] = []
        self._keys: list[bytes] = []
        self._ids: dict[str, int] = {}
        self._new_ids: NDArray[np.uint32] | None = None
        self._at = {"bytes": 0, "sentences": 0, "passages": 0, "tokens": 0, "words": 0}

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
        rows, tokens, words, pieces = [], at["tokens"], at["words"], []
        shown = Shown(document.text, item.parsed.hidden)
        for draft, encoding in zip(item.drafts, encodings, strict=True):
            occurrences = self._occurrences(draft, item.sentences, shown)
            places = np.stack([np.asarray(draft.places, np.int64)[encoding.starts], encoding.pieces], axis=1)
            self._write(occurrences, encoding.states, places.astype(np.int32), encoding.vector[None])
            edges = (tokens, tokens + len(encoding.pieces), words, words + len(occurrences))
            first, last = (at["sentences"] + n for n in (draft.first_sentence, draft.last_sentence))
            rows.append((number, draft.span.start, draft.span.end, first, last, *edges))
            tokens, words = edges[1], edges[3]
            self._keys.append(draft.key)
            pieces.append(encoding.pieces)
        self._passages.append(np.array(rows, np.int64).reshape(-1, len(PASSAGE_COLUMNS)))
        told = told_of(item.parsed, shown, pieces, self._unknown)
        described = telling.described(item.file, told) | structure
        self._close_document(described, document.text.encode("utf-8"), len(table), len(rows), tokens, words)

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
        tokens, words = at["tokens"], at["words"]
        if len(rows):
            t0, t1, w0, w1 = int(rows[0, 5]), int(rows[-1, 6]), int(rows[0, 7]), int(rows[-1, 8])
            occurrences = np.asarray(stored.occurrences[w0:w1])
            renamed = self._remap(stored)[occurrences >> 2] << 2 | occurrences & 3
            vectors = stored.store.vectors(np.arange(p0, p1))
            self._write(renamed.astype(np.uint32), stored.token_states[t0:t1], stored.token_places[t0:t1], vectors)
            rows[:, 0] = len(self._entries)
            rows[:, 3:5] += at["sentences"] - s0
            rows[:, 5:7] += tokens - t0
            rows[:, 7:9] += words - w0
            tokens, words = int(rows[-1, 6]), int(rows[-1, 8])
            self._keys += [bytes(key) for key in stored.passage_keys[p0:p1]]
        self._passages.append(rows)
        described = telling.described(file, entry["told"]) | structure
        self._close_document(described, stored.checked_bytes(number), s1 - s0, p1 - p0, tokens, words)

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
        _write_json(self._folder / "documents.json", self._entries)
        np.save(self._folder / "piece_frequencies.npy", self._piece_frequencies(passages))
        self._write_words(passages)
        store = FaissStore.build(self._folder, len(passages))
        counts = {"documents": len(self._entries), "sentences": self._at["sentences"], "passages": len(passages),
                  "tokens": self._at["tokens"]}  # fmt: skip
        return {"counts": counts, "store": store}

    def _write(self, occurrences: Any, states: Any, places: Any, vectors: Any) -> None:
        for name, array in zip(("words.u32", "token_states.i8", "token_places.i32", "vectors.f32"),
                               (occurrences, states, places, vectors), strict=True):  # fmt: skip
            self._files[name].write(array.tobytes())

    def _close_document(
        self,
        described: dict[str, Any],
        data: bytes,
        sentences: int,
        passages: int,
        tokens: int,
        words: int,
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
                    "passages": at["passages"] + passages, "tokens": tokens, "words": words}  # fmt: skip

    def _occurrences(self, draft: PassageDraft, sentences: Sequence[Span], shown: Shown) -> NDArray[np.uint32]:
        import numpy as np

        found = []
        for sentence in sentences[draft.first_sentence : draft.last_sentence + 1]:
            start, end = max(sentence.start, draft.span.start), min(sentence.end, draft.span.end)
            for inside, word, capital in _words(
                shown.of(Span(start, max(start, end))), starts_sentence=start == sentence.start
            ):
                found.append(self._ids.setdefault(word, len(self._ids)) << 2 | inside << 1 | capital)
        return np.array(found, np.uint32)

    def _remap(self, stored: SnapshotCorpus) -> NDArray[np.uint32]:
        """Return the new id of each word of the last snapshot."""
        import numpy as np

        if self._new_ids is None:
            ids = [self._ids.setdefault(word, len(self._ids)) for word in stored.vocabulary]
            self._new_ids = np.array(ids, np.uint32)
        return self._new_ids

    def _write_words(self, passages: NDArray[np.int64]) -> None:
        """Number the words alphabetically, leave out those that no longer occur, and weigh their stems."""
        import numpy as np

        path = self._folder / "words.u32"
        occurrences = np.fromfile(path, np.uint32)
        used = np.flatnonzero(np.bincount(occurrences >> 2, minlength=len(self._ids)))
        by_id = list(self._ids)
        vocabulary = sorted((by_id[i], i) for i in used)
        final = np.zeros(len(by_id), np.uint32)
        final[[i for _, i in vocabulary]] = np.arange(len(vocabulary), dtype=np.uint32)
        occurrences = final[occurrences >> 2] << 2 | occurrences & 3
        occurrences.astype(np.uint32).tofile(path)
        words = [word for word, _ in vocabulary]
        _write_json(self._folder / "words.json", words)
        inside, capital = (occurrences & 2) > 0, (occurrences & 3) == 3
        counts = [np.bincount(occurrences[chosen] >> 2, minlength=len(words)) for chosen in (inside, capital)]
        np.save(self._folder / "word_counts.npy", np.stack(counts, axis=1).astype(np.int64))
        stems: dict[str, int] = {}
        stem_ids = np.array([stems.setdefault(stem(word), len(stems)) for word in words], np.int32)
        terms = stem_ids[occurrences >> 2] if len(words) else np.empty(0, np.int32)
        LexicalIndex.of_ids([terms[a:b] for a, b in passages[:, 7:9]], stems).save(self._folder / "bm25")

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


def _words(piece: str, *, starts_sentence: bool) -> Iterator[tuple[bool, str, bool]]:
    """Yield each content word of a piece of text: whether it is not the first word of its sentence, folded, with a capital."""
    shouted = is_shouted(piece)
    for position, match in enumerate(_WORD.finditer(piece)):
        for word in folded_words(match.group().lower() if shouted else match.group()):
            if is_content_word(word):
                yield position > 0 or not starts_sentence, word, match.group()[0].isupper()
    for _, _, date in dates_said(piece):
        yield from ((False, word, False) for word in date if is_content_word(word))


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
