"""A question -> passages ranked by dense similarity and BM25 together.

In -> out: the question's text and an embedder -> a `Query`; a Query and a Corpus -> ranked rows.
Does not: look at sentences (qa/answers/ranking.py) or decide whether anything answers (qa/answers/confidence.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import log1p
from typing import TYPE_CHECKING

from qa.answers.given import Given, given_in
from qa.errors import SettingsError
from qa.indexing.contract import Corpus
from qa.models.encoding import NO_PIECE, Embedder, Encoding, unknown_piece
from qa.patterns import pattern
from qa.records import record
from qa.text.numbers import dates_said, versions_said
from qa.text.tokens import content_words, folded_words, is_content_word, is_shouted, lexical_terms

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

POOL = 200
"""How many of the best passages of each kind are fused at least."""
_REQUEST = pattern(
    r"(?:\A\W*+|(?<=[?.!;…])\s{1,3})(?:(?:please|(?:can|could|would|will)\s{1,3}you)\s{1,3})*+"
    r"(?:(?:tell|show|give)\s{1,3}(?:me|us)\b|(?:do\s{1,3}you|(?:i\s{1,3}want|i\s{1,3}would\s{1,3}like|i['’]d\s{1,3}like)\s{1,3}to)\s{1,3}know\b"
    r"|(?:explain|describe|elaborate)\b)"
    r"(?:\s{1,3}(?:something|anything|everything|all|more|a\s{1,3}bit|a\s{1,3}little)\b)*+(?:\s{1,3}(?:about|on|of)\b)?",
    re.IGNORECASE,
)
"""That something is asked, and nothing of what."""
_ASKED_FOR = pattern(
    r"\b(?:which\s{1,3}([^\W_]+)|how\s{1,3}((?:many|much)\s{1,3}[^\W_]+)|what\s{1,3}([^\W_]+)(?=\s{1,3}(?:is|are|was|were|do|does|did|has|have|can|will)\b))",
    re.IGNORECASE,
)
"""The thing of which a question asks for one, or the number."""
_QUESTION_WORD = pattern(r"[^\W_]+(?:[’'][^\W_]+)*")


@dataclass(frozen=True)
class Query:
    """What is looked for: a text as the model and as BM25 see it."""

    text: str
    encoding: Encoding
    terms: tuple[str, ...]
    asked_from: int = 0
    """Where the question itself begins, after the earlier ones it is searched together with."""
    unknown: int = NO_PIECE
    """The model's piece for what it has none for: tokens that are it say nothing."""

    @property
    def unread_share(self) -> float:
        """How much of the text, 0..1, the model has no piece for."""
        return float((self.encoding.pieces == self.unknown).mean()) if len(self.encoding.pieces) else 0.0

    @cached_property
    def given(self) -> tuple[tuple[Given, NDArray[np.int64]], ...]:
        """Each number that the asker brings along, with the positions of its tokens."""
        import numpy as np

        starts = self.encoding.starts
        found = [
            (each, np.flatnonzero((starts >= each.span.start) & (starts < each.span.end)))
            for each in given_in(self.text)
        ]
        return tuple((each, tokens) for each, tokens in found if len(tokens))

    @cached_property
    def answered(self) -> NDArray[np.int64]:
        """The positions of what an earlier question asked for ("on which days is there a cruise"): the one after it asks for something else."""
        import numpy as np

        starts, before = self.encoding.starts, self.text[: self.asked_from]
        found = [match.span(match.lastindex or 0) for match in _ASKED_FOR.finditer(before)]
        return np.flatnonzero([any(first <= start < last for first, last in found) for start in starts.tolist()])

    @cached_property
    def weighty_words(self) -> tuple[tuple[str, str, NDArray[np.int64]], ...]:
        """Each content word as typed and folded, with the positions of its tokens."""
        return tuple(self._weighty_words())

    def _weighty_words(self) -> Iterator[tuple[str, str, NDArray[np.int64]]]:
        import numpy as np

        starts, dated, versions = self.encoding.starts, [], []
        for first, last, date in dates_said(self.text):
            tokens = np.flatnonzero((starts >= first) & (starts < last))
            if len(tokens):
                dated.append((first, last))
                yield from ((self.text[first:last], word, tokens) for word in date)
        for first, last, version in versions_said(self.text):
            tokens = np.flatnonzero((starts >= first) & (starts < last))
            if len(tokens):
                versions.append((first, last))
                yield self.text[first:last], version, tokens
        shouted = is_shouted(self.text)
        for match in _QUESTION_WORD.finditer(self.text):
            word = next(folded_words(match.group().lower() if shouted else match.group()), "")
            tokens = np.flatnonzero((starts >= match.start()) & (starts < match.end()))
            if any(first <= match.start() < last for first, last in dated) and len(word) < len("2024"):
                continue  # its day and month, said above
            if any(first <= match.start() < last for first, last in versions):
                continue  # its parts
            if is_content_word(word) and len(tokens):
                yield re.split("[’']", match.group())[0], word, tokens


