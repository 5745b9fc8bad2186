"""A question that the documents ask -> it together with what is replied: by itself it answers nobody.

In -> out: a `Quote` that ends with a question mark, and its sentence -> a longer Quote, up to what the next sentences reply.
Does not: judge the reply, or look beyond the next heading.
"""

from __future__ import annotations

from dataclasses import replace

from qa.answers.announced import NEVER, Quote, introduced
from qa.datatypes import Kind, Span
from qa.indexing.contract import Corpus
from qa.text.sentences import trim

ENOUGH_CHARS = 80
"""A reply is read on until it has so many characters: "Yeah." is what it begins with."""
MOST_CHARS = 500
"""Question and reply together are no longer, but for a first sentence that is."""
_RUNNING = (Kind.PARAGRAPH, Kind.TURN)
_CLOSING = " \t\n*_~\"'”’»)]"


def with_reply(corpus: Corpus, sentence: int, quote: Quote) -> Quote:
    """Return a quote up to the end of the reply where it is a question that one follows, else the quote itself."""
    number = int(corpus.sentences[sentence, 0])
    document, shown = corpus.document(number), corpus.shown(number)
    if quote.kind not in _RUNNING or not _asks(shown.of(quote.span)):
        return quote
    end, replied, replying = quote.span.end, 0, -1
    for after in range(sentence + 1, len(corpus.sentences)):
        if int(corpus.sentences[after, 0]) != number or replied >= ENOUGH_CHARS:
            break
        span = trim(document.text, corpus.sentence(after)[1])
        block, at = corpus.block_of(after), int(corpus.sentences[after, 3])
        if span.end <= end or block.kind in NEVER or not shown.sees(span):
            continue
        if not replied and block.group:
            return introduced(corpus, document, at - 1, quote) or quote
        if block.kind not in _RUNNING or (replied and span.end - quote.span.start > MOST_CHARS):
            break
        said = shown.of(span)
        if _asks(said) and replied and at != replying:
            break  # the next question
        if not _asks(said):
            replied, replying = replied + len(said), at
        end = span.end
    return replace(quote, span=Span(quote.span.start, end)) if replied else quote


def _asks(text: str) -> bool:
    return text.rstrip(_CLOSING).endswith(("?", "？"))
