"""Ranked passages -> hits: neighbours joined to as much as a reader or a prompt wants at once, ranked anew.

In -> out: a Corpus, a Query, ranked rows and their TokenMatch -> `list[Hit]`, none overlapping another.
Does not: search; only what stands around the best passages is looked at.

A passage is embedded small, which is best for finding a sentence; five joined ones of up to 250 tokens hold more of what answers than
five small ones, or than five cut at 250 tokens beforehand (`qa eval` with Chroma's questions).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import heapify, heappop, heappush
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
SENTENCE_WEIGHT = 2.0
"""What the best sentence of a hit counts beside that: of a question in other words no word is met by one that answers, but all are a little."""
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
    `most` is the largest lexical one there could be. Of a window that overlaps a better one, what is left of it is ranked anew.

    dense = mean cosine by tokens; lexical = best BM25 + REPEATED * the others; match = MaxSim of the window;
    sentence = the best one's mean similarity (TokenMatch.best_sentences);
    score = ((1 - l) * dense' + l * lexical' + MATCH_WEIGHT * match + SENTENCE_WEIGHT * sentence) / (the sum of all weights),
    ' scaled as in `rank_passages`.
    """
    import numpy as np

    of_rows = _OfRows(
        match.rows, (corpus.passages[match.rows, 6] - corpus.passages[match.rows, 5]).astype(np.float64) + 1e-9,
        *scores, match.best_of_rows(), match.best_sentences(corpus), match.weights,
    )  # fmt: skip
    found = [(window, of_rows.of(window)) for window in windows]
    weighing = _Weighing(max((of[0] for _, of in found), default=0.0), lexical_weight, most)
    waiting = [(-weighing.score(*of), window.first, window.last, of) for window, of in found]
    heapify(waiting)
    hits: list[Hit] = []
    taken: set[int] = set()
    while waiting and len(hits) < k:
        score, first, last, of = heappop(waiting)
        if taken.isdisjoint(rows := range(first, last + 1)):
            taken.update(rows)
            hits.append(Hit(len(hits) + 1, corpus.joined_passage(first, last), -score, of[0], of[1]))
        for rest in _rests(rows, taken):
            of = of_rows.of(rest)
            heappush(waiting, (-weighing.score(*of), rest.first, rest.last, of))
    return hits


@record
class _OfRows:
    """What is known of the `r` passages of a match, in order."""

    rows: NDArray[np.int64]
    sizes: NDArray[np.float64]
    """(r,) in tokens."""
    dense: NDArray[np.float32]
    lexical: NDArray[np.float32]
    matches: NDArray[np.float32]
    """(r, t) largest cosine with each token of the question."""
    sentences: NDArray[np.float32]
    """(r,) of the best sentence of each."""
    weights: NDArray[np.float32]
    """(t,) of the question's tokens."""

    def of(self, window: Window) -> tuple[float, float, float, float]:
        """Return the dense and the lexical score, the match and the best sentence of a window."""
        first = int(self.rows.searchsorted(window.first))
        at = slice(first, first + window.last + 1 - window.first)
        sizes, lexical = self.sizes[at], self.lexical[at]
        return (
            float(self.dense[at] @ sizes / sizes.sum()),
            float((1 - REPEATED) * lexical.max() + REPEATED * lexical.sum()),
            float(self.matches[at].max(axis=0) @ self.weights),
            float(self.sentences[at].max()),
        )


@record
class _Weighing:
    """How the parts of a window's score are added up."""

    nearest: float
    """The largest dense score of a window."""
    lexical_weight: float
    most: float

    def score(self, dense: float, lexical: float, match: float, sentence: float) -> float:
        """Return the score of a window, about 0..1."""
        fused = (1 - self.lexical_weight) * (dense + 1) / max(self.nearest + 1, 1e-9)
        fused += self.lexical_weight * min(lexical / self.most, 1)
        weighed = fused + MATCH_WEIGHT * min(max(match, 0), 1) + SENTENCE_WEIGHT * min(max(sentence, 0), 1)
        return weighed / (1 + MATCH_WEIGHT + SENTENCE_WEIGHT)


def _rests(rows: range, taken: set[int]) -> Iterator[Window]:
    """Yield the runs of passages of a window that no hit has; none where one has all, or it became a hit itself."""
    first = rows.start
    for row in range(rows.start, rows.stop + 1):
        if row == rows.stop or row in taken:
            if first < row:
                yield Window(first, row - 1)
            first = row + 1


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
