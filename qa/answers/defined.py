"""A term or one of its meanings -> both together: neither is understood without the other.

In -> out: the block of a term or a meaning -> a `Quote` of the whole entry where it is short, else of the term with what was found.
Does not: quote a term alone.
"""

from __future__ import annotations

import re

from qa.answers.announced import LIST_CHARS, WHOLE_CHARS, Quote, introduced
from qa.datatypes import Document, Kind, Lead, Span
from qa.indexing.contract import Corpus
from qa.patterns import pattern
from qa.text.sentences import trim

_CLOSES = pattern(r"</d[dt]\s*>", re.IGNORECASE)
"""Where terms and meanings stand in tags, as in Markdown, no quote goes over them."""


def with_term(corpus: Corpus, document: Document, number: int) -> Quote | None:
    """Return what is quoted for a term, or for what it means; None for a term that nothing explains."""
    text, first = document.text, number
    block = term_block = corpus.structure.block(number)
    while block.lead is None:
        following = _next_defining(corpus, first)
        if following is None:
            term = trim(text, Span(term_block.span.start, block.span.end))
            return introduced(corpus, document, first, Quote(term, Kind.DEFINITION, block.headings))
        first, block = following, corpus.structure.block(following)
    term, meaning = trim(text, block.lead), trim(text, block.span)
    entry = trim(text, Span(term.start, _end(corpus, first, block.lead.start)))
    joined = Span(term.start, meaning.end)
    if _CLOSES.search(text, entry.start, entry.end) is None:
        if entry.end - entry.start <= LIST_CHARS:
            return Quote(entry, Kind.DEFINITION, block.headings)
        if not text[term.end : meaning.start].strip(" \t\r\n:~") and joined.end - joined.start <= WHOLE_CHARS:
            return Quote(joined, Kind.DEFINITION, block.headings)
    return Quote(meaning, Kind.DEFINITION, block.headings, Lead(term, term.of(text), Kind.DEFINITION))


def _end(corpus: Corpus, number: int, start: int) -> int:
    """Return where the last meaning ends of the term that begins at `start`; lists among them are meanings too."""
    rows = corpus.structure.rows
    end = int(rows[number, 2])
    while number < len(rows) and rows[number, 0] == rows[number - 1, 0] and rows[number, 5] == start:
        end, number = int(rows[number, 2]), number + 1
    return end


def _next_defining(corpus: Corpus, number: int) -> int | None:
    """Return the term or meaning that comes next, with nothing but tags between; None where something else does."""
    rows = corpus.structure.rows
    for after in range(number + 1, len(rows)):
        kind = corpus.structure.block(after).kind
        if rows[after, 0] != rows[number, 0] or kind not in (Kind.DEFINITION, Kind.FURNITURE):
            return None
        if kind is Kind.DEFINITION:
            return after
    return None
