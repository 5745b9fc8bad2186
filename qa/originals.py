"""The documents' files as they are now, beside what was indexed of them.

In -> out: Settings and what an index was built from -> the doc_ids that differ, what is not indexed; a doc_id -> the sha256 of its file now.
Does not: read the index, or a file again that was not touched.
"""

from __future__ import annotations

import hashlib

from qa.errors import SeedError
from qa.indexing.comparing import compare_files, split_known_bad
from qa.indexing.shelf import State
from qa.opening import read_regular
from qa.reports import Skipped
from qa.settings import Settings
from qa.text.documents import MEGABYTE, list_seeds, look_at


class Originals:
    """The folder of documents."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._compared: tuple[object, dict[str, tuple[str, ...]], tuple[Skipped, ...]] | None = None
        self._hashes: dict[str, tuple[tuple[int, int, int], str]] = {}

    def at_hand(self) -> bool:
        """Tell whether there are documents to compare with: one of many servers over a store may have none."""
        return not self._settings.store or self._settings.seeds.is_dir()

    def difference(self, state: State) -> tuple[dict[str, tuple[str, ...]], tuple[Skipped, ...]]:
        """Compare the seeds with a snapshot, and say what of them is not indexed; they are read again only when one of them was touched."""
        if not self.at_hand():
            return dict.fromkeys(("added", "changed", "removed", "unchanged"), ()), ()
        looked = (state.name, look_at(self._settings.seeds))
        if self._compared is None or self._compared[0] != looked:
            try:
                seeds = list_seeds(
                    self._settings.seeds,
                    max_file_mb=self._settings.max_file_mb,
                    text_suffixes=self._settings.text_suffixes,
                )
                known, files = split_known_bad(state.manifest, seeds.files)
                skipped = tuple(sorted((*seeds.skipped, *known), key=lambda each: each.doc_id))
            except SeedError:
                files, skipped = [], ()
            self._compared = looked, compare_files(state.manifest, files), skipped
        return self._compared[1], self._compared[2]

    def hash_of(self, doc_id: str) -> str:
        """Return the sha256 of a document's file as it is now, "" where there is none; read again only when it was touched."""
        path = self._settings.seeds / doc_id
        try:
            found = path.stat()
            touched = (found.st_mtime_ns, found.st_size, found.st_ino)
            known = self._hashes.get(doc_id)
            if known is None or known[0] != touched:
                limit = self._settings.max_file_mb * MEGABYTE
                known = touched, hashlib.sha256(read_regular(path, self._settings.seeds, limit)).hexdigest()
                self._hashes[doc_id] = known
        except OSError:
            return ""
        return known[1]
