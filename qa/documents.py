"""A folder of seeds -> Documents: sorted walk, strict UTF-8, title, sha256.

In -> out: the path of a folder -> `Seeds` (documents in order of doc_id, and warnings for what was passed over).
Does not: change a character of a text, or follow a link out of the folder.
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
from qa.titles import title_of

SUFFIXES = (".txt", ".md")
SOURCES_FILE = "sources.toml"
SOURCE_KEYS = ("title", "author", "publisher", "date", "url")


@dataclass(frozen=True, slots=True)
class Seeds:
    """What a folder holds; `warnings` are sentences that name each file passed over, and why."""

    documents: tuple[Document, ...]
    warnings: tuple[str, ...]


def read_seeds(folder: Path, *, skip_bad: bool = False) -> Seeds:
    """Read every `.txt` and `.md` file below `folder`.

    Raises SeedError for the first file that cannot be a document (not UTF-8, unreadable, a link that leads nowhere or
    out of the folder, the same text as another), or leaves it out with a warning where `skip_bad`; also
    where no document is left.
    """
    if not folder.is_dir():
        raise SeedError(
            f"There is no folder {folder}: create it and put .txt or .md files into it, or name another with --seeds."
        )
    sources, _ = _read_sources_file(folder)
    documents: list[Document] = []
    warnings: list[str] = []
    same_bytes: dict[str, str] = {}
    for path in _files(folder):
        doc_id = path.relative_to(folder).as_posix()
        if path.suffix.lower() not in SUFFIXES:
            warnings.append(f"{_shown(doc_id)} is passed over: only {' and '.join(SUFFIXES)} files are documents.")
            continue
        try:
            document = _read(folder, path, doc_id, sources.get(doc_id, {}))
            if document.text.strip():
                _refuse_twin(document, same_bytes)
        except SeedError as exc:
            if not skip_bad:
                raise
            warnings.append(f"Left out: {exc}")
            continue
        if document.text.strip():
            documents.append(document)
        else:
            warnings.append(f"{_shown(doc_id)} is passed over: it holds no text.")
    warnings += [f"{SOURCES_FILE} describes {_shown(name)}, but there is no such document." for name in sources
                 if name not in {d.doc_id for d in documents}]  # fmt: skip
    if not documents:
        raise SeedError(
            f"There is no document in {folder}: put .txt or .md files with text into it, or name another folder with --seeds."
        )
    return Seeds(tuple(documents), tuple(warnings))


def read_examples(folder: Path) -> list[str]:
    """Return the `examples` of sources.toml: questions the page may suggest."""
    return _read_sources_file(folder)[1]


def _files(folder: Path) -> Iterator[Path]:
    """Yield files below `folder`, sorted by their POSIX path; hidden ones and those of editors are no seeds."""
    found = []
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [Path(parent, name) for name in names if not name.startswith(".") and not name.endswith("~")]
    yield from sorted((p for p in found if p != folder / SOURCES_FILE), key=lambda p: p.relative_to(folder).as_posix())


def _read(folder: Path, path: Path, doc_id: str, meta: dict[str, str]) -> Document:
    name = _shown(doc_id)
    if path.is_symlink() and not path.exists():
        raise SeedError(f"{name} is a link that leads nowhere: remove it or repair it, or build with --skip-bad.")
    if not path.resolve().is_relative_to(folder.resolve()):
        raise SeedError(
            f"{name} is a link that leaves the folder: put a copy of the file there, or build with --skip-bad."
        )
    try:
        data = path.read_bytes()
    except OSError as exc:
        raise SeedError(
            f"{name} cannot be read ({exc.strerror}): correct its permissions, or build with --skip-bad."
        ) from exc
    if b"\0" in data:
        raise SeedError(f"{name} is not a text file: remove it, or build with --skip-bad.")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as exc:
        raise SeedError(f"{name} is not UTF-8 (byte {exc.start}): save it as UTF-8, or build with --skip-bad.") from exc
    digest = hashlib.sha256(data).hexdigest()
    return Document(doc_id, meta.get("title") or title_of(text, doc_id), text, digest, meta)


def _refuse_twin(document: Document, same_bytes: dict[str, str]) -> None:
    first = same_bytes.setdefault(document.sha256, document.doc_id)
    if first != document.doc_id:
        raise SeedError(
            f"{_shown(document.doc_id)} has the same text as {_shown(first)}: remove one of them, or build with --skip-bad."
        )


def _read_sources_file(folder: Path) -> tuple[dict[str, dict[str, str]], list[str]]:
    """Return what `sources.toml` says of each file (a table a file, keys of SOURCE_KEYS), and its example questions."""
    try:
        content = tomllib.loads((folder / SOURCES_FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}, []
    except (OSError, ValueError) as exc:
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
