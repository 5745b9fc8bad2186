"""A sentence -> what is quoted of its document so that it can be understood alone: never a scrap.

In -> out: the number of a sentence -> `Quote` (one contiguous span, what it stands under, its kind), None where there is nothing to quote.
Does not: choose sentences (qa/answers/quoting.py), or know the question.

A list is quoted whole where it is short, else its item under the lead-in; a row under its table's header; code and
footnotes whole; a definition with its term, of a long one a sentence; a turn under its speaker; for a heading, what
stands below it; a question with what is replied.
"""

from __future__ import annotations

from dataclasses import replace

from qa.answers.announced import (
    LIST_CHARS,
    NEVER,
    OPEN_ENDS,
    WHOLE_CHARS,
    Quote,
    ends_open,
    from_lead,
    introduced,
    members_of,
)
from qa.answers.defined import with_term
from qa.answers.edges import after_half, is_balanced, is_bare_link, seen_ends
from qa.answers.replies import with_reply
from qa.datatypes import Block, Document, Kind, Lead, Span, Where
from qa.formats import WITH_LINES, format_of
from qa.formats.places import at_mark, on_pages
from qa.indexing.contract import Corpus
from qa.patterns import pattern
from qa.text.sentences import trim

SHORT_CHARS = 400
"""A sentence that leans on the one before it ("He ...") is quoted under it, if that is no longer."""
ITEM_CHARS = 120
"""Items that are longer on average are sentences of their own: one of them is quoted alone, under the lead-in."""
JOINED = 4
"""So many sentences are quoted together at most where marks or brackets open in one and close in another."""
BROKEN_OFF = ("...", "…", "--", "–", "—", ",")
"""What is said and ends so goes on: it is quoted with the next sentence of its turn."""
STRONG, LABEL_CHARS = ("**", "__"), 60
NUMBERED = pattern(r"[^\W\d_]{,12} ?\d{1,3}[.:)]\Z")
LEANS = pattern(
    r"[“\"‘']?(?:(?:He|She|They|It|This|That|These|Those|His|Her|Their|Its)\b|(?:There|Then|Otherwise|Instead),"
    r"|(?:To|If|When|Once|After|Before|Without|With|For|By|Because|In)(?: \w+){0,4}"
    r" (?:it|they|them|this|that|these|those|he|him|she|her)(?: \w+){0,3},)"
)
"""What begins with a word, or a clause, that only the sentence before explains: "It ...", "There, ...", "To disable it, ..."."""
_SENTENCE = pattern(r"[.!?…:][\"”’)\]*_]*\Z")
_AS_WRITTEN = frozenset((Kind.CODE, Kind.ROW, Kind.FOOTNOTE, Kind.DEFINITION))
"""Kinds whose marks say what they are."""
_MARKER = pattern(r"(?:\s*(?:[-*+>]|#{1,6}|\d{1,9}[.)])[ \t]+)+(?:\[[ xX]\]\s+)?")


def quote_span(corpus: Corpus, sentence: int, *, alone: bool = False) -> Quote | None:
    """Return what is quoted for a sentence; with `alone` of a list its item and no other."""
    document, whole = corpus.sentence(sentence)
    number = int(corpus.sentences[sentence, 3])
    quote = _quote_of(corpus, document, sentence, whole, number, alone=alone)
    if quote is None or (not quote.lead and is_bare_link(quote.span.of(document.text), quote.kind)):
        return None
    if quote.kind in _AS_WRITTEN or quote.items[1] > 0:
        return quote
    found = with_reply(corpus, sentence, quote)
    return replace(found, span=seen_ends(corpus.shown(_document_of(corpus, sentence)), found.span))


def _quote_of(
    corpus: Corpus, document: Document, sentence: int, whole: Span, number: int, *, alone: bool
) -> Quote | None:
    block = corpus.structure.block(number)
    if block.kind in NEVER or not corpus.shown(_document_of(corpus, sentence)).sees(whole):
        return None
    if block.kind is Kind.HEADING:
        below = _below(corpus, sentence, number)
        return quote_span(corpus, below) if below is not None else None
    if block.kind is Kind.ITEM:
        return _listed(corpus, document, number, block, whole, alone=alone)
    if block.kind is Kind.ROW:
        return _row(corpus, document, number, block)
    if block.kind is Kind.DEFINITION:
        found = with_term(corpus, document, number)
        is_long = found is not None and found.lead and block.lead and _length(found.span) > WHOLE_CHARS
        return replace(found, span=_whole(corpus, document, sentence, number)) if found and is_long else found
    if block.kind is Kind.FOOTNOTE or (block.kind is Kind.CODE and _length(block.span) <= WHOLE_CHARS):
        return Quote(trim(document.text, block.span), block.kind, block.headings)
    return _running(corpus, document, sentence, block, number)


def where_of(corpus: Corpus, number: int, span: Span) -> Where:
    """Return where a span of a document stands in its file."""
    boxes = corpus.structure.boxes_of(number)
    if boxes is not None:
        return on_pages(boxes[span.start : span.end], corpus.structure.pages_of(number))
    if marks := corpus.structure.marks_of(number):
        return at_mark(marks, span)
    if format_of(corpus.entries[number]["doc_id"]) in WITH_LINES:
        return Where()
    return Where("section", paragraph=block_at(corpus, number, span) - corpus.structure.blocks_of(number).start + 1)


