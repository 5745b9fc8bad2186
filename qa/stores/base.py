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
