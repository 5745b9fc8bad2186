"""What stands around a quote in its own paragraph, turn or list item.

In -> out: a Quote and the blocks of its document -> the text before and after it, as a reader sees it.
Does not: leave the block the quote begins in, or the one it ends in.
"""

from __future__ import annotations

from qa.answers.announced import Quote
from qa.answers.spans import block_at
from qa.datatypes import Document, Kind, Span
from qa.indexing.contract import Corpus
from qa.patterns import pattern
from qa.text.sentences import trim

MOST_CHARS = 2000
"""Of a longer block the sentences nearest to the quote."""
RUNNING = frozenset((Kind.PARAGRAPH, Kind.TURN, Kind.ITEM, Kind.DEFINITION, Kind.FOOTNOTE))
_MARKER = pattern(r"(?:[-*+•]|\d{1,9}[.)])(?:\s+|\Z)|[*_]*:[*_]*")
"""What an item or what a speaker says begins with."""
_END = pattern(r"[.!?…][\"”’)\]]*\s+")


def around(corpus: Corpus, document: Document, quote: Quote) -> tuple[str, str]:
    """Return what stands before a quote in the block it begins in, and after it in the one it ends in.

    What comes before stops where its speaker or term is named, and begins above the sentence that it leans on.
    """
    number = corpus.number_of[document.doc_id]
    last_char = Span(max(quote.span.end - 1, quote.span.start), quote.span.end)
    first, last = (corpus.structure.block(block_at(corpus, number, span)) for span in (quote.span, last_char))
    before, after = Span(0, 0), Span(0, 0)
    if first.kind in RUNNING:
        start, end = first.span.start, quote.span.start
        lead = quote.lead.span if quote.lead and start <= quote.lead.span.start < end else None
        if lead and quote.lead and quote.lead.kind is Kind.PARAGRAPH:
            end = lead.start
        elif lead:
            start = lead.end
        before = Span(min(start, end), end)
    if last.kind in RUNNING:
        after = Span(quote.span.end, max(quote.span.end, trim(document.text, last.span).end))
    shown = corpus.shown(number)
    text_before, text_after = (_told(shown.of(span).strip()) for span in (before, after))
    marker = _MARKER.match(text_before)
    return _end_of(text_before[marker.end() if marker else 0 :].lstrip()), _beginning_of(text_after)


def _told(text: str) -> str:
    """Return a text, "" where it has no word: a bracket, a full stop."""
    return text if any(map(str.isalnum, text)) else ""


def _beginning_of(text: str) -> str:
    if len(text) <= MOST_CHARS:
        return text
    ends = [match.end() for match in _END.finditer(text, 0, MOST_CHARS)]
    return text[: ends[-1]].rstrip() if ends else ""


def _end_of(text: str) -> str:
    if len(text) <= MOST_CHARS:
        return text
    end = _END.search(text, len(text) - MOST_CHARS)
    return text[end.end() :] if end else ""
