"""The words of quotes that answer, and what they count where they are amounts.

In -> out: citations and what was read -> the same, with the words that answer in the first; in a later one where these are a date
or an amount beside that of the first, so that dates and amounts that differ can be seen to.
Does not: decide whether a quote answers, or read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from qa.answers.asking import Kind as AskedFor
from qa.answers.asking import kind_of
from qa.answers.dates import dates_in
from qa.answers.reading import Reads
from qa.datatypes import Citation, Kind, Span
from qa.indexing.contract import Corpus
from qa.patterns import pattern
from qa.text.cells import cells_of, names_of, said_in
from qa.text.tokens import folded_words, lexical_terms, stem

SURE_OF_WORDS = 0.5
"""Answering words are told where the reader gives them at least this probability within their sentence."""
LEAST_CELLS = 2
_ANNOUNCES = pattern(r"[*_`]*\s*[:：][*_]*\s*\n")
_NUMBER = pattern(r"\d[\d.,\u00a0\u202f' ]*")
_SIZES = frozenset((
    "hundred", "thousand", "million", "billion", "trillion", "k", "m", "bn", "mn", "about", "around", "over", "nearly", "almost", "some", "up", "to",
    "at", "least", "more", "than",
))  # fmt: skip


def with_answers(corpus: Corpus, citations: Sequence[Citation], reads: Reads, asked: str) -> list[Citation]:
    """Return the citations of an answer with the words that answer: of later quotes only those that can be set beside the first's.

    Of other words in later quotes, one in four answers.
    """
    told = [with_answer(corpus, citation, reads, asked) for citation in citations]
    first = words_of(told[0]) if told else ""
    return [
        with_words if n == 0 or stand_beside(first, words_of(with_words)) else citation
        for n, (citation, with_words) in enumerate(zip(citations, told, strict=True))
    ]


def with_answer(corpus: Corpus, citation: Citation, reads: Reads, asked: str) -> Citation:
    """Return the citation with the words of it that answer, where the reader is sure enough of them.

    Words that stand in the question answer it only where that offers them: "many" no "how many", but "monthly" a "monthly or yearly".
    Of a table's row, that cell answers whose column is asked for; without one, words of one cell alone. Of a list that is quoted whole no item
    answers more than the others, unless a name, a time or an amount is asked for; and what announces something is not what it announces.
    """
    cells = _cells(citation)
    if asked_for := _cell_asked_for(citation, cells, asked):
        return replace(citation, answer=asked_for)
    found = [
        (likely, span)
        for number, (span, likely) in reads.answers.items()
        if likely >= SURE_OF_WORDS
        and citation.span.start <= span.start < span.end <= citation.span.end
        and corpus.sentence(number)[0].doc_id == citation.doc_id
    ]
    if not found:
        return citation
    _, words = max(found)
    if _is_of_a_list(citation, asked) or _ANNOUNCES.match(citation.text, words.end - citation.span.start):
        return citation
    if cells and not any(cell.start <= words.start and words.end <= cell.end for cell in cells):
        return citation
    said = re.escape(words.of(corpus.document(corpus.number_of[citation.doc_id]).text))
    repeats = re.search(rf"(?<!\w){said}(?!\w)", asked, re.IGNORECASE) and " or " not in asked
    return citation if repeats else replace(citation, answer=words)


def _is_of_a_list(citation: Citation, asked: str) -> bool:
    return citation.items[1] > 1 and kind_of(asked) is AskedFor.ANYTHING


def _cells(citation: Citation) -> list[Span]:
    """Return where in the document what is said in each cell of a table's row stands; none of other quotes."""
    if citation.kind is not Kind.ROW:
        return []
    text, start = citation.text, citation.span.start
    said = [said_in(text, cell) for cell in cells_of(text)]
    return [Span(start + cell.start, start + cell.end) for cell in said]


def _cell_asked_for(citation: Citation, cells: Sequence[Span], asked: str) -> Span | None:
    """Return the one cell whose column has a name with most words of the question; a cell that has some itself tells which row."""
    if citation.lead is None or len(cells) < LEAST_CELLS:
        return None
    header, start, terms = citation.lead.text, citation.span.start, set(lexical_terms(asked))
    found: dict[Span, int] = {}
    for name, cell in zip(names_of(header, citation.text), cells, strict=False):
        said = set(lexical_terms(citation.text[cell.start - start : cell.end - start]))
        shared = len(terms & set(lexical_terms(name.of(header))))
        if shared and said and not said & terms:
            found[cell] = shared
    most = [cell for cell, shared in found.items() if shared == max(found.values())]
    return most[0] if len(most) == 1 else None


def words_of(citation: Citation) -> str:
    """Return the words of a quote that answer, "" where none are told."""
    if citation.answer is None:
        return ""
    return citation.text[citation.answer.start - citation.span.start : citation.answer.end - citation.span.start]


def stand_beside(first: str, other: str) -> bool:
    """Tell whether both are dates, or amounts in the same unit or in none."""
    if any(dates_in(first)):
        return any(dates_in(other))
    return has_number(first) and has_number(other) and unit_of(first) == unit_of(other)


def has_number(words: str) -> bool:
    """Tell whether words have a figure in them."""
    return _NUMBER.search(words) is not None


def unit_of(words: str) -> tuple[str, ...]:
    """Return what an amount is counted in: signs and words that are neither figures nor sizes."""
    signs = re.findall(r"[$€£¥%]", words)
    others = [stem(word) for word in folded_words(_NUMBER.sub(" ", words)) if word not in _SIZES]
    return tuple(sorted({*signs, *others}))
