"""The files of a snapshot as pages of whole rows, and the tables they are read as.

In -> out: an array and where it may be cut -> pages and a description; a description and pages -> a `PagedTable`.
Does not: send or publish pages (qa/milvus/sending.py).

Where rows belong to documents and count from their beginning, pages end with documents: what was not edited is the same page again,
wherever in the file it has come to stand.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from qa.milvus.pages import ID_BYTES, PAGE_BYTES, Pages

if TYPE_CHECKING:
    from numpy.typing import NDArray

DIRECTORY_ENTRY = [("first", "<u8"), ("page", f"V{ID_BYTES}")]
SMALLEST_SHARE = 8
"""A page that ends with a document has this part of PAGE_BYTES at least, where there is more to come."""
_ENDS_ONE_IN = 4


def row_bytes(array: NDArray[Any]) -> int:
    """Return how many bytes a row takes."""
    return int(array.itemsize * (array.shape[1] if array.ndim == 2 else 1))


def cut_evenly(array: NDArray[Any]) -> Iterator[tuple[int, bytes]]:
    """Yield pages of as many rows as fit: the number of the first row, and the bytes."""
    step = max(PAGE_BYTES // row_bytes(array), 1)
    for first in range(0, len(array), step):
        yield first, array[first : first + step].tobytes()


def cut_by_documents(
    array: NDArray[Any], edges: Sequence[tuple[int, int]], marks: Sequence[str]
) -> Iterator[tuple[int, bytes]]:
    """Yield pages that end with documents, which lie at `edges`; a larger document has pages of its own.

    Which documents end a page depends on their `mark` (a checksum), so that a document more or less moves few ends.
    """
    most = max(PAGE_BYTES // row_bytes(array), 1)
    first = 0
    for (start, end), mark in zip(edges, marks, strict=True):
        if end - first > most and start > first:
            yield first, array[first:start].tobytes()
            first = start
        large = end - first > most
        while end - first > most:
            yield first, array[first : first + most].tobytes()
            first += most
        ends = (end - first) * SMALLEST_SHARE >= most and int(mark[:8], 16) % _ENDS_ONE_IN == 0
        if end > first and (large or ends):
            yield first, array[first:end].tobytes()
            first = end
    if first < len(array):
        yield first, array[first:].tobytes()


class PagedTable:
    """An array of whose rows only those are fetched that are asked for: by number, numbers or slice, and by column."""

    def __init__(self, pages: Pages, described: Mapping[str, Any]) -> None:
        """Take what qa/milvus/sending.py describes: dtype, columns (0: none), rows, and the pages that list the pages."""
        import numpy as np

        self._pages = pages
        self._dtype = np.dtype(described["dtype"])
        self._columns, self._rows = int(described["columns"]), int(described["rows"])
        listing = described["directory"]
        found = pages.load(listing)
        directory = np.frombuffer(b"".join(found[page] for page in listing), DIRECTORY_ENTRY)
        self._firsts: list[int] = directory["first"].tolist()
        self._ids = directory["page"]

    def __len__(self) -> int:
        return self._rows

    def pages_of(self, first: int, end: int) -> list[str]:
        """Return the ids of the pages that hold the rows from `first` to before `end`."""
        if end <= first:
            return []
        numbers = range(bisect_right(self._firsts, first) - 1, bisect_right(self._firsts, end - 1))
        return [self._id(number) for number in numbers]

    def all(self) -> NDArray[Any]:
        """Return every row."""
        return self._slice(0, self._rows)

    def __getitem__(self, key: Any) -> Any:
        import numpy as np

        rows, rest = (key[0], key[1:]) if isinstance(key, tuple) else (key, ())
        if isinstance(rows, slice):
            first, end, step = rows.indices(self._rows)
            if step != 1:
                raise TypeError("a slice of a table takes every row")
            return self._slice(first, end)[(slice(None), *rest)]
        if isinstance(rows, int | np.integer):
            return self._row(int(rows))[rest]
        return self._some(np.asarray(rows))[(slice(None), *rest)]

    def _row(self, row: int) -> NDArray[Any]:
        row = row + self._rows if row < 0 else row
        if not 0 <= row < self._rows:
            raise IndexError(f"there is no row {row} of {self._rows}")
        number = bisect_right(self._firsts, row) - 1
        found: NDArray[Any] = self._array(self._pages.get(self._id(number)))[row - self._firsts[number]]
        return found

    def _slice(self, first: int, end: int) -> NDArray[Any]:
        if end <= first:
            return self._array(b"")
        number = bisect_right(self._firsts, first) - 1
        ids = self.pages_of(first, end)
        found = self._pages.load(ids)
        start = first - self._firsts[number]
        return self._array(b"".join(found[page] for page in ids))[start : start + end - first]

    def _some(self, rows: NDArray[Any]) -> NDArray[Any]:
        import numpy as np

        if rows.dtype == bool:
            rows = np.flatnonzero(rows)
        if not rows.size:
            return self._array(b"")
        numbers = np.searchsorted(np.asarray(self._firsts), rows, side="right") - 1
        used = np.unique(numbers).tolist()
        found = self._pages.load([self._id(number) for number in used])
        taken: NDArray[Any] = np.empty((len(rows), *([self._columns] if self._columns else [])), self._dtype)
        for number in used:
            here = numbers == number
            taken[here] = self._array(found[self._id(number)])[rows[here] - self._firsts[number]]
        return taken

    def _id(self, number: int) -> str:
        return bytes(self._ids[number]).hex()

    def _array(self, data: bytes) -> NDArray[Any]:
        import numpy as np

        array = np.frombuffer(data, self._dtype)
        return array.reshape(-1, self._columns) if self._columns else array
