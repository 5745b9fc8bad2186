"""The one page from which a generation is read: what it was built from and with, and which pages its tables are.

In -> out: a manifest and descriptions of tables -> pages; the id of the root page -> the same.
Does not: read tables (qa/milvus/tables.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from qa.errors import IndexCorrupt, IndexIncompatible
from qa.milvus.pages import ID_BYTES, PAGE_BYTES, Pages, page_id
from qa.milvus.tables import PagedTable

FORMAT = 1
LISTED = PAGE_BYTES // (2 * ID_BYTES + 3)
"""How many ids the root page has room for: 57 MB of manifest and descriptions."""


@dataclass(frozen=True, slots=True)
class Root:
    """What a generation is."""

    page: str
    manifest: Mapping[str, Any]
    tables: Mapping[str, Any]
    listed: tuple[str, ...]
    """The pages of this description itself."""

    @classmethod
    def read(cls, pages: Pages, page: str) -> Root:
        """Return the generation whose root page this is; IndexIncompatible where another version has written it."""
        try:
            listed = json.loads(pages.get(page))
            found = pages.load(listed)
            content = json.loads(b"".join(found[each] for each in listed))
            written = content["format"]
        except (ValueError, KeyError, TypeError) as exc:
            raise IndexCorrupt(f"Page {page} of the store begins no generation: run `qa build --full`.") from exc
        if written != FORMAT:
            raise IndexIncompatible(
                f"The index in the store has format {written}, this version reads {FORMAT}: run `qa build --full`."
            )
        return cls(page, content["manifest"], content["tables"], tuple(listed))

    def table(self, pages: Pages, name: str) -> PagedTable:
        """Return one of the tables."""
        return PagedTable(pages, self.tables[name])

    def all_pages(self, pages: Pages) -> set[str]:
        """Return the ids of every page of the generation."""
        found = {self.page, *self.listed}
        for name, described in self.tables.items():
            table = self.table(pages, name)
            found.update(described["directory"], table.pages_of(0, len(table)))
        return found


def write_root(manifest: Mapping[str, Any], tables: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    """Yield the pages that describe a generation, the root page last."""
    data = json.dumps({"format": FORMAT, "manifest": manifest, "tables": tables}, ensure_ascii=False).encode("utf-8")
    pages = [data[first : first + PAGE_BYTES] for first in range(0, len(data), PAGE_BYTES)]
    if len(pages) > LISTED:
        raise ValueError("a manifest is too large for one root page")
    ids = [page_id(page) for page in pages]
    yield from zip(ids, pages, strict=True)
    root = json.dumps(ids).encode("ascii")
    yield page_id(root), root
