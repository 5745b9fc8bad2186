"""Where an index is kept: the newest state of it, opened; the one before it; the next one.

In -> out: Settings -> a `Shelf`, here the index folder with its snapshots; qa/milvus/shelf.py has one for a store.
Does not: answer, or load a model.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from qa.errors import IndexCorrupt, IndexIncompatible, StoreUnavailable
from qa.indexing import snapshots
from qa.indexing.contract import Corpus
from qa.indexing.corpus import SnapshotCorpus
from qa.indexing.locks import build_lock
from qa.indexing.shapes import check_manifest
from qa.records import record
from qa.reports import BuildReport
from qa.settings import Settings

if TYPE_CHECKING:
    from qa.indexing.encodings import Progress
    from qa.indexing.hands import Hire
    from qa.models.encoding import Embedder


class Replaced(StoreUnavailable):
    """What was to be read is there no more: newer states answer in its place. Asking again is enough."""


@record
class State:
    """One state of an index, by name, and what is wrong with a newer one that should answer in its place."""

    name: str
    manifest: Mapping[str, Any]
    warning: str = ""


@record
class Opened:
    """The state that answers, and the newest name it was chosen for."""

    newest: str
    state: State
    corpus: Corpus


class Shelf(Protocol):
    """An index and its states; safe to share between threads."""

    def newest(self) -> str:
        """Return the name of the state that should answer, "" where nothing has been built; asked before every question."""

    def look(self, newest: str) -> State:
        """Return what a state was built from and with. IndexMissing, IndexCorrupt, IndexIncompatible, StoreUnavailable."""

    def open(self, newest: str) -> Opened:
        """Return a state to answer from; the same errors."""

    def verify(self) -> None:
        """Compare every byte of the newest state with its checksum (IndexCorrupt)."""

    def size_bytes(self, name: str) -> int:
        """Return how much space a state takes."""

    def listed(self) -> list[dict[str, Any]]:
        """Return of each state that is kept, newest first: name, created, counts, or what is wrong with it."""

    def roll_back(self) -> None:
        """Let the state before the newest answer again; a second call goes forward again (SettingsError where there is none)."""

    def build(
        self,
        load_embedder: Callable[[], Embedder],
        *,
        full: bool,
        strict: bool,
        progress: Progress | None,
        hire: Hire | None = None,
    ) -> BuildReport:
        """Bring the index in line with the documents; see `build_index`."""


class FolderShelf:
    """The index folder."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._folder = settings.index

    def newest(self) -> str:
        return snapshots.latest_name(self._folder)

    def look(self, newest: str) -> State:
        snapshot, warning = snapshots.open_whole_snapshot(self._folder, newest)
        return State(snapshot.name, check_manifest(snapshot).manifest, warning)

    def open(self, newest: str) -> Opened:
        snapshot, warning = snapshots.open_whole_snapshot(self._folder, newest)
        return Opened(newest, State(snapshot.name, snapshot.manifest, warning), SnapshotCorpus(snapshot))

    def verify(self) -> None:
        SnapshotCorpus(snapshots.open_snapshot(self._folder, verify=True)).verify_texts()

    def size_bytes(self, name: str) -> int:
        return snapshots.size_bytes(self._folder / name)

    def listed(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        for name in reversed(snapshots.snapshot_names(self._folder)):
            try:
                manifest = check_manifest(snapshots.open_snapshot(self._folder, name)).manifest
            except (IndexCorrupt, IndexIncompatible) as exc:
                rows.append({"snapshot": name, "error": str(exc)})
                continue
            rows.append({"snapshot": name, "created": manifest["created"], **manifest["counts"]})
        return rows

    def roll_back(self) -> None:
        with build_lock(self._folder):
            snapshots.roll_back(self._folder)

    def build(
        self,
        load_embedder: Callable[[], Embedder],
        *,
        full: bool,
        strict: bool,
        progress: Progress | None,
        hire: Hire | None = None,
    ) -> BuildReport:
        from qa.indexing.building import build_index

        return build_index(self._settings, load_embedder, full=full, strict=strict, progress=progress, hire=hire)
