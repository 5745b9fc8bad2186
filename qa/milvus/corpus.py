"""A generation of a store as what answers ask of an index.

In -> out: a client, pages and the name of a collection -> a `MilvusCorpus`; the small tables are read at once, the others as they are asked for.
Does not: choose the generation (qa/milvus/shelf.py), or rank.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from qa.datatypes import Document
from qa.errors import IndexCorrupt
from qa.indexing.contract import Candidates
from qa.indexing.lexical import largest
from qa.indexing.structure import Structure
from qa.indexing.tables import Tables
from qa.milvus.client import Client
from qa.milvus.pages import Pages
from qa.milvus.root import Root
from qa.milvus.rows import Rows, within_ranges
from qa.milvus.tables import PagedTable
from qa.text.shown import Shown

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DOCUMENTS_CACHED = 256
AT_HAND = ("documents", "words", "terms", "word_counts", "piece_frequencies", "projection", "term_edges")
"""What is kept in memory while a generation is open."""


class MilvusCorpus(Tables):
    """An opened generation."""

    texts: PagedTable
    passages: PagedTable
    sentences: PagedTable
    token_states: PagedTable
    token_places: PagedTable

    def __init__(self, client: Client, pages: Pages, collection: str, root: Root) -> None:
        """Read what is asked of every question: documents, words, statistics."""
        self.name = collection
        self._pages = pages
        pages.load([page for described in root.tables.values() for page in described["directory"]])
        table = partial(root.table, pages)
        pages.load([page for each in map(table, AT_HAND) for page in each.pages_of(0, len(each))])
        self.texts, self.passages, self.sentences = table("texts"), table("passages"), table("sentences")
        self.token_states, self.token_places = table("token_states"), table("token_places")
        self.entries, self.vocabulary, self._terms = (_read_json(table(n)) for n in ("documents", "words", "terms"))
        self.word_counts, self.piece_frequencies = table("word_counts").all(), table("piece_frequencies").all()
        self.projection, self._term_edges = table("projection").all(), table("term_edges").all()
        self.structure = Structure(self.entries, table("blocks"), table("hidden"), table("boxes"))
        self._rows = Rows(client, collection, len(self.passages))
        self.document = lru_cache(maxsize=DOCUMENTS_CACHED)(partial(_read_document, self.entries, self.texts))
        self.shown = lru_cache(maxsize=DOCUMENTS_CACHED)(partial(_read_shown, self.document, self.structure))

    def passage_frequency(self, term: str) -> int:
        """Return in how many passages a term (a stem) occurs."""
        number = self._terms.get(term)
        return 0 if number is None else int(self._term_edges[number + 1] - self._term_edges[number])

    def heaviest_row(self, term: str) -> int:
        """Return the first of the passages in which a term weighs most."""
        numbers = self._numbers([term])
        if not self.passage_frequency(term):
            return 0
        rows = sorted(self._rows.with_terms(numbers, 1))
        return rows[int(self._rows.sums(rows, numbers).argmax())]

    def candidates(
        self, vector: NDArray[np.float32], terms: Sequence[str], pool: int, documents: Sequence[int] = ()
    ) -> Candidates:
        """Return the `pool` nearest passages and the `pool` with the largest BM25 scores; with `documents`, of these alone."""
        import numpy as np

        within = within_ranges([self.entries[number]["passages"] for number in documents])
        numbers = self._numbers(terms)
        near = self._rows.nearest(vector, pool, within)
        have = np.array(sorted(self._rows.with_terms(numbers, pool, within)) if numbers else [], np.int64)
        have = have[largest(self._rows.sums(have.tolist(), numbers), pool)]
        rows = np.union1d(np.array(near, np.int64), have)
        dense, lexical = self.scores(vector, terms, rows)
        return Candidates(rows, dense, lexical, float(dense.max(initial=-1.0)))

    def scores(
        self, vector: NDArray[np.float32], terms: Sequence[str], rows: NDArray[np.int64]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return the cosine and the BM25 score of each row."""
        import numpy as np

        wanted = rows.tolist()
        if not wanted:
            return np.empty(0, np.float32), np.empty(0, np.float32)
        dense = np.einsum("ij,j->i", self._rows.vectors(wanted), vector, optimize=False)  # as in qa/stores/faiss.py
        return np.asarray(dense, np.float32), self._rows.sums(wanted, self._numbers(terms))

    def vectors(self, rows: Sequence[int]) -> NDArray[np.float32]:
        """Return the vectors of some passages, `(n, dim) float32`."""
        return self._rows.vectors(rows)

    def fetch(self, rows: Iterable[int]) -> None:
        """Read what will be asked of these passages in three queries, each for the pages that are not at hand."""
        import numpy as np

        chosen = np.unique(np.fromiter(rows, np.int64))
        bounds = self.passages[chosen].tolist()
        needed: list[str] = []
        for _, _, _, first, last, token, end, *_ in bounds:
            needed += self.sentences.pages_of(first, last + 1)
            needed += self.token_states.pages_of(token, end) + self.token_places.pages_of(token, end)
        for number in {row[0] for row in bounds}:
            entry = self.entries[number]
            needed += self.texts.pages_of(*entry["bytes"]) + self.structure.hidden.pages_of(*entry["hidden"])
        self._pages.load(needed)
        blocks = [self.sentences[row[3] : row[4] + 1, 3] for row in bounds]
        self._pages.load(
            [page for some in blocks for page in self.structure.rows.pages_of(int(some[0]), int(some[-1]) + 2)]
        )

    def _numbers(self, terms: Sequence[str]) -> list[int]:
        return [self._terms[term] for term in terms if term in self._terms]


def _read_json(table: PagedTable) -> Any:
    return json.loads(bytes(table.all()))


def _read_document(entries: list[dict[str, Any]], texts: PagedTable, number: int) -> Document:
    entry = entries[number]
    data = bytes(texts[slice(*entry["bytes"])])
    if hashlib.sha256(data).hexdigest() != entry["text_sha256"]:
        raise IndexCorrupt(
            f"The text of {entry['doc_id']!r} in the store is not what was indexed: run `qa build --full`."
        )
    return Document(entry["doc_id"], entry["title"], data.decode("utf-8"), entry["sha256"], entry["meta"])


def _read_shown(document: Any, structure: Structure, number: int) -> Shown:
    return Shown(document(number).text, structure.hidden_of(number))
