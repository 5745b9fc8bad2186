"""The files of one snapshot as documents, sentences, passages, vectors, token states and terms: format and reader.

In -> out: an opened Snapshot -> a `Corpus` that reads texts and arrays on demand.
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
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.datatypes import Block, Document, Passage, Span
from qa.errors import IndexCorrupt
from qa.indexing.lexical import LexicalIndex
from qa.indexing.shapes import MALFORMED, check_entries, check_manifest, check_tables, check_words
from qa.indexing.snapshots import Snapshot
from qa.indexing.structure import Structure
from qa.stores import VectorStore
from qa.text.shown import Shown
from qa.text.tokens import count_prompt_tokens, fold, folded_words, sound, stem

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ALWAYS_HASHED = ("vectors.faiss",)
"""Files whose damage a library would not notice, or not survive: compared in full at every opening, however large."""
PASSAGE_COLUMNS = (
    "document", "start", "end", "first_sentence", "last_sentence",
    "first_token", "end_token", "first_word", "end_word",
)  # fmt: skip
SHORTEST_HEARD = 4
_WRITTEN = re.compile(r"[^\W_]+")
NAME_SHARE = 0.7
"""A word is a name where at least this share of its occurrences inside sentences has a capital."""


@dataclass(frozen=True, slots=True)
class StoredEncoding:
    """What is kept of a passage's Encoding; `starts` count within the passage."""

    vector: NDArray[np.float32]
    states: NDArray[np.int8]
    starts: NDArray[np.int32]
    pieces: NDArray[np.int32]


