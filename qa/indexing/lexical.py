"""BM25 over passages (bm25s).

In -> out: the terms of each passage -> an index in memory; terms of a question -> a score for every passage.
Does not: rank, split text into terms (qa/text/tokens.py does), or unpickle anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import bm25s
    import numpy as np
    from numpy.typing import NDArray

K1 = 0.9
B = 0.4
"""As good as or better than 1.2/0.75 and 1.5/0.9 on Chroma's chunking evaluation; the values Anserini uses."""


class LexicalIndex:
    """Okapi BM25 in the Lucene variant: Robertson and Zaragoza, *The Probabilistic Relevance Framework*, 2009."""

    def __init__(self, bm25: bm25s.BM25) -> None:
        self._bm25 = bm25

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
        return cls(bm25)

    @classmethod
    def open(cls, folder: Path) -> LexicalIndex:
        """Return the index that `save` wrote into `folder`, its arrays memory-mapped."""
        import bm25s

        return cls(bm25s.BM25.load(str(folder), mmap=True, show_progress=False, verbosity=0))

    def save(self, folder: Path) -> None:
        """Write the index as JSON and npy files into `folder`."""
        self._bm25.save(str(folder), show_progress=False)

    def scores(self, terms: Sequence[str]) -> NDArray[np.float32]:
        """Return the BM25 score of every passage, `(n,) float32`; 0 where no term of the question occurs."""
        import numpy as np

        known = [self._bm25.vocab_dict[term] for term in terms if term in self._bm25.vocab_dict]
        return np.asarray(self._bm25.get_scores_from_ids(known), dtype=np.float32)

    @property
    def term_count(self) -> int:
        """How many terms have weights; ValueError where not each of them has a name."""
        count = len(self._bm25.scores["indptr"]) - 1
        if not isinstance(self._bm25.vocab_dict, dict) or len(self._bm25.vocab_dict) != count:
            raise ValueError("bm25 has other terms than weights")
        return count

    def passage_frequency(self, term: str) -> int:
        """Return in how many passages `term` occurs."""
        term_id = self._bm25.vocab_dict.get(term)
        if term_id is None:
            return 0
        edges = self._bm25.scores["indptr"]
        return int(edges[term_id + 1] - edges[term_id])
