"""Whether the arrays of a snapshot point into each other and into the documents, and nowhere else.

In -> out: an opened corpus -> nothing, or a ValueError that says which file is not what a build writes.
Does not: tell a forged text from a true one (its sha256 does), or change anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from qa.datatypes import Kind
from qa.indexing.lexical import LexicalIndex
from qa.indexing.shapes import check_entries, check_words
from qa.indexing.structure import BLOCK_COLUMNS, Structure
from qa.records import record
from qa.stores import VectorStore

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Parts(Protocol):
    """What is looked at of a corpus."""

    entries: list[dict[str, Any]]
    structure: Structure
    sentences: NDArray[np.int64]
    passages: NDArray[np.int64]
    passage_keys: NDArray[np.void]
    token_places: NDArray[np.int32]
    token_states: NDArray[np.int8]
    projection: NDArray[np.float32]
    occurrences: NDArray[np.uint32]
    piece_frequencies: NDArray[np.int32]
    vocabulary: list[str]
    word_counts: NDArray[np.int64]
    lexical: LexicalIndex
    store: VectorStore


def check_parts(parts: Parts, text_bytes: int, counts: Mapping[str, int]) -> None:
    """Refuse what cannot have been written by a build: ValueError, or what a malformed value raises (shapes.MALFORMED)."""
    structure = parts.structure
    held = Held(parts.entries, {
        "blocks": len(structure.rows), "words": len(parts.occurrences), "pieces": len(parts.piece_frequencies),
    })  # fmt: skip
    rows = {"blocks": len(structure.rows), "hidden": len(structure.hidden), "boxes": len(structure.boxes)}
    check_entries(parts.entries, text_bytes, {**counts, **rows})
    _check_told(parts.entries)
    check_words(parts.vocabulary, parts.word_counts, parts.occurrences)
    parts.lexical.check(counts["passages"])
    check_tables(parts.sentences, parts.passages, parts.token_places, held)
    check_structure(structure.rows, structure.hidden, held)
    _check_numbers("word_counts.npy", parts.word_counts, 2, "i")
    _check_numbers("piece_frequencies.npy", parts.piece_frequencies, 1, "i")
    if parts.projection.dtype.str[1:] != "f4" or parts.projection.shape[1:] != parts.token_states.shape[1:]:
        raise ValueError("projection.npy is not as wide as the states of tokens")
    if parts.projection.shape[0] != parts.store.dim:
        raise ValueError("projection.npy is not as high as the vectors are wide")
    if parts.passage_keys.dtype.str != "|V32" or parts.passage_keys.ndim != 1:
        raise ValueError("passage_keys.npy has no keys")
    if len(parts.token_places) != len(parts.token_states):
        raise ValueError("token_places.i32 has other tokens than their states")


def check_tables(
    sentences: NDArray[np.int64], passages: NDArray[np.int64], tokens: NDArray[np.int32], held: Held
) -> None:
    """Refuse tables that point out of what they point into; `tokens` are the places of the tokens."""
    _check_shape("sentences.npy", sentences, 4)
    _check_shape("passages.npy", passages, 9)
    _check_shape("token_places.i32", tokens, 2)
    _check_spans("sentences.npy", sentences[:, 0], sentences[:, 1:3], held, "sentences")
    _check_spans("passages.npy", passages[:, 0], passages[:, 1:3], held, "passages")
    _check_between("sentences.npy", sentences[:, 3], held.counts["blocks"] - 1)
    _check_between("passages.npy", passages[:, 3:5], len(sentences) - 1)
    _check_between("token_places.i32", tokens[:, 0], held.longest)
    _check_between("token_places.i32", tokens[:, 1], held.counts["pieces"] - 1)
    if (passages[:, 3] > passages[:, 4]).any():
        raise ValueError("passages.npy has an end before its start")
    for first, rows in ((5, len(tokens)), (7, held.counts["words"])):
        starts, ends = passages[:, first], passages[:, first + 1]
        tiled = (starts <= ends).all() and (starts[1:] == ends[:-1]).all()
        if not tiled or [*starts[:1], *ends[-1:]] != [0, rows][: 2 * len(passages)]:
            raise ValueError("passages.npy does not divide the tokens and words")


def check_structure(rows: NDArray[np.int64], hidden: NDArray[np.int64], held: Held) -> None:
    """Refuse blocks and markup that lie outside of their document, or are of no kind there is."""
    import numpy as np

    _check_shape("blocks.npy", rows, len(BLOCK_COLUMNS))
    _check_shape("hidden.npy", hidden, 2)
    _check_spans("blocks.npy", rows[:, 0], rows[:, 1:3], held, "blocks")
    led = rows[(rows[:, 5:7] != -1).any(axis=1)]
    _check_spans("blocks.npy", led[:, 0], led[:, 5:7], held)
    _check_spans("hidden.npy", held.numbers("hidden"), hidden, held)
    _check_between("blocks.npy", rows[:, 3], len(Kind) - 1)
    paths = np.array([len(entry["paths"]) for entry in held.entries], np.int64)
    if (rows[:, 8] < 0).any() or (rows[:, 8] >= paths[rows[:, 0]]).any():
        raise ValueError("blocks.npy names headings there are not")


def _check_told(entries: Sequence[Mapping[str, Any]]) -> None:
    """Refuse headings, pages and marks of documents that are not what they should be."""
    for entry in entries:
        fits = all(isinstance(path, list) and _are(path, str) for path in entry["paths"])
        fits = fits and all(_are_kinds(page, (str, float, float)) for page in entry["pages"])
        fits = fits and all(_are_kinds(mark, (int, str, str)) for mark in entry["marks"])
        if not (fits and all(isinstance(entry[key], list) for key in ("paths", "pages", "marks"))):
            raise ValueError("documents.json has headings, pages or parts that are none")


@record
class Held:
    """What tables may point into: the documents, and how much there is of what is counted."""

    entries: Sequence[Mapping[str, Any]]
    counts: Mapping[str, int]
    """`blocks`, `words` (occurrences) and `pieces` (of the model's vocabulary)."""

    def numbers(self, key: str) -> NDArray[np.int64]:
        """Return the document of each row of a table, by what the entries say."""
        import numpy as np

        return np.repeat(np.arange(len(self.entries)), [end - first for first, end in (e[key] for e in self.entries)])

    @property
    def sizes(self) -> NDArray[np.int64]:
        """The bytes of each document, which has no more characters."""
        import numpy as np

        return np.array([end - first for first, end in (entry["bytes"] for entry in self.entries)], np.int64)

    @property
    def longest(self) -> int:
        return int(self.sizes.max(initial=0))


def _check_numbers(name: str, array: NDArray[Any], dimensions: int, kind: str) -> None:
    if array.ndim != dimensions or array.dtype.kind != kind:
        raise ValueError(f"{name} is no array of numbers as a build writes it")


def _check_shape(name: str, table: NDArray[Any], columns: int) -> None:
    if table.ndim != 2 or table.shape[1] != columns or table.dtype.kind != "i":
        raise ValueError(f"{name} is no table of {columns} columns of whole numbers")


def _check_spans(name: str, documents: NDArray[np.int64], spans: NDArray[np.int64], held: Held, key: str = "") -> None:
    """Refuse spans outside of their document; with `key`, rows of another document than the entries say."""
    if key and (documents != held.numbers(key)).any():
        raise ValueError(f"{name} has a row of another document")
    if (spans[:, 0] < 0).any() or (spans[:, 0] > spans[:, 1]).any() or (spans[:, 1] > held.sizes[documents]).any():
        raise ValueError(f"{name} leads out of a document")


def _check_between(name: str, column: NDArray[Any], last: int) -> None:
    if column.size and not 0 <= int(column.min()) <= int(column.max()) <= last:
        raise ValueError(f"{name} points to what there is not")


def _are(values: Any, kind: type) -> bool:
    return isinstance(values, list) and all(isinstance(value, kind) for value in values)


def _are_kinds(values: Any, kinds: tuple[type, ...]) -> bool:
    """Tell whether a list has values of these kinds; a whole number is a float, too, a truth value neither."""
    if not isinstance(values, list) or len(values) != len(kinds):
        return False
    wide = [(int, float) if kind is float else kind for kind in kinds]
    return all(isinstance(v, k) and not isinstance(v, bool) for v, k in zip(values, wide, strict=True))
