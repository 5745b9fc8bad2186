"""How many of the nearest passages an approximate index of a store finds, measured while a generation is staged.

In -> out: a loaded collection and the vectors that were sent into it -> the share of the nearest that its search returns.
Does not: choose the index (qa/milvus/layout.py), or refuse one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qa.milvus.client import Client
from qa.stores.base import VectorStore

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PROBES = 50
RECALL_AT = 10
_BLOCK_ROWS = 16_384
_ROUNDING = 1e-5
"""Scores of the engine and of numpy may differ by so much."""


def measure_recall(client: Client, collection: str, vectors: VectorStore) -> float:
    """Return which share of the RECALL_AT nearest passages is found, over PROBES vectors that lie between two passages."""
    probes = _probes(vectors)
    last = _last_of_nearest(vectors, probes)
    found = client.tell(
        "search", collection, data=list(probes), anns_field="vector", limit=RECALL_AT, output_fields=["id"],
        search_params={"metric_type": "IP"},
    )  # fmt: skip
    good = sum(
        sum(hit["distance"] >= least - _ROUNDING for hit in hits) for hits, least in zip(found, last, strict=True)
    )
    return float(good / (len(probes) * min(RECALL_AT, vectors.count)))


def _probes(vectors: VectorStore) -> NDArray[np.float32]:
    import numpy as np

    chooser = np.random.default_rng(0)
    first, second = chooser.integers(0, vectors.count, (2, PROBES))
    sums = vectors.vectors(first) + vectors.vectors(second)
    lengths = np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
    return np.asarray(sums / lengths, np.float32)


def _last_of_nearest(vectors: VectorStore, probes: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the score of the last of the RECALL_AT nearest of each probe, by comparing all."""
    import numpy as np

    most = min(RECALL_AT, vectors.count)
    best = np.full((len(probes), most), -np.inf, np.float32)
    for first in range(0, vectors.count, _BLOCK_ROWS):
        rows = np.arange(first, min(first + _BLOCK_ROWS, vectors.count), dtype=np.int64)
        scores = np.concatenate([best, probes @ vectors.vectors(rows).T], axis=1)
        best = -np.partition(-scores, most - 1, axis=1)[:, :most]
    return np.asarray(best.min(axis=1), np.float32)
