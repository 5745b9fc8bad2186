"""Ranked passages -> hits: neighbours joined to as much as a reader or a prompt wants at once, ranked anew.

In -> out: a Corpus, a Query, ranked rows and their TokenMatch -> `list[Hit]`, none overlapping another.
Does not: search; only what stands around the best passages is looked at.

A passage is embedded small, which is best for finding a sentence; five joined ones of up to 250 tokens hold more of what answers than
five small ones, or than five cut at 250 tokens beforehand (`qa eval` with Chroma's questions).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from qa.answers.matching import TokenMatch
from qa.answers.retrieval import RankedPassage
from qa.datatypes import Hit
from qa.indexing.contract import Corpus
from qa.records import record

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

AROUND = 30
"""How many of the best passages are joined with their neighbours at least."""
AROUND_A_HIT = 3
MATCH_WEIGHT = 3.0
"""Late interaction counts three times what the fused dense and lexical score counts."""
REPEATED = 0.5
"""What the BM25 scores of the other passages of a hit add to that of its best one."""


@record
class Window:
    """Passages `first` to `last` of one document, joined."""

    first: int
    last: int


def windows_around(corpus: Corpus, ranked: Sequence[RankedPassage], k: int, *, hit_tokens: int) -> list[Window]:
    """Return every run of passages of at most `hit_tokens` tokens that holds one of the best and cannot grow at its end."""
    best = [passage.row for passage in ranked[: max(AROUND, AROUND_A_HIT * k)]]
    return [Window(first, last) for first, last in sorted({w for row in best for w in _runs(corpus, row, hit_tokens)})]


def rank_windows(
    corpus: Corpus, match: TokenMatch, scores: tuple[NDArray[np.float32], NDArray[np.float32]], windows: Sequence[Window], k: int,
    *, lexical_weight: float, most: float,
) -> list[Hit]:  # fmt: skip
    """Return the k best windows as Hits, ties by place; `scores` are the dense and lexical ones of `match.rows`,
    `most` is the largest lexical one there could be.

    dense = mean cosine by tokens; lexical = best BM25 + REPEATED * the others; match = MaxSim of the window;
    score = ((1 - l) * dense' + l * lexical' + MATCH_WEIGHT * match) / (1 + MATCH_WEIGHT), ' scaled as in `rank_passages`.
    """
    import numpy as np

    best_of_rows = match.best_of_rows()
    firsts = np.searchsorted(match.rows, [w.first for w in windows]).tolist()
    at = [slice(first, first + w.last + 1 - w.first) for first, w in zip(firsts, windows, strict=True)]
    sizes = (corpus.passages[match.rows, 6] - corpus.passages[match.rows, 5]).astype(np.float64) + 1e-9
    sized = scores[0] * sizes
    dense = np.array([sized[a].sum() / sizes[a].sum() for a in at])
    lexical = np.array([(1 - REPEATED) * scores[1][a].max() + REPEATED * scores[1][a].sum() for a in at])
    maxsim = np.array([best_of_rows[a].max(axis=0) @ match.weights for a in at])
    fused = (1 - lexical_weight) * (dense + 1) / max(dense.max() + 1, 1e-9)
    fused += lexical_weight * np.minimum(lexical / most, 1)
    final = (fused + MATCH_WEIGHT * np.clip(maxsim, 0, 1)) / (1 + MATCH_WEIGHT)
    hits: list[Hit] = []
    taken: set[int] = set()
    for i in np.lexsort((np.arange(len(windows)), -final)):
        rows = range(windows[i].first, windows[i].last + 1)
        if len(hits) < k and taken.isdisjoint(rows):
            taken.update(rows)
            passage = corpus.joined_passage(rows[0], rows[-1])
            hits.append(Hit(len(hits) + 1, passage, float(final[i]), float(dense[i]), float(lexical[i])))
    return hits


def _runs(corpus: Corpus, row: int, hit_tokens: int) -> Iterator[tuple[int, int]]:
    """Yield the runs that hold `row`, from the one that begins first."""
    first = row
    while (before := corpus.passage_before(first)) is not None and _tokens(corpus, before, row) <= hit_tokens:
        first = before
    for start in range(first, row + 1):
        last = row
        while (after := corpus.passage_after(last)) is not None and _tokens(corpus, start, after) <= hit_tokens:
            last = after
        yield start, last


def _tokens(corpus: Corpus, first: int, last: int) -> int:
    return int(corpus.passages[last, 6] - corpus.passages[first, 5])
