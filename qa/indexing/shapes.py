"""Whether the tables of a snapshot can be what they should be, whoever wrote them: forged ones are refused, not stumbled over.

In -> out: what was read of the manifest, `documents.json` and the arrays -> nothing, or an error that says what is wrong.
Does not: tell a forged text from a true one (its sha256 does), or look into models and vectors.
"""

from __future__ import annotations

import struct
import tokenize
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from qa.errors import IndexCorrupt
from qa.indexing.snapshots import Snapshot
from qa.indexing.sums import MANIFEST, is_below

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MALFORMED = (
    OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError, EOFError, SyntaxError, MemoryError,
    tokenize.TokenError, struct.error,
)  # fmt: skip
"""What the readers of JSON and of arrays raise for what is none."""
_MANIFEST: dict[str, type] = {"recipe": dict, "documents": list, "counts": dict, "store": dict, "state_bytes": int}
_COUNTED = ("documents", "sentences", "passages", "tokens")
_STRINGS = ("doc_id", "title", "sha256", "text_sha256", "reader")


def check_manifest(snapshot: Snapshot) -> Snapshot:
    """Return the snapshot; IndexCorrupt where its manifest has not what is read of it, or an id that leads out of the documents."""
    manifest = snapshot.manifest
    try:
        counts = manifest["counts"]
        datetime.fromisoformat(manifest["created"])
        fits = all(isinstance(manifest[key], kind) for key, kind in _MANIFEST.items())
        fits = fits and set(counts) == set(_COUNTED) and all(isinstance(counts[name], int) for name in counts)
        fits = fits and all(is_below(entry["doc_id"]) for entry in manifest["documents"])
    except MALFORMED:
        fits = False
    if not fits:
        raise IndexCorrupt(f"{snapshot.folder / MANIFEST} is not what a build has written: run `qa build --full`.")
    return snapshot


def check_entries(entries: Any, text_bytes: int, counts: Mapping[str, int]) -> None:
    """Refuse entries of documents whose types are wrong, or whose parts do not tile the text and the tables."""
    ends = {"bytes": text_bytes, **{key: counts[key] for key in ("sentences", "passages", "blocks", "hidden", "boxes")}}
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ValueError("documents.json is no list of objects")
    for entry in entries:
        if not is_below(entry["doc_id"]):
            raise ValueError(f"{entry['doc_id']!r} leads out of the documents")
        if not all(isinstance(entry[key], str) for key in _STRINGS) or not isinstance(entry["meta"], dict):
            raise ValueError("documents.json has a value of a wrong type")
    for key, end in ends.items():
        edges = [0, *(edge for entry in entries for edge in _two(entry[key])), end]
        if any(a != b for a, b in zip(edges[::2], edges[1::2], strict=True)) or any(a > b for a, b in pairwise(edges)):
            raise ValueError(f"documents.json does not divide the {key}")


def check_words(words: Any, counts: NDArray[np.int64], occurrences: NDArray[np.uint32]) -> None:
    """Refuse words that are none, or not as many as are counted."""
    if (
        not isinstance(words, list)
        or not all(isinstance(word, str) for word in words)
        or counts.shape != (len(words), 2)
    ):
        raise ValueError("words.json is not what is counted")
    if len(occurrences) and int(occurrences.max()) >> 2 >= len(words):
        raise ValueError("a word is used that has no name")


def _two(edges: Sequence[Any]) -> tuple[int, int]:
    first, last = edges
    if not (isinstance(first, int) and isinstance(last, int)):
        raise ValueError("documents.json has an edge that is no number")
    return first, last
