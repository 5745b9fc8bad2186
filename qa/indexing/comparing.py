"""Which files of the folder an index has, which have changed, and which cannot be read.

In -> out: a manifest and the listed files -> what differs; files -> their text, or why not; what a manifest says of them.
Does not: embed, or publish (qa/indexing/building.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from typing import Any, TypeVar

from qa.datatypes import Document, Parsed
from qa.errors import SeedError
from qa.formats.reading import Unreadable
from qa.records import record
from qa.reports import Skipped
from qa.text.documents import Changed, SeedFile, left_out, read_parsed

Read = TypeVar("Read")
_DESCRIBED = ("doc_id", "sha256", "reader", "meta", "also")


def compare_files(manifest: Mapping[str, Any] | None, files: Sequence[SeedFile]) -> dict[str, tuple[str, ...]]:
    """Return the doc_ids `added`, `changed`, `removed` and `unchanged` since a snapshot with this manifest was built."""
    old = {entry["doc_id"]: entry for entry in (manifest["documents"] if manifest else ())}
    old = {doc_id: {key: entry[key] for key in _DESCRIBED} for doc_id, entry in old.items()}
    new = {entry["doc_id"]: entry for entry in map(describe, files)}
    return {
        "added": tuple(sorted(new.keys() - old.keys())),
        "changed": tuple(sorted(key for key in new.keys() & old.keys() if new[key] != old[key])),
        "removed": tuple(sorted(old.keys() - new.keys())),
        "unchanged": tuple(sorted(key for key in new.keys() & old.keys() if new[key] == old[key])),
    }


def split_known_bad(
    manifest: Mapping[str, Any] | None, files: Sequence[SeedFile]
) -> tuple[list[Skipped], list[SeedFile]]:
    """Return the files of which a snapshot with this manifest says why they cannot be read, and the others."""
    known = {(s["doc_id"], s["sha256"], s["reader"]): s["reason"] for s in (manifest or {}).get("skipped", ())}
    bad, good = [], []
    for file in files:
        reason = known.get((file.doc_id, file.sha256, file.reader))
        if reason:
            bad.append(Skipped(file.doc_id, reason))
        else:
            good.append(file)
    return bad, good


def describe(file: SeedFile) -> dict[str, Any]:
    """What makes a document another one."""
    return {
        "doc_id": file.doc_id, "sha256": file.sha256, "reader": file.reader, "meta": file.meta, "also": list(file.also),
    }  # fmt: skip


@record
class Reading:
    """The files of a build that may be readable, and those that turned out not to be."""

    files: Sequence[SeedFile]
    strict: bool
    unread: list[Skipped] = field(default_factory=list)
    changed: set[str] = field(default_factory=set)
    """Those of them that were another file when they were read: the next build looks at them again."""

    def read(self, file: SeedFile) -> tuple[Document, Parsed] | None:
        """Read one, None where that cannot be done."""
        return self.attempt(file, lambda: read_parsed(file))

    def attempt(self, file: SeedFile, read: Callable[[], Read]) -> Read | None:
        """Return what `read` makes of a file, None where it says that it cannot be read."""
        try:
            return read()
        except Unreadable as exc:
            skipped = left_out(file, exc)
            if self.strict:
                raise SeedError(skipped.reason) from exc
        except Changed as exc:
            if self.strict:
                raise
            skipped = Skipped(file.doc_id, str(exc))
            self.changed.add(file.doc_id)
        self.unread.append(skipped)
        return None


def describe_all(
    files: Sequence[SeedFile],
    reading: Reading,
    before: Mapping[str, Any] | None,
    warnings: Mapping[str, Sequence[str]],
    languages: Mapping[str, Mapping[str, Any]],
) -> dict[str, Any]:
    """Return what the manifest says of the files: those that are documents, and those that could not be read."""
    bad = {s.doc_id: s.reason for s in (*split_known_bad(before, files)[0], *reading.unread)}
    documents = [describe(file) for file in files if file.doc_id not in bad]
    for entry in documents:
        entry.update({key: value for key, value in languages.get(entry["doc_id"], {}).items() if value})
        if warnings.get(entry["doc_id"]):
            entry["warnings"] = list(warnings[entry["doc_id"]])
    skipped = [
        {"doc_id": f.doc_id, "sha256": f.sha256, "reader": f.reader, "reason": bad[f.doc_id]}
        for f in files
        if f.doc_id in bad and f.doc_id not in reading.changed
    ]
    return {"documents": documents, "skipped": skipped}
