"""Any sentence-transformers model as an Embedder.

In -> out: the name or the folder of a model -> a SentenceTransformerEmbedder.
Does not: import torch before it is asked for. The default model comes here only where there is no onnxruntime.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from qa.errors import SettingsError
from qa.models.encoding import MAX_WORKERS, NO_PIECE, WINDOW_TEXTS, Encoding, unit_rows
from qa.models.minilm import WEIGHTS_SHA256, model_folder
from qa.models.weights import check_file
from qa.settings import DEFAULT_MODEL


class SentenceTransformerEmbedder:
    """Any sentence-transformers model that mean-pools or otherwise exposes its token states."""

    def __init__(self, name: str) -> None:
        path = name
        if name == DEFAULT_MODEL:
            os.environ.setdefault("HF_HUB_OFFLINE", "1")
            path = str(model_folder())
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
        if self.name == DEFAULT_MODEL:
            check_file(model_folder() / "model.safetensors", WEIGHTS_SHA256)
            return "sha256:" + WEIGHTS_SHA256
        digest = hashlib.sha256()
        for key, tensor in sorted(self._model.state_dict().items()):
            digest.update(key.encode() + tensor.detach().cpu().float().numpy().tobytes())
        return "sha256:" + digest.hexdigest()

    @property
    def unknown_piece(self) -> int:
        """The piece for what the vocabulary has none for."""
        return NO_PIECE if self._tokenizer.unk_token_id is None else int(self._tokenizer.unk_token_id)

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


def _prompt(model: Any, kind: str) -> str:
    """Return the text a model wants before a "query" or a "document", mostly none."""
    return (getattr(model, "prompts", None) or {}).get(kind) or ""