def headings_of(corpus: Corpus, number: int, span: Span) -> tuple[str, ...]:
    """Return what a span of a document stands under, outermost first."""
    return corpus.structure.block(block_at(corpus, number, span)).headings


def block_at(corpus: Corpus, number: int, span: Span) -> int:
    """Return the number of the block in which a span of a document begins."""
    blocks = corpus.structure.blocks_of(number)
    starts = corpus.structure.rows[blocks.start : blocks.stop, 1]
    return blocks.start + max(0, int(starts.searchsorted(span.start, side="right")) - 1)


def _running(corpus: Corpus, document: Document, sentence: int, block: Block, number: int) -> Quote | None:
    """A sentence of a paragraph or turn, with what follows its colon; one that leans on the sentence before it stands under that."""
    text = document.text
    span = _whole(corpus, document, sentence, number)
    if _is_of(corpus, sentence + 1, number) and not _is_of(corpus, sentence - 1, number) and _is_label(text, span):
        start = span.start - 2 * (text[max(span.start - 2, 0) : span.start] in STRONG)
        span = Span(start, _whole(corpus, document, sentence + 1, number).end)
    if block.kind is Kind.TURN:
        span = _read_on(corpus, document, sentence, number, span)
    lead, leant_on = _lead(text, block, span), _leant_on(corpus, text, sentence, number, span)
    if lead and leant_on and span.end - leant_on.span.start <= SHORT_CHARS:
        span = Span(leant_on.span.start, span.end)
        lead = _lead(text, block, span)
    lead = lead or leant_on
    if not _shown(corpus, sentence, span).rstrip(" *_").endswith(OPEN_ENDS):
        return Quote(_without_marker(text, span), block.kind, block.headings, lead)
    if _is_of(corpus, sentence + 1, number):
        return Quote(
            Span(span.start, trim(text, corpus.sentence(sentence + 1)[1]).end), block.kind, block.headings, lead
        )
    return introduced(corpus, document, number, Quote(span, block.kind, block.headings, lead))


def _whole(corpus: Corpus, document: Document, sentence: int, number: int) -> Span:
    """A sentence, with those around it in its block that hold the other half of its brackets and marks."""
    text, shown = document.text, corpus.shown(_document_of(corpus, sentence))
    span = seen_ends(shown, trim(text, corpus.sentence(sentence)[1]))
    if is_balanced(span.of(text)):
        return span
    for count in range(2, JOINED + 1):
        for first in range(sentence, sentence - count, -1):
            last = first + count - 1
            if _is_of(corpus, first, number) and _is_of(corpus, last, number):
                whole = Span(corpus.sentence(first)[1].start, corpus.sentence(last)[1].end)
                wider = seen_ends(shown, trim(text, whole))
                if _length(wider) <= SHORT_CHARS and is_balanced(wider.of(text)):
                    return wider
    return after_half(shown, span)


def _read_on(corpus: Corpus, document: Document, sentence: int, number: int, span: Span) -> Span:
    """A sentence of a turn up to where it does not break off: "I was 21, 22... Actually, I'm 32 now."."""
    for after in range(sentence + 1, sentence + JOINED):
        if not _is_of(corpus, after, number) or not _shown(corpus, sentence, span).rstrip(' *_"”').endswith(BROKEN_OFF):
            break
        wider = Span(span.start, max(span.end, trim(document.text, corpus.sentence(after)[1]).end))
        if _length(wider) > SHORT_CHARS or not is_balanced(wider.of(document.text)):
            break
        span = wider
    return span


def _is_label(text: str, span: Span) -> bool:
    """Tell whether a sentence only names those behind it in its paragraph: "**Deposit.**", "Day 1."."""
    around = text[max(span.start - 2, 0) : span.end + 2].strip()  # its marks may be in the span or beside it
    is_strong = any(around.startswith(mark) and around.endswith(mark) for mark in STRONG)
    return (is_strong and _length(span) <= LABEL_CHARS) or bool(NUMBERED.match(span.of(text).strip("*_")))


def _leant_on(corpus: Corpus, text: str, sentence: int, number: int, span: Span) -> Lead | None:
    """The sentence before one that leans on it; of one that begins a paragraph, the last of the paragraph above, or of that above code."""
    if not LEANS.match(_shown(corpus, sentence, span)):
        return None
    at = sentence - 1 if _is_of(corpus, sentence - 1, number) else _last_above(corpus, sentence, number)
    if at is None:
        return None
    before = seen_ends(corpus.shown(_document_of(corpus, sentence)), trim(text, corpus.sentence(at)[1]))
    return Lead(before, before.of(text), Kind.PARAGRAPH) if _length(before) <= SHORT_CHARS else None


