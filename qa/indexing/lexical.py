"""BM25 over passages: bm25s weighs the terms, numpy adds them up.

In -> out: the terms of each passage -> an index in memory; terms of a question -> a score for every passage.
Does not: rank, split text into terms (qa/text/tokens.py does), or unpickle anything.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

K1 = 0.9
B = 0.4
"""As good as or better than 1.2/0.75 and 1.5/0.9 on Chroma's chunking evaluation; the values Anserini uses."""


class LexicalIndex:
    """Okapi BM25 in the Lucene variant: Robertson and Zaragoza, *The Probabilistic Relevance Framework*, 2009.

    A sparse matrix by terms: the weights and passages of term `t` stand at `edges[t]` to `edges[t + 1]`.
    """

    def __init__(
        self,
        arrays: tuple[NDArray[np.float32], NDArray[np.int32], NDArray[np.int32]],
        ids: dict[str, int],
        passages: int,
    ) -> None:
        self._weights, self._rows, self._edges = arrays
        self._ids = ids
        self._passages = passages
        self._bm25: Any = None

    @classmethod
    def of(cls, passages: Sequence[list[str]]) -> LexicalIndex:
        """Return the index of passages given as lists of terms."""
        vocabulary: dict[str, int] = {}
        ids = [[vocabulary.setdefault(term, len(vocabulary)) for term in terms] for terms in passages]
        return cls.of_ids(ids, vocabulary)

    @classmethod
    def of_ids(cls, passages: Sequence[Sequence[int] | NDArray[np.int32]], vocabulary: dict[str, int]) -> LexicalIndex:
        """Return the index of passages given as the ids of their terms, 0 to len(vocabulary) - 1."""
        import bm25s
        import numpy as np

        vocabulary.setdefault("", len(vocabulary))  # bm25s wants one term at least
        bm25 = bm25s.BM25(k1=K1, b=B, method="lucene", backend="numpy")
        with np.errstate(invalid="ignore"):  # the mean length is 0 where no passage has a term
            bm25.index((passages, vocabulary), show_progress=False, create_empty_token=False)
        found = bm25.scores
        made = cls((found["data"], found["indices"], found["indptr"]), bm25.vocab_dict, int(found["num_docs"]))
        made._bm25 = bm25
        return made

    @classmethod
    def open(cls, folder: Path) -> LexicalIndex:
        """Return the index that `save` wrote into `folder`, its arrays memory-mapped; bm25s is not needed to read it."""
        import numpy as np

        names = ("data", "indices", "indptr")
        data, rows, edges = (np.asarray(np.load(folder / f"{name}.csc.index.npy", mmap_mode="r")) for name in names)
        ids = json.loads((folder / "vocab.index.json").read_text(encoding="utf-8"))
        params = json.loads((folder / "params.index.json").read_text(encoding="utf-8"))
        return cls((data, rows, edges), ids, int(params["num_docs"]))

    def save(self, folder: Path) -> None:
        """Write the index, which has to be one just made, as JSON and npy files into `folder`."""
        self._bm25.save(str(folder), show_progress=False)

    def scores(self, terms: Sequence[str]) -> NDArray[np.float32]:
        """Return the BM25 score of every passage, `(n,) float32`; 0 where no term of the question occurs."""
        import numpy as np

        total = np.zeros(self._passages, np.float32)
        for number in (self._ids[term] for term in terms if term in self._ids):
            first, end = self._edges[number], self._edges[number + 1]
            total[self._rows[first:end]] += self._weights[first:end]  # a passage stands once under a term
        return total

    @property
    def ids(self) -> dict[str, int]:
        """The number of each term."""
        return self._ids

    @property
    def edges(self) -> NDArray[np.int32]:
        """`(terms + 1,)`: the differences are in how many passages each term occurs."""
        return self._edges

    def by_passage(self) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float32]]:
        """Return the same by passages: the terms and weights of passage `p` stand at `edges[p]` to `edges[p + 1]`."""
        import numpy as np

        order = np.argsort(self._rows, kind="stable")
        terms = np.repeat(np.arange(len(self._edges) - 1, dtype=np.int32), np.diff(self._edges))[order]
        edges = np.append(0, np.cumsum(np.bincount(self._rows, minlength=self._passages))).astype(np.int64)
        return edges, terms, np.asarray(self._weights[order])

    def check(self, passages: int) -> None:
        """Refuse terms without weights, and weights of passages there are not: ValueError."""
        weights, rows, edges = self._weights, self._rows, self._edges
        if (
            not isinstance(self._ids, dict)
            or [*self._ids.values()] != [*range(len(edges) - 1)]
            or self._passages != passages
        ):
            raise ValueError("bm25 has other terms than weights")
        kinds = [(array.ndim, array.dtype.kind) for array in (weights, rows, edges)]
        if kinds != [(1, "f"), (1, "i"), (1, "i")] or (edges[1:] < edges[:-1]).any():
            raise ValueError("bm25 is no array of weights")
        if not (len(edges) > 1 and edges[0] == 0 and edges[-1] == len(weights) == len(rows)):
            raise ValueError("bm25 has other terms than weights")
        if len(rows) and not 0 <= int(rows.min()) <= int(rows.max()) < passages:
            raise ValueError("bm25 weighs passages there are not")

    def passage_frequency(self, term: str) -> int:
        """Return in how many passages `term` occurs."""
        number = self._ids.get(term)
        return 0 if number is None else int(self._edges[number + 1] - self._edges[number])


def largest(scores: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    """Return the places of the k largest scores above 0, ties by place."""
    import numpy as np

    found = np.flatnonzero(scores > 0)
    if len(found) > k:
        least = np.partition(scores[found], -k)[-k]
        found = found[scores[found] >= least]
    return found[np.lexsort((found, -scores[found]))[:k]]


def distinct(rows: Iterable[int]) -> NDArray[np.int64]:
    """Return the rows in order, each once; `np.unique` loads all of numpy.ma, which takes longer than a question."""
    import numpy as np

    return np.array(sorted(set(rows)), np.int64)
