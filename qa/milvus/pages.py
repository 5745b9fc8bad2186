"""Pieces of files by the checksum of what is in them: an unchanged piece is stored once, and a damaged one is never read as another.

In -> out: bytes -> pages and their ids; ids -> the same bytes, from a cache or in one query.
Does not: know files (qa/milvus/tables.py) or generations.
"""

from __future__ import annotations

import base64
import hashlib
import re
import threading
import zlib
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from qa.errors import IndexCorrupt
from qa.milvus.client import Client, Gone

PAGE_BYTES = 45_000
"""Base64 of a page that does not compress stays below the 65,535 bytes a text field may have."""
ID_BYTES = 16
CACHE_BYTES = 256 * 1024 * 1024
AT_ONCE = 300
"""Pages of one call: some 18 MB at most, where a message may have 64."""
_ID = re.compile(r"[0-9a-f]{32}\Z")


def page_id(data: bytes) -> str:
    """Return the id of a page: half its sha256, in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()[: 2 * ID_BYTES]


def pack(data: bytes) -> str:
    """Return a page as the text that is stored."""
    return base64.b64encode(zlib.compress(data, 1)).decode("ascii")


def unpack(page: str, stored: str) -> bytes:
    """Return what was packed; IndexCorrupt where it is not what its id says."""
    try:
        data = zlib.decompressobj().decompress(base64.b64decode(stored, validate=True), PAGE_BYTES + 1)
    except (ValueError, zlib.error):
        data = b""
    if page_id(data) != page:
        raise IndexCorrupt(f"Page {page} of the store is damaged: run `qa build --full`.")
    return data


def checked_ids(ids: Iterable[str]) -> list[str]:
    """Return ids that are digits and letters a to f alone: nothing else may come into a filter."""
    found = list(ids)
    if not all(_ID.match(each) for each in found):
        raise ValueError("a page has an id that is none")
    return found


class Pages:
    """The pages of one collection, read through a cache that all generations share; safe to share between threads."""

    def __init__(self, client: Client, collection: str, *, cache_bytes: int = CACHE_BYTES) -> None:
        self._client = client
        self._collection = collection
        self._cache: OrderedDict[str, bytes] = OrderedDict()
        self._room = cache_bytes
        self._lock = threading.Lock()

    def get(self, page: str) -> bytes:
        """Return one page."""
        return self.load([page])[page]

    def load(self, ids: Sequence[str]) -> dict[str, bytes]:
        """Return some pages; those that are not in the cache are fetched together."""
        with self._lock:
            found = {page: self._cache[page] for page in ids if page in self._cache}
            for page in found:
                self._cache.move_to_end(page)
        missing = [page for page in dict.fromkeys(ids) if page not in found]
        for some in _batched(missing):
            found.update(self._fetch(some))
        return found

    def has(self, ids: Sequence[str]) -> set[str]:
        """Return which of these pages are stored, without reading them."""
        stored: set[str] = set()
        for some in _batched(list(ids), 10 * AT_ONCE):
            rows = self._client.tell("query", self._collection, ids=checked_ids(some), output_fields=["id"])
            stored.update(str(row["id"]) for row in rows)
        return stored

    def _fetch(self, ids: Sequence[str]) -> dict[str, bytes]:
        rows: list[Any] = self._client.ask("get", self._collection, ids=checked_ids(ids), output_fields=["id", "data"])
        found = {str(row["id"]): unpack(str(row["id"]), row["data"]) for row in rows}
        if len(found) < len(ids):
            raise Gone(
                f"A page of {self._collection} is missing in {self._client.address.shown}: run `qa build --full`."
            )
        with self._lock:
            self._room -= sum(len(data) for page, data in found.items() if page not in self._cache)
            self._cache.update(found)
            while self._room < 0 and self._cache:
                self._room += len(self._cache.popitem(last=False)[1])
        return found


def _batched(ids: Sequence[str], size: int = AT_ONCE) -> Iterator[Sequence[str]]:
    for first in range(0, len(ids), size):
        yield ids[first : first + size]
