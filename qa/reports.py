"""What a build and a look at the index tell.

In -> out: nothing; the engine fills these records, pages and programs show them.
Does not: compute, read files or know a library.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from qa.records import record


@record
class Skipped:
    """A file that is not indexed; `reason` is one sentence that names it, with the fix."""

    doc_id: str
    reason: str
    again: bool = False
    """It was being written, and may be whole at the next look."""


@record
class BuildReport:
    """What one build did. The first four are doc_ids, then counts of passages, then seconds and a name."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]
    passages: int
    embedded: int
    reused: int
    seconds: float
    snapshot: str
    warnings: tuple[str, ...] = ()
    """Sentences on what was left out, and on what was left out of documents."""
    skipped: tuple[Skipped, ...] = ()


@record
class Status:
    """What the index holds, which doc_ids differ from the seeds as they are now, and which library runs the model (`runtime`)."""

    snapshot: str
    model: str
    created: str  # ISO 8601, UTC
    age_seconds: float
    documents: int
    sentences: int
    passages: int
    tokens: int
    size_bytes: int
    store: Mapping[str, object]  # how vectors are searched: `kind`, of an approximate index its measured recall
    warning: str
    """What is wrong with the newest snapshot, where an earlier one answers in its place; else empty."""
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    skipped: tuple[Skipped, ...] = ()
    """The files of the folder that are not indexed, as it is now."""
    runtime: str = ""
    languages: Mapping[str, int] = field(default_factory=dict)  # documents of each, by its English name
    unread: tuple[str, ...] = ()  # sentences on documents in languages that the model was not made for

    @property
    def stale(self) -> bool:
        """Whether the seeds have changed since the index was built."""
        return bool(self.added or self.changed or self.removed)
