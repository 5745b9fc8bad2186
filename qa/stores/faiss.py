"""Passage vectors in FAISS: exact search by inner product, or, above APPROXIMATE_FROM, one bit a dimension and rescoring.

In -> out: `vectors.f32` in a folder, rows `(n, dim) float32` of length 1 -> index files; the folder, memory-mapped -> searches.
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

INDEX_FILE = "vectors.faiss"
VECTORS_FILE = "vectors.f32"
APPROXIMATE_FROM = 150_000
"""From this many vectors on, exact search would take more than some 10 ms (benchmarks/scale.py)."""
APPROXIMATE = "RaBitQfs"
"""Gao and Long, *RaBitQ*, SIGMOD 2024: one bit a dimension, scanned with SIMD; the best are rescored exactly."""
RECALL_AT = 10
_BLOCK_ROWS = 65_536
_TRAINED_ON = 100_000
_PROBES = 200


class FaissStore:
    """A flat FAISS index, or a RaBitQ index whose best candidates are rescored on the memory-mapped vectors."""

    def __init__(self, index: Any, vectors: NDArray[np.float32] | None) -> None:
        self._index = index
        self._vectors = vectors

    @classmethod
    def build(cls, folder: Path, count: int) -> dict[str, Any]:
        """Index the `count` vectors of `vectors.f32`; return what was built and, where it is approximate, its recall.

        An exact index holds the vectors itself, so that `vectors.f32` is removed; memory does not grow with an approximate one.
        """
        import faiss
        import numpy as np

        path = folder / VECTORS_FILE
        vectors = np.memmap(path, np.float32, "r").reshape(count, -1)
        if count < APPROXIMATE_FROM:
            index: Any = faiss.IndexFlatIP(vectors.shape[1])
        else:
            index = faiss.index_factory(vectors.shape[1], APPROXIMATE, faiss.METRIC_INNER_PRODUCT)
            index.train(np.ascontiguousarray(vectors[:: max(1, count // _TRAINED_ON)][:_TRAINED_ON]))
        for first in range(0, count, _BLOCK_ROWS):
            index.add(np.ascontiguousarray(vectors[first : first + _BLOCK_ROWS]))
        faiss.write_index(index, str(folder / INDEX_FILE))
        if count < APPROXIMATE_FROM:
            del vectors
            path.unlink()
            return {"kind": "exact"}
        return {"kind": APPROXIMATE, f"recall@{RECALL_AT}": cls(index, vectors)._measure_recall()}

    @classmethod
    def open(cls, folder: Path) -> FaissStore:
        """Return the store of a folder, its vectors memory-mapped; IndexCorrupt when FAISS refuses it."""
        import faiss
        import numpy as np

        try:
            index = faiss.read_index(str(folder / INDEX_FILE), faiss.IO_FLAG_MMAP_IFC)
            path = folder / VECTORS_FILE
            vectors = np.memmap(path, np.float32, "r").reshape(index.ntotal, index.d) if path.exists() else None
        except (RuntimeError, ValueError) as exc:
            raise IndexCorrupt(f"{folder / INDEX_FILE} is no FAISS index: run `qa build --full`.") from exc
        return cls(index, vectors)

    @property
    def count(self) -> int:
        return int(self._index.ntotal)

    @property
    def dim(self) -> int:
        return int(self._index.d)

    def search(self, vector: NDArray[np.float32], k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        import numpy as np

        wanted = min(k, self.count)
        read = wanted if self._vectors is None else min(4 * wanted + 100, self.count)
        scores, rows = (found[0] for found in self._index.search(self._checked(vector)[None], read))
        if self._vectors is not None:
            rows = np.unique(rows[rows >= 0])
            scores = self.similarities(vector, rows)
        order = np.lexsort((rows, -scores))[:wanted]
        return rows[order], scores[order]

    def similarities(self, vector: NDArray[np.float32], rows: Sequence[int] | NDArray[np.int64]) -> NDArray[np.float32]:
        import numpy as np

        # einsum sums each row by itself: a similarity does not depend on which rows are asked for beside it.
        return np.asarray(np.einsum("ij,j->i", self.vectors(rows), self._checked(vector), optimize=False), np.float32)

    def vectors(self, rows: Sequence[int] | NDArray[np.int64]) -> NDArray[np.float32]:
        import numpy as np

        wanted = np.asarray(rows, np.int64)
        if not len(wanted):
            return np.empty((0, self.dim), np.float32)
        if self._vectors is not None:
            return np.asarray(self._vectors[wanted])
        return np.asarray(self._index.reconstruct_batch(wanted), np.float32)

    def _measure_recall(self) -> float:
        """Return which share of the RECALL_AT exactly nearest vectors a search finds, for vectors spread over the store."""
        import faiss
        import numpy as np

        assert self._vectors is not None
        probes = np.ascontiguousarray(self._vectors[:: max(1, self.count // _PROBES)][:_PROBES])
        best: list[set[int]] = []
        heap = faiss.ResultHeap(len(probes), RECALL_AT, keep_max=True)
        for first in range(0, self.count, _BLOCK_ROWS):
            block = np.ascontiguousarray(self._vectors[first : first + _BLOCK_ROWS])
            scores, rows = faiss.knn(probes, block, min(RECALL_AT, len(block)), metric=faiss.METRIC_INNER_PRODUCT)
            heap.add_result(scores, rows + first)
        heap.finalize()
        best = [set(rows.tolist()) for rows in heap.I]
        found = [best[i] & set(self.search(probe, RECALL_AT)[0].tolist()) for i, probe in enumerate(probes)]
        return round(sum(map(len, found)) / (RECALL_AT * len(probes)), 4)

    def _checked(self, vector: NDArray[np.float32]) -> NDArray[np.float32]:
        import numpy as np

        if vector.shape != (self.dim,) or not np.isfinite(vector).all():
            raise ValueError(f"a search needs {self.dim} finite numbers, got an array of shape {vector.shape}")
        return np.ascontiguousarray(vector, np.float32)
