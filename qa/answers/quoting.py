"""Ranked sentences -> the few that are quoted, as Citations.

In -> out: a SentenceRanking -> `Citation`s, the likeliest first.
Does not: decide whether they answer (qa/answers/confidence.py), or change a character of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from qa.answers.announced import Quote
from qa.answers.context import stems_over
from qa.answers.ranking import SentenceRanking
from qa.answers.spans import headings_of, quote_span, where_of
from qa.answers.surroundings import around
from qa.datatypes import Citation, Document, Kind, Place, Span
from qa.indexing.contract import Corpus
from qa.patterns import pattern
from qa.text.tokens import content_words, folded_words, is_content_word, lexical_terms

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LEAST_CHANCE = 0.08
SHARE_OF_BEST = 0.4
"""A sentence less likely than this, or than this share of the best one's chance, is not quoted for company."""
SHARE_OF_SURE = 0.7
"""The same where the best one is likely enough to be called clear: beside a right quote one that is less likely than this is hardly ever right."""
OF_ANOTHER_SOURCE = (0.045, 0.16)
"""The same of a sentence from a document that is not quoted yet: what another source says is worth more than company."""
SAID_MARGIN = 0.11
"""What is said by the one whose words are asked for, and matched nearly as well as the best, is quoted whatever its chance."""
SAME_SOURCE = 0.8
"""Of two sentences about as likely, one from a document that is not quoted yet comes first: several sources before several quotes."""
STANDS_OUT = 0.6
"""An item of a list is quoted alone where no other one is this share as likely: it was asked for, and not the list."""
SAID_AT_LEAST = 2
"""Content words of a turn beside the name of its speaker, or a number, a denial: "Ada Lund: Yeah." says nothing of her."""
_ENDS = (".", "!", "?", ":", "…")
_RUNNING = pattern(r"\S{30,}")
_DENIALS = frozenset(("not", "no", "nor", "t", "never", "without"))


def choose_quotes(
    corpus: Corpus, ranking: SentenceRanking, limit: int, *, asked: str = "", sure: bool = False
) -> list[Citation]:
    """Return at most `limit` Citations, the likeliest first, labelled from 1; what is said alike elsewhere is named in `also`.

    Of a list whose heading or lead-in has a word of the question `asked`, an item is quoted alone only if it has one itself.
    Quoted is what is likely enough by itself, at least LEAST_CHANCE and SHARE_OF_BEST of the best one's chance, SHARE_OF_SURE where that
    is `sure`, and the best one in any case.
    """
    candidates, best = list(_candidates(corpus, ranking)), 0.0
    share_of_best = SHARE_OF_SURE if sure else SHARE_OF_BEST
    words = frozenset(lexical_terms(asked))
    alone = _stand_out(corpus, ranking.sentences, _chances(ranking))
    alone = {number for number in alone if not _is_list_asked(corpus, number, words)}
    chosen: list[Citation] = []
    while len(chosen) < limit and candidates:
        quoted = {c.doc_id for c in chosen}
        worth = [chance * (SAME_SOURCE if document.doc_id in quoted else 1) for chance, document, _, _, _ in candidates]
        at = max(range(len(worth)), key=worth.__getitem__)
        chance, document, number, row, said = candidates.pop(at)
        least, share = (LEAST_CHANCE, share_of_best) if document.doc_id in quoted else OF_ANOTHER_SOURCE
        if chosen and not said and chance < max(least, share * best):
            continue
        quote = _quotable(corpus, number, alone=number in alone)
        if quote is None or overlaps(chosen, document.doc_id, quote.span):
            continue
        span, best = quote.span, best if chosen else chance
        twin = _alike(chosen, span.of(document.text))
        if twin is None:
            chosen.append(cite(corpus, len(chosen) + 1, document, quote, row, chance))
        elif document.doc_id not in {chosen[twin].doc_id, *(place.doc_id for place in chosen[twin].also)}:
            chosen[twin] = replace(chosen[twin], also=(*chosen[twin].also, place_of(corpus, document, span)))
    return chosen


def place_of(corpus: Corpus, document: Document, span: Span) -> Place:
    """Return where a span stands."""
    number, (line, column) = corpus.number_of[document.doc_id], _line_and_column(document.text, span.start)
    return Place(
        document.doc_id, document.title, document.sha256, span, line, column,
        headings_of(corpus, number, span), where_of(corpus, number, span),
    )  # fmt: skip


def _line_and_column(text: str, position: int) -> tuple[int, int]:
    """Return the line and the column of a position, both from 1."""
    before = text[:position]
    return before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1


Candidate = tuple[float, Document, int, int, bool]
"""Chance, document, sentence, row, and whether it is said by the one whose words are asked for."""


