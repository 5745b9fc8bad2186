"""Of the rows of one table, which is asked for: the one that has all the words of the question that another has, and more.

In -> out: a Query and sentences with their chances -> the same, such a row in the place of the best.
Does not: compare rows of different tables, or sentences that are none.
"""

from __future__ import annotations

from dataclasses import replace

from qa.answers.ranking import SentenceRanking
from qa.answers.retrieval import Query
from qa.datatypes import Kind
from qa.indexing.contract import Corpus
from qa.text.tokens import lexical_terms

COMPARED = 10
"""So many of the likeliest sentences may be such a row."""


def asked_row_first(corpus: Corpus, query: Query, ranking: SentenceRanking) -> SentenceRanking:
    """Return a ranking in which the best sentence, where it is a row, is that of its table's that has most of the question."""
    import numpy as np

    numbers = ranking.sentences[:COMPARED].tolist()
    table = _table(corpus, numbers[0]) if numbers else None
    if table is None:
        return ranking
    asked = set(lexical_terms(query.text))
    best, most = 0, _has(corpus, numbers[0], asked)
    for at, number in enumerate(numbers):
        if _table(corpus, number) == table and (has := _has(corpus, number, asked)) > most:
            best, most = at, has
    if not best:
        return ranking
    order = np.arange(len(ranking.sentences))
    order[[0, best]] = best, 0
    # the place keeps its chance: the one that moves up is at least as likely
    return replace(ranking.in_order(order), chances=ranking.chances)


def _has(corpus: Corpus, number: int, asked: set[str]) -> set[str]:
    document, span = corpus.sentence(number)
    return asked & set(lexical_terms(span.of(document.text)))


def _table(corpus: Corpus, number: int) -> tuple[int, int] | None:
    """Return the document and the number of the table that a sentence is a row of; None of another sentence."""
    block = corpus.block_of(number)
    if block.kind is not Kind.ROW or not block.group:
        return None
    return int(corpus.sentences[number, 0]), block.group
