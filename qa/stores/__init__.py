"""Where passage vectors live: one protocol, FAISS now, others under the same contract tests later.

A store is imported where it is opened (`from qa.stores.faiss import FaissStore`), so that `import qa` loads none.
"""

from qa.stores.base import VectorStore

__all__ = ["VectorStore"]
