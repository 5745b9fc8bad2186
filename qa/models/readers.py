"""Readers by name: the one that travels along, none, or any that Hugging Face's formats hold (QA_READER).

In -> out: a name or folder -> a `Reader`, None for "none".
Does not: import transformers before another reader than the default is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from qa.datatypes import Span
from qa.errors import SettingsError
from qa.models.reading import Reader, Reading

DEFAULT, NONE = "default", "none"
ANSWER_PIECES = 30


def load_reader(name: str, remember: Path | None = None) -> Reader | None:
    """Load a reader; `remember` is a file that keeps which weights were compared.

    SettingsError where it cannot be loaded or is of a kind that cannot read.
    """
    if name == NONE:
        return None
    if name == DEFAULT:
        from qa.models.reader import MiniLMReader

        return MiniLMReader(remember)
    from transformers import AutoConfig

    try:
        architecture = (AutoConfig.from_pretrained(name).architectures or [""])[0]
        if architecture.endswith("ForQuestionAnswering"):
            return ExtractiveReader(name)
        if architecture.endswith("ForSequenceClassification"):
            return CrossEncoderReader(name)
    except (OSError, ValueError, RuntimeError, ImportError) as exc:
        why = str(exc).strip().splitlines()[0]
        raise SettingsError(f"The reader {name} cannot be loaded ({why}): correct QA_READER or leave it out.") from exc
    raise SettingsError(
        f"The reader {name} is a {architecture or 'model of unknown kind'}: QA_READER takes extractive question-answering models and CrossEncoders."
    )


class ExtractiveReader:
    """An extractive question-answering model as for SQuAD 2.0: "no answer" is the first token (Devlin et al., BERT, section 4.3)."""

    def __init__(self, name: str) -> None:
        from transformers import AutoModelForQuestionAnswering, AutoTokenizer

        self.name = name
        self._tokenizer: Any = AutoTokenizer.from_pretrained(name)
        if not self._tokenizer.is_fast:
            raise ValueError("it has no fast tokenizer")
        self._model: Any = AutoModelForQuestionAnswering.from_pretrained(name).eval()

    def read(self, question: str, passages: Sequence[tuple[str, Sequence[Span]]]) -> list[Reading]:
        return [self._read(question, text, sentences) for text, sentences in passages]

    def _read(self, question: str, text: str, sentences: Sequence[Span]) -> Reading:
        import torch

        longest = min(self._tokenizer.model_max_length, 512)
        encoded = self._tokenizer(
            question, text, return_tensors="pt", truncation="only_second" if len(question) < longest else True,
            max_length=longest, return_offsets_mapping=True,
        )  # fmt: skip
        offsets, parts = encoded.pop("offset_mapping")[0].tolist(), encoded.sequence_ids(0)
        with torch.inference_mode():
            out = self._model(**encoded)
        starts, ends = out.start_logits[0].tolist(), out.end_logits[0].tolist()
        none = starts[0] + ends[0]
        margins, answers = [], []
        for sentence in sentences:
            inside = [i for i, (a, _) in enumerate(offsets) if parts[i] == 1 and sentence.start <= a < sentence.end]
            best = _best_span(starts, ends, inside)
            margins.append(best[0] - none if best else -12.0)
            answers.append((Span(offsets[best[1]][0], offsets[best[2]][1]), 1.0) if best else None)
        return Reading(tuple(margins), tuple(answers))


class CrossEncoderReader:
    """A CrossEncoder of sentence-transformers with one output: the margin of a sentence is its score, and no words are told."""

    def __init__(self, name: str) -> None:
        from sentence_transformers import CrossEncoder

        self.name = name
        self._model: Any = CrossEncoder(name)
        if self._model.config.num_labels != 1:
            raise ValueError(f"it has {self._model.config.num_labels} outputs, one score is needed")

    def read(self, question: str, passages: Sequence[tuple[str, Sequence[Span]]]) -> list[Reading]:
        # A sentence is read with the one before it: "It has never worked" says little alone.
        pairs = [
            (question, text[sentences[max(i - 1, 0)].start : sentence.end])
            for text, sentences in passages
            for i, sentence in enumerate(sentences)
        ]
        import torch

        scores = iter(self._model.predict(pairs, show_progress_bar=False, activation_fn=torch.nn.Identity()).tolist())
        return [Reading(tuple(next(scores) for _ in each), (None,) * len(each)) for _, each in passages]


def _best_span(starts: Sequence[float], ends: Sequence[float], inside: Sequence[int]) -> tuple[float, int, int] | None:
    """Return score, first and last token of the likeliest span of at most ANSWER_PIECES tokens."""
    spans = [
        (starts[first] + ends[last], first, last)
        for place, first in enumerate(inside)
        for last in inside[place : place + ANSWER_PIECES]
    ]
    return max(spans, key=lambda span: span[0], default=None)
