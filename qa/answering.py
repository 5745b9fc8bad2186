"""A question -> an Answer: quotes, or a refusal with its reason.

In -> out: a Corpus, a question, earlier questions -> `Answer`.
Does not: write a sentence of its own into an answer; only the reason of a refusal is ours.
"""

from __future__ import annotations

from collections.abc import Sequence

from qa.confidence import judge
from qa.corpus import Corpus
from qa.datatypes import Answer, Hit
from qa.embedding import Embedder
from qa.followups import searched_for
from qa.quoting import choose_quotes, rank_sentences
from qa.retrieval import make_query, rank_passages, to_hits
from qa.settings import Settings

HITS_SHOWN = 5


def answer_question(
    corpus: Corpus,
    embedder: Embedder,
    settings: Settings,
    question: str,
    *,
    history: Sequence[str] = (),
    k: int = HITS_SHOWN,
) -> Answer:
    """Return the Answer; `k` is how many hits it carries. A question without a word gets a refusal, never an error."""
    if k < 1:
        raise ValueError(f"k has to be at least 1, got {k}")
    searched = searched_for(question, history)
    query = make_query(searched, embedder) if has_words(searched) else None
    if query is None or not len(query.encoding.pieces):
        return _refuse(question, searched, [], 0.0, "The question holds no word to look for.")
    ranked = rank_passages(corpus, query, max(k, settings.candidates), lexical_weight=settings.lexical_weight)
    hits = to_hits(corpus, ranked[:k])
    ranking = rank_sentences(corpus, query, [passage.row for passage in ranked[: settings.candidates]])
    judgement = judge(corpus, query, ranking)
    is_answer = judgement.confidence >= settings.threshold
    citations = choose_quotes(corpus, ranking, settings.quotes) if is_answer else []
    if not citations:
        return _refuse(question, searched, hits, judgement.confidence, judgement.reason)
    return Answer(question, searched, tuple(citations), tuple(hits), True, judgement.confidence, "")


def has_words(text: str) -> bool:
    """Tell whether there is a letter or a digit to look for."""
    return any(c.isalnum() for c in text)


def _refuse(question: str, searched: str, hits: list[Hit], confidence: float, reason: str) -> Answer:
    return Answer(question, searched, (), tuple(hits), False, confidence, reason)
