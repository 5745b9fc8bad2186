"""What a model says of a text, and what the house needs of a model.

In -> out: the protocol and the record that every embedder keeps to; vectors -> unit vectors.
Does not: run a model, or know a library that does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from qa.records import record

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAX_WORKERS = 8
WINDOW_TEXTS = 64
"""How many passages are encoded side by side at most, and how many are handed to the workers at once."""


@record
class Encoding:
    """What the model says of one text; `t` counts its tokens without the special ones."""

    vector: NDArray[np.float32]
    """(dim,) float32 of length 1."""
    states: NDArray[np.float32]
    """(t, dim) float32, rows of length 1: the last hidden states."""
    starts: NDArray[np.int32]
    """(t,) where each token starts, in code points of the text."""
    pieces: NDArray[np.int32]
    """(t,) ids of the tokens in the model's vocabulary."""


NO_PIECE = -1
"""Stands for the unknown piece of a model that has none."""


def unknown_piece(embedder: Embedder) -> int:
    """Return the piece an embedder gives for what its vocabulary has none for, NO_PIECE where it does not say."""
    return int(getattr(embedder, "unknown_piece", NO_PIECE))


class Embedder(Protocol):
    """What the house needs of a model. `fingerprint` changes whenever the numbers it gives may change."""

    @property
    def name(self) -> str: ...

    @property
    def fingerprint(self) -> str: ...

    @property
    def dim(self) -> int: ...

    @property
    def window_tokens(self) -> int:
        """Longest passage in tokens, special ones not counted."""

    def vocabulary(self) -> list[str]:
        """Return words the model knows, sorted."""

    def token_starts(self, text: str) -> list[int]:
        """Return where each token of `text` starts, in code points."""

    def encode_passages(self, texts: Sequence[str]) -> Iterator[Encoding]:
        """Yield one Encoding a text, in order; the result for a text does not depend on the others."""

    def encode_question(self, text: str) -> Encoding:
        """Return the Encoding of a question; beyond the window only its beginning counts."""


def unit_rows(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return vectors `(..., dim)` at length 1, float32; one of length 0 stays as it is."""
    import numpy as np

    norms = np.linalg.norm(rows, axis=-1, keepdims=True)
    return np.ascontiguousarray(rows / np.maximum(norms, 1e-12), dtype=np.float32)
