"""What is opened once and kept for all questions: the newest snapshot, the model, the reader, the weights fitted to the user's own questions.

In -> out: Settings -> a `Holding`; its `parts` are what a question is answered with.
Does not: answer, or build (qa/engine.py); the model is loaded at the first question or build, a snapshot when it is needed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from qa.indexing.contract import Corpus
from qa.indexing.shelf import FolderShelf, Opened, Replaced, Shelf, State
from qa.models.embedding import load_embedder
from qa.models.encoding import Embedder
from qa.settings import Settings, from_env

if TYPE_CHECKING:  # a method imports what it needs: `qa status` needs no answers, a question no builder
    from qa.answers.calibrated import Calibration
    from qa.answers.confidence import Fitted
    from qa.answers.searching import Means
    from qa.models.reading import Reader

TRIES = 3
COMPARED, READER_COMPARED = ".weights.json", ".reader.json"
"""In the index folder: which file of the model's weights was compared with its checksum, and which of the reader's."""
Found = TypeVar("Found")


class Holding:
    """What one index folder is asked with; safe to share between threads. A newly published snapshot is picked up by itself."""

    def __init__(self, settings: Settings | None, embedder: Embedder | None) -> None:
        """Take settings (else `from_env()`) and, for another model than `settings.model`, an embedder."""
        self.settings = settings or from_env()
        self._embedder = embedder
        self._shelf = shelf_of(self.settings)
        self._opened: Opened | None = None
        self._checked = ""
        self._calibration: Calibration | None = None
        self._reader: tuple[Reader | None] | None = None
        self._lock = threading.Lock()

    def parts(self, within: Sequence[str] = ()) -> tuple[Corpus, Means]:
        """Return what a question is answered with. A missing index is told before a model is loaded."""
        from qa.answers.retrieval import documents_within
        from qa.answers.searching import Means
        from qa.indexing.recipes import check_recipe

        if self._shelf.newest():
            self._load_embedder()  # its weights are compared with their checksum beside what follows
        opened, embedder = self._open(), self._load_embedder()
        if self._checked != opened.state.name:
            check_recipe(opened.state.manifest, self.settings, embedder)
            self._checked = opened.state.name
        weights = self._kept_weights().weights(opened.state.manifest["recipe"]["fingerprint"])
        documents = documents_within(opened.corpus, within)
        return opened.corpus, Means(embedder, self.settings, self._load_reader(), weights, documents)

    def _answered(self, within: Sequence[str], work: Callable[[Corpus, Means], Found]) -> Found:
        """Return what `work` finds; once more where what it reads has been replaced and removed meanwhile."""
        for _ in range(TRIES - 1):
            with suppress(Replaced):
                return work(*self.parts(within))
        return work(*self.parts(within))

    def keep_calibration(self, weights: Fitted) -> Path:
        """Let the confidence be computed with these weights from now on; return the file they are kept in."""
        return self._kept_weights().keep(self._open().state.manifest["recipe"]["fingerprint"], weights)

    def _kept_weights(self) -> Calibration:
        if self._calibration is None:
            from qa.answers.calibrated import Calibration

            self._calibration = Calibration(self.settings.index, self.settings.reader)
        return self._calibration

    def _load_reader(self) -> Reader | None:
        with self._lock:
            if self._reader is None:
                from qa.models.readers import load_reader

                self._reader = (load_reader(self.settings.reader, self._in_index(READER_COMPARED)),)
            return self._reader[0]

    def _look(self) -> State:
        """Return the state that answers, and what is wrong with the newest one, without opening its arrays."""
        opened, newest = self._opened, self._shelf.newest()
        return opened.state if opened is not None and opened.newest == newest else self._shelf.look(newest)

    def _open(self) -> Opened:
        """Return the newest whole state; a new one is looked for at every call, and verified once."""
        with self._lock:
            newest = self._shelf.newest()
            if self._opened is None or self._opened.newest != newest:
                self._opened = self._shelf.open(newest)
            return self._opened

    def _load_embedder(self) -> Embedder:
        with self._lock:
            if self._embedder is None:
                self._embedder = load_embedder(self.settings.model, self._in_index(COMPARED))
            return self._embedder

    def _in_index(self, name: str) -> Path | None:
        """Return where something is remembered between two starts; nowhere without an index folder, as where it is kept in a store."""
        return self.settings.index / name if self.settings.index.is_dir() else None


def shelf_of(settings: Settings) -> Shelf:
    """Return where the index of some settings is kept: in their folder, or in their store."""
    if not settings.store:
        return FolderShelf(settings)
    from qa.milvus.shelf import MilvusShelf

    return MilvusShelf(settings)
