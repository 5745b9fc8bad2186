"""How likely the documents answer, and in words what speaks against it.

In -> out: a Query, its TokenMatch and its weighed SentenceRanking -> `Judgement` (a probability and a reason).
Does not: set the threshold (qa/settings.py).

What a careful reader checks: what did the reader say of the sentence it holds for the best; how well does the likeliest match, down to
its least matched word, for a question of that length; does the question have a name or number that no document has; does a name or number of the
question stand near the best sentence. The weights come from `benchmarks/fit_answers.py`, or from `qa eval --calibrate`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import astuple
from typing import TYPE_CHECKING

from qa.answers.attribution import verb_of
from qa.answers.context import is_told, stems_over, stems_told
from qa.answers.given import is_comparable
from qa.answers.matching import TokenMatch
from qa.answers.ranking import SentenceRanking
from qa.answers.reading import Reads
from qa.answers.retrieval import Query, idf
from qa.answers.spans import quote_span
from qa.answers.spelling import is_typed_as_name
from qa.answers.weighing import FURTHEST
from qa.indexing.contract import Corpus
from qa.records import record
from qa.text.numbers import is_version, versions_in
from qa.text.tokens import folded_words, stem

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MEANT = 0.55
"""A word no document has counts as covered where some token of the candidates is at least this similar to it."""
NEIGHBOURS = 5
NAMES_AMONG_THEM = 4
"""A word no document has is taken for a name where so many of the tokens closest to it stand in names."""
PIECES_OF_A_NAME = 3
"""So is one that the model knows in no fewer pieces."""
SHARED_BEGINNING = 4
"""Letters that two forms of a name share at least (America, American)."""
LEAST_MARGIN = -3.0
"""A reader that finds nothing is as sure of it where words are merely unlike: lower margins say no more."""
NOT_COMPARED = 0.5
"""A number that the asker brings along, and that the likeliest sentence has none to compare with, counts as half an unknown one."""
FURTHEST_AHEAD = 4.0
SHOWN_WORDS = 3
SHOWN_CHARS = 40
"""How many words a reason lists, and how much of each."""


@record
class Evidence:
    """The numbers the probability is made of, in the order of the weights."""

    margin: float
    """Largest margin that the reader gives a sentence, LEAST_MARGIN to FURTHEST; 0 without a reader."""
    match: float
    """Context MaxSim of the best sentence."""
    least_match: float
    """Cosine of the token of the question that is least matched in the best sentence itself."""
    unknown_name: float
    """1 where no document has a number of the question, or a word that is typed with a capital or understood as a name."""
    distant_number: float
    """1 where a number of the question does not stand near the best sentence."""
    distant_name: float
    """Rarity, 0..1, of the rarest name of the question that does not stand near the best sentence."""
    length: float
    """Logarithm of the word pieces of the question: the more it says, the less of it a sentence that answers can match."""
    best: float
    """Logit of the best sentence's chance."""
    ahead: float
    """By how much that is above the logit of the next one, FURTHEST_AHEAD at most: where two are as likely, the first is right less often."""


@record
class Weights:
    """A logistic model that turns evidence into a probability."""

    evidence: tuple[float, ...]
    bias: float

    def probability(self, evidence: Evidence) -> float:
        """Return the probability, 0..1, of what the weights were fitted to."""
        logit = self.bias + sum(w * x for w, x in zip(self.evidence, astuple(evidence), strict=True))
        return 1 / (1 + math.exp(-max(min(logit, 500.0), -500.0)))


@record
class Fitted:
    """Weights that were fitted together: of the probability that the documents answer, which decides what is refused, and of the one that the
    best sentence does, which decides what is called clear."""

    answers: Weights
    first: Weights


