"""The index folder: immutable snapshots, each published by one rename and checked by checksum when opened.

In -> out: files written into a draft -> `index/snapshot-000001/`; the index folder -> a snapshot, verified and held open.
Does not: know what a passage is, or what the files of a snapshot mean.

    index/
    ├── snapshot-000007/     the newest number answers
    │   ├── SHA256SUMS       of every file below, in the format of sha256sum
    │   ├── manifest.json    what the snapshot was built from and with, and how large each file is
    │   ├── .held            locked (shared) by every process that has the snapshot open
    │   └── ...              the files qa/indexing/corpus.py writes
    ├── snapshot-000006/     kept as the one before
    ├── .draft/              being built
    └── .lock                locked by the process that builds; holds its number
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import field
from pathlib import Path
from typing import Any

from qa.errors import IndexCorrupt, IndexMissing, SettingsError, StoreUnavailable
from qa.indexing.locks import Hold, hold, unheld
from qa.indexing.sums import CHECKSUMS, FORMAT, MANIFEST, sha256_of, verified_manifest
from qa.patterns import pattern
from qa.records import record

KEPT = 2
HELD = ".held"
_NAME = pattern(r"snapshot-(\d{6,})\Z")


@record
class Snapshot:
    """One published snapshot, whole when it was opened; while this object lives, no build removes it."""

    folder: Path
    manifest: dict[str, Any]
    held: Hold | None = field(default=None, compare=False, repr=False)

    @property
    def name(self) -> str:
        return self.folder.name


def snapshot_names(index: Path) -> list[str]:
    """Return the names of all snapshots, oldest first."""
    try:
        names = [entry.name for entry in index.iterdir() if _NAME.match(entry.name)]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except PermissionError as exc:
        raise StoreUnavailable(
            f"{index} cannot be read: correct its permissions, or name another folder with --index."
        ) from exc
    return sorted(names, key=_number)


def latest_name(index: Path) -> str:
    """Return the name of the newest snapshot, or "" where there is none."""
    return (snapshot_names(index) or [""])[-1]


def open_snapshot(index: Path, name: str = "", *, verify: bool = False) -> Snapshot:
    """Return the newest snapshot (or the one called `name`), held open and compared with its checksums.

    With `verify` every file is hashed, otherwise qa/indexing/sums.py's HASHED_BYTES of them. Raises IndexMissing, IndexCorrupt (naming the
    file) or IndexIncompatible.
    """
    for _ in range(3):  # a snapshot may be pruned between its being listed and its being held
        chosen = name or latest_name(index)
        if not chosen:
            raise IndexMissing(f"There is no index in {index}: run `qa build`.")
        folder = index / chosen
        try:
            held = hold(folder / HELD)
            return Snapshot(folder, verified_manifest(folder, verify=verify), held)
        except PermissionError as exc:
            raise StoreUnavailable(f"{exc.filename} cannot be read: correct its permissions.") from exc
        except IndexCorrupt:
            if name or folder.exists():
                raise
    raise IndexMissing(f"The index in {index} is being replaced faster than it can be opened: try again.")


def open_whole_snapshot(index: Path, newest: str) -> tuple[Snapshot, str]:
    """Return the newest snapshot and "", or, where it is damaged, the one before it and a warning that says so.

    Raises what `open_snapshot` raises where none is whole.
    """
    try:
        return open_snapshot(index, newest), ""
    except IndexCorrupt as exc:
        earlier = [name for name in snapshot_names(index) if _number(name) < _number(newest)]
        for name in reversed(earlier):
            with suppress(IndexCorrupt, IndexMissing):
                warning = f"{exc} Until then {name} answers, which was built before."
                _tell(warning)
                return open_snapshot(index, name), warning
        raise


def _tell(warning: str) -> None:
    import logging  # of a whole snapshot there is nothing to tell

    logging.getLogger(__name__).warning(warning)


@contextmanager
def draft_snapshot(index: Path) -> Iterator[Path]:
    """Yield an empty folder to write the files of a snapshot into; it is gone when the block ends unpublished."""
    draft = index / ".draft"
    # One may be left by a build that was killed; the builder holds the lock, so nobody writes there.
    _remove(draft)
    draft.mkdir(mode=0o700)
    try:
        yield draft
    finally:
        _remove(draft)


def _remove(draft: Path) -> None:
    """Remove a folder, or whatever stands in its place; a link is not followed."""
    import shutil

    if draft.is_symlink() or draft.is_file():
        draft.unlink()
    else:
        shutil.rmtree(draft, ignore_errors=True)


def publish(draft: Path, manifest: dict[str, Any], *, always_hashed: Sequence[str] = ()) -> Snapshot:
    """Turn a draft into the newest snapshot: manifest, checksums, flush to the disk, one rename; then prune old ones.

    Files named in `always_hashed` are compared in full at every opening, however large.
    """
    files = sorted(p for p in draft.rglob("*") if p.is_file())
    sizes = {p.relative_to(draft).as_posix(): p.stat().st_size for p in files}
    complete = {"format": FORMAT, **manifest, "sizes": sizes, "always_hashed": list(always_hashed)}
    (draft / MANIFEST).write_text(json.dumps(complete, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    sums = [f"{sha256_of(draft / name)}  {name}\n" for name in [MANIFEST, *sizes]]
    (draft / CHECKSUMS).write_text("".join(sums), encoding="utf-8")
    (draft / HELD).touch()
    return _publish_files(draft, complete)


def roll_back(index: Path) -> Snapshot:
    """Publish the snapshot before the newest once more, as the newest; a second call goes forward again.

    Raises SettingsError where there is none before, and the errors of `open_snapshot` where it is not whole.
    """
    import shutil

    names = snapshot_names(index)
    if len(names) < 2:
        raise SettingsError(
            f"There is no snapshot to go back to in {index}: the last {KEPT} are kept once there are as many."
        )
    before = open_snapshot(index, names[-2], verify=True)
    with draft_snapshot(index) as draft:
        shutil.copytree(before.folder, draft, dirs_exist_ok=True, copy_function=_link_or_copy)
        return _publish_files(draft, before.manifest)


def size_bytes(folder: Path) -> int:
    """Return how much space the files of a snapshot take."""
    return sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())


def _publish_files(draft: Path, manifest: dict[str, Any]) -> Snapshot:
    index = draft.parent
    for path in [*(p for p in draft.rglob("*")), draft]:
        path.chmod(0o700 if path.is_dir() else 0o600)
        _flush(path)
    names = snapshot_names(index)
    target = index / f"snapshot-{_number(names[-1]) + 1 if names else 1:06d}"
    draft.rename(target)
    _flush(index)
    held = hold(target / HELD)
    prune(index)
    return Snapshot(target, manifest, held)


def prune(index: Path) -> None:
    """Remove all but the last KEPT snapshots, and never one that a process has open."""
    for name in snapshot_names(index)[:-KEPT]:
        with unheld(index / name / HELD) as free:
            if free:
                (index / name).rename(index / f".pruned-{name}")  # at once, so that no reader finds half of it
    import shutil

    for doomed in index.glob(".pruned-*"):
        shutil.rmtree(doomed, ignore_errors=True)


def _flush(path: Path) -> None:
    if os.name == "nt" and path.is_dir():
        return  # Windows has no handle for a folder; its rename is journaled
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _link_or_copy(source: str, target: str) -> None:
    """A snapshot is never changed, so two may share their files; not the lock, by which each is held."""
    import shutil

    if Path(source).name != HELD:
        with suppress(OSError):
            os.link(source, target)
            return
    shutil.copyfile(source, target)


def _number(name: str) -> int:
    match = _NAME.match(name)
    return int(match.group(1)) if match else 0
