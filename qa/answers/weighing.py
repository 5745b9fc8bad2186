"""How likely each sentence answers: the match, its context and the reader together.

In -> out: a SentenceRanking and what was read of it -> the ranking by probability, each sentence with its own.
Does not: choose what is read (qa/answers/worth.py) or quoted (qa/answers/quoting.py), or judge the question as a whole (qa/answers/confidence.py).

A logistic regression over a sentence's own features; `benchmarks/fit_answers.py` fits it and says what it is worth on sets it was not fitted on.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from qa.answers.ranking import SentenceRanking
from qa.answers.reading import Reads
from qa.datatypes import Kind
from qa.indexing.contract import Corpus
from qa.records import record

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WEIGHED = 60
"""How many of the best sentences are weighed."""
BY_MATCH = ("score", "behind_best", "passage_place", "own_share", "least_match", "length", "scrap", "heading")
BY_READER = ("margin", "margin_behind_best", "margin_above_none", "unread")
PLACES = 8
LONG_CHARS, SCRAP_CHARS = 400, 25
FURTHEST = 8.0
"""Margins count no further than this from 0."""
UNREAD = -6.0
"""Margin of a sentence that was not read."""
NAMES_LACKED = -0.5
"""Logit of a sentence that has none of the question's names itself, nor leans on one that has: of two that are about as likely, the one that
names what is asked for is first. Not fitted: a fitted weight is thrice as large, and costs right quotes that say "the treaty"."""
ELSEWHERE = -1.5
"""The same of one under other headings and titles than those that have the most of the question, for the share they have more
(qa/answers/context.py). Not fitted: most sets have no headings."""


@record
class SentenceWeights:
    """The logistic model over BY_MATCH, with a reader over BY_MATCH and BY_READER."""

    weights: tuple[float, ...]
    bias: float


MATCH_ONLY = SentenceWeights((3.1378, 16.2668, -0.9078, -0.917, 3.6014, -0.8123, 0.2773, -2.7515), -3.5145)
WITH_READER = SentenceWeights(
    (0.6968, 12.9063, -1.601, -5.0867, 3.4851, -0.8146, 0.1968, -2.7715, 0.2874, 0.0366, -0.0782, 1.0798), -1.4854
)


def features(corpus: Corpus, ranking: SentenceRanking, reads: Reads, *, with_reader: bool) -> NDArray[np.float64]:
    """Return (WEIGHED or fewer, f) features of the best sentences of a ranking by match."""
    import numpy as np

    numbers = ranking.sentences[:WEIGHED]
    scores = ranking.scores[: len(numbers)].astype(np.float64)
    own, rows = ranking.own[: len(numbers)], ranking.rows[: len(numbers)]
    places = {row: place for place, row in enumerate(dict.fromkeys(rows.tolist()))}
    lengths = (corpus.sentences[numbers, 2] - corpus.sentences[numbers, 1]).astype(np.float64)
    columns = [
        scores,
        scores - scores.max(),
        np.array([min(places[row], PLACES) / PLACES for row in rows.tolist()]),
        own @ ranking.weights - scores,
        own.min(axis=1),
        np.minimum(lengths, LONG_CHARS) / LONG_CHARS,
        (lengths < SCRAP_CHARS).astype(np.float64),
        np.array([_heads(corpus, number) for number in numbers.tolist()], np.float64),
    ]
    if with_reader:
        margins = reads.margins[: len(numbers)].astype(np.float64)
        unread = np.isnan(margins)
        margins = np.clip(np.where(unread, UNREAD, margins), -FURTHEST, FURTHEST)
        columns += [margins, margins - margins.max(), np.maximum(margins, 0), unread.astype(np.float64)]
    return np.stack(columns, axis=1)


def lacked(ranking: SentenceRanking, count: int) -> NDArray[np.float64]:
    """Return what the first `count` sentences of a ranking lose in their logit for the question's names, and its headings, that they do not have."""
    import numpy as np

    lost = ELSEWHERE * ranking.elsewhere[:count] + NAMES_LACKED * (1 - ranking.named[:count])
    return np.asarray(lost, np.float64)


def _heads(corpus: Corpus, number: int) -> bool:
    """Tell whether a sentence is a heading, or the header of a table: it says what stands below it, and not what that is."""
    block = corpus.block_of(number)
    if block.kind is not Kind.ROW or block.lead is not None:
        return block.kind is Kind.HEADING
    at = int(corpus.sentences[number, 3])
    below = [n for n in (at + 1, at + 2) if n in corpus.structure.blocks_of(int(corpus.sentences[number, 0]))]
    leads = (corpus.structure.block(n).lead for n in below)  # between them, the line of dashes
    return any(lead is not None and lead.start == block.span.start for lead in leads)


def weigh(corpus: Corpus, ranking: SentenceRanking, reads: Reads, weights: SentenceWeights) -> SentenceRanking:
    """Return the best sentences of a ranking, the likeliest first, with their chances."""
    import numpy as np

    x = features(corpus, ranking, reads, with_reader=len(weights.weights) > len(BY_MATCH))
    chances = chances_of(x, lacked(ranking, len(x)), weights)
    order = np.lexsort((ranking.sentences[: len(x)], -chances))
    return replace(ranking.in_order(order), chances=chances[order])


def chances_of(x: NDArray[np.float64], lost: NDArray[np.float64], weights: SentenceWeights) -> NDArray[np.float64]:
    """Return the chances of sentences by their `features` and what `lacked` says they lose."""
    import numpy as np

    return chance(x @ np.array(weights.weights) + weights.bias + lost)


def chance(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    import numpy as np

    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -30, 30))))
