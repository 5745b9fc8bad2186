"""A folder of seeds -> its documents: sorted walk, strict UTF-8, title, sha256.

In -> out: the path of a folder -> `Seeds` (what there is, without the texts, and warnings for what was passed over);
one of its files -> a `Document`.
Does not: change a character of a text, hold more than one text at a time, or follow a link out of the folder.
"""

from __future__ import annotations

import hashlib
import os
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from qa.datatypes import Document
from qa.errors import SeedError
from qa.opening import NotAFile, Outside, TooLarge, Unsettled, read_regular
from qa.text.titles import title_of

SUFFIXES = (".txt", ".md")
SOURCES_FILE = "sources.toml"
SOURCE_KEYS = ("title", "author", "publisher", "date", "url")
MEGABYTE = 1024 * 1024
SOURCES_MB = 16


@dataclass(frozen=True, slots=True)
class SeedFile:
    """A file that is a document, as it was when the folder was listed; sha256 of its bytes."""

    doc_id: str
    path: Path
    title: str
    sha256: str
    size_bytes: int
    meta: dict[str, str]

    @property
    def folder(self) -> Path:
        """The folder that was listed."""
        return self.path.parents[self.doc_id.count("/")]


@dataclass(frozen=True, slots=True)
class Seeds:
    """What a folder holds, in order of doc_id; `warnings` are sentences that name each file passed over, and why."""

    files: tuple[SeedFile, ...]
    warnings: tuple[str, ...]


class _Gone(Exception):
    """A file has disappeared since the folder was listed: it is as if it had never been there."""


def list_seeds(folder: Path, *, max_file_mb: int, skip_bad: bool = False) -> Seeds:
    """List every `.txt` and `.md` file below `folder` that can be a document, each read once.

    Raises SeedError for the first file that cannot be one (not UTF-8, unreadable, too large, being written, a link that
    leads nowhere or out of the folder, the same text as another), or leaves it out with a warning where
    `skip_bad`; also where no document is left.
    """
    if not folder.is_dir():
        raise SeedError(
            f"There is no folder {folder}: create it and put .txt or .md files into it, or name another with --seeds."
        )
    sources, _ = _read_sources_file(folder)
    files: list[SeedFile] = []
    warnings: list[str] = []
    first_with: dict[str, str] = {}
    for path in _files(folder):
        doc_id = path.relative_to(folder).as_posix()
        if path.is_dir():
            warnings.append(f"{_shown(doc_id)} is passed over: links to folders are not followed.")
            continue
        if path.suffix.lower() not in SUFFIXES:
            warnings.append(f"{_shown(doc_id)} is passed over: only {' and '.join(SUFFIXES)} files are documents.")
            continue
        try:
            text, digest, size = _read(folder, path, max_file_mb)
            if text.strip():
                _refuse_twin(doc_id, digest, first_with)
                meta = sources.get(doc_id, {})
                files.append(SeedFile(doc_id, path, meta.get("title") or title_of(text, doc_id), digest, size, meta))
            else:
                warnings.append(f"{_shown(doc_id)} is passed over: it holds no text.")
        except _Gone:
            continue
        except SeedError as exc:
            if not skip_bad:
                raise
            warnings.append(f"Left out: {exc}")
    known = {file.doc_id for file in files}
    warnings += [
        f"{SOURCES_FILE} describes {_shown(name)}, but there is no such document."
        for name in sources
        if name not in known
    ]
    if not files:
        raise SeedError(
            f"There is no document in {folder}: put .txt or .md files with text into it, or name another folder with --seeds."
        )
    return Seeds(tuple(files), tuple(warnings))


def read_document(file: SeedFile) -> Document:
    """Read a listed file; SeedError where it is no longer what was listed."""
    try:
        data = read_regular(file.path, file.folder, file.size_bytes)
    except OSError:
        data = b""
    if hashlib.sha256(data).hexdigest() != file.sha256:
        raise SeedError(f"{_shown(file.doc_id)} has changed while it was indexed: build again.")
    return Document(file.doc_id, file.title, data.decode("utf-8"), file.sha256, file.meta)


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


def read_examples(folder: Path) -> list[str]:
    """Return the `examples` of sources.toml: questions the page may suggest."""
    return _read_sources_file(folder)[1]


