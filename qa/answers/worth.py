"""Which passage is worth reading next: one that might still be quoted, by what was read before it.

In -> out: a SentenceRanking, and then, time after time, what was read of it -> the next passage, or that it is enough.
Does not: read it (qa/answers/reading.py); reading is what most of the time of an answer goes to.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from qa.answers.quoting import LEAST_CHANCE, OF_ANOTHER_SOURCE, SAID_MARGIN, SHARE_OF_BEST
from qa.answers.ranking import SentenceRanking
from qa.answers.reading import unread
from qa.answers.weighing import BY_MATCH, FURTHEST, SentenceWeights, chance, features, lacked
from qa.indexing.contract import Corpus

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

PASSAGES_READ = 8
"""How many passages are read at most, those of the best sentences first."""
SURE = 5.0
"""Margin that the reader is taken to give, at most, to a sentence it has not read. One in three hundred of the passages after the first has more;
over the 3,200 questions of README's Quality what is quoted is the same for 997 in 1,000 as if FURTHEST were taken."""


class Worth:
    """What speaks for each passage of a ranking by the match alone; `weights` are those of an answer with a reader."""

    def __init__(self, corpus: Corpus, ranking: SentenceRanking, weights: SentenceWeights) -> None:
        import numpy as np

        x = features(corpus, ranking, unread(ranking), with_reader=False)
        known, count = len(BY_MATCH), len(x)
        self._logits = x @ np.array(weights.weights[:known]) + weights.bias + lacked(ranking, count)
        self._by_reader = weights.weights[known:]
        self._rows = ranking.rows[:count]
        self._documents = np.asarray(corpus.passages[self._rows, 0])
        self._said = ranking.spoken[:count] & (ranking.scores[:count] >= ranking.scores.max() - SAID_MARGIN)
        self._order = list(dict.fromkeys(ranking.rows.tolist()))[:PASSAGES_READ]

    def next_row(self, margins: NDArray[np.float32], read: Collection[int]) -> int | None:
        """Return the next passage to read, given the margins (NaN: not read) and the passages so far; None where none might be quoted any more.

        The first one is read in any case, and what is said by the one whose words are asked for, which is quoted whatever its chance.
        """
        import numpy as np

        left = [row for row in self._order if row not in read]
        margins = margins[: len(self._rows)]
        known = ~np.isnan(margins)
        if not left or not known.any():
            return left[0] if left else None
        chances = chance(self._logits + self._told(np.where(known, margins, SURE)))
        best = int(np.where(known, chances, -1.0).argmax())
        # Quoted is, beside the best one of a document, only what is nearly as likely.
        bars = np.where(
            self._documents == self._documents[best],
            max(LEAST_CHANCE, SHARE_OF_BEST * chances[best]),
            max(OF_ANOTHER_SOURCE[0], OF_ANOTHER_SOURCE[1] * chances[best]),
        )
        hopeful = (chances >= np.minimum(bars, chances[best])) | self._said
        worth = set(self._rows[hopeful & ~known].tolist())
        return next((row for row in left if row in worth), None)

    def _told(self, margins: Numbers) -> Numbers:
        """Return what margins add to the logits of sentences."""
        import numpy as np

        margin, behind_best, above_none, _ = self._by_reader
        margins = np.clip(margins.astype(np.float64), -FURTHEST, FURTHEST)
        told = margin * margins + behind_best * (margins - margins.max()) + above_none * np.maximum(margins, 0)
        return np.asarray(told)
