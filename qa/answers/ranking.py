"""Candidate passages -> their sentences, ranked by how well they match the question.

In -> out: a Query and the TokenMatch of passages -> `SentenceRanking`.
Does not: weigh them with what a reader says (qa/answers/weighing.py), or choose what is quoted (qa/answers/quoting.py).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from qa.answers import asking
from qa.answers.asking import could_hold, kind_of
from qa.answers.attribution import speaker_of, speaks
from qa.answers.context import compared, named_elsewhere, named_rows, named_versions, told_matches
from qa.answers.matching import TokenMatch
from qa.answers.retrieval import Query
from qa.answers.spelling import is_typed_as_name
from qa.datatypes import Kind
from qa.indexing.contract import Corpus
from qa.indexing.structure import KINDS
from qa.patterns import pattern
from qa.records import record

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LOOK_BACK_SENTENCES = 3
LOOK_BACK_COST = 0.14
"""A match may stand up to three sentences before the scored one ("It's appeasement", she said), at this cost."""
NOTHING_ADDED_COST, ADDED, LONGEST_PRONOUN = 0.3, 0.06, 12
"""By match alone, over the 90 questions and 200 of SQuAD: hit@3 .86 to .89 and .90 to .91, hit@1 the same."""
OWN_SHARE = 0.5
"""A sentence that owes more than half of its score to the sentences before it says little by itself, and is left out."""
LOOKED_AT = 40
"""How many of the best sentences are read as text: only there do the next three count."""
KIND_BONUS = 0.02
"""For a sentence that has a name, a time or an amount where the question asks for one."""
SPEAKER_BONUS = 0.03
"""For a sentence that says what the one says whose words are asked for."""
QUESTION_COST = 0.1
"""For a sentence that is a question itself."""
_NO_SUBJECT = pattern(
    r"\s*(?:[“”„«‘’\"'(\[]|(?:he|she|they|it|we|i|you|this|that|these|those|his|her|their|its|our|my|there)\b)",
    re.IGNORECASE,
)


@record
class SentenceRanking:
    """Sentences of the candidate passages, best first."""

    sentences: NDArray[np.int64]
    """(m,) numbers of sentences in the corpus."""
    scores: NDArray[np.float32]
    """(m,) context MaxSim, about -1..1, with what the kind of the sentence adds."""
    rows: NDArray[np.int64]
    """(m,) the passage in which each sentence begins."""
    own: NDArray[np.float32]
    """(m, t) largest cosine of each token of the question with a token of the sentence itself."""
    weights: NDArray[np.float32]
    """(t,) of the question's tokens, adding up to 1."""
    named: NDArray[np.float32]
    """(m,) how well a sentence, or the one before that it leans on, meets the question's names, each name alike; 1 where it has none."""
    spoken: NDArray[np.bool_]
    """(m,) whether a sentence is said by the one whose words are asked for."""
    elsewhere: NDArray[np.float32]
    """(m,) how much more of the question, 0..1, stands above another one than above and in this (of LOOKED_AT; 0 of the rest)."""
    chances: NDArray[np.float64] | None = None
    """(m,) how likely each sentence answers, 0..1, once they are weighed (qa/answers/weighing.py); then the likeliest is first."""

    def in_order(self, order: NDArray[np.int64]) -> SentenceRanking:
        """Return the sentences at these places, in this order."""
        return SentenceRanking(
            self.sentences[order], self.scores[order], self.rows[order], self.own[order], self.weights,
            self.named[order], self.spoken[order], self.elsewhere[order],
            None if self.chances is None else self.chances[order],
        )  # fmt: skip


def rank_sentences(corpus: Corpus, query: Query, match: TokenMatch, rows: Sequence[int]) -> SentenceRanking:
    """Rank the sentences of the passages `rows`, which have to be in `match`, by context MaxSim.

        M[t, s]  = largest cosine between token t of the question and a token of sentence s,
                   or to what degree t is met in what stands above s (qa/answers/context.py), where that is more
        M'[t, s] = max(M[t, s], max over d = 1..LOOK_BACK_SENTENCES of M[t, s-d] - cost), within one document
        cost     = LOOK_BACK_COST, and up to NOTHING_ADDED_COST more where s adds less than ADDED to what s-d meets by itself
                   and has a subject of its own: "She holds a doctorate" leans on it, "The other course is on Mondays" steals from it
        score(s) = weighted mean of M'[t, s] over t, weights sqrt(idf of the word piece over passages)

    Left out are sentences whose own M alone gives less than OWN_SHARE of that.

    Late interaction as in Khattab and Zaharia, *ColBERT*, SIGIR 2020, with a look back to the sentences before.
    """
    import numpy as np

    sentences, row_of, matches = _best_of_sentences(corpus, match)
    matches = named_rows(corpus, query, sentences, matches)
    matches = named_versions(corpus, query, sentences, matches)
    matches = np.maximum(matches, told_matches(corpus, query, sentences))
    matches = compared(corpus, query, sentences, matches)
    leans = _leaning(corpus, sentences)
    with_before = _look_back(corpus, sentences, leans, matches, match.weights)
    scores, named = with_before @ match.weights, np.ones(len(sentences), np.float32)
    if (names := _names(corpus, query)).any():
        named = np.where(leans, with_before @ names, matches @ names)
    own = matches @ match.weights
    wanted = np.isin(row_of, rows, kind="table")
    if not wanted.any():  # one sentence longer than passages are: it begins in the one before the best
        wanted[:] = True
    keep = wanted & (own >= OWN_SHARE * scores)
    if not keep.any():
        keep = wanted
    sentences, row_of, scores, matches = sentences[keep], row_of[keep], scores[keep].astype(np.float32), matches[keep]
    named = named[keep]
    first = np.lexsort((sentences, -scores))[:LOOKED_AT]
    kind, speaker = kind_of(query.text), speaker_of(query.text)
    spoken = np.zeros(len(sentences), bool)
    spoken[first] = [_says(corpus, speaker, int(n)) for n in sentences[first]]
    scores[first] += [_bonus(corpus, query, kind, int(n)) for n in sentences[first]]
    scores += SPEAKER_BONUS * spoken
    elsewhere = np.zeros(len(sentences), np.float32)
    elsewhere[first] = named_elsewhere(corpus, query, sentences[first])
    found = SentenceRanking(sentences, scores, row_of, matches, match.weights, named, spoken, elsewhere)
    return found.in_order(np.lexsort((sentences, -scores)))


