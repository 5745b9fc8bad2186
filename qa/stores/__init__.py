"""Where passage vectors live: one protocol, FAISS now, others under the same contract tests later.

In -> out: a folder -> the store that lies in it.
Does not: import one before it is needed: a small index is read without FAISS (qa/stores/flat.py).
"""

from pathlib import Path

from qa.stores.base import VectorStore

__all__ = ["VectorStore", "open_store"]


def open_store(folder: Path) -> VectorStore:
    """Return the store of a folder; IndexCorrupt where its index is none."""
    from qa.stores.flat import FlatStore

    if small := FlatStore.open(folder):
        return small
    from qa.stores.faiss import FaissStore

    return FaissStore.open(folder)
