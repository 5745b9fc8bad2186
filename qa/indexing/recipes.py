"""What an index is made with, and whether that is what it is asked with.

In -> out: Settings and an Embedder -> a recipe; two of them -> nothing, or IndexIncompatible.
Does not: build (qa/indexing/building.py): a question needs no more than this of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qa.errors import IndexIncompatible
from qa.models.encoding import Embedder
from qa.settings import Settings
from qa.text import chunking, sentences, tokens


def recipe_of(settings: Settings, embedder: Embedder | None) -> dict[str, Any]:
    """Return what an index is made with; two indexes with the same recipe hold the same numbers for the same text."""
    without_model = {
        "model": settings.model,
        "passage_tokens": settings.passage_tokens,
        "sentences": sentences.VERSION,
        "chunking": chunking.VERSION,
        "analyzer": tokens.ANALYZER,
    }
    if embedder is None:
        return without_model
    return {
        **without_model,
        "fingerprint": embedder.fingerprint,
        "dim": embedder.dim,
        "window_tokens": embedder.window_tokens,
    }


def check_recipe(manifest: Mapping[str, Any], settings: Settings, embedder: Embedder) -> None:
    """Raise IndexIncompatible, naming what differs, unless the snapshot was built by this version and this model."""
    refuse_foreign(manifest["recipe"], recipe_of(settings, embedder))


def refuse_foreign(built: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Raise IndexIncompatible, naming the first thing that is wanted otherwise than it was built."""
    for key, value in wanted.items():
        if built.get(key) != value:
            raise IndexIncompatible(
                f"The index was built with {key} {built.get(key)!r}, now it is {value!r}: run `qa build --full`, "
                f"or set it back to what it was."
            )
