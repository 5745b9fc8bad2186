"""How likely the best sentence answers, and in words what speaks against it.

In -> out: a Query and its SentenceRanking -> `Judgement` (a probability and a reason).
Does not: set the threshold (qa/settings.py), or count the words of a question (long ones are not better answered).

What a careful reader checks: does the best sentence match the question (context MaxSim); does the question have a
word, name or number that no document has, nor anything close to it; does a name or number of the question stand near the
best sentence. The weights come from `benchmarks/fit_confidence.py`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

from qa.corpus import Corpus
from qa.quoting import SentenceRanking
from qa.retrieval import Query
from qa.tokens import folded_words, is_content_word, lexical_terms, stem

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MEANT = 0.55
"""A word no document has counts as covered where some token of the candidates is at least this similar to it."""
NEIGHBOURS = 5
NAMES_AMONG_THEM = 4
"""A word no document has is taken for a name where so many of the tokens closest to it stand in names."""
SHOWN_WORDS = 3
SHOWN_CHARS = 40
"""How many words a reason lists, and how much of each."""
WEIGHTS = (4.86, -0.84, -2.33, -1.37, -1.05)
BIAS = -2.62
_QUESTION_WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Evidence:
    """The numbers the probability is made of, in the order of WEIGHTS."""

    match: float
    """Context MaxSim of the best sentence."""
    unknown_word: float
    """How far the least covered word that no document has is from what it would take; 0 where there is none."""
    unknown_name: float
    """1 where no document has a number of the question, or a word that is typed with a capital or understood as a name."""
    distant_number: float
    """1 where a number of the question does not stand near the best sentence."""
    distant_name: float
    """Rarity, 0..1, of the rarest name of the question that does not stand near the best sentence."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """Probability, 0..1, that the best sentence answers; `reason` says what speaks most against it."""

    confidence: float
    reason: str
    evidence: Evidence


def judge(corpus: Corpus, query: Query, ranking: SentenceRanking) -> Judgement:
    """Weigh the evidence for the best sentence of a ranking that has at least one."""
    near, reach = _terms_near(corpus, ranking), ranking.cosines.max(axis=0)
    unknown = unknown_name = distant_number = distant_name = 0.0
    absent: list[str] = []
    distant: list[str] = []
    for shown, word, tokens in _weighty_words(query):
        frequency = corpus.lexical.passage_frequency(stem(word))
        is_near, is_number = stem(word) in near, any(c.isdigit() for c in word)
        if not frequency:
            gap = MEANT - float(reach[tokens].mean())
            if is_number or (gap > 0 and not _is_misspelt(corpus, word)):
                unknown = max(unknown, gap)
                is_named = (
                    is_number or _is_typed_as_name(query, shown) or _stands_among_names(corpus, ranking, int(tokens[0]))
                )
                unknown_name = max(unknown_name, float(is_named))
                absent.append(shown)
        elif not is_near and (is_number or corpus.is_name(word)):
            distant_number = max(distant_number, float(is_number))
            distant_name = max(distant_name, 0.0 if is_number else _rarity(len(corpus.passages), frequency))
            distant.append(shown)
    evidence = Evidence(float(ranking.scores[0]), unknown, unknown_name, distant_number, distant_name)
    logit = BIAS + sum(w * x for w, x in zip(WEIGHTS, astuple(evidence), strict=True))
    return Judgement(1 / (1 + math.exp(-logit)), _reason(absent, distant), evidence)


def _reason(absent: list[str], distant: list[str]) -> str:
    if absent:
        return f"No document mentions {_listed(absent, 'or')}."
    if distant:
        return f"The documents mention {_listed(distant, 'and')}, but not together with the rest of the question."
    return "No sentence of the documents is close enough to the question."


def _listed(words: list[str], conjunction: str) -> str:
    quoted = [f"“{word[:SHOWN_CHARS]}{'…' if len(word) > SHOWN_CHARS else ''}”" for word in dict.fromkeys(words)][
        :SHOWN_WORDS
    ]
    *first, last = quoted
    return f"{', '.join(first)} {conjunction} {last}" if first else last


def _weighty_words(query: Query) -> Iterator[tuple[str, str, NDArray[np.int64]]]:
    """Yield each content word of the question as typed and folded, with the positions of its tokens."""
    import numpy as np

    starts = query.encoding.starts
    for match in _QUESTION_WORD.finditer(query.text):
        word = next(folded_words(match.group()), "")
        tokens = np.flatnonzero((starts >= match.start()) & (starts < match.end()))
        if is_content_word(word) and len(tokens):
            yield re.split("[’']", match.group())[0], word, tokens


def _terms_near(corpus: Corpus, ranking: SentenceRanking) -> set[str]:
    """The terms of the best sentence's passage, and of the passage before where the sentence begins its passage."""
    row, sentence = int(ranking.rows[0]), int(ranking.sentences[0])
    before = corpus.passage_before(row) if int(corpus.passages[row, 3]) == sentence else None
    rows = [row] if before is None else [row, before]
    return {term for r in rows for term in lexical_terms(corpus.passage(r).text)}


def _is_misspelt(corpus: Corpus, word: str) -> bool:
    """Tell whether a word of the documents is one slip away (two in words of eight letters and more)."""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    slips = 0 if len(word) < 4 else 1 if len(word) < 8 else 2
    return process.extractOne(word, corpus.vocabulary, scorer=OSA.distance, score_cutoff=slips) is not None


def _is_typed_as_name(query: Query, shown: str) -> bool:
    """Tell whether a word has a capital where a sentence would not give it one."""
    return shown[0].isupper() and not query.text.lstrip().startswith(shown) and query.text != query.text.upper()


def _stands_among_names(corpus: Corpus, ranking: SentenceRanking, token: int) -> bool:
    """Tell whether what comes closest to a token of the question in the documents are names: then it is one, too.

    To "greece" comes "Europe", to "merkel" "chancellor Zubair", to "headline" "heads".
    """
    import numpy as np

    closest = np.argsort(-ranking.cosines[:, token], kind="stable")[:NEIGHBOURS]
    names = [corpus.is_name(corpus.word_of_token(int(ranking.tokens[place]))) for place in closest]
    return len(names) == NEIGHBOURS and sum(names) >= NAMES_AMONG_THEM


def _rarity(count: int, frequency: int) -> float:
    """Inverse document frequency of a term that stands in `frequency` of `count` passages, 1 where in one only."""
    return math.log1p((count - frequency + 0.5) / (frequency + 0.5)) / math.log1p((count - 0.5) / 1.5)
