"""The first index of a folder, built while the page is served: a few documents first, so that there is soon something to ask.

In -> out: an Engine without an index -> builds, each published whole, and the line that says how far they are.
Does not: build an index again that is there, or serve.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress

from qa.engine import Engine
from qa.errors import IndexMissing, QAError
from qa.indexing.locks import build_lock
from qa.progress import progress_bar
from qa.text.documents import list_seeds
from qa.ui import sources

STEPS_BYTES = (200_000, 2_000_000)
"""How much is indexed before the rest: the first questions can be asked after the first."""
NOT_YET = "The first documents are being indexed: ask again in a moment."


class FirstIndex:
    """What is indexed for the first time. `tell` writes to whoever started the server."""

    def __init__(self, engine: Engine, tell: Callable[[str], None]) -> None:
        """Look whether there is anything to index, and whether an index can be written: SeedError, and the errors of the folder."""
        self._engine, self._tell = engine, tell
        settings = engine.settings
        seeds = list_seeds(settings.seeds, max_file_mb=settings.max_file_mb, text_suffixes=settings.text_suffixes)
        with build_lock(settings.index):
            self._sizes = [file.size_bytes for file in seeds.files]
        self._progress = (0, 0)
        self._problem = ""
        self.ended = threading.Event()

    def start(self) -> None:
        """Build in a thread of its own."""
        threading.Thread(target=self._run, daemon=True).start()

    def status(self) -> str:
        """Return the HTML of what is done, "" when all is."""
        if self.ended.is_set():
            return sources.rebuild_failed(self._problem, first=True) if self._problem else ""
        ready = 0
        with suppress(IndexMissing):
            ready = self._engine.document_count()
        return sources.indexing(*self._progress, ready=ready, documents=len(self._sizes), snapshot=self._snapshot())

    def _snapshot(self) -> str:
        with suppress(IndexMissing):
            return self._engine.status().snapshot
        return ""

    def _run(self) -> None:
        try:
            for most in STEPS_BYTES if not self._engine.settings.store else ():
                if most < sum(self._sizes) / 2:
                    self._engine.build_part(most)
            with progress_bar("indexing", "B") as advance:

                def note(done: int, total: int, said: str) -> None:
                    self._progress = done, total
                    advance(done, total, said)

                report = self._engine.build(progress=note)
            for warning in report.warnings:
                self._tell(f"warning: {warning}")
        except QAError as exc:
            self._problem = str(exc)
            self._tell(f"error: {exc}")
        finally:
            self.ended.set()
