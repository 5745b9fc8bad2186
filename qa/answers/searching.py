"""A text -> what the documents have on it: hits, and sentences that were ranked, read and weighed.

In -> out: a Corpus, `Means`, a text -> hits, or `Findings`.
Does not: decide whether they answer (qa/answers/answering.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace

from qa.answers import confidence, weighing
from qa.answers.confidence import Fitted
from qa.answers.followups import searched_for
from qa.answers.joining import rank_windows, windows_around
from qa.answers.matching import TokenMatch, match_tokens
from qa.answers.ranking import SentenceRanking, rank_sentences
from qa.answers.reading import Reads, read_best, unread
from qa.answers.referring import read_as
from qa.answers.retrieval import Query, make_query, most_lexical, rank_passages, scores_of
from qa.answers.rows import asked_row_first
from qa.answers.spelling import corrected, corrections
from qa.answers.versions import as_written
from qa.answers.weighing import WEIGHED, SentenceWeights, weigh
from qa.answers.worth import Worth
from qa.datatypes import Hit
from qa.defaults import HITS_SHOWN
from qa.indexing.contract import Corpus
from qa.models.encoding import Embedder
from qa.models.readers import DEFAULT, NONE
from qa.models.reading import Reader
from qa.records import record
from qa.settings import DEFAULT_MODEL, Settings


@record
class Means:
    """What answers are made with, beside the corpus."""

    embedder: Embedder
    settings: Settings
    reader: Reader | None = None
    calibrated: Fitted | None = None
    """Weights of the confidence fitted to the user's own questions."""
    documents: tuple[int, ...] = ()
    """The numbers of the documents that are asked; all where it is empty."""

    @property
    def sentence_weights(self) -> SentenceWeights:
        """What a sentence's chance is computed with."""
        return weighing.WITH_READER if self.reader else weighing.MATCH_ONLY

    @property
    def is_calibrated(self) -> bool:
        """Whether the confidence was fitted with this model and reader; else no answer is called clear."""
        fitted = self.settings.reader in (DEFAULT, NONE) and self.settings.model == DEFAULT_MODEL
        return fitted or self.calibrated is not None

    @property
    def weights(self) -> Fitted:
        """What the confidence is computed with."""
        return self.calibrated or (confidence.WITH_READER if self.reader else confidence.MATCH_ONLY)


@record
class Findings:
    """What a question found, before anything is decided."""

    query: Query
    match: TokenMatch
    """Of the passages searched for sentences, whatever hits are asked for."""
    ranking: SentenceRanking
    reads: Reads
    hits: tuple[Hit, ...]
    corrections: Mapping[str, str] = field(default_factory=dict)


def find_hits(corpus: Corpus, means: Means, text: str, k: int, *, history: Sequence[str] = ()) -> list[Hit]:
    """Return the k best hits for a text and the questions before it, none where it holds no word."""
    if isinstance(history, str):
        raise TypeError("history has to be a list of questions, got one text")
    query, _ = understand(corpus, means, searched_for(text, history, corpus.is_name))
    return list(_search(corpus, means, query, k, read=0)[1]) if query else []


def look_for(
    corpus: Corpus, means: Means, text: str, *, k: int = HITS_SHOWN, as_typed: bool = False, asked: str = ""
) -> Findings | None:
    """Return what is found for a text, None where it holds no word; what stands in it before `asked` weighs less."""
    query, changed = understand(corpus, means, text, as_typed=as_typed)
    if query is None:
        return None
    query = replace(query, asked_from=max(len(query.text) - len(asked), 0) if asked else 0)
    match, hits, rows, looked_at = _search(corpus, means, query, k, read=means.settings.candidates)
    searched = match.of_rows(looked_at)
    ranking = rank_sentences(corpus, query, searched, rows)
    weights, reader, reads = means.sentence_weights, means.reader, unread(ranking)
    if reader:
        asked_as = read_as(corpus, query, ranking.sentences[:WEIGHED].tolist())
        reads = read_best(corpus, asked_as, ranking, reader, Worth(corpus, ranking, weights).next_row)
    weighed = asked_row_first(corpus, query, weigh(corpus, ranking, reads, weights))
    return Findings(query, searched, weighed, reads, tuple(hits), changed)


def understand(
    corpus: Corpus, means: Means, text: str, *, as_typed: bool = False
) -> tuple[Query | None, Mapping[str, str]]:
    """Return the Query of a text in the documents' spelling and the words that were corrected; None where it holds no word."""
    if not has_words(text):
        return None, {}
    query = make_query(text, means.embedder)
    changed = {} if as_typed else corrections(corpus, query, means.embedder.vocabulary) | as_written(corpus, query)
    if changed:
        query = make_query(corrected(text, changed), means.embedder)
    return (query, changed) if len(query.encoding.pieces) else (None, {})


def _search(
    corpus: Corpus, means: Means, query: Query, k: int, *, read: int
) -> tuple[TokenMatch, list[Hit], list[int], list[int]]:
    """Return the match of all tokens looked at, the k best hits, the `read` best passages, and these with the one before each."""
    settings = means.settings
    ranked = rank_passages(
        corpus,
        query,
        max(3 * k, settings.candidates),
        lexical_weight=settings.lexical_weight,
        documents=means.documents,
    )
    windows = windows_around(corpus, ranked, k, hit_tokens=settings.hit_tokens)
    rows = [passage.row for passage in ranked[:read]]
    looked_at = [*rows, *before_each(corpus, rows)]
    match = match_tokens(corpus, query, [*looked_at, *(row for w in windows for row in range(w.first, w.last + 1))])
    scores = scores_of(corpus, query, match.rows)
    most = most_lexical(corpus, query)
    hits = rank_windows(corpus, match, scores, windows, k, lexical_weight=settings.lexical_weight, most=most)
    return match, hits, rows, looked_at


def before_each(corpus: Corpus, rows: Sequence[int]) -> list[int]:
    """Return the passages before some, each in its document: a sentence may lean on them."""
    return [row for row in map(corpus.passage_before, rows) if row is not None]


def has_words(text: str) -> bool:
    """Tell whether there is a letter or a digit to look for."""
    return any(c.isalnum() for c in text)
