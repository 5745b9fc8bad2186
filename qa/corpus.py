"""The files of one snapshot as documents, sentences, passages, vectors, token states and terms.

In -> out: documents and their encoded passages -> files in a folder; the folder -> a `Corpus` that reads them on demand.
Does not: publish, verify or prune (qa/snapshots.py), or rank anything.

    texts.utf8                the documents, one after the other
    documents.json            of each document: id, title, sha256, meta, its bytes in texts.utf8
    sentences.npy             (sentences, 3) int64: document, start, end
    passages.npy              (passages, 8) int64: the columns of PASSAGE_COLUMNS
    token_states.i8           (tokens, dim) int8: the model's last hidden states, each row scaled to its largest value
    token_places.npy          (tokens, 2) int32: where a token starts in its document, its id in the model's vocabulary
    piece_frequencies.npy     (vocabulary,) int32: in how many passages a word piece occurs
    vectors.faiss, bm25/      passage vectors and terms
    words.json                of each word: how often it occurs inside a sentence, and how often of these with a capital
"""

from __future__ import annotations

import json
import mmap
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.datatypes import Document, Passage, Span
from qa.lexical import LexicalIndex
from qa.stores import VectorStore
from qa.tokens import count_prompt_tokens, folded_words, is_content_word, lexical_terms

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PASSAGE_COLUMNS = (
    "document",
    "start",
    "end",
    "first_sentence",
    "last_sentence",
    "first_token",
    "end_token",
    "prompt_tokens",
)
NAME_SHARE = 0.7
"""A word is a name where at least this share of its occurrences inside sentences has a capital."""
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class PassageDraft:
    """A passage on its way into a snapshot; sentences are numbered within its document."""

    document: int
    span: Span
    first_sentence: int
    last_sentence: int
    text: str


@dataclass(frozen=True, slots=True)
class StoredEncoding:
    """What is kept of a passage's Encoding; `starts` count within the passage."""

    vector: NDArray[np.float32]
    states: NDArray[np.int8]
    starts: NDArray[np.int32]
    pieces: NDArray[np.int32]


def quantize(states: NDArray[np.float32]) -> NDArray[np.int8]:
    """Return unit rows as int8, each scaled so that its largest value is 127; normalising a row undoes the scale."""
    import numpy as np

    largest = np.abs(states).max(axis=1, keepdims=True, initial=1e-12)
    return np.asarray(np.rint(states * (127 / largest)), np.int8)


def write_corpus(
    folder: Path,
    documents: Sequence[Document],
    sentences: Sequence[Sequence[Span]],
    passages: Sequence[PassageDraft],
    encodings: Iterable[StoredEncoding],
) -> dict[str, int]:
    """Write the files listed above; `sentences` are those of each document, `encodings` those of `passages`, in order.

    Returns how many documents, sentences, passages and tokens were written.
    """
    import numpy as np

    from qa.stores.faiss import FaissStore

    _write_documents(folder, documents)
    counts = [len(spans) for spans in sentences]
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    table = [(i, span.start, span.end) for i, spans in enumerate(sentences) for span in spans]
    np.save(folder / "sentences.npy", np.array(table, np.int64).reshape(-1, 3))

    rows, vectors, places, tokens = [], [], [], 0
    frequencies: NDArray[np.int32] = np.zeros(1, np.int32)
    with (folder / "token_states.i8").open("wb") as file:
        for draft, encoding in zip(passages, encodings, strict=True):
            file.write(encoding.states.tobytes())
            places.append(np.stack([encoding.starts + draft.span.start, encoding.pieces], axis=1).astype(np.int32))
            frequencies = _counted(frequencies, encoding.pieces)
            vectors.append(encoding.vector)
            first = int(offsets[draft.document])
            rows.append((draft.document, draft.span.start, draft.span.end, first + draft.first_sentence,
                         first + draft.last_sentence, tokens, tokens + len(encoding.pieces),
                         count_prompt_tokens(draft.text)))  # fmt: skip
            tokens += len(encoding.pieces)
    np.save(folder / "passages.npy", np.array(rows, np.int64).reshape(-1, len(PASSAGE_COLUMNS)))
    np.save(folder / "token_places.npy", np.concatenate(places))
    np.save(folder / "piece_frequencies.npy", frequencies)
    FaissStore.of(np.stack(vectors)).save(folder / "vectors.faiss")
    LexicalIndex.of([lexical_terms(draft.text) for draft in passages]).save(folder / "bm25")
    _write_json(folder / "words.json", _count_words(documents, sentences))
    return {"documents": len(documents), "sentences": len(table), "passages": len(rows), "tokens": tokens}