def _names(corpus: Corpus, query: Query) -> NDArray[np.float32]:
    """Return `(t,)` weights of the tokens of the question's names, all 0 where it has none."""
    import numpy as np

    shares = np.zeros(len(query.encoding.pieces), np.float32)
    for shown, word, tokens in query.weighty_words:
        if corpus.is_name(word) or is_typed_as_name(query.text, shown):
            shares[tokens] += 1 / len(tokens)
    return shares / max(float(shares.sum()), 1.0)


def _best_of_sentences(
    corpus: Corpus, match: TokenMatch
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
    """Return the sentences in order, the row in which each begins, and M as `(sentences, t)`."""
    import numpy as np

    numbers, at, edges = corpus.sentences_of(match.rows)
    first = np.diff(numbers, prepend=-1) > 0  # rows are in order, so the parts of a sentence are adjacent
    return numbers[first], match.rows[at[first]], np.maximum.reduceat(match.cosines, edges[first], axis=0)


def _look_back(
    corpus: Corpus, sentences: NDArray[np.int64], leans: NDArray[np.bool_],
    matches: NDArray[np.float32], weights: NDArray[np.float32],
) -> NDArray[np.float32]:  # fmt: skip
    import numpy as np

    documents, blocks = np.asarray(corpus.sentences[sentences, 0]), np.asarray(corpus.sentences[sentences, 3])
    is_row = np.asarray(corpus.structure.rows[blocks, 3]) == KINDS.index(Kind.ROW)
    found = matches.copy()
    for distance in range(1, LOOK_BACK_SENTENCES + 1):
        before = np.searchsorted(sentences, sentences - distance)
        same = (sentences[before] == sentences - distance) & (documents[before] == documents)
        same &= ~is_row[before] | (blocks == blocks[before])  # a row says nothing of what follows it
        lent = matches[before[same]]
        added = np.maximum(matches[same] - lent, 0) @ weights
        cost = LOOK_BACK_COST + NOTHING_ADDED_COST * np.where(leans[same], 0, np.maximum(1 - added / ADDED, 0))
        found[same] = np.maximum(found[same], lent - cost[:, None])
    return found


def _leaning(corpus: Corpus, sentences: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell which sentences have no subject of their own: they begin with a pronoun, or are what somebody says."""
    import numpy as np

    documents, starts = np.asarray(corpus.sentences[sentences, :2]).T.tolist()
    texts = {number: corpus.document(number).text for number in set(documents)}
    firsts = (texts[number][start : start + LONGEST_PRONOUN] for number, start in zip(documents, starts, strict=True))
    return np.array([_NO_SUBJECT.match(first) is not None for first in firsts], bool)


def _bonus(corpus: Corpus, query: Query, kind: asking.Kind, number: int) -> float:
    document, span = corpus.sentence(number)
    text = span.of(document.text).strip()
    holds = kind is not asking.Kind.ANYTHING and could_hold(kind, text, query.text)
    return KIND_BONUS * holds - QUESTION_COST * text.endswith("?")


def _says(corpus: Corpus, speaker: frozenset[str], number: int) -> bool:
    document, span = corpus.sentence(number)
    return bool(speaker) and speaks(speaker, span.of(document.text).strip(), _before(corpus, number))


def _before(corpus: Corpus, number: int) -> list[str]:
    """Return up to LOOK_BACK_SENTENCES sentences before one in its document, nearest last."""
    document, _ = corpus.sentence(number)
    found = [corpus.sentence(n) for n in range(max(number - LOOK_BACK_SENTENCES, 0), number)]
    return [span.of(other.text) for other, span in found if other.doc_id == document.doc_id]
