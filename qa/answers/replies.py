"""A question that the documents ask -> it together with what is replied: by itself it answers nobody.

In -> out: a `Quote` that ends with a question mark, and its sentence -> a longer Quote, up to what the next sentences reply.
Does not: judge the reply, or look beyond the next heading, term, question or speaker.
"""

from __future__ import annotations

from dataclasses import replace

from qa.answers.announced import NEVER, Quote, ends_open, introduced
from qa.datatypes import Block, Kind, Span
from qa.indexing.contract import Corpus
from qa.patterns import pattern
from qa.text.sentences import trim

ENOUGH_CHARS = 80
"""A reply is read on until it has so many characters: "Yeah." is what it begins with."""
MOST_CHARS = 500
"""Question and reply together are no longer, but for a first sentence that is."""
_RUNNING = (Kind.PARAGRAPH, Kind.TURN)
_ENDS = (".", "!", "…", "。", "！", "”", '"', ")")
"""A line that ends otherwise heads what follows, or names it."""
_LABEL = pattern(r"[^\n.:?!]{1,40}:\s")
_BLANK_LINE = pattern(r"\n[ \t\r]*\n")
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
        asks = _asks(shown.of(span))
        if replied and ((asks and block.kind is Kind.PARAGRAPH) or _is_next(corpus, quote.span, replying, after)):
            break
        if not asks:
            replied, replying = replied + len(shown.of(span)), at
        end = span.end
    if not replied:
        return quote
    found = replace(quote, span=Span(quote.span.start, end))
    longer = introduced(corpus, document, replying, found) if ends_open(corpus, document, found.span) else None
    return longer or found


def _is_next(corpus: Corpus, question: Span, replying: int, sentence: int) -> bool:
    """Tell whether something else begins with a sentence after the reply: somebody else speaks, or a line heads what follows."""
    at = int(corpus.sentences[sentence, 3])
    if at == replying:
        return False
    document, span = corpus.sentence(sentence)
    text, block, before = document.text, corpus.structure.block(at), corpus.structure.block(replying)
    said = corpus.shown(corpus.number_of[document.doc_id]).of(block.span).strip()
    if block.kind is Kind.TURN:
        return _asks(said) or _speaker(text, block) != _speaker(text, before)
    together = not _BLANK_LINE.search(text, question.end, max(question.end, before.span.start))
    apart = bool(_BLANK_LINE.search(text, question.end, span.start))
    marked = text[question.start : question.start + 2] == text[block.span.start : block.span.start + 2] == "**"
    return (together and apart) or marked or not said.endswith(_ENDS) or bool(_LABEL.match(said))


def _speaker(text: str, block: Block) -> str:
    return block.lead.of(text) if block.lead else ""


def _asks(text: str) -> bool:
    return text.rstrip(_CLOSING).endswith(("?", "？"))
