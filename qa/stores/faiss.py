"""Passage vectors in FAISS: exact search by inner product, or, above APPROXIMATE_FROM, one bit a dimension and rescoring.

In -> out: `vectors.f32` in a folder, rows `(n, dim) float32` of length 1 -> index files; the folder, memory-mapped -> searches.
Does not: check a file for damage (qa/indexing/snapshots.py compares checksums before it comes here: FAISS would load rubbish).
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.errors import IndexCorrupt
from qa.stores.base import checked, compared
from qa.stores.flat import INDEX_FILE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

VECTORS_FILE = "vectors.f32"
APPROXIMATE_FROM = 150_000
"""From this many vectors on, exact search would take more than some 10 ms (benchmarks/scale.py)."""
APPROXIMATE = "RaBitQfs"
"""Gao and Long, *RaBitQ*, SIGMOD 2024: one bit a dimension, scanned with SIMD; the best are rescored exactly."""
EXACT = "exact"
RECALL_AT = 10
_BLOCK_ROWS = 16_384
_TRAINED_ON = 20_000
_PROBES = 200


class VectorFile:
    """Rows of a headerless file of float32, read as they are needed.

    Read rather than mapped: rows all over a mapped file would make the whole of it resident in time.
    """

    def __init__(self, path: Path, count: int) -> None:
        self.count = count
        self.dim = path.stat().st_size // (4 * count)
        self._file = path.open("rb")
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close the file; also done when the object goes."""
        self._file.close()

    def __del__(self) -> None:
        self.close()

    def block(self, first: int, last: int) -> NDArray[np.float32]:
        """Return the rows `[first, last)`."""
        import numpy as np

        self._file.seek(4 * self.dim * first)
        rows = np.fromfile(self._file, np.float32, self.dim * (min(last, self.count) - first))
        return rows.reshape(-1, self.dim)

    def take(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return chosen rows in the given order."""
        import numpy as np

        data = b"".join(self._read(4 * self.dim * row) for row in rows.tolist())
        return np.frombuffer(data, np.float32).reshape(len(rows), self.dim)

    def _read(self, offset: int) -> bytes:
        if hasattr(os, "pread"):
            return os.pread(self._file.fileno(), 4 * self.dim, offset)
        with self._lock:  # Windows has no read at a place that leaves the file's own place alone
            self._file.seek(offset)
            return self._file.read(4 * self.dim)

    def spread(self, most: int) -> NDArray[np.float32]:
        """Return at most `most` rows at equal distances."""
        import numpy as np

        return self.take(np.arange(0, self.count, max(1, self.count // most), dtype=np.int64)[:most])


class FaissStore:
    """A flat FAISS index, or a RaBitQ index whose best candidates are rescored exactly with the vectors on disk."""

    def __init__(self, index: Any, vectors: VectorFile | None) -> None:
        self._index = index
        self._vectors = vectors

    @classmethod
    def build(cls, folder: Path, count: int) -> dict[str, Any]:
        """Index the `count` vectors of `vectors.f32`; return what was built and, where it is approximate, its recall.

        An exact index holds the vectors itself, so that `vectors.f32` is removed; memory grows by 1/32 of them with an
        approximate one.
        """
        with closing(VectorFile(folder / VECTORS_FILE, count)) as vectors:
            built = cls._build(folder, vectors)
        if built["kind"] == EXACT:
            (folder / VECTORS_FILE).unlink()
        return built

    @classmethod
    def _build(cls, folder: Path, vectors: VectorFile) -> dict[str, Any]:
        import faiss

        count = vectors.count
        if count < APPROXIMATE_FROM:
            index: Any = faiss.IndexFlatIP(vectors.dim)
        else:
            index = faiss.index_factory(vectors.dim, APPROXIMATE, faiss.METRIC_INNER_PRODUCT)
            index.train(vectors.spread(_TRAINED_ON))
        for first in range(0, count, _BLOCK_ROWS):
            index.add(vectors.block(first, first + _BLOCK_ROWS))
        faiss.write_index(index, str(folder / INDEX_FILE))
        if count < APPROXIMATE_FROM:
            return {"kind": EXACT}
        return {"kind": APPROXIMATE, f"recall@{RECALL_AT}": cls(index, vectors)._measure_recall(vectors)}

    @classmethod
    def open(cls, folder: Path) -> FaissStore:
        """Return the store of a folder, its index memory-mapped; IndexCorrupt when FAISS refuses it."""
        import faiss

        try:
            index = faiss.read_index(str(folder / INDEX_FILE), faiss.IO_FLAG_MMAP_IFC)
        except RuntimeError as exc:
            raise IndexCorrupt(f"{folder / INDEX_FILE} is no FAISS index: run `qa build --full`.") from exc
        path = folder / VECTORS_FILE
        kind = faiss.IndexRaBitQFastScan if path.exists() else faiss.IndexFlat
        if not isinstance(index, kind) or index.metric_type != faiss.METRIC_INNER_PRODUCT:
            raise IndexCorrupt(f"{folder / INDEX_FILE} is a FAISS index of another type: run `qa build --full`.")
        return cls(index, VectorFile(path, index.ntotal) if path.exists() else None)

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
        scores, rows = (found[0] for found in self._index.search(checked(vector, self.dim)[None], read))
        if self._vectors is not None:
            rows = np.array(sorted(set(rows[rows >= 0].tolist())), np.int64)
            scores = self.similarities(vector, rows)
        order = np.lexsort((rows, -scores))[:wanted]
        return rows[order], scores[order]

    def similarities(self, vector: NDArray[np.float32], rows: Sequence[int] | NDArray[np.int64]) -> NDArray[np.float32]:
        return compared(vector, self.vectors(rows))

    def vectors(self, rows: Sequence[int] | NDArray[np.int64]) -> NDArray[np.float32]:
        import numpy as np

        wanted = np.asarray(rows, np.int64)
        if not len(wanted):
            return np.empty((0, self.dim), np.float32)
        if self._vectors is not None:
            return self._vectors.take(wanted)
        return np.asarray(self._index.reconstruct_batch(wanted), np.float32)

    def _measure_recall(self, vectors: VectorFile) -> float:
        """Return which share of the RECALL_AT exactly nearest vectors a search finds, for vectors spread over the store."""
        import faiss

        probes = vectors.spread(_PROBES)
        heap = faiss.ResultHeap(len(probes), RECALL_AT, keep_max=True)
        for first in range(0, self.count, _BLOCK_ROWS):
            block = vectors.block(first, first + _BLOCK_ROWS)
            scores, rows = faiss.knn(probes, block, min(RECALL_AT, len(block)), metric=faiss.METRIC_INNER_PRODUCT)
            heap.add_result(scores, rows + first)
        heap.finalize()
        found = [set(self.search(probe, RECALL_AT)[0].tolist()) for probe in probes]
        shared = sum(len(best & set(exact.tolist())) for best, exact in zip(found, heap.I, strict=True))
        return round(shared / (RECALL_AT * len(probes)), 4)
