"""The index folder: immutable snapshots, each published by one rename and checked by checksum when opened.

In -> out: files written into a draft -> `index/snapshot-000001/`; the index folder -> the newest snapshot, verified.
Does not: know what a passage is, or what the files of a snapshot mean.

    index/
    ├── snapshot-000007/     the newest number answers
    │   ├── SHA256SUMS       of every file below, in the format of sha256sum
    │   ├── manifest.json    what the snapshot was built from and with
    │   └── ...              the files qa/corpus.py writes
    ├── snapshot-000006/     kept as the one before
    ├── .draft-4711/         being built
    └── .lock, .builder      held by the process that builds, and its number
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.errors import BuildLocked, IndexCorrupt, IndexIncompatible, IndexMissing, StoreUnavailable

FORMAT = 1
KEPT = 2
MANIFEST = "manifest.json"
CHECKSUMS = "SHA256SUMS"
_NAME = re.compile(r"snapshot-(\d{6,})\Z")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One published snapshot, whole when it was opened."""

    folder: Path
    manifest: dict[str, Any]

    @property
    def name(self) -> str:
        return self.folder.name


def latest_name(index: Path) -> str:
    """Return the name of the newest snapshot, or "" where there is none."""
    names = _snapshot_names(index)
    return names[-1] if names else ""


def open_snapshot(index: Path, name: str = "") -> Snapshot:
    """Return the newest snapshot (or the one called `name`), every file of it compared with its checksum.

    Raises IndexMissing, IndexCorrupt (naming the file) or IndexIncompatible.
    """
    name = name or latest_name(index)
    if not name:
        raise IndexMissing(f"There is no index in {index}: run `qa build`.")
    folder = index / name
    try:
        _verify(folder)
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except PermissionError as exc:
        raise StoreUnavailable(f"{exc.filename} cannot be read: correct its permissions.") from exc
    if manifest.get("format") != FORMAT:
        raise IndexIncompatible(
            f"{folder} has format {manifest.get('format')}, this version reads {FORMAT}: run `qa build --full`."
        )
    return Snapshot(folder, manifest)


@contextmanager
def build_lock(index: Path) -> Iterator[None]:
    """Hold the right to build into `index`; the operating system gives it back when the process ends, however it ends.

    Raises BuildLocked, naming the process that has it, and StoreUnavailable when the folder cannot be written.
    """
    from filelock import FileLock, Timeout

    owner = index / ".builder"
    try:
        index.mkdir(parents=True, exist_ok=True)
        lock = FileLock(index / ".lock")
        lock.acquire(timeout=0)
    except Timeout as exc:
        process = owner.read_text(encoding="utf-8") if owner.exists() else "unknown"
        raise BuildLocked(
            f"Process {process} is building into {index}: wait until it has finished, or end it."
        ) from exc
    except (OSError, NotImplementedError) as exc:
        raise _unwritable(index, exc) from exc
    try:
        owner.write_text(str(os.getpid()), encoding="utf-8")
        yield
    except OSError as exc:
        raise _unwritable(index, exc) from exc
    finally:
        owner.unlink(missing_ok=True)
        lock.release()


@contextmanager
def draft_snapshot(index: Path) -> Iterator[Path]:
    """Yield an empty folder to write the files of a snapshot into; it is gone when the block ends unpublished."""
    for left_over in index.glob(".draft-*"):  # of a build that was killed: we hold the lock, so nobody writes there
        shutil.rmtree(left_over, ignore_errors=True)
    draft = index / f".draft-{os.getpid()}"
    draft.mkdir()
    try:
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def publish(draft: Path, manifest: dict[str, Any]) -> Snapshot:
    """Turn a draft into the newest snapshot: manifest, checksums, flush to the disk, one rename; then prune old ones."""
    index = draft.parent
    complete = {"format": FORMAT, **manifest}
    (draft / MANIFEST).write_text(json.dumps(complete, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    files = sorted(p for p in draft.rglob("*") if p.is_file())
    sums = [f"{_sha256(p)}  {p.relative_to(draft).as_posix()}\n" for p in files]
    (draft / CHECKSUMS).write_text("".join(sums), encoding="utf-8")
    for path in [*files, draft / CHECKSUMS, *(p for p in draft.rglob("*") if p.is_dir()), draft]:
        _flush(path)
    names = _snapshot_names(index)
    number = int(_number(names[-1])) + 1 if names else 1
    target = index / f"snapshot-{number:06d}"
    draft.rename(target)
    _flush(index)
    for name in [*names, target.name][:-KEPT]:
        shutil.rmtree(index / name, ignore_errors=True)
    return Snapshot(target, complete)


def size_bytes(snapshot: Snapshot) -> int:
    """Return how much space the files of a snapshot take."""
    return sum(p.stat().st_size for p in snapshot.folder.rglob("*") if p.is_file())


def _verify(folder: Path) -> None:
    try:
        lines = (folder / CHECKSUMS).read_text(encoding="utf-8").splitlines()
    except (FileNotFoundError, UnicodeDecodeError) as exc:
        raise _corrupt(folder / CHECKSUMS) from exc
    listed = set()
    for line in lines:
        digest, _, name = line.partition("  ")
        path = folder / name
        listed.add(name)
        if not name or not path.is_file() or _sha256(path) != digest:
            raise _corrupt(path if name else folder / CHECKSUMS)
    if MANIFEST not in listed:
        raise _corrupt(folder / CHECKSUMS)


def _corrupt(path: Path) -> IndexCorrupt:
    return IndexCorrupt(f"{path} is damaged or missing: run `qa build --full`.")


def _unwritable(index: Path, exc: Exception) -> StoreUnavailable:
    why = (exc.strerror if isinstance(exc, OSError) else None) or exc
    return StoreUnavailable(
        f"The index folder {index} cannot be written ({why}): free space or correct its permissions, "
        "or name another with --index."
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _flush(path: Path) -> None:
    if os.name == "nt" and path.is_dir():
        return  # Windows has no handle for a folder; its rename is journaled
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _snapshot_names(index: Path) -> list[str]:
    try:
        names = [entry.name for entry in index.iterdir() if _NAME.match(entry.name)]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except PermissionError as exc:
        raise StoreUnavailable(
            f"{index} cannot be read: correct its permissions, or name another folder with --index."
        ) from exc
    return sorted(names, key=lambda name: int(_number(name)))


def _number(name: str) -> str:
    match = _NAME.match(name)
    return match.group(1) if match else "0"
