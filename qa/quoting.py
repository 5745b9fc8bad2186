"""Candidate passages -> their sentences, ranked by how well they match the question, as Citations.

In -> out: a Query and rows of passages -> `SentenceRanking`; the ranking -> the few sentences that are quoted.
Does not: decide whether they answer (qa/confidence.py), or change a character of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qa.corpus import Corpus
from qa.datatypes import Citation, Document, Span
from qa.embedding import unit_rows
from qa.projection import project
from qa.retrieval import Query
from qa.sentences import trim

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LOOK_BACK_SENTENCES = 3
LOOK_BACK_COST = 0.14
"""A match may stand up to three sentences before the scored one ("It's appeasement", she said), at this cost."""
OWN_SHARE = 0.5
"""A sentence that owes more than half of its score to the sentences before it says little by itself, and is left out."""
MARGIN = 0.13
"""A sentence that scores this much less than the best one is not quoted."""
RESERVED_MARGIN = 0.10
"""The last quote is kept for a document not quoted yet whose best sentence scores at most this much less."""


@dataclass(frozen=True, slots=True)
class SentenceRanking:
    """Sentences of the candidate passages, best first."""

    sentences: NDArray[np.int64]
    """(m,) numbers of sentences in the corpus."""
    scores: NDArray[np.float32]
    """(m,) context MaxSim, about -1..1."""
    rows: NDArray[np.int64]
    """(m,) the passage in which each sentence begins."""
    tokens: NDArray[np.int64]
    """(n,) numbers of the candidates' tokens in the corpus."""
    cosines: NDArray[np.float32]
    """(n, t) similarity of each of them to each token of the question."""


def rank_sentences(corpus: Corpus, query: Query, rows: Sequence[int]) -> SentenceRanking:
    """Rank the sentences of the passages `rows` by context MaxSim.

        M[t, s]  = largest cosine between token t of the question and a token of sentence s
        M'[t, s] = max(M[t, s], max over d = 1..LOOK_BACK_SENTENCES of M[t, s-d] - LOOK_BACK_COST), within one document
        score(s) = weighted mean of M'[t, s] over t, weights sqrt(idf of the word piece over passages)

    Left out are sentences whose own M alone gives less than OWN_SHARE of that.

    Late interaction as in Khattab and Zaharia, *ColBERT*, SIGIR 2020, with an embedder that was not trained for it
    and a look back to the sentences before.
    """
    import numpy as np

    wanted = sorted(set(rows))
    before = (corpus.passage_before(row) for row in wanted)
    read = sorted({*wanted, *(row for row in before if row is not None)})
    tokens, cosines = _match_tokens(corpus, query, read)
    sentences, row_of, matches = _best_of_sentences(corpus, read, cosines)
    in_context = _look_back(corpus, sentences, matches)
    weights = _piece_weights(corpus, query)
    scores = (in_context @ weights) / weights.sum()
    own = (matches @ weights) / weights.sum()
    wanted_only = np.isin(row_of, wanted)
    keep = wanted_only & (own >= OWN_SHARE * scores)
    if not keep.any():
        keep = wanted_only
    sentences, row_of, scores = sentences[keep], row_of[keep], scores[keep].astype(np.float32)
    order = np.lexsort((sentences, -scores))
    return SentenceRanking(sentences[order], scores[order], row_of[order], tokens, cosines)


def choose_quotes(corpus: Corpus, ranking: SentenceRanking, limit: int) -> list[Citation]:
    """Return at most `limit` Citations, best first, labelled from 1, no text twice."""
    chosen: list[tuple[float, Document, Span, int]] = []
    reserve: tuple[float, Document, Span, int] | None = None
    texts: set[str] = set()
    for score, document, span, row in _quotable(corpus, ranking):
        text = " ".join(span.of(document.text).split()).casefold()
        if text in texts:
            continue
        if len(chosen) < limit and score >= float(ranking.scores[0]) - MARGIN:
            chosen.append((score, document, span, row))
            texts.add(text)
        elif document.doc_id not in {d.doc_id for _, d, _, _ in chosen}:
            reserve = (score, document, span, row)
            break
    if reserve and len(chosen) == limit > 1 and reserve[0] >= chosen[0][0] - RESERVED_MARGIN:
        chosen[-1] = reserve
    return [_cite(corpus, label, *quote) for label, quote in enumerate(chosen, 1)]


def _match_tokens(corpus: Corpus, query: Query, rows: Sequence[int]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the tokens of `rows` in order and their similarity to each token of the question, `(tokens, t)`."""
    import numpy as np

    edges = [(int(corpus.passages[row, 5]), int(corpus.passages[row, 6])) for row in rows]
    states = np.concatenate([corpus.token_states[first:end] for first, end in edges]).astype(np.float32)
    tokens = np.concatenate([np.arange(first, end) for first, end in edges])
    return tokens, unit_rows(states) @ project(query.encoding.states, corpus.projection).T


def _best_of_sentences(
    corpus: Corpus, rows: Sequence[int], cosines: NDArray[np.float32]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
    """Return the sentences of `rows` in order, the row in which each begins, and M as `(sentences, t)`."""
    import numpy as np

    sentences = [corpus.sentence_of_tokens(row) for row in rows]
    owners = np.concatenate([np.full(len(part), row) for row, part in zip(rows, sentences, strict=True)])
    of_token = np.concatenate(sentences)
    edges = np.flatnonzero(np.diff(of_token, prepend=-1))  # rows are in order, so the tokens of a sentence are adjacent
    return of_token[edges], owners[edges], np.maximum.reduceat(cosines, edges, axis=0)


def _look_back(corpus: Corpus, sentences: NDArray[np.int64], matches: NDArray[np.float32]) -> NDArray[np.float32]:
    import numpy as np

    documents = np.asarray(corpus.sentences[sentences, 0])
    found = matches.copy()
    for distance in range(1, LOOK_BACK_SENTENCES + 1):
        before = np.searchsorted(sentences, sentences - distance)
        same = (sentences[before] == sentences - distance) & (documents[before] == documents)
        found[same] = np.maximum(found[same], matches[before[same]] - LOOK_BACK_COST)
    return found


def _piece_weights(corpus: Corpus, query: Query) -> NDArray[np.float32]:
    import numpy as np

    pieces, known = query.encoding.pieces, np.asarray(corpus.piece_frequencies)
    frequency = np.where(pieces < len(known), known[np.minimum(pieces, len(known) - 1)], 0)
    count = len(corpus.passages)
    return np.sqrt(np.log1p((count - frequency + 0.5) / (frequency + 0.5))).astype(np.float32)


def _quotable(corpus: Corpus, ranking: SentenceRanking) -> Iterator[tuple[float, Document, Span, int]]:
    for number, score, row in zip(ranking.sentences, ranking.scores, ranking.rows, strict=True):
        document_number, start, end = (int(x) for x in corpus.sentences[number])
        document = corpus.document(document_number)
        span = trim(document.text, Span(start, end))
        if any(c.isalnum() for c in span.of(document.text)):
            yield float(score), document, span, int(row)


def _cite(corpus: Corpus, label: int, score: float, document: Document, span: Span, row: int) -> Citation:
    before = document.text[: span.start]
    return Citation(
        label=label, doc_id=document.doc_id, title=document.title, sha256=document.sha256, span=span,
        text=span.of(document.text), line=before.count("\n") + 1, column=span.start - (before.rfind("\n") + 1) + 1,
        passage=corpus.passage(row), score=score,
    )  # fmt: skip