MATCH_ONLY = Fitted(
    Weights((0.0, 4.7354, 2.7658, -1.9828, -2.1726, -1.4924, 0.6895, 0.0, 0.0), -4.8624),
    Weights((0.0, 0.3868, -1.2766, -1.2892, -1.8202, -0.6934, 0.3935, 0.7886, 0.4047), -0.4945),
)
WITH_READER = Fitted(
    Weights((0.2915, 1.0967, 0.6826, -2.0721, -2.2635, -0.6625, 1.1698, 0.4644, 0.0), -2.7654),
    Weights((0.1422, 2.0776, -0.3017, -1.4666, -1.3708, 0.2973, 0.4026, 0.5045, 0.2847), -2.2249),
)


@record
class Judgement:
    """Probability, 0..1, that the documents answer, and that the best sentence does; `reason` says what speaks most against it."""

    confidence: float
    sure: float
    reason: str
    evidence: Evidence


def judge(
    corpus: Corpus,
    query: Query,
    match: TokenMatch,
    ranking: SentenceRanking,
    reads: Reads,
    fitted: Fitted = MATCH_ONLY,
) -> Judgement:
    """Weigh the evidence for the best sentence of a weighed ranking that has at least one; `match` is that of the passages searched."""
    best, told = _best(corpus, ranking), _told(corpus, ranking)
    around = _near(corpus, ranking, best)
    near = {*folded_words(around), *versions_in((around,))}
    reach = match.cosines.max(axis=0)
    unknown_name = distant_number = distant_name = 0.0
    absent: dict[str, bool] = {}
    distant: list[str] = []
    words, verb = query.weighty_words, verb_of(query.text)
    given = {int(token) for _, tokens in query.given for token in tokens}
    if any(not is_comparable(each, best) for each, _ in query.given):
        unknown_name = NOT_COMPARED
    for (shown, word, tokens), following in zip(words, [*words, None][1:], strict=True):
        frequency = _frequency(corpus, match, word)
        is_number = any(c.isdigit() for c in word)
        is_typed = (
            query.encoding.starts[tokens[0]] >= query.asked_from
        )  # the reason names no word of an earlier question
        if (
            int(tokens[0]) in given
            or stem(word) in told
            or (not frequency and stem(word) == verb)  # whose words are asked for need not be told by that verb
            or (not frequency and (word.isupper() or is_told(corpus, word)))
        ):
            continue
        if not frequency:
            gap = MEANT - float(reach[tokens].mean())
            is_first_name = following is not None and corpus.is_name(following[1]) and _is_near(following[1], near)
            if is_number or (gap > 0 and not is_first_name):
                is_name = (
                    is_number
                    or len(tokens) >= PIECES_OF_A_NAME
                    or is_typed_as_name(query.text, shown)
                    or _stands_among_names(corpus, match, int(tokens[0]))
                )
                absent |= {shown: is_name} if is_typed else {}
                unknown_name = max(unknown_name, float(is_name))
        elif (is_number or corpus.is_name(word)) and not _is_near(word, near):
            distant_number = max(distant_number, float(is_number))
            distant_name = max(distant_name, 0.0 if is_number else _rarity(len(corpus.passages), frequency))
            distant += [shown] if is_typed else []
    evidence = Evidence(
        _margin(reads), float(ranking.scores.max()), float(ranking.own[0].min()),
        unknown_name, distant_number, distant_name, math.log(len(query.encoding.pieces)), *standing(ranking),
    )  # fmt: skip
    answers, first = fitted.answers.probability(evidence), fitted.first.probability(evidence)
    return Judgement(answers, first, _reason(absent, distant), evidence)


def standing(ranking: SentenceRanking) -> tuple[float, float]:
    """Return the logit of the best sentence's chance, and how far the next one's is behind."""
    import numpy as np

    chances = ranking.scores if ranking.chances is None else ranking.chances
    held = np.clip(chances[:2].astype(np.float64), 1e-6, 1 - 1e-6)
    logits = np.log(held / (1 - held))
    return float(logits[0]), min(float(logits[0] - logits[-1]), FURTHEST_AHEAD) if len(logits) > 1 else FURTHEST_AHEAD


