"""A model's name -> the embedder that runs it: the default one with onnxruntime, any other through sentence-transformers.

In -> out: QA_MODEL -> an Embedder, or the name of the library that runs it.
Does not: import a library before an embedder is asked for.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from qa.models.encoding import Embedder
from qa.settings import DEFAULT_MODEL

_LIGHT = ("onnxruntime", "tokenizers")


def runtime_of(name: str) -> str:
    """Return which library runs the model: "onnxruntime" for the default one, unless this machine has none of it."""
    light = name == DEFAULT_MODEL and all(find_spec(library) for library in _LIGHT)
    return "onnxruntime" if light else "sentence-transformers"


def load_embedder(name: str, remember: Path | None = None) -> Embedder:
    """Return the embedder called `name` (a model name or a folder); `remember` is a file that keeps which weights were compared.

    Raises SettingsError when the model cannot be loaded or its weights are not the published ones.
    """
    if runtime_of(name) == "onnxruntime":
        from qa.models.minilm import MiniLMEmbedder

        return MiniLMEmbedder(remember)
    from qa.models.transformer import SentenceTransformerEmbedder

    return SentenceTransformerEmbedder(name)
