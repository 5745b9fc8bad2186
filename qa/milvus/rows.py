"""The vectors and BM25 weights of passages in a store: which are nearest, which have the terms, and what each has exactly.

In -> out: a vector, terms, ranges of rows -> rows found by the engine; rows -> their numbers, from a cache or in one query.
Does not: rank what is found (qa/answers/retrieval.py).
"""

from __future__ import annotations

import threading
import zlib
from collections import Counter, OrderedDict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from qa.errors import IndexCorrupt
from qa.milvus.client import Client, Gone

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST_FOUND = 16_384
"""Milvus returns no more of one search."""
SPARE = 56
"""So many more than wanted are asked for, so that the last of equal scores is chosen by row and not by the engine."""
CACHED_ROWS = 20_000


class Rows:
    """The passages of one generation; safe to share between threads."""

    def __init__(self, client: Client, collection: str, count: int) -> None:
        self._client = client
        self._collection = collection
        self._count = count
        self._cache: OrderedDict[int, tuple[NDArray[np.float32], Mapping[int, float]]] = OrderedDict()
        self._lock = threading.Lock()

    def nearest(self, vector: NDArray[np.float32], k: int, within: str = "") -> list[int]:
        """Return the rows of the k nearest vectors."""
        return [row for row, _ in self._search("vector", vector, k, within)]

    def with_terms(self, terms: Sequence[int], k: int, within: str = "") -> list[int]:
        """Return the rows with the k largest sums of weights of `terms`, and all that are as large as the last of them."""
        wanted = k + SPARE
        query = {term: float(times) for term, times in Counter(terms).items()}
        while True:
            found = self._search("terms", query, wanted, within)
            scores = [score for _, score in found]
            is_cut = len(found) == wanted < min(self._count, MOST_FOUND)
            if not is_cut or scores[-1] < scores[k - 1] * (1 - 1e-6):
                return [row for row, _ in found]
            wanted = min(4 * wanted, MOST_FOUND, self._count)

    def vectors(self, rows: Sequence[int]) -> NDArray[np.float32]:
        """Return the vectors of some rows, `(n, dim) float32`."""
        import numpy as np

        found = self._load(rows)
        return np.stack([found[row][0] for row in rows])

    def sums(self, rows: Sequence[int], terms: Sequence[int]) -> NDArray[np.float32]:
        """Return for each row the sum of its weights of `terms`, added in their order, `(n,) float32`."""
        import numpy as np

        found, total = self._load(rows), np.zeros(len(rows), np.float32)
        for term in terms:
            total += np.fromiter((found[row][1].get(term, 0.0) for row in rows), np.float32, len(rows))
        return total

    def _search(self, field: str, query: Any, k: int, within: str) -> list[tuple[int, float]]:
        limit = min(k, self._count, MOST_FOUND)
        hits = self._client.ask(
            "search", self._collection, data=[query], anns_field=field, limit=limit, filter=within, output_fields=["id"],
            search_params={"metric_type": "IP"},
        )[0]  # fmt: skip
        return [(int(hit["id"]), float(hit["distance"])) for hit in hits]

    def _load(self, rows: Sequence[int]) -> dict[int, tuple[NDArray[np.float32], Mapping[int, float]]]:
        import numpy as np

        with self._lock:
            found = {row: self._cache[row] for row in rows if row in self._cache}
            for row in found:
                self._cache.move_to_end(row)
        missing = [int(row) for row in dict.fromkeys(rows) if row not in found]
        for first in range(0, len(missing), 1_000):
            some = missing[first : first + 1_000]
            stored = self._client.ask("get", self._collection, ids=some, output_fields=["id", "vector", "terms", "crc"])
            for row in stored:
                vector = np.asarray(row["vector"], np.float32)
                if zlib.crc32(vector.tobytes()) != row["crc"]:
                    raise IndexCorrupt(f"Passage {row['id']} of {self._collection} is damaged: run `qa build --full`.")
                found[int(row["id"])] = vector, row["terms"]
            if any(row not in found for row in some):
                raise Gone(f"A passage of {self._collection} is missing: run `qa build --full`.")
        with self._lock:
            self._cache.update((row, found[row]) for row in missing)
            while len(self._cache) > CACHED_ROWS:
                self._cache.popitem(last=False)
        return found


def within_ranges(ranges: Sequence[tuple[int, int]]) -> str:
    """Return the filter for rows in any of some ranges [first, end), of which those that touch become one."""
    joined: list[list[int]] = []
    for first, end in sorted(ranges):
        if joined and first <= joined[-1][1]:
            joined[-1][1] = max(end, joined[-1][1])
        elif end > first:
            joined.append([first, end])
    return " or ".join(f"(id >= {int(first)} and id < {int(end)})" for first, end in joined)
