"""A small FAISS index of exact search, read without FAISS: loading that library takes a cold question longer than to answer it.

In -> out: a file that FAISS wrote -> searches in numpy.
Does not: read any other kind of index, a large one or a damaged one: that is left to qa/stores/faiss.py, which says what is wrong with it.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from qa.stores.base import compared

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

INDEX_FILE = "vectors.faiss"
SMALL = 4_096
"""Up to so many vectors a search in numpy takes no longer than .1 ms."""
_HEADER = struct.Struct("<4siqqq?iQ")
"""Kind, dimensions, vectors, two numbers of no meaning, whether it is trained, metric, numbers (faiss/impl/index_write.cpp)."""
_KIND, _INNER_PRODUCT = b"IxFI", 0


class FlatStore:
    """All vectors in memory, each compared."""

    def __init__(self, rows: NDArray[np.float32]) -> None:
        """Take rows `(n, dim) float32` of length 1."""
        self._rows = rows

    @classmethod
    def open(cls, folder: Path) -> FlatStore | None:
        """Return the store of a folder, None where its index is not exact, not small or not whole."""
        import numpy as np

        with (folder / INDEX_FILE).open("rb") as file:
            header = file.read(_HEADER.size)
            if len(header) < _HEADER.size:
                return None
            kind, dim, count, _, _, trained, metric, numbers = _HEADER.unpack(header)
            if (kind, trained, metric) != (_KIND, True, _INNER_PRODUCT) or not 0 < count <= SMALL:
                return None
            data = file.read()
        if dim < 1 or numbers != dim * count or len(data) != 4 * numbers:
            return None
        return cls(np.frombuffer(data, "<f4").reshape(count, dim))

    @property
    def count(self) -> int:
        return len(self._rows)

    @property
    def dim(self) -> int:
        return int(self._rows.shape[1])

    def search(self, vector: NDArray[np.float32], k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        import numpy as np

        scores = compared(vector, self._rows)
        order = np.argsort(-scores, kind="stable")[:k]
        return order, scores[order]

    def similarities(self, vector: NDArray[np.float32], rows: Sequence[int] | NDArray[np.int64]) -> NDArray[np.float32]:
        return compared(vector, self.vectors(rows))

    def vectors(self, rows: Sequence[int] | NDArray[np.int64]) -> NDArray[np.float32]:
        import numpy as np

        return self._rows[np.asarray(rows, np.int64)]
