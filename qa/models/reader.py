"""The reader that travels along: question and passage through one encoder, which of the sentences answers and with which words.

In -> out: a question and a passage cut into sentences -> a `Reading`: for each sentence its logit over "none of them", and its likeliest words.
Does not: decide or rank (qa/answers does), or learn (benchmarks/reader does).

The word embeddings are those of the installed all-MiniLM-L6-v2; the encoder and the heads come from `reader.safetensors` beside this
file (int8, a scale a row). The encoder multiplies in eight bits (qa/models/rounded.py, in numpy plain.py). The heads are those of SQuAD 2.0 in
Devlin et al., *BERT*, NAACL 2019, section 4.3, with one softmax over the sentences and "none of them" besides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from qa.datatypes import Span
from qa.models.embedding import runtime_of
from qa.models.minilm import CLS, SEP, load_tokenizer, load_weights
from qa.models.plain import PlainEncoder, gelu
from qa.models.reading import Reading
from qa.models.sessions import ENCODER, EightBitEncoder
from qa.models.weights import mapped_safetensors
from qa.settings import DEFAULT_MODEL

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Rows = NDArray[np.float32]

FILE = Path(__file__).with_name("reader.safetensors")
SHA256 = "9a755db270d9319dc521440b47f46bddedcd2c551a04078ef2c93e0d797da0b8"
QUESTION_PIECES, PIECES = 48, 224
"""Longest question and longest input, in word pieces; what is longer is cut at its end, as in training."""
ANSWER_PIECES = 24
"""Longest answer inside a sentence."""
UNREAD = -12.0
"""Margin of a sentence that begins beyond the input."""
_SCALE = ".scale"


class MiniLMReader:
    """The default reader: one passage a pass, the same bits every time. Safe to share between threads."""

    name = "quoted-reader-1"

    def __init__(self, remember: Path | None = None) -> None:
        """Read nothing yet; `remember` is a file in which it is kept that the weights were compared (see `check_file`)."""
        self._lock, self._remember = Lock(), remember

    def read(self, question: str, passages: Sequence[tuple[str, Sequence[Span]]]) -> list[Reading]:
        """Return a Reading of each passage: a text and the spans of its sentences in it, in order, at least one."""
        asked = load_tokenizer().encode(question, add_special_tokens=False).ids[:QUESTION_PIECES]
        return [self._read(asked, text, sentences) for text, sentences in passages]

    def _read(self, asked: list[int], text: str, sentences: Sequence[Span]) -> Reading:
        import numpy as np

        found, first = load_tokenizer().encode(text, add_special_tokens=False), len(asked) + 2
        ids = [CLS, *asked, SEP, *found.ids[: PIECES - first - 1], SEP]
        offsets = found.offsets[: PIECES - first - 1]
        types = (np.arange(len(ids)) >= first).astype(np.int64)
        words, places, kinds = self._embeddings
        states = self._encoder.run(words[ids] + places[: len(ids)] + kinds[types])
        numbers = _sentence_of_each(offsets, sentences)
        pieces = states[first : first + len(offsets)]
        starts, ends = (pieces @ self._weights["span.weight"].T + self._weights["span.bias"]).T
        answers = (_answer(starts, ends, np.flatnonzero(numbers == n), offsets) for n in range(len(sentences)))
        return Reading(self._margins(states[:1], pieces, numbers, len(sentences)), tuple(answers))

    def _margins(self, whole: Rows, pieces: Rows, numbers: NDArray[np.int64], count: int) -> tuple[float, ...]:
        import numpy as np

        members = (numbers[None] == np.arange(count)[:, None]).astype(np.float32)
        sizes = members.sum(1)
        means = members @ pieces / np.maximum(sizes, 1)[:, None]
        logits = self._head("sent", np.concatenate([means, np.repeat(whole, count, 0)], 1)) - self._head("null", whole)
        return tuple(float(x) if size else UNREAD for x, size in zip(logits[:, 0], sizes, strict=True))

    def _head(self, name: str, rows: Rows) -> Rows:
        weights = self._weights
        inner = gelu(rows @ weights[f"{name}.0.weight"].T + weights[f"{name}.0.bias"])
        return inner @ weights[f"{name}.2.weight"].T + weights[f"{name}.2.bias"]

    @cached_property
    def _embeddings(self) -> tuple[Rows, Rows, Rows]:
        weights = load_weights()
        words, places, types = (
            weights[f"embeddings.{kind}_embeddings.weight"] for kind in ("word", "position", "token_type")
        )
        return words, places, types

    @cached_property
    def _kept(self) -> Mapping[str, NDArray[Any]]:
        """What is in the file; SettingsError where it is not the one that was published."""
        return mapped_safetensors(FILE, SHA256, "quoted", self._remember)

    @cached_property
    def _weights(self) -> Mapping[str, Rows]:
        """The weights of the heads, as float32."""
        return {
            name: as_floats(self._kept, name)
            for name in self._kept
            if not name.startswith(ENCODER) and not name.endswith(_SCALE)
        }

    @property
    def _encoder(self) -> EightBitEncoder | PlainEncoder:
        with self._lock:  # two threads would build two
            return self._made_encoder

    @cached_property
    def _made_encoder(self) -> EightBitEncoder | PlainEncoder:
        kept = self._kept  # compared with its checksum, before the session maps the same file
        if runtime_of(DEFAULT_MODEL) == "onnxruntime":
            return EightBitEncoder(FILE)
        return PlainEncoder({name.removeprefix(ENCODER): kept[name] for name in kept if name.startswith(ENCODER)})


def as_floats(kept: Mapping[str, NDArray[Any]], name: str) -> Rows:
    """Return an array of a file of weights as float32, its rows times their scales where it has some."""
    import numpy as np

    found = np.asarray(kept[name], np.float32)
    return found * kept[name + _SCALE][:, None] if name + _SCALE in kept else found


def _sentence_of_each(offsets: Sequence[tuple[int, int]], sentences: Sequence[Span]) -> NDArray[np.int64]:
    """Return the number of the sentence in which each word piece begins, -1 before the first."""
    import numpy as np

    starts = np.array([start for start, _ in offsets], np.int64)
    return np.searchsorted([s.start for s in sentences], starts, side="right") - 1


def _answer(
    starts: Rows, ends: Rows, pieces: NDArray[np.int64], offsets: Sequence[tuple[int, int]]
) -> tuple[Span, float] | None:
    """Return the likeliest answer inside a sentence and how likely it is there, 0..1; None where the sentence was not read."""
    import numpy as np

    if not len(pieces):
        return None
    logits = starts[pieces][:, None] + ends[pieces][None]
    steps = np.arange(len(pieces))
    length = steps[None] - steps[:, None]
    logits = np.where((length >= 0) & (length < ANSWER_PIECES), logits, -np.inf)
    likely = np.exp(logits - logits.max())
    first, last = np.unravel_index(int(logits.argmax()), logits.shape)
    span = Span(offsets[pieces[first]][0], offsets[pieces[last]][1])
    return span, float(1 / likely.sum())