class Corpus:
    """An opened snapshot. Arrays are memory-mapped and stay readable when the snapshot is pruned meanwhile."""

    def __init__(self, folder: Path) -> None:
        import numpy as np

        from qa.stores.faiss import FaissStore

        self._documents = json.loads((folder / "documents.json").read_text(encoding="utf-8"))
        with (folder / "texts.utf8").open("rb") as file:
            self._texts = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self.sentences: NDArray[np.int64] = np.load(folder / "sentences.npy", mmap_mode="r")
        self.passages: NDArray[np.int64] = np.load(folder / "passages.npy", mmap_mode="r")
        self.token_places: NDArray[np.int32] = np.load(folder / "token_places.npy", mmap_mode="r")
        self.piece_frequencies: NDArray[np.int32] = np.load(folder / "piece_frequencies.npy")
        self.store: VectorStore = FaissStore.open(folder / "vectors.faiss")
        shape = (len(self.token_places), self.store.dim)
        self.token_states: NDArray[np.int8] = np.memmap(folder / "token_states.i8", np.int8, "r", shape=shape)
        self.lexical = LexicalIndex.open(folder / "bm25")
        self.words: dict[str, list[int]] = json.loads((folder / "words.json").read_text(encoding="utf-8"))
        self.document = lru_cache(maxsize=256)(self._document)

    @property
    def doc_ids(self) -> list[str]:
        """The ids of all documents, in order."""
        return [entry["doc_id"] for entry in self._documents]

    def find_document(self, doc_id: str) -> Document | None:
        """Return the document with this id, with its text as it was indexed."""
        ids = self.doc_ids
        return self.document(ids.index(doc_id)) if doc_id in ids else None

    def is_name(self, word: str) -> bool:
        """Tell whether a folded word has a capital nearly always, also inside a sentence."""
        inside, capital = self.words.get(word, (0, 0))
        return inside > 0 and capital / inside >= NAME_SHARE

    def frequent_names(self, limit: int) -> list[str]:
        """Return the names that occur most often, with a capital, most frequent first."""
        names = sorted(
            (word for word in self.words if self.is_name(word)), key=lambda word: (-self.words[word][0], word)
        )
        return [name.capitalize() for name in names[:limit]]

    def passage(self, row: int) -> Passage:
        """Return the passage of a row."""
        number, start, end = (int(x) for x in self.passages[row, :3])
        document = self.document(number)
        span = Span(start, end)
        return Passage(f"{document.doc_id}#{start}-{end}", document.doc_id, document.title, span, span.of(document.text),
                       int(self.passages[row, 7]))  # fmt: skip

    def encoding(self, row: int) -> StoredEncoding:
        """Return what was stored of a passage's encoding."""
        import numpy as np

        first, end = (int(x) for x in self.passages[row, 5:7])
        places = np.asarray(self.token_places[first:end])
        starts = (places[:, 0] - int(self.passages[row, 1])).astype(np.int32)
        return StoredEncoding(
            self.store.vectors([row])[0], np.asarray(self.token_states[first:end]), starts, places[:, 1]
        )

    def _document(self, number: int) -> Document:
        entry = self._documents[number]
        first, end = entry["bytes"]
        return Document(
            entry["doc_id"], entry["title"], self._texts[first:end].decode("utf-8"), entry["sha256"], entry["meta"]
        )


def _write_documents(folder: Path, documents: Sequence[Document]) -> None:
    entries: list[dict[str, Any]] = []
    position = 0
    with (folder / "texts.utf8").open("wb") as file:
        for document in documents:
            data = document.text.encode("utf-8")
            file.write(data)
            entries.append({"doc_id": document.doc_id, "title": document.title, "sha256": document.sha256,
                            "meta": dict(document.meta), "bytes": [position, position + len(data)]})  # fmt: skip
            position += len(data)
    _write_json(folder / "documents.json", entries)


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def _counted(frequencies: NDArray[np.int32], pieces: NDArray[np.int32]) -> NDArray[np.int32]:
    """Add one for every word piece that occurs in a passage."""
    import numpy as np

    present = np.unique(pieces)
    if len(present) and present[-1] >= len(frequencies):
        frequencies = np.concatenate([frequencies, np.zeros(int(present[-1]) + 1 - len(frequencies), np.int32)])
    frequencies[present] += 1
    return frequencies


def _count_words(documents: Sequence[Document], sentences: Sequence[Sequence[Span]]) -> dict[str, list[int]]:
    counts: dict[str, list[int]] = {}
    for document, spans in zip(documents, sentences, strict=True):
        for span in spans:
            for position, (word, capital) in enumerate(_words(span.of(document.text))):
                count = counts.setdefault(word, [0, 0])
                if position:  # the first word has a capital whatever it is
                    count[0] += 1
                    count[1] += capital
    return dict(sorted(counts.items()))


def _words(sentence: str) -> Iterator[tuple[str, bool]]:
    for match in _WORD.finditer(sentence):
        for word in folded_words(match.group()):
            if is_content_word(word):
                yield word, match.group()[0].isupper()


def sentence_of_tokens(
    sentences: NDArray[np.int64], places: NDArray[np.int32], first: int, last: int
) -> NDArray[np.int64]:
    """Return for each token of a passage the number of its sentence, given the passage's first and last sentence."""
    import numpy as np

    starts = np.asarray(sentences[first : last + 1, 1])
    return first + np.clip(np.searchsorted(starts, places[:, 0], side="right") - 1, 0, last - first)
