"""What ends with a colon, or heads a list or table -> it together with what it announces.

In -> out: a `Quote` that announces something and the block it stands in -> a longer Quote, None where nothing follows.
Does not: decide what is quoted for a sentence (qa/answers/spans.py).
"""

from __future__ import annotations

from dataclasses import replace

from qa.datatypes import Block, Document, Kind, Lead, Span
from qa.indexing.contract import Corpus
from qa.records import record
from qa.text.sentences import trim

LIST_CHARS = 700
"""A list that is no longer, lead-in and all, is quoted whole; of a longer one as many items as fit."""
WHOLE_CHARS = 1500
"""Code that is no longer is quoted whole."""
NEVER = frozenset((Kind.META, Kind.FURNITURE, Kind.CAPTION))
"""Kinds that are no text: never quoted, and nothing is announced by them."""
OPEN_ENDS = (":", "：")


@record
class Quote:
    """What is quoted for a sentence."""

    span: Span
    kind: Kind
    headings: tuple[str, ...] = ()
    lead: Lead | None = None
    items: tuple[int, int] = (0, 0)
    """Of a list that was quoted from its lead-in on: how many items are in the span, and how many there are."""


def introduced(corpus: Corpus, document: Document, number: int, quote: Quote) -> Quote | None:
    """What ends with a colon, together with the list, table, code or paragraph after it; None where nothing is announced."""
    after = _next_text(corpus, number)
    if after is None:
        return None
    block = corpus.structure.block(after)
    if block.group:
        return from_lead(corpus, document, quote, after, block.group)
    end = trim(document.text, block.span).end
    if end - quote.span.start > WHOLE_CHARS:
        end = _last_end(corpus, document, after, block, quote.span.start + WHOLE_CHARS)
    found = Quote(Span(quote.span.start, end), block.kind, quote.headings, quote.lead)
    goes_on = block.kind is not Kind.CODE and ends_open(corpus, document, found.span)
    return introduced(corpus, document, after, found) if goes_on else found


def _next_text(corpus: Corpus, number: int) -> int | None:
    """Return the block after one that is no comment, ruler or picture, None where a heading or the end comes first."""
    rows = corpus.structure.rows
    for after in range(number + 1, len(rows)):
        if rows[after, 0] != rows[number, 0]:
            return None
        kind = corpus.structure.block(after).kind
        if kind not in NEVER:
            return None if kind is Kind.HEADING else after
    return None


def _last_end(corpus: Corpus, document: Document, number: int, block: Block, limit: int) -> int:
    """Return where the last line of code or sentence ends before a limit; at least the first one is taken."""
    text = document.text
    if block.kind is Kind.CODE:
        first = text.find("\n", text.find("\n", block.span.start) + 1)
        cut = text.rfind("\n", block.span.start, limit)
        return max(cut, first) if first > 0 else block.span.end
    first, end = corpus.entries[corpus.number_of[document.doc_id]]["sentences"]
    spans = [trim(text, Span(a, b)) for _, a, b, of in corpus.sentences[first:end].tolist() if of == number]
    return max([span.end for span in spans if span.end <= limit] or [spans[0].end])


def ends_open(corpus: Corpus, document: Document, span: Span) -> bool:
    shown = corpus.shown(corpus.number_of[document.doc_id])
    return shown.of(span).rstrip(" *_\n").endswith(OPEN_ENDS)


def from_lead(corpus: Corpus, document: Document, quote: Quote, first: int, group: int) -> Quote:
    """A lead-in with as many items of its list as fit."""
    members = members_of(corpus, first, group)
    end, count, last = quote.span.end, 0, first
    for number in members[members.index(first) :]:
        edge = trim(document.text, corpus.structure.block(number).span).end
        if count and edge - quote.span.start > LIST_CHARS:
            break
        end, count = edge, count + 1
        last = number
    kind = Kind.ROW if corpus.structure.block(first).kind is Kind.FURNITURE else corpus.structure.block(first).kind
    found = Quote(Span(quote.span.start, end), kind, quote.headings, quote.lead, (count, len(members)))
    longer = introduced(corpus, document, last, found) if ends_open(corpus, document, found.span) else found
    return found if longer is None else replace(longer, kind=kind, items=found.items)


def members_of(corpus: Corpus, number: int, group: int) -> list[int]:
    """Return the blocks of a list or table, in order, that stand together around one of them."""
    rows = corpus.structure.rows
    document = rows[number, 0]
    first = last = number
    while first > 0 and rows[first - 1, 0] == document and rows[first - 1, 7] == group:
        first -= 1
    while last + 1 < len(rows) and rows[last + 1, 0] == document and rows[last + 1, 7] == group:
        last += 1
    return list(range(first, last + 1))
