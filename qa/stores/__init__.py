"""Where passage vectors live: one protocol, FAISS now, others under the same contract tests later."""

from qa.stores.base import VectorStore
from qa.stores.faiss import FaissStore

__all__ = ["FaissStore", "VectorStore"]