class Corpus:
    """An opened snapshot, which is held open as long as this object lives. Arrays are memory-mapped."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Open every file; IndexCorrupt where one cannot be what it should be."""
        self.snapshot = check_manifest(snapshot)
        try:
            self._open(snapshot.folder, snapshot.manifest["counts"])
        except MALFORMED as exc:
            raise IndexCorrupt(f"{snapshot.folder} cannot be opened ({exc}): run `qa build --full`.") from exc
        # Without a reference to self: a cycle would hold the snapshot until the garbage collector comes by.
        self.document = lru_cache(maxsize=256)(partial(_read_document, snapshot.folder, self.entries, self._texts))
        self.shown = lru_cache(maxsize=256)(partial(_read_shown, self.document, self.structure))

    def _open(self, folder: Path, counts: dict[str, int]) -> None:
        import numpy as np

        from qa.stores.faiss import FaissStore

        self.entries: list[dict[str, Any]] = json.loads((folder / "documents.json").read_text(encoding="utf-8"))
        with (folder / "texts.utf8").open("rb") as file:
            self._texts = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self.structure = Structure(folder, self.entries)
        self.sentences: NDArray[np.int64] = _mapped_npy(folder / "sentences.npy")
        self.passages: NDArray[np.int64] = _mapped_npy(folder / "passages.npy")
        self.passage_keys: NDArray[np.void] = _mapped_npy(folder / "passage_keys.npy")
        self.token_places: NDArray[np.int32] = _mapped(folder / "token_places.i32", np.int32, (counts["tokens"], 2))
        self.token_states: NDArray[np.int8] = _mapped(folder / "token_states.i8", np.int8, (counts["tokens"], -1))
        self.projection: NDArray[np.float32] = np.load(folder / "projection.npy")
        self.occurrences: NDArray[np.uint32] = _mapped(folder / "words.u32", np.uint32, (-1,))
        self.piece_frequencies: NDArray[np.int32] = _mapped_npy(folder / "piece_frequencies.npy")
        self.vocabulary: list[str] = json.loads((folder / "words.json").read_text(encoding="utf-8"))
        self._word_counts: NDArray[np.int64] = _mapped_npy(folder / "word_counts.npy")
        self.store: VectorStore = FaissStore.open(folder)
        self.lexical = LexicalIndex.open(folder / "bm25")
        self._check_counts(counts)

    @cached_property
    def number_of(self) -> dict[str, int]:
        """The position of each document by its id."""
        return {entry["doc_id"]: number for number, entry in enumerate(self.entries)}

    @cached_property
    def number_of_text(self) -> dict[tuple[str, str], int]:
        """The position of a document by the sha256 of its file and what read it."""
        return {(entry["sha256"], entry["reader"]): number for number, entry in enumerate(self.entries)}

    @cached_property
    def words(self) -> dict[str, tuple[int, int]]:
        """Of each content word: how often it occurs inside a sentence, and how often of these with a capital."""
        return {
            word: (inside, capital)
            for word, (inside, capital) in zip(self.vocabulary, self._word_counts.tolist(), strict=True)
        }

    @cached_property
    def words_by_sound(self) -> dict[str, list[str]]:
        """The content words of four letters and more by how they are spoken, roughly."""
        table: dict[str, list[str]] = {}
        for word in self.vocabulary:
            if len(word) >= SHORTEST_HEARD and word.isalpha():
                table.setdefault(sound(word), []).append(word)
        return table

    def find_document(self, doc_id: str) -> Document | None:
        """Return the document with this id, with its text as it was indexed."""
        number = self.number_of.get(doc_id)
        return None if number is None else self.document(number)

    def is_name(self, word: str) -> bool:
        """Tell whether a folded word has a capital nearly always, also inside a sentence."""
        inside, capital = self.words.get(word, (0, 0))
        return inside > 0 and capital / inside >= NAME_SHARE

    def frequent_names(self, limit: int) -> list[str]:
        """Return the names that occur most often, as they are written, most frequent first."""
        names = sorted(filter(self.is_name, self.words), key=lambda word: (-self.words[word][0], word))
        return [self.spelling_of(name) for name in names[:limit]]

    def spelling_of(self, word: str) -> str:
        """Return a folded word of the documents as it is written in the passage where it weighs most."""
        row = int(self.lexical.scores([stem(word)]).argmax())
        written = _WRITTEN.findall(self.passage(row).text)
        return next((each for each in written if fold(each) == word), word)

    def sentence(self, number: int) -> tuple[Document, Span]:
        """Return the document of a sentence, and its span with the white space around it."""
        document, start, end, _ = self.sentences[number].tolist()
        return self.document(document), Span(start, end)

    def block_of(self, sentence: int) -> Block:
        """Return the block a sentence stands in."""
        return self.structure.block(int(self.sentences[sentence, 3]))

    def passage(self, row: int) -> Passage:
        """Return the passage of a row."""
        return self.joined_passage(row, row)

    def joined_passage(self, first: int, last: int) -> Passage:
        """Return the passages `first` to `last` of one document as one."""
        number, start = (int(x) for x in self.passages[first, :2])
        document, span = self.document(number), Span(start, int(self.passages[last, 2]))
        text = span.of(document.text)
        passage_id = f"{document.doc_id}#{span.start}-{span.end}"
        return Passage(passage_id, document.doc_id, document.title, span, text, count_prompt_tokens)

    def row_at(self, doc_id: str, position: int) -> int:
        """Return the passage of a document in which a position stands, the nearest before it where it stands in none."""
        import numpy as np

        first, end = self.entries[self.number_of[doc_id]]["passages"]
        return int(first) + max(int(np.searchsorted(self.passages[first:end, 1], position, side="right")) - 1, 0)

    def passage_before(self, row: int) -> int | None:
        """Return the row of the passage before this one in its document."""
        return row - 1 if row and self.passages[row - 1, 0] == self.passages[row, 0] else None

    def passage_after(self, row: int) -> int | None:
        """Return the row of the passage after this one in its document."""
        after = row + 1
        return after if after < len(self.passages) and self.passages[after, 0] == self.passages[row, 0] else None

    def encoding(self, row: int) -> StoredEncoding:
        """Return what was stored of a passage's encoding."""
        import numpy as np

        first, end = (int(x) for x in self.passages[row, 5:7])
        places = np.asarray(self.token_places[first:end])
        number, start, last = (int(x) for x in self.passages[row, :3])
        seen = self.shown(number).places(Span(start, last))
        starts = np.searchsorted(np.asarray(seen), places[:, 0]).astype(np.int32)
        return StoredEncoding(
            self.store.vectors([row])[0], np.asarray(self.token_states[first:end]), starts, places[:, 1]
        )

    def word_of_token(self, token: int) -> str:
        """Return the folded word a token stands in, "" where it stands in none."""
        import numpy as np

        row = int(np.searchsorted(self.passages[:, 5], token, side="right")) - 1
        text = self.document(int(self.passages[row, 0])).text
        start = end = int(self.token_places[token, 0])
        while start > 0 and text[start - 1].isalnum():
            start -= 1
        while end < len(text) and text[end].isalnum():
            end += 1
        return next(folded_words(text[start:end]), "")

    def sentence_of_tokens(self, row: int) -> NDArray[np.int64]:
        """Return for each token of a passage the number of its sentence."""
        import numpy as np

        first, last, first_token, end_token = self.passages[row, 3:7].tolist()
        later = self.sentences[first + 1 : last + 1, 1]  # what stands before the second sentence is of the first
        places = self.token_places[first_token:end_token, 0]
        return np.asarray(first + later.searchsorted(places, side="right"), np.int64)

    def checked_bytes(self, number: int) -> bytes:
        """Return a document's text as UTF-8, compared with its sha256 (IndexCorrupt)."""
        return _checked_text(self.snapshot.folder, self.entries[number], self._texts)

    def verify_texts(self) -> None:
        """Compare every text with its sha256: IndexCorrupt, naming the first document whose text is another."""
        for number in range(len(self.entries)):
            self.checked_bytes(number)

    def document_bytes(self, number: int) -> bytes:
        """Return a document's text as UTF-8."""
        first, end = self.entries[number]["bytes"]
        return self._texts[first:end]

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
        check_entries(self.entries, len(self._texts), counts)
        check_words(self.vocabulary, self._word_counts, self.lexical.term_count, self.occurrences)
        check_tables(self.sentences, self.passages, counts, len(self.occurrences))


def _read_document(folder: Path, entries: list[dict[str, Any]], texts: mmap.mmap, number: int) -> Document:
    entry = entries[number]
    text = _checked_text(folder, entry, texts).decode("utf-8")
    return Document(entry["doc_id"], entry["title"], text, entry["sha256"], entry["meta"])


def _checked_text(folder: Path, entry: dict[str, Any], texts: mmap.mmap) -> bytes:
    first, end = entry["bytes"]
    data = texts[first:end]
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

    if not path.stat().st_size:
        return np.empty([max(n, 0) for n in shape], dtype)
    return np.asarray(np.memmap(path, dtype, "r").reshape(shape))


def _mapped_npy(path: Path) -> Any:
    """Map an array as a plain one: every row taken from an `np.memmap` costs a Python call more."""
    import numpy as np

    return np.asarray(np.load(path, mmap_mode="r"))
