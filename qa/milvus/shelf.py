"""An index kept in a store: which generation answers, opened; the next one, built here and sent.

In -> out: Settings with a store -> a `MilvusShelf`, one of the two shelves of qa/indexing/shelf.py.
Does not: embed or cut documents: a build makes a snapshot in the index folder first, as ever, and sends what is new of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from qa.errors import IndexMissing, QAError
from qa.indexing import snapshots
from qa.indexing.building import build_index
from qa.indexing.corpus import SnapshotCorpus
from qa.indexing.encodings import Progress
from qa.indexing.hands import Hire
from qa.indexing.locks import build_lock
from qa.indexing.shelf import Opened, State
from qa.milvus.address import read_address
from qa.milvus.client import Client
from qa.milvus.corpus import MilvusCorpus
from qa.milvus.generations import Generations
from qa.milvus.layout import generation_name, is_approximate, pages_name, parts_of
from qa.milvus.lease import Lease, build_lease
from qa.milvus.pages import Pages
from qa.milvus.recall import RECALL_AT, measure_recall
from qa.milvus.reviving import revive
from qa.milvus.root import Root
from qa.milvus.sending import Parcel, make_collection, send_pages, send_passages, verify
from qa.models.encoding import Embedder
from qa.reports import BuildReport
from qa.settings import Settings


class MilvusShelf:
    """The generations of one index in a store."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client = Client(read_address(settings.store), settings.store_token)
        self._name = self._client.address.name
        self._pages = Pages(self._client, pages_name(self._name))
        self._generations = Generations(self._client, self._pages)

    def newest(self) -> str:
        return self._generations.live()

    def look(self, newest: str) -> State:
        return State(newest, self._root(newest).manifest)

    def open(self, newest: str) -> Opened:
        root = self._root(newest)
        self._client.ask("load_collection", newest)
        return Opened(newest, State(newest, root.manifest), MilvusCorpus(self._client, self._pages, newest, root))

    def verify(self) -> None:
        newest = self.newest()
        root = self._root(newest)
        fresh = Pages(self._client, pages_name(self._name), cache_bytes=0)
        ids = sorted(root.all_pages(fresh))
        for first in range(0, len(ids), 100):
            fresh.load(ids[first : first + 100])

    def size_bytes(self, name: str) -> int:
        """Return what the tables and vectors of a generation take before they are packed."""
        root = self._root(name)
        return sum(int(described["bytes"]) for described in root.tables.values())

    def listed(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        for name in dict.fromkeys(filter(None, (self.newest(), self._generations.before()))):
            try:
                manifest = self._root(name).manifest
            except QAError as exc:
                rows.append({"snapshot": name, "error": str(exc)})
                continue
            rows.append({"snapshot": name, "created": manifest["created"], **manifest["counts"]})
        return rows

    def roll_back(self) -> None:
        self._generations.make_pages()
        with build_lease(self._client, self._name):
            self._generations.roll_back()

    def build(
        self,
        load_embedder: Callable[[], Embedder],
        *,
        full: bool,
        strict: bool,
        progress: Progress | None,
        hire: Hire | None = None,
    ) -> BuildReport:
        started = time.perf_counter()
        self._generations.make_pages()  # a store that is away is told before anything is embedded
        with build_lease(self._client, self._name) as lease:
            if not full:
                self._revive(lease.renew)
            report = build_index(
                self._settings, load_embedder, full=full, strict=strict, progress=_renewing(lease, progress), hire=hire
            )
            with build_lock(self._settings.index):
                corpus = SnapshotCorpus(snapshots.open_snapshot(self._settings.index, report.snapshot))
                name, warnings = self._publish(corpus, lease.renew, again=full)
            lease.confirm()
        told = (*report.warnings, *warnings)
        return replace(report, seconds=time.perf_counter() - started, snapshot=name, warnings=told)

    def _revive(self, step: Callable[[], None]) -> None:
        """Let a builder without a snapshot of its own begin with what the store has, where that was made as it would make it."""
        live, settings = self._generations.live(), self._settings
        if not live or snapshots.snapshot_names(settings.index):
            return
        root = self._root(live)
        recipe = root.manifest["recipe"]
        if (recipe["model"], recipe["passage_tokens"]) == (settings.model, settings.passage_tokens):
            self._client.ask("load_collection", live)
            with build_lock(settings.index):
                revive(MilvusCorpus(self._client, self._pages, live, root), root.manifest, settings.index, step)

    def _publish(self, corpus: SnapshotCorpus, step: Callable[[], None], *, again: bool) -> tuple[str, list[str]]:
        """Send a snapshot, unless it is the one that answers already, and let it answer; return its collection, and warnings."""
        parcel, live = Parcel(corpus), self._generations.live()
        parts = parts_of(self._name, live)
        if parts and parts[1] == parcel.root and not again:
            self._generations.clean_up()
            return live, []
        number = 1 + max(self._generations.all().values(), default=0)
        collection = generation_name(self._name, number, parcel.root)
        make_collection(self._client, collection, corpus.store.dim, len(corpus.passages))
        send_pages(self._client, self._pages, parcel, number, step, again=again)
        send_passages(self._client, parcel, collection, step)
        verify(self._client, self._pages, parcel, collection, step)
        warnings = self._missed(corpus, collection)
        self._generations.publish(collection)
        self._generations.clean_up()
        return collection, warnings

    def _missed(self, corpus: SnapshotCorpus, collection: str) -> list[str]:
        """Tell how many of the nearest passages an approximate index misses, where it does."""
        if not is_approximate(corpus.store.count):
            return []
        recall = measure_recall(self._client, collection, corpus.store)
        share = f"{100 * recall:.1f} % of the {RECALL_AT} nearest passages"
        return (
            [f"The store's index finds {share}: answers may differ from those of a folder."] if recall < 0.9995 else []
        )

    def _root(self, collection: str) -> Root:
        parts = parts_of(self._name, collection)
        if parts is None:
            raise IndexMissing(
                f"There is no index in {self._client.address.shown}: run `qa build --store` with that address."
            )
        return Root.read(self._pages, parts[1])


def _renewing(lease: Lease, progress: Progress | None) -> Progress:
    """Return a progress that holds on to the lease while documents are embedded."""

    def tell(done: int, total: int, note: str) -> None:
        lease.renew()
        if progress:
            progress(done, total, note)

    return tell
