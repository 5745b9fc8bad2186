"""Passage vectors in a FAISS index file: exact search by inner product.

In -> out: unit vectors `(n, dim) float32` -> a file; the file, memory-mapped -> searches.
Does not: check a file for damage (qa/snapshots.py compares checksums before it comes here: FAISS would load rubbish).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.errors import IndexCorrupt

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class FaissStore:
    """A flat FAISS index (Douze et al., *The Faiss library*, 2024)."""

    def __init__(self, index: Any) -> None:
        self._index = index

    @classmethod
    def of(cls, vectors: NDArray[np.float32]) -> FaissStore:
        """Return a store that holds `vectors`, `(n, dim) float32` of length 1, row by row."""
        import faiss

        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(vectors)
        return cls(index)

    @classmethod
    def open(cls, path: Path) -> FaissStore:
        """Return the store that `save` wrote to `path`, its vectors memory-mapped; IndexCorrupt when FAISS refuses it."""
        import faiss

        try:
            return cls(faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC))
        except RuntimeError as exc:
            raise IndexCorrupt(f"{path} is no FAISS index: run `qa build --full`.") from exc

    def save(self, path: Path) -> None:
        """Write the index to `path`."""
        import faiss

        faiss.write_index(self._index, str(path))

    @property
    def count(self) -> int:
        return int(self._index.ntotal)

    @property
    def dim(self) -> int:
        return int(self._index.d)

    def search(self, vector: NDArray[np.float32], k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        import numpy as np

        scores, rows = self._index.search(self._checked(vector)[None], min(k, self.count))
        order = np.lexsort((rows[0], -scores[0]))
        return rows[0][order], scores[0][order]

    def similarities(self, vector: NDArray[np.float32], rows: Sequence[int] | NDArray[np.int64]) -> NDArray[np.float32]:
        import numpy as np

        # einsum sums each row by itself: a similarity does not depend on which rows are asked for beside it.
        return np.asarray(np.einsum("ij,j->i", self.vectors(rows), self._checked(vector), optimize=False), np.float32)

    def vectors(self, rows: Sequence[int] | NDArray[np.int64]) -> NDArray[np.float32]:
        import numpy as np

        if not len(rows):
            return np.empty((0, self.dim), np.float32)
        return np.asarray(self._index.reconstruct_batch(np.asarray(rows, np.int64)), np.float32)

    def _checked(self, vector: NDArray[np.float32]) -> NDArray[np.float32]:
        import numpy as np

        if vector.shape != (self.dim,) or not np.isfinite(vector).all():
            raise ValueError(f"a search needs {self.dim} finite numbers, got an array of shape {vector.shape}")
        return np.ascontiguousarray(vector, np.float32)
