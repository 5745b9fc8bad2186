"""What answers ask of an index, wherever it lives: candidates, passages, documents and statistics.

In -> out: a question's vector and terms, numbers of passages, sentences and documents -> what an opened index has of them.
Does not: say how an index keeps them (qa/indexing/corpus.py maps the files of a snapshot), or rank anything.

Passages, sentences, blocks and tokens have numbers, in the order of the documents (by doc_id) and of their text; a passage's number is its row.
An index does not change while it is open.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from qa.datatypes import Block, Document, Passage, Span
from qa.indexing.lexical import distinct, largest
from qa.indexing.structure import Structure
from qa.records import record
from qa.text.shown import Shown

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SHORTEST_HEARD = 4
"""Fewest letters of a word that is compared with others by its sound."""


@record
class Candidates:
    """The passages that may answer: the nearest and those with the largest BM25 scores, each once."""

    rows: NDArray[np.int64]
    """(n,) in order."""
    dense: NDArray[np.float32]
    """(n,) cosine of each with the question."""
    lexical: NDArray[np.float32]
    """(n,) BM25 score of each."""
    nearest: float
    """The largest cosine of any passage that was searched."""


def pooled(rows: NDArray[np.int64], dense: NDArray[np.float32], lexical: NDArray[np.float32], pool: int) -> Candidates:
    """Return the candidates among some passages, all of whose scores are known: the `pool` best by each, in order of their rows."""
    import numpy as np

    near = np.lexsort((rows, -dense))[:pool]
    kept = distinct([*near.tolist(), *largest(lexical, pool).tolist()])
    return Candidates(rows[kept], dense[kept], lexical[kept], float(dense.max(initial=-1.0)))


class Table(Protocol):
    """Rows of numbers, asked like an array: a row, some rows, a slice of them, with a column or some columns; never a whole column."""

    def __len__(self) -> int: ...

    def __getitem__(self, key: Any, /) -> Any: ...


class Corpus(Protocol):
    """An opened index."""

    @property
    def name(self) -> str:
        """What tells it from every other state of the index."""

    # --- documents and statistics: small, at hand while the index is open

    @property
    def entries(self) -> Sequence[Mapping[str, Any]]:
        """Of each document: doc_id, title, sha256, meta, also, and where its passages, sentences, ... are, as [first, end)."""

    @property
    def number_of(self) -> Mapping[str, int]:
        """The number of each document by its id."""

    @property
    def vocabulary(self) -> Sequence[str]:
        """Every content word, folded, alphabetically."""

    @property
    def words(self) -> Mapping[str, tuple[int, int]]:
        """Of each content word: how often it occurs inside a sentence, and how often of these with a capital."""

    @property
    def words_by_sound(self) -> Mapping[str, Sequence[str]]:
        """The content words of SHORTEST_HEARD letters and more by how they are spoken, roughly."""

    @property
    def piece_frequencies(self) -> NDArray[np.int32]:
        """`(vocabulary of the model,)`: in how many passages a word piece occurs."""

    @property
    def projection(self) -> NDArray[np.float32]:
        """`(dim, width)`: from the model's states to those in `token_states`."""

    def passage_frequency(self, term: str) -> int:
        """Return in how many passages a term (a stem) occurs."""

    def is_name(self, word: str) -> bool:
        """Tell whether a folded word has a capital nearly always, also inside a sentence."""

    def spelling_of(self, word: str) -> str:
        """Return a folded word of the documents as it is written in the passage where it weighs most."""

    # --- candidates

    def candidates(
        self, vector: NDArray[np.float32], terms: Sequence[str], pool: int, documents: Sequence[int] = ()
    ) -> Candidates:
        """Return the `pool` nearest passages and the `pool` with the largest BM25 scores above 0; with `documents`, of these alone."""

    def scores(
        self, vector: NDArray[np.float32], terms: Sequence[str], rows: NDArray[np.int64]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return the cosine and the BM25 score of each row, `(n,)` both."""

    # --- passages

    def fetch(self, rows: Iterable[int]) -> None:
        """Say that these passages will be asked for: their text, sentences, blocks, places and token states are fetched at once.

        Without it everything is found all the same, piece by piece.
        """

    @property
    def passages(self) -> Table:
        """The columns of `qa.indexing.corpus.PASSAGE_COLUMNS`, by row."""

    @property
    def sentences(self) -> Table:
        """Document, start, end and block, by number of a sentence."""

    @property
    def token_states(self) -> Table:
        """int8 states of the model, by number of a token; each row is scaled to its largest value."""

    def passage(self, row: int) -> Passage:
        """Return the passage of a row."""

    def joined_passage(self, first: int, last: int) -> Passage:
        """Return the passages `first` to `last` of one document as one."""

    def passage_before(self, row: int) -> int | None:
        """Return the row of the passage before this one in its document."""

    def passage_after(self, row: int) -> int | None:
        """Return the row of the passage after this one in its document."""

    def row_at(self, doc_id: str, position: int) -> int:
        """Return the passage of a document in which a position stands, the nearest before it where it stands in none."""

    def row_of_sentence(self, number: int) -> int:
        """Return the first passage in which a sentence ends."""

    def word_of_token(self, row: int, token: int) -> str:
        """Return the folded word in which a token of a passage stands, "" where it stands in none."""

    def sentences_of(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Return the sentences of some passages that have a token there, passage by passage: the number of each, which of `rows`
        it stands in, and how many of all the passages' tokens stand before it; a sentence may stand in two passages.
        """

    # --- documents

    @property
    def structure(self) -> Structure:
        """Blocks, markup, pages and parts of the documents."""

    def sentence(self, number: int) -> tuple[Document, Span]:
        """Return the document of a sentence, and its span with the white space around it."""

    def block_of(self, sentence: int) -> Block:
        """Return the block a sentence stands in."""

    def document(self, number: int, /) -> Document:
        """Return a document with its text as it was indexed; IndexCorrupt where the text is not that."""

    def find_document(self, doc_id: str) -> Document | None:
        """Return the document with this id, with its text as it was indexed."""

    def shown(self, number: int, /) -> Shown:
        """Return the text of a document without its markup."""

    def document_bytes(self, number: int) -> bytes:
        """Return a document's text as UTF-8."""
