"""Where the encodings of a build come from, and how far it is.

In -> out: documents in batches -> their encodings, from the last snapshot, an interrupted build, or the model, into a CorpusWriter.
Does not: decide which documents have changed (qa/indexing/building.py).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from qa.indexing.corpus import SnapshotCorpus, StoredEncoding
from qa.indexing.drafting import CorpusWriter, DraftedDocument, PassageDraft
from qa.indexing.hands import Hands
from qa.indexing.projection import project, quantize
from qa.indexing.resuming import ResumeCache
from qa.text.documents import SeedFile

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Progress = Callable[[int, int, str], None]
"""Called with (bytes of text done, bytes in all, how many documents and passages that is, and the passages of a second)."""


class Tally:
    """Counts what is done and tells the progress callback."""

    def __init__(self, files: Sequence[SeedFile], progress: Progress | None) -> None:
        self._progress = progress
        self._total_bytes = sum(file.size_bytes for file in files)
        self._total_documents = len(files)
        self._bytes = self._documents = self._passages = 0
        self._started = time.monotonic()
        if files:
            self._tell()  # before the first passage: reading a large document takes a while

    def add(self, *, size_bytes: int = 0, passages: int = 0, documents: int = 0) -> None:
        self._bytes = min(self._bytes + size_bytes, self._total_bytes)
        self._passages += passages
        self._documents += documents
        if self._documents == self._total_documents:
            self._bytes = self._total_bytes  # white space between passages was not counted on the way
        self._tell()

    def _tell(self) -> None:
        if self._progress:
            self._progress(self._bytes, self._total_bytes, self._note())

    def _note(self) -> str:
        note = f"{self._documents} of {self._total_documents} documents, {self._passages} passages"
        rate = self._passages / max(time.monotonic() - self._started, 0.01)
        return f"{note}, {rate:.0f}/s" if self._passages else note


class EncodingSource:
    """Where the encodings of a build come from: the last snapshot, an interrupted build, or the model."""

    def __init__(
        self,
        hands: Hands,
        projection: NDArray[np.float32],
        stored: SnapshotCorpus | None,
        cache: ResumeCache,
        tally: Tally,
    ) -> None:
        self.embedded = 0
        self._projection = projection
        self._hands = hands
        self._stored = stored
        self._cache = cache
        self._tally = tally
        self._batch: dict[bytes, StoredEncoding] = {}
        self._order: NDArray[np.intp] | None = None

    def write(self, batch: Sequence[DraftedDocument | SeedFile], writer: CorpusWriter) -> None:
        """Write the documents of a batch in order, after all that is missing of them has been embedded at once."""
        fresh = [item.drafts for item in batch if isinstance(item, DraftedDocument)]
        self._embed([draft for drafts in fresh if len(drafts) <= self._hands.batch_passages for draft in drafts])
        for item in batch:
            if isinstance(item, DraftedDocument):
                writer.add(item, self._encodings(item.drafts))
                self._tally.add(documents=1)
            elif self._stored:
                writer.copy(item, self._stored, self._stored.number_of_text[item.sha256, item.reader])
                self._tally.add(documents=1, size_bytes=item.size_bytes)
        self._batch.clear()

    def _encodings(self, drafts: Sequence[PassageDraft]) -> Iterator[StoredEncoding]:
        """Yield the encodings of one document, which have been embedded with its batch unless there are too many."""
        for first in range(0, len(drafts), self._hands.batch_passages):
            part = drafts[first : first + self._hands.batch_passages]
            if len(drafts) > self._hands.batch_passages:
                self._batch.clear()  # a document this long is the last of its batch
                self._embed(part)
            yield from (self._batch[draft.key] for draft in part)

    def _embed(self, drafts: Sequence[PassageDraft]) -> None:
        missing: dict[bytes, str] = {}
        for draft in drafts:
            found = self._look_up(draft.key)
            if found is None:
                missing[draft.key] = draft.text
            else:
                self._batch[draft.key] = found
        sizes = {draft.key: len(draft.text.encode("utf-8")) for draft in drafts}
        known = sum(sizes[draft.key] for draft in drafts) - sum(sizes[key] for key in missing)
        self._tally.add(size_bytes=known, passages=len(drafts) - len(missing))
        for key, new in zip(missing, self._hands.encode(list(missing.values())), strict=True):
            self._batch[key] = StoredEncoding(
                new.vector, quantize(project(new.states, self._projection)), new.starts, new.pieces
            )
            self._cache.put(key, self._batch[key])
            self.embedded += 1
            self._tally.add(size_bytes=sizes[key], passages=1)

    def _look_up(self, key: bytes) -> StoredEncoding | None:
        row = self._row_of(key)
        if row is not None and self._stored:
            return self._stored.encoding(row)
        return self._cache.get(key)

    def _row_of(self, key: bytes) -> int | None:
        """Find a passage of the last snapshot by the sha256 of its text."""
        import numpy as np

        if self._stored is None:
            return None
        keys = np.asarray(self._stored.passage_keys).view("S32")
        if self._order is None:
            self._order = np.argsort(keys)
        place = int(np.searchsorted(keys, np.bytes_(key), sorter=self._order))
        for candidate in self._order[place : place + 1]:
            if bytes(self._stored.passage_keys[candidate]) == key:
                return int(candidate)
        return None