@record
class RankedPassage:
    """A passage's row with its fused score, 0..1, and the two it was fused from."""

    row: int
    score: float
    dense_score: float
    lexical_score: float


def make_query(text: str, embedder: Embedder) -> Query:
    """Return the Query of a text that holds at least one word."""
    asked = without_requests(text)
    return Query(text, embedder.encode_question(asked), tuple(lexical_terms(asked)), unknown=unknown_piece(embedder))


def without_requests(text: str) -> str:
    """Return a text with blanks for what only says that something is asked ("tell me more about"), the text itself where it says nothing else."""
    asked = _REQUEST.sub(lambda request: " " * len(request.group()), text)
    return asked if content_words(asked) else text


def documents_within(corpus: Corpus, names: Sequence[str]) -> tuple[int, ...]:
    """Return the numbers of the documents that `names` mean: doc_ids, or folders ("reports/"). SettingsError for one that means none."""
    found: set[int] = set()
    for name in names:
        folder = name.rstrip("/") + "/"
        meant = [n for n, e in enumerate(corpus.entries) if e["doc_id"] == name or e["doc_id"].startswith(folder)]
        if not meant:
            raise SettingsError(
                f"No document is or lies in {name!r}: give the path of a document or a folder below the documents."
            )
        found.update(meant)
    return tuple(sorted(found))


def rank_passages(
    corpus: Corpus, query: Query, k: int, *, lexical_weight: float, documents: Sequence[int] = ()
) -> list[RankedPassage]:
    """Return the k best passages, best first, ties by row (that is by doc_id, then place).

    A convex combination of both scores, the dense one scaled between -1 and the best one, the lexical one between 0 and `most_lexical`;
    with `documents`, of these alone: Bruch, Gai and Ingber, *An Analysis of Fusion Functions for Hybrid Retrieval*, TOIS 2023, section 4.
    """
    import numpy as np

    found = corpus.candidates(query.encoding.vector, query.terms, max(k, POOL), documents)
    rows, dense, matched = found.rows, found.dense, found.lexical
    fused = (1 - lexical_weight) * (dense + 1) / max(found.nearest + 1, 1e-9)
    fused += lexical_weight * matched / most_lexical(corpus, query)
    order = np.lexsort((rows, -fused))[:k]
    return [RankedPassage(int(rows[i]), float(fused[i]), float(dense[i]), float(matched[i])) for i in order]


def most_lexical(corpus: Corpus, query: Query) -> float:
    """Return the BM25 score that no passage reaches: each word of the question with all of its weight, its idf.

    The best score that is found says nothing of how much of the question it meets: where the passages have one word of it by chance,
    they would count as if they had all. Over the questions of `tests/gold/seeds.jsonl`, hit@1 of `retrieve` .69 against .76.
    """
    count = len(corpus.passages)
    return sum(idf(count, corpus.passage_frequency(term)) for term in query.terms) or 1.0


def idf(count: int, frequency: int) -> float:
    """Return the inverse document frequency, as in BM25, of a term that stands in `frequency` of `count` passages."""
    return log1p((count - frequency + 0.5) / (frequency + 0.5))


def scores_of(corpus: Corpus, query: Query, rows: NDArray[np.int64]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the dense and the lexical score of each row."""
    return corpus.scores(query.encoding.vector, query.terms, rows)