def _files(folder: Path) -> Iterator[Path]:
    """Yield files (and links to folders) below `folder`, sorted by POSIX path; hidden ones and those of editors are no seeds."""
    found = []
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        linked = [name for name in folders if Path(parent, name).is_symlink()]
        found += [
            Path(parent, name) for name in [*names, *linked] if not name.startswith(".") and not name.endswith("~")
        ]
    yield from sorted((p for p in found if p != folder / SOURCES_FILE), key=lambda p: p.relative_to(folder).as_posix())


def _read(folder: Path, path: Path, max_file_mb: int) -> tuple[str, str, int]:
    """Return a file's text, the sha256 and the number of its bytes, or say in one sentence why it can be no document."""
    name = _shown(path.relative_to(folder).as_posix())
    try:
        path.relative_to(folder).as_posix().encode("utf-8")
    except UnicodeEncodeError as exc:
        raise SeedError(f"{name} has a name that is not UTF-8: rename it, or build with --skip-bad.") from exc
    if path.is_symlink() and not path.exists():
        raise SeedError(f"{name} is a link that leads nowhere: remove it or repair it, or build with --skip-bad.")
    data = _read_settled(folder, path, name, max_file_mb)
    if b"\0" in data:
        raise SeedError(f"{name} is not a text file: remove it, or build with --skip-bad.")
    try:
        return data.decode("utf-8"), hashlib.sha256(data).hexdigest(), len(data)
    except UnicodeDecodeError as exc:
        raise SeedError(f"{name} is not UTF-8 (byte {exc.start}): save it as UTF-8, or build with --skip-bad.") from exc


def _read_settled(folder: Path, path: Path, name: str, max_file_mb: int) -> bytes:
    """Return a file's bytes if it is one and nobody wrote to it meanwhile."""
    try:
        return read_regular(path, folder, max_file_mb * MEGABYTE)
    except FileNotFoundError as exc:
        raise _Gone from exc
    except TooLarge as exc:
        raise SeedError(
            f"{name} has {exc.size // MEGABYTE} MB, more than the {max_file_mb} that QA_MAX_FILE_MB allows: "
            "split it or raise the limit, or build with --skip-bad."
        ) from exc
    except Unsettled as exc:
        raise SeedError(f"{name} is being written: build again when it is complete, or build with --skip-bad.") from exc
    except Outside as exc:
        raise SeedError(
            f"{name} is a link that leaves the folder: put a copy of the file there, or build with --skip-bad."
        ) from exc
    except NotAFile as exc:
        raise SeedError(f"{name} {exc.strerror}, not a file: remove it, or build with --skip-bad.") from exc
    except OSError as exc:
        raise SeedError(
            f"{name} cannot be read ({exc.strerror}): correct its permissions, or build with --skip-bad."
        ) from exc


def _refuse_twin(doc_id: str, digest: str, first_with: dict[str, str]) -> None:
    first = first_with.setdefault(digest, doc_id)
    if first != doc_id:
        raise SeedError(
            f"{_shown(doc_id)} has the same text as {_shown(first)}: remove one of them, or build with --skip-bad."
        )


def _read_sources_file(folder: Path) -> tuple[dict[str, dict[str, str]], list[str]]:
    """Return what `sources.toml` says of each file (a table a file, keys of SOURCE_KEYS), and its example questions."""
    try:
        data = read_regular(folder / SOURCES_FILE, folder, SOURCES_MB * MEGABYTE)
        content = tomllib.loads(data.decode("utf-8"))
    except FileNotFoundError:
        return {}, []
    except OSError as exc:
        raise SeedError(f"{SOURCES_FILE} cannot be read ({exc.strerror}): correct it, or remove it.") from exc
    except (ValueError, RecursionError) as exc:
        raise SeedError(f"{SOURCES_FILE} cannot be read ({exc}): correct it, or remove it.") from exc
    examples = content.pop("examples", [])
    if not isinstance(examples, list) or not all(isinstance(question, str) for question in examples):
        raise SeedError(f"{SOURCES_FILE}: examples has to be a list of questions.")
    for name, table in content.items():
        if not isinstance(table, dict):
            raise SeedError(f'{SOURCES_FILE}: {name} is not a table: write ["{name}"] and the keys below it.')
        for key, value in table.items():
            if key not in SOURCE_KEYS or not isinstance(value, str):
                raise SeedError(
                    f'{SOURCES_FILE}: {key} of "{name}" cannot be used: keys are {", ".join(SOURCE_KEYS)}, values strings.'
                )
    return content, examples


def _shown(doc_id: str) -> str:
    """A file's name as one printable line."""
    return doc_id if doc_id.isprintable() else ascii(doc_id)
