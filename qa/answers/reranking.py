"""A cross-encoder's opinion on the best sentences, where one is set (QA_RERANKER); none is by default.

In -> out: a model's name or folder -> a `Reranker`; a question and a ranking -> the ranking with its best sentences in another order.
Does not: change which sentences are candidates, or their scores: they change places.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Protocol

from qa.answers.quoting import SentenceRanking
from qa.errors import SettingsError
from qa.indexing.corpus import Corpus

RERANKED = 20
"""How many of the best sentences are read again."""


class Reranker(Protocol):
    """What the house needs of a cross-encoder."""

    def scores(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        """Return how well each text answers the question; only the order counts."""


class CrossEncoderReranker:
    """Any CrossEncoder of sentence-transformers with one output."""

    def __init__(self, name: str) -> None:
        """Load the model; SettingsError where that fails."""
        from sentence_transformers import CrossEncoder

        try:
            self._model: Any = CrossEncoder(name)
        except Exception as exc:  # whatever a hub or a broken folder raises
            raise SettingsError(
                f"The reranker {name} cannot be loaded ({exc}): correct QA_RERANKER or leave it out."
            ) from exc
        if self._model.config.num_labels != 1:
            raise SettingsError(
                f"The reranker {name} has {self._model.config.num_labels} outputs: one that gives a single score is needed."
            )

    def scores(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        return [
            float(score) for score in self._model.predict([(question, text) for text in texts], show_progress_bar=False)
        ]


def rerank(corpus: Corpus, question: str, ranking: SentenceRanking, reranker: Reranker) -> SentenceRanking:
    """Return the ranking with its first RERANKED sentences in the order of the reranker, each with the score of its new place.

    The reranker reads a sentence together with the one before it: "It has never worked" says little alone.
    """
    import numpy as np

    count = min(RERANKED, len(ranking.sentences))
    texts = []
    for number in ranking.sentences[:count].tolist():
        document, span = corpus.sentence(number)
        before, earlier = corpus.sentence(max(number - 1, 0))
        start = earlier.start if before.doc_id == document.doc_id else span.start
        texts.append(document.text[start : span.end].strip())
    new = np.argsort(-np.asarray(reranker.scores(question, texts)), kind="stable")
    order = np.concatenate([new, np.arange(count, len(ranking.sentences))])
    return replace(ranking, sentences=ranking.sentences[order], rows=ranking.rows[order], own=ranking.own[order])