def overlaps(chosen: Sequence[Citation], doc_id: str, span: Span) -> bool:
    """Tell whether some of a document is already quoted."""
    return any(c.doc_id == doc_id and c.span.start < span.end and span.start < c.span.end for c in chosen)


def _alike(chosen: Sequence[Citation], text: str) -> int | None:
    said = _said(text)
    return next((i for i, citation in enumerate(chosen) if _said(citation.text) == said), None)


def _said(text: str) -> list[str]:
    """Return the words that make what a sentence says: names, numbers and denials with them, articles and marks not."""
    return [
        word
        for word in folded_words(text)
        if is_content_word(word) or word in _DENIALS or (len(word) == 1 and word not in "ai")
    ]


def _candidates(corpus: Corpus, ranking: SentenceRanking) -> Iterator[Candidate]:
    said = ranking.spoken & (ranking.scores >= ranking.scores.max(initial=0) - SAID_MARGIN)
    for number, chance, row, is_said in zip(
        ranking.sentences.tolist(), _chances(ranking).tolist(), ranking.rows.tolist(), said.tolist(), strict=True
    ):
        yield chance, corpus.sentence(number)[0], number, row, is_said


def _chances(ranking: SentenceRanking) -> NDArray[np.floating[Any]]:
    return ranking.scores if ranking.chances is None else ranking.chances


def _quotable(corpus: Corpus, number: int, *, alone: bool) -> Quote | None:
    """Return what is quoted for a sentence, None where it says nothing."""
    quote = quote_span(corpus, number, alone=alone)
    if quote is None:
        return None
    shown, block = corpus.shown(int(corpus.sentences[number, 0])), corpus.block_of(number)
    text = shown.of(quote.span)
    if block.kind is Kind.TURN and block.lead and quote.span.start <= block.lead.start:
        told = shown.of(Span(min(block.lead.end, quote.span.end), quote.span.end))
        denies_or_counts = any(word in _DENIALS or word.isdigit() for word in folded_words(told))
        if len(content_words(told)) < SAID_AT_LEAST and not denies_or_counts:
            return None  # it only has the name of whom it is by
    if not text.endswith(_ENDS) and _is_title_again(corpus, number, text):
        return None
    said = _RUNNING.sub("", text)  # an address or a file name is no sentence
    return quote if len(said) == len(text) or _letters(said) * 2 > _letters(text) else None


def _is_title_again(corpus: Corpus, number: int, text: str) -> bool:
    """Tell whether a text is its document's title over again, and this says more than that: like a heading, it only says what follows."""
    document = corpus.document(int(corpus.sentences[number, 0]))
    return len(document.text) > 2 * len(text) and _said(text) == _said(document.title) != []


def _stand_out(corpus: Corpus, sentences: NDArray[np.int64], chances: NDArray[np.floating[Any]]) -> set[int]:
    """Return the sentences of list items that answer by themselves: no other item of their list is nearly as likely."""
    items: dict[tuple[int, int], dict[int, float]] = {}
    of_list = {}
    for number, chance in zip(sentences.tolist(), chances.tolist(), strict=True):
        block = int(corpus.sentences[number, 3])
        if corpus.structure.block(block).kind is Kind.ITEM:
            row = corpus.structure.rows[block]
            of_list[number] = key = (int(row[0]), int(row[7])), block
            known = items.setdefault(key[0], {})
            known[block] = max(known.get(block, 0.0), chance)
    return {
        number
        for number, (key, block) in of_list.items()
        if max((c for b, c in items[key].items() if b != block), default=0.0) < STANDS_OUT * items[key][block]
    }


def _is_list_asked(corpus: Corpus, number: int, words: frozenset[str]) -> bool:
    """Tell whether words of the question stand above an item, and none in it: "which allergens are in it", and not "is there any celery"."""
    document, span = corpus.sentence(number)
    own = set(lexical_terms(span.of(document.text)))
    return bool(words & stems_over(corpus, number)) and not words & own


def _letters(text: str) -> int:
    return sum(map(str.isalnum, text))


def cite(corpus: Corpus, label: int, document: Document, quote: Quote, row: int, chance: float = 0.0) -> Citation:
    """Return the Citation of a quote; `row` is the passage it stands in, `chance` how likely it answers."""
    span = quote.span
    line, column = _line_and_column(document.text, span.start)
    number = corpus.number_of[document.doc_id]
    before, after = around(corpus, document, quote)
    twins = (replace(place_of(corpus, document, span), doc_id=name) for name in corpus.entries[number]["also"])
    return Citation(
        label=label, doc_id=document.doc_id, title=document.title, sha256=document.sha256, span=span,
        text=span.of(document.text), line=line, column=column, passage=corpus.passage(row), score=chance,
        probability=chance, also=tuple(twins), lead=quote.lead, headings=quote.headings, where=where_of(corpus, number, span),
        kind=quote.kind, items=quote.items, before=before, after=after,
    )  # fmt: skip
