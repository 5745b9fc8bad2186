"""A folder of seeds -> its documents: sorted walk, sha256, what is left out and why.

In -> out: the path of a folder -> `Seeds` (what there is, without the texts, and what was left out);
one of its files -> its `Parsed` and `Document`.
Does not: read what a file says before it is indexed, hold more than one text at a time, or follow a link out of the folder.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from qa.datatypes import Document, Parsed
from qa.errors import SeedError
from qa.formats import FORMATS, TEXTUAL, format_of, is_read, parse_file, reader_of
from qa.formats.reading import Unreadable
from qa.opening import NotAFile, Outside, TooLarge, Unsettled, read_regular
from qa.records import record
from qa.reports import Skipped
from qa.settings import TEXT_SUFFIXES
from qa.text.sources import ENCODING, SOURCES_FILE, read_sources
from qa.text.titles import title_of

_NO_SEEDS = (".", "~$", ".~lock.")
"""Hidden files, and what Word and its like keep beside a file that is open."""
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class SeedFile:
    """A file that may be a document, as it was when the folder was listed; sha256 of its bytes."""

    doc_id: str
    path: Path
    sha256: str
    size_bytes: int
    meta: dict[str, str]
    """What sources.toml says of it."""
    encoding: str = ""
    also: tuple[str, ...] = ()
    """Other files with the same bytes: they are one document."""

    @property
    def folder(self) -> Path:
        """The folder that was listed."""
        return self.path.parents[self.doc_id.count("/")]

    @cached_property
    def reader(self) -> str:
        """What reads it: the same reader gives the same of the same bytes."""
        return reader_of(self.doc_id) + (f":{self.encoding}" if self.encoding else "")


@record
class Seeds:
    """What a folder holds, in order of doc_id, and what was left out; `warnings` are sentences on the rest."""

    files: tuple[SeedFile, ...]
    skipped: tuple[Skipped, ...] = ()
    warnings: tuple[str, ...] = ()


@record
class _Walk:
    """What the walk has found so far."""

    text_suffixes: str
    files: list[SeedFile] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    first_with: dict[tuple[str, str], int] = field(default_factory=dict)


class _Gone(Exception):
    """A file has disappeared since the folder was listed: it is as if it had never been there."""


class _BeingWritten(SeedError):
    """A file is not whole yet."""


class Changed(SeedError):
    """A file is no longer what it was when it was listed."""


def list_seeds(folder: Path, *, max_file_mb: int, strict: bool = False, text_suffixes: str = TEXT_SUFFIXES) -> Seeds:
    """List every file below `folder` whose format can be read, each read once; what it says is not looked at.

    What cannot be a document (unreadable, too large, being written, a link that leads nowhere or out of the folder) is
    left out and named; with `strict`, SeedError for the first of them. SeedError also where no document is left.
    """
    if not folder.is_dir():
        raise SeedError(
            f"There is no folder {folder}: create it and put documents into it ({kinds()}), or name another with --seeds."
        )
    sources, _ = read_sources(folder)
    walk = _Walk(text_suffixes)
    for path in _files(folder):
        try:
            _take(folder, path, sources, max_file_mb, walk)
        except _Gone:
            continue
        except SeedError as exc:
            if strict:
                raise
            walk.skipped.append(_skipped(path.relative_to(folder).as_posix(), exc))
    known = {name for file in walk.files for name in (file.doc_id, *file.also)} | {s.doc_id for s in walk.skipped}
    warnings = [
        f"{SOURCES_FILE} describes {shown_name(name)}, but there is no such document."
        for name in sources
        if name not in known
    ]
    if not walk.files:
        raise SeedError(_nothing(folder, walk.skipped))
    return Seeds(tuple(walk.files), tuple(walk.skipped), tuple(warnings))


def kinds() -> str:
    """Return a suffix of each format, as people say them."""
    firsts = {module: suffix for suffix, module in reversed(FORMATS.items())}
    return " ".join(suffix for suffix, module in FORMATS.items() if firsts[module] == suffix) + " and the like"


def read_parsed(file: SeedFile) -> tuple[Document, Parsed]:
    """Read a listed file; Changed where it is no longer what was listed, Unreadable where it cannot be a document."""
    try:
        data = read_regular(file.path, file.folder, file.size_bytes)
    except OSError:
        data = b""
    if hashlib.sha256(data).hexdigest() != file.sha256:
        raise Changed(f"{shown_name(file.doc_id)} has changed while it was indexed: build again.")
    parsed = parse_file(data, file.doc_id, encoding=file.encoding)
    if not parsed.text.strip():
        raise Unreadable(f"holds no text: {parsed.warnings[0]}." if parsed.warnings else "holds no text.")
    title = file.meta.get("title") or title_of(parsed, file.doc_id)
    return Document(file.doc_id, title, parsed.text, file.sha256, {**parsed.meta, **file.meta}), parsed


def left_out(file: SeedFile, exc: Unreadable) -> Skipped:
    """Return the record of a file that could not be read."""
    return Skipped(file.doc_id, f"{shown_name(file.doc_id)} {exc}")


def look_at(folder: Path) -> frozenset[tuple[str, int, int]]:
    """Return name, size and time of every file below `folder`: equal while nothing was written there. Reads no file."""
    seen = set()
    for path in folder.rglob("*"):
        try:
            found = path.stat()
        except OSError:
            continue  # gone since it was listed, or a link that leads nowhere
        seen.add((str(path), found.st_size, found.st_mtime_ns))
    return frozenset(seen)


def _files(folder: Path) -> Iterator[Path]:
    """Yield files (and links to folders) below `folder`, sorted by POSIX path; hidden ones and those of editors are no seeds."""
    found = []
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        linked = [name for name in folders if Path(parent, name).is_symlink()]
        found += [
            Path(parent, name) for name in [*names, *linked] if not name.startswith(_NO_SEEDS) and name[-1] != "~"
        ]
    yield from sorted((p for p in found if p != folder / SOURCES_FILE), key=lambda p: p.relative_to(folder).as_posix())


def _take(folder: Path, path: Path, sources: Mapping[str, dict[str, str]], max_file_mb: int, walk: _Walk) -> None:
    """Add one file to what the walk has found."""
    doc_id = path.relative_to(folder).as_posix()
    if path.is_dir():
        walk.skipped.append(Skipped(doc_id, f"{shown_name(doc_id)} is passed over: links to folders are not followed."))
        return
    if not is_read(doc_id, walk.text_suffixes):
        reason = (
            f"{shown_name(doc_id)} is passed over: only {kinds()} files are documents (QA_TEXT_SUFFIXES names more)."
        )
        walk.skipped.append(Skipped(doc_id, reason))
        return
    data = _read(folder, path, max_file_mb)
    told = dict(sources.get(doc_id, {}))
    encoding = told.pop(ENCODING, "") if format_of(doc_id) in TEXTUAL else ""
    file = SeedFile(doc_id, path, hashlib.sha256(data).hexdigest(), len(data), told, encoding)
    first = walk.first_with.setdefault((file.sha256, file.reader), len(walk.files))
    if first == len(walk.files):
        walk.files.append(file)
    elif data.strip():
        walk.files[first] = replace(walk.files[first], also=(*walk.files[first].also, doc_id))
    else:
        walk.skipped.append(Skipped(doc_id, f"{shown_name(doc_id)} holds no text."))


def _skipped(doc_id: str, exc: SeedError) -> Skipped:
    return Skipped(doc_id, str(exc), isinstance(exc, _BeingWritten))


def _nothing(folder: Path, skipped: list[Skipped]) -> str:
    why = f" ({skipped[0].reason.rstrip('.')})" if skipped else ""
    return f"There is no document in {folder}{why}: put files with text into it ({kinds()}), or name another folder with --seeds."


def _read(folder: Path, path: Path, max_file_mb: int) -> bytes:
    """Return a file's bytes, or say in one sentence why it can be no document."""
    name = shown_name(path.relative_to(folder).as_posix())
    try:
        path.relative_to(folder).as_posix().encode("utf-8")
    except UnicodeEncodeError as exc:
        raise SeedError(f"{name} has a name that is not UTF-8: rename it.") from exc
    if path.is_symlink() and not path.exists():
        raise SeedError(f"{name} is a link that leads nowhere: remove it or repair it.")
    return _read_settled(folder, path, name, max_file_mb)


def _read_settled(folder: Path, path: Path, name: str, max_file_mb: int) -> bytes:
    """Return a file's bytes if it is one and nobody wrote to it meanwhile."""
    try:
        return read_regular(path, folder, max_file_mb * MEGABYTE)
    except FileNotFoundError as exc:
        raise _Gone from exc
    except TooLarge as exc:
        raise SeedError(
            f"{name} has {exc.size // MEGABYTE} MB, more than the {max_file_mb} that QA_MAX_FILE_MB allows: "
            "split it or raise the limit."
        ) from exc
    except Unsettled as exc:
        raise _BeingWritten(f"{name} is being written: build again when it is complete.") from exc
    except Outside as exc:
        raise SeedError(f"{name} is a link that leaves the folder: put a copy of the file there.") from exc
    except NotAFile as exc:
        raise SeedError(f"{name} {exc.strerror}, not a file: remove it.") from exc
    except OSError as exc:
        raise SeedError(f"{name} cannot be read ({exc.strerror}): correct its permissions.") from exc


def shown_name(doc_id: str) -> str:
    """A file's name as one printable line."""
    return doc_id if doc_id.isprintable() else ascii(doc_id)
