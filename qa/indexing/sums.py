"""The files of a snapshot compared with their checksums.

In -> out: the folder of a snapshot -> its manifest, where every file is whole.
Does not: hold, publish or prune a snapshot (qa/indexing/snapshots.py), or know what its files mean.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path, PureWindowsPath
from typing import Any

from qa.errors import IndexCorrupt, IndexIncompatible

FORMAT = 8
HASHERS, SIDE_BY_SIDE_FROM = 4, 32 * 1024 * 1024
"""How many files are compared side by side, where they have so many bytes together: starting a thread takes longer than to compare a small file."""
MANIFEST = "manifest.json"
CHECKSUMS = "SHA256SUMS"
HASHED_BYTES = 256 * 1024 * 1024
"""What is compared with its checksum at every opening, smallest files first: about a second's work. Larger files are
compared by size, and in full by `qa status --verify`."""
AT_ONCE = 256 * 1024
"""Files smaller than this are read as a whole: `hashlib.file_digest` makes room for so much, whatever a file's size."""


def verified_manifest(folder: Path, *, verify: bool) -> dict[str, Any]:
    """Return the manifest of a snapshot whose files are as they were written; with `verify`, whatever their size.

    Raises IndexCorrupt, naming the file, or IndexIncompatible.
    """
    try:
        lines = (folder / CHECKSUMS).read_text(encoding="utf-8").splitlines()
        digests = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
        _compare(folder, MANIFEST, digests)
        manifest = _checked_manifest(folder, json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
    except (FileNotFoundError, NotADirectoryError, UnicodeDecodeError) as exc:
        raise _corrupt(folder / CHECKSUMS) from exc
    except (ValueError, RecursionError) as exc:
        raise _corrupt(folder / MANIFEST) from exc
    hashed, compared = 0, []
    for name, size in sorted(manifest["sizes"].items(), key=lambda item: item[1]):
        path = folder / name
        if not path.is_file() or path.stat().st_size != size:
            raise _corrupt(path)
        hashed += size
        if verify or hashed <= HASHED_BYTES or name in manifest["always_hashed"]:
            compared.append(name)
    _compare_all(folder, compared, digests, sum(manifest["sizes"][name] for name in compared))
    return manifest


def _compare_all(folder: Path, names: Sequence[str], digests: Mapping[str, str], size: int) -> None:
    """Compare files of so many bytes together; hashing leaves Python to the other threads."""
    if size < SIDE_BY_SIDE_FROM:
        for name in names:
            _compare(folder, name, digests)
        return
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(HASHERS) as pool:
        list(pool.map(lambda name: _compare(folder, name, digests), names))


def _checked_manifest(folder: Path, manifest: Any) -> dict[str, Any]:
    """Return a manifest that is one of this format, as far as it is read here; ValueError where it is not."""
    if not isinstance(manifest, dict):
        raise ValueError("no object")
    if manifest.get("format") != FORMAT:
        found = manifest.get("format")
        raise IndexIncompatible(f"{folder} has format {found}, this version reads {FORMAT}: run `qa build --full`.")
    sizes, always = manifest.get("sizes"), manifest.get("always_hashed")
    if not isinstance(sizes, dict) or not isinstance(always, list):
        raise ValueError("a key is missing")
    if not all(is_below(name) and isinstance(size, int) for name, size in sizes.items()):
        raise ValueError("a file cannot be one of a snapshot")
    return manifest


def is_below(name: Any) -> bool:
    """Tell whether a name is a path below its folder: not absolute, and nowhere up."""
    return (
        isinstance(name, str) and bool(name) and not name.startswith("/") and "\0" not in name
        and ".." not in name.split("/") and not PureWindowsPath(name).drive
    )  # fmt: skip


def _compare(folder: Path, name: str, digests: Mapping[str, str]) -> None:
    if name not in digests:
        raise _corrupt(folder / CHECKSUMS)
    if not (folder / name).is_file() or sha256_of(folder / name) != digests[name]:
        raise _corrupt(folder / name)


def _corrupt(path: Path) -> IndexCorrupt:
    return IndexCorrupt(f"{path} is damaged or missing: run `qa build --full`.")


def sha256_of(path: Path) -> str:
    """Return the sha256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size < AT_ONCE:
            return hashlib.sha256(file.read()).hexdigest()
        return hashlib.file_digest(file, "sha256").hexdigest()