def _last_above(corpus: Corpus, sentence: int, number: int) -> int | None:
    """Return the last sentence of the paragraph above one, under the same headings; code between them is passed over."""
    block, document = corpus.structure.block(number), _document_of(corpus, sentence)
    if block.kind is not Kind.PARAGRAPH:
        return None
    for at in range(sentence - 1, -1, -1):
        if _document_of(corpus, at) != document:
            return None
        above = corpus.block_of(at)
        if above.kind is not Kind.CODE:
            whole = _SENTENCE.search(_shown(corpus, at, corpus.sentence(at)[1]))
            return at if whole and above.kind is Kind.PARAGRAPH and above.headings == block.headings else None
    return None


def _listed(
    corpus: Corpus, document: Document, number: int, block: Block, sentence: Span, *, alone: bool
) -> Quote | None:
    """An item: the whole list with its lead-in where it is short and its items are, else, and `alone`, the item under its lead-in."""
    members = members_of(corpus, number, block.group)
    rows = corpus.structure.rows[members[0] : members[-1] + 1]
    starts = [int(rows[:, column][rows[:, column] >= 0].min(initial=block.span.start)) for column in (1, 5)]
    whole = trim(document.text, Span(min(starts), int(rows[-1, 2])))
    if not alone and _length(whole) <= LIST_CHARS:  # else its items, which may be thousands, are not looked at
        lengths = [_length(trim(document.text, corpus.structure.block(n).span)) for n in members]
        if sum(lengths) <= ITEM_CHARS * len(members):
            found = Quote(whole, Kind.ITEM, block.headings, None, (len(members), len(members)))
            return introduced(corpus, document, members[-1], found) if ends_open(corpus, document, whole) else found
    item = trim(document.text, block.span)
    lead = _lead(document.text, block, item)
    kept = item if _length(item) <= SHORT_CHARS else trim(document.text, sentence)
    if ends_open(corpus, document, kept):
        kept = Span(kept.start, max(kept.end, _end_of_inner(corpus, document, number, members)))
    found = Quote(_without_marker(document.text, kept), Kind.ITEM, block.headings, lead)
    return introduced(corpus, document, number, found) if ends_open(corpus, document, kept) else found


def _end_of_inner(corpus: Corpus, document: Document, number: int, members: list[int]) -> int:
    """Return where the items below an item that ends with a colon end, or the first of them where they are long."""
    start, end = corpus.structure.block(number).span.start, 0
    for inner in members[members.index(number) + 1 :]:
        block = corpus.structure.block(inner)
        edge = trim(document.text, block.span).end
        if end and (block.level <= corpus.structure.block(number).level or edge - start > LIST_CHARS):
            break
        end = edge
    return end


def _row(corpus: Corpus, document: Document, number: int, block: Block) -> Quote:
    """A row under its header; for the header itself, the table from there on."""
    span = _trim_row(document.text, block.span)
    members = members_of(corpus, number, block.group)
    leads = {b.lead.start for b in map(corpus.structure.block, members) if b.lead}
    if any(block.span.start <= start < block.span.end for start in leads):
        return from_lead(corpus, document, Quote(span, Kind.ROW, block.headings), number + 1, block.group)
    return Quote(span, Kind.ROW, block.headings, _lead(document.text, block, span))


def _below(corpus: Corpus, sentence: int, number: int) -> int | None:
    """Return the first sentence under a heading that can be quoted."""
    level = corpus.structure.block(number).level
    for after in range(sentence + 1, min(sentence + 12, len(corpus.sentences))):
        if corpus.sentences[after, 0] != corpus.sentences[sentence, 0]:
            return None
        block = corpus.block_of(after)
        if block.kind is Kind.HEADING and block.level <= level:
            return None
        if block.kind is not Kind.HEADING and block.kind not in NEVER:
            return after
    return None


def _trim_row(text: str, span: Span) -> Span:
    """Trim a row, but not of the cells at its beginning that are empty: what follows stands in its column."""
    start, trimmed = span.start, trim(text, span)
    empty = text[start : trimmed.start]
    return Span(trimmed.start - (len(empty) - len(empty.rstrip("\t"))), trimmed.end)


def _lead(text: str, block: Block, span: Span) -> Lead | None:
    """What a quote stands under, unless it is quoted with it."""
    if block.lead is None or block.lead.start >= span.start:
        return None
    lead = _trim_row(text, block.lead) if block.kind is Kind.ROW else trim(text, block.lead)
    kind = block.kind if block.kind in (Kind.ROW, Kind.TURN, Kind.DEFINITION) else Kind.PARAGRAPH
    return Lead(lead, lead.of(text), kind)


def _without_marker(text: str, span: Span) -> Span:
    found = _MARKER.match(text, span.start, span.end)
    return Span(found.end(), span.end) if found and found.end() < span.end else span


def _is_of(corpus: Corpus, sentence: int, block: int) -> bool:
    return 0 <= sentence < len(corpus.sentences) and int(corpus.sentences[sentence, 3]) == block


def _shown(corpus: Corpus, sentence: int, span: Span) -> str:
    return corpus.shown(_document_of(corpus, sentence)).of(span).strip()


def _document_of(corpus: Corpus, sentence: int) -> int:
    return int(corpus.sentences[sentence, 0])


def _length(span: Span) -> int:
    return span.end - span.start
