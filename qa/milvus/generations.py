"""The generations of an index in a store: which one answers, the one before it, and those that nobody needs.

In -> out: a client and the name of an index -> names of collections; a staged generation -> published by one swap of an alias.
Does not: write passages or pages (qa/milvus/sending.py), or read them.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from qa.errors import IndexCorrupt, SettingsError
from qa.milvus.client import Client, Gone
from qa.milvus.layout import before_name, pages_name, pages_schema, parts_of
from qa.milvus.pages import Pages, checked_ids
from qa.milvus.root import Root

DELETED_AT_ONCE = 2_000


class Generations:
    """What is kept of one index."""

    def __init__(self, client: Client, pages: Pages) -> None:
        self._client = client
        self._pages = pages
        self.name = client.address.name

    def live(self) -> str:
        """Return the collection that answers, "" where there is none."""
        return self._target(self.name)

    def before(self) -> str:
        """Return the collection of the generation before it, "" where there is none."""
        return self._target(before_name(self.name))

    def all(self) -> dict[str, int]:
        """Return the number of every generation, whole or not, by its collection."""
        found = {each: parts_of(self.name, each) for each in self._client.tell("list_collections")}
        return {each: parts[0] for each, parts in sorted(found.items()) if parts}

    def make_pages(self) -> None:
        """Make the collection of pages where there is none yet."""
        import pymilvus

        name = pages_name(self.name)
        if not self._client.tell("has_collection", name):
            schema, indexes = pages_schema(pymilvus)
            self._client.tell(
                "create_collection", name, schema=schema, index_params=indexes, consistency_level="Strong",
                properties={"mmap.enabled": "true"},  # read by id alone, and far larger than memory
            )  # fmt: skip
        self._client.tell("load_collection", name)

    def publish(self, collection: str) -> None:
        """Let a whole generation answer from now on, and keep the one that did."""
        if live := self.live():
            self._point(before_name(self.name), live)
        self._point(self.name, collection)

    def roll_back(self) -> str:
        """Let the generation before answer again; a second call goes forward again. SettingsError where there is none."""
        live, before = self.live(), self.before()
        if not before or before == live:
            raise SettingsError(
                f"There is no generation to go back to in {self._client.address.shown}: the last two are kept once there are as many."
            )
        self._client.tell("load_collection", before)
        self._point(self.name, before)
        self._point(before_name(self.name), live)
        return before

    def clean_up(self) -> None:
        """Remove what neither answers nor is kept: older generations, those of builds that were killed, and pages of these alone."""
        live, before = self.live(), self.before()
        doomed = {each: number for each, number in self.all().items() if each not in (live, before)}
        if not doomed:
            return
        kept = set().union(*(self._listed(each) for each in {live, before} - {""}))
        for collection, number in doomed.items():
            pages = self._born(number)
            with suppress(Gone, IndexCorrupt):  # it was killed before its pages were whole
                pages |= self._listed(collection)
            self._delete(sorted(pages - kept))
            self._client.tell("drop_collection", collection)

    def _listed(self, collection: str) -> set[str]:
        parts = parts_of(self.name, collection)
        return Root.read(self._pages, parts[1]).all_pages(self._pages) if parts else set()

    def _born(self, number: int) -> set[str]:
        """Return the pages that a generation was the first to send."""
        rows: Any = self._client.tell(
            "query_iterator", pages_name(self.name), filter=f"born == {number}", output_fields=["id"], batch_size=2_000
        )
        found: set[str] = set()
        while batch := rows.next():
            found.update(str(row["id"]) for row in batch)
        rows.close()
        return found

    def _delete(self, ids: list[str]) -> None:
        for first in range(0, len(ids), DELETED_AT_ONCE):
            self._client.tell("delete", pages_name(self.name), ids=checked_ids(ids[first : first + DELETED_AT_ONCE]))

    def _target(self, alias: str) -> str:
        try:
            return str(self._client.ask("describe_alias", alias)["collection_name"])
        except Gone:
            return ""

    def _point(self, alias: str, collection: str) -> None:
        method = "alter_alias" if self._target(alias) else "create_alias"
        self._client.tell(method, collection, alias)