def _margin(reads: Reads) -> float:
    import numpy as np

    read = reads.margins[~np.isnan(reads.margins)]
    return float(np.clip(read.max(), LEAST_MARGIN, FURTHEST)) if len(read) else 0.0


def _reason(absent: dict[str, bool], distant: list[str]) -> str:
    """Say what can be checked first: an unknown name, a known one elsewhere, an unknown word."""
    if names := [word for word, is_name in absent.items() if is_name]:
        return f"No document mentions {_listed(names, 'or')}."
    if distant:
        return f"The documents mention {_listed(distant, 'and')}, but not together with the rest of the question."
    if absent:
        return f"No document has {_listed(list(absent), 'or')}, or says something close enough."
    return "No sentence of the documents is close enough to the question."


def _listed(words: Sequence[str], conjunction: str) -> str:
    quoted = [f"“{word[:SHOWN_CHARS]}{'…' if len(word) > SHOWN_CHARS else ''}”" for word in dict.fromkeys(words)]
    *first, last = quoted[:SHOWN_WORDS]
    return f"{', '.join(first)} {conjunction} {last}" if first else last


def _frequency(corpus: Corpus, match: TokenMatch, word: str) -> int:
    """Return in how many passages a word occurs, of a version in how many of those searched."""
    if not is_version(word):
        return corpus.passage_frequency(stem(word))
    return sum(word in versions_in((corpus.passage(row).text,)) for row in match.rows.tolist())


def _near(corpus: Corpus, ranking: SentenceRanking, best: str) -> str:
    """The best sentence with its passage, and the passage before where it begins its passage."""
    row, number = int(ranking.rows[0]), int(ranking.sentences[0])
    before = corpus.passage_before(row) if int(corpus.passages[row, 3]) == number else None
    rows = [row] if before is None else [before, row]
    return "\n".join((*(corpus.passage(r).text for r in rows), best))


def _best(corpus: Corpus, ranking: SentenceRanking) -> str:
    """The best sentence, as far as it is quoted."""
    number = int(ranking.sentences[0])
    document, span = corpus.sentence(number)
    quote = quote_span(corpus, number)
    return (quote.span if quote else span).of(document.text)


def _told(corpus: Corpus, ranking: SentenceRanking) -> frozenset[str]:
    """The stems of what is said of the best sentence above it: its headings, its document's title, author and date."""
    number = int(ranking.sentences[0])
    return stems_over(corpus, number) | stems_told(corpus, int(corpus.sentences[number, 0]))


def _is_near(word: str, near: Iterable[str]) -> bool:
    """Tell whether a word or another form of it ("America", "American") is among those near the best sentence."""
    return any(stem(word) == stem(other) or _share_beginning(word, other) for other in near)


def _share_beginning(word: str, other: str) -> bool:
    shorter, longer = sorted((word, other), key=len)
    return len(shorter) > SHARED_BEGINNING and len(longer) <= len(shorter) + 3 and longer.startswith(shorter[:-1])


def _stands_among_names(corpus: Corpus, match: TokenMatch, token: int) -> bool:
    """Tell whether what comes closest to a token of the question in the documents are names: then it is one, too.

    To "greece" comes "Europe", to "merkel" "chancellor Zubair", to "headline" "heads".
    """

    closest = closest_places(match.cosines[:, token], NEIGHBOURS)
    names = [
        corpus.is_name(corpus.word_of_token(match.row_of(int(place)), int(match.tokens[place]))) for place in closest
    ]
    return len(names) == NEIGHBOURS and sum(names) >= NAMES_AMONG_THEM


def closest_places(cosines: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """Return the places of the `count` largest, the largest first, ties in order."""
    import numpy as np

    least = np.partition(cosines, -count)[-count] if len(cosines) > count else cosines.min()
    near = np.flatnonzero(cosines >= least)
    return near[np.argsort(-cosines[near], kind="stable")[:count]]


def _rarity(count: int, frequency: int) -> float:
    """Inverse document frequency of a term that stands in `frequency` of `count` passages, 1 where in one only."""
    return idf(count, frequency) / idf(count, 1)
