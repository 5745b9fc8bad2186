"""A builder whose folder is new or lost: what was embedded comes back from the store, so that it embeds only what has changed.

In -> out: the generation that answers -> encodings by the sha256 of their text, where an interrupted build would have left them.
Does not: read documents, or decide which encodings fit (qa/indexing/resuming.py).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from qa.datatypes import Span
from qa.indexing.corpus import stored_encoding
from qa.indexing.resuming import resume_cache
from qa.milvus.corpus import MilvusCorpus

ROWS_AT_ONCE = 200


def revive(corpus: MilvusCorpus, manifest: Mapping[str, Any], index: Path, step: Callable[[], None]) -> None:
    """Put every encoding of a generation into the folder `index`, whose lock the caller holds."""
    count = len(corpus.passages)
    with resume_cache(index, {**manifest["recipe"], "state_bytes": manifest["state_bytes"]}) as cache:
        for first in range(0, count, ROWS_AT_ONCE):
            rows = range(first, min(first + ROWS_AT_ONCE, count))
            corpus.fetch(rows)
            for row, vector in zip(rows, corpus.vectors(rows), strict=True):
                number, start, end = (int(x) for x in corpus.passages[row, :3])
                text = corpus.shown(number).of(Span(start, end))
                cache.put(hashlib.sha256(text.encode("utf-8")).digest(), stored_encoding(corpus, row, vector))
            step()
