"""What retrieval needs of a vector store.

In -> out: a question's vector -> the rows nearest to it; rows -> their similarity to a vector.
Does not: know passages; a row is the position of a passage in the snapshot.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def checked(vector: NDArray[np.float32], dim: int) -> NDArray[np.float32]:
    """Return a question's vector as stores compare it; ValueError unless it is `dim` finite numbers."""
    import numpy as np

    if vector.shape != (dim,) or not np.isfinite(vector).all():
        raise ValueError(f"a search needs {dim} finite numbers, got an array of shape {vector.shape}")
    return np.ascontiguousarray(vector, np.float32)


def compared(vector: NDArray[np.float32], rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the similarity of a question's vector to each row `(n, dim)`."""
    import numpy as np

    # einsum sums each row by itself: a similarity does not depend on which rows are asked for beside it.
    return np.asarray(np.einsum("ij,j->i", rows, checked(vector, rows.shape[1]), optimize=False), np.float32)


class VectorStore(Protocol):
    """Unit vectors by row; similarity is the inner product (the cosine)."""

    @property
    def count(self) -> int: ...

    @property
    def dim(self) -> int: ...

    def search(self, vector: NDArray[np.float32], k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the rows of the k nearest vectors and their similarities, best first, ties by row.

        `vector` is `(dim,) float32`; ValueError for another shape or a value that is not finite.
        """

    def similarities(self, vector: NDArray[np.float32], rows: Sequence[int] | NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the similarity of `vector` to each of `rows`, `(len(rows),) float32`."""

    def vectors(self, rows: Sequence[int] | NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the vectors of `rows`, `(len(rows), dim) float32`."""
