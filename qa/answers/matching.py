"""Every token of some passages against every token of the question: what late interaction ranks from.

In -> out: a Corpus, a Query, rows of passages -> `TokenMatch`.
Does not: rank; sentences are ranked in qa/answers/ranking.py, passages in qa/answers/joining.py.

The idea is ColBERT's (Khattab and Zaharia, SIGIR 2020), with an embedder that was not trained for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from qa.answers.retrieval import Query
from qa.indexing.contract import Corpus
from qa.indexing.lexical import distinct
from qa.indexing.projection import project
from qa.records import record

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

EARLIER = 0.3
"""What a token of an earlier question counts, beside one of the question itself."""
AT_ONCE = 1024
"""How many stored states are multiplied at once: as 32-bit numbers they stay in the processor's cache, and all at once take 1.5 times as long."""
SHORTEST = 6
"""A sentence of fewer tokens is near to a question by chance."""


@record
class TokenMatch:
    """Similarities of the tokens of some passages to the `t` tokens of a question."""

    rows: NDArray[np.int64]
    """(r,) the passages, in order, each once."""
    edges: NDArray[np.int64]
    """(r,) where the tokens of each passage begin in the next two."""
    tokens: NDArray[np.int64]
    """(n,) numbers of the tokens in the corpus."""
    cosines: NDArray[np.float32]
    """(n, t) cosine of each of them with each token of the question."""
    weights: NDArray[np.float32]
    """(t,) of the question's tokens, adding up to 1: sqrt(idf of the word piece over the passages)."""

    def best_of_rows(self) -> NDArray[np.float32]:
        """Return for each passage and token of the question the largest cosine, `(r, t)`."""
        import numpy as np

        return np.maximum.reduceat(self.cosines, self.edges, axis=0)

    def best_sentences(self, corpus: Corpus) -> NDArray[np.float32]:
        """Return for each passage, `(r,)`, that of its sentences whose tokens are on the whole most like the question's: their weighted mean
        cosine, of a sentence of less than SHORTEST tokens as if it had so many.
        """
        import numpy as np

        _, at, edges = corpus.sentences_of(self.rows)
        similar = self.cosines @ self.weights
        lengths = np.diff(edges, append=len(similar))
        means = np.add.reduceat(similar, edges) / np.maximum(lengths, SHORTEST)
        return np.maximum.reduceat(means, at.searchsorted(np.arange(len(self.rows)))).astype(np.float32)

    def row_of(self, place: int) -> int:
        """Return the passage of the token at a place of `tokens`."""
        return int(self.rows[self.edges.searchsorted(place, side="right") - 1])

    def of_rows(self, rows: Iterable[int]) -> TokenMatch:
        """Return the match of some of its passages alone, at least one."""
        import numpy as np

        wanted = np.isin(self.rows, np.fromiter(rows, np.int64), kind="table")
        lengths = np.diff(self.edges, append=len(self.tokens))
        kept = np.repeat(wanted, lengths)
        edges = np.cumsum(lengths[wanted]) - lengths[wanted]
        return TokenMatch(self.rows[wanted], edges, self.tokens[kept], self.cosines[kept], self.weights)


def match_tokens(corpus: Corpus, query: Query, rows: Iterable[int]) -> TokenMatch:
    """Return the TokenMatch of at least one passage."""
    import numpy as np

    wanted = distinct(rows)
    corpus.fetch(wanted.tolist())
    bounds = corpus.passages[wanted, 5:7]
    runs = np.flatnonzero(np.append(True, bounds[1:, 0] != bounds[:-1, 1]))  # passages that touch are read as one
    ends = np.append(runs[1:], len(wanted)) - 1
    spans = [(int(bounds[a, 0]), int(bounds[b, 1])) for a, b in zip(runs, ends, strict=True)]
    states = np.concatenate([corpus.token_states[first:end] for first, end in spans])
    cosines = _cosines(states, project(query.encoding.states, corpus.projection))
    edges = np.cumsum(bounds[:, 1] - bounds[:, 0]) - (bounds[:, 1] - bounds[:, 0])
    tokens = np.concatenate([np.arange(first, end) for first, end in spans])
    return TokenMatch(wanted, edges, tokens, cosines, _piece_weights(corpus, query))


def _cosines(states: NDArray[np.int8], asked: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return `(n, t)` cosines of stored states `(n, d)` with the question's, of length 1, `(t, d)`."""
    import numpy as np

    found = np.empty((len(states), len(asked)), np.float32)
    for first in range(0, len(states), AT_ONCE):
        some = states[first : first + AT_ONCE].astype(np.float32)
        lengths = np.sqrt(np.einsum("ij,ij->i", some, some))
        found[first : first + AT_ONCE] = some @ asked.T / np.maximum(lengths, 1e-12)[:, None]
    return found


def _piece_weights(corpus: Corpus, query: Query) -> NDArray[np.float32]:
    import numpy as np

    pieces, counts = query.encoding.pieces, np.asarray(corpus.piece_frequencies)
    frequency = np.where(pieces < len(counts), counts[np.minimum(pieces, len(counts) - 1)], 0)
    count = len(corpus.passages)
    for _, word, tokens in query.weighty_words:
        if word.isupper() and (known := corpus.passage_frequency(word)):  # "IT" is rarer than "it"
            frequency[tokens] = known
    weights = np.sqrt(np.log1p((count - frequency + 0.5) / (frequency + 0.5)))
    weights = weights * np.where(query.encoding.starts < query.asked_from, EARLIER, 1.0)
    weights[query.answered] = 0.0
    weights = weights * (pieces != query.unknown)  # what the model has no piece for looks like all else of that kind
    return np.asarray(weights / max(weights.sum(), 1e-12), np.float32)
