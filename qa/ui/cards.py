"""Questions and answers -> the HTML of the chat, every piece of text escaped.

In -> out: the records of qa/datatypes.py -> `str` of HTML; what is inside `.qt` and `mark.on` is the document's own text.
Does not: know Gradio, ask questions, or trust anything that comes back from a browser.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from qa.datatypes import Answer, Citation, Document, Hit, Span
from qa.formats.places import place_words
from qa.rendering import REFUSAL, STALE_MARK, UNCLEAR, answer_to_markdown, answer_to_plain, is_understood_differently

TITLES_SHOWN = 4
SHA_CHARS = 16
"""How much of a document's sha256 an answer carries, so that a quote is not marked in another version of it."""
TIP_CHARS = 120
HEADER = """<header class="top">
  <h1>Quoted</h1><p class="tag">Answers in the documents’ own words</p><span class="grow"></span>
  <button type="button" class="act" data-act="new">New chat</button>
  <button type="button" class="act" data-act="theme">Light / dark</button>
  <button type="button" class="act narrow" data-act="sources">Sources</button>
</header>
<div id="live" class="sr" role="status" aria-live="polite"></div>"""
CONFIDENCE_WORDS = ((0.75, "very likely an answer"), (1e-9, "likely an answer"), (0.0, "may not be an answer"))
"""From which confidence a clear answer is called what; the last is for one that is not clear."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of a chat and how it was asked; what the buttons of its answer send back."""

    question: str
    history: tuple[str, ...] = ()
    as_typed: bool = False


def welcome(examples: Sequence[str], documents: Sequence[Document] = (), document_count: int = 0) -> str:
    """Return what an empty chat shows; each example is a question the documents answer, `documents` are the first of them."""
    chips = "".join(
        f'<li><button type="button" class="chip" data-ask="{escape(q)}">{escape(q)}</button></li>' for q in examples
    )
    titles = ", ".join(f"“{escape(document.title)}”" for document in documents)
    more = f" and {document_count - len(documents):,} more" if document_count > len(documents) else ""
    about = f"<p>Answered from {counted(document_count, 'document')}: {titles}{more}.</p>" if documents else ""
    return (
        '<div class="welcome"><h2>Ask the documents</h2>'
        "<p>Every answer is made of exact quotes, word for word, each linked to its place in the source. "
        f"Where the documents do not answer, it says so.</p>{about}"
        f'<ul class="chips" aria-label="Example questions">{chips}</ul></div>'
    )


def question_card(question: str) -> str:
    """Return a question as it was typed."""
    return f'<div class="ask">{escape(question)}</div>'


def answer_card(answer: Answer, document_count: int, asked: Asked | None = None) -> str:
    """Return quotes with their numbers and places, or a refusal with its reason and the nearest passages folded away."""
    asked = asked or Asked(answer.question)
    spans = _spans(
        [(c.doc_id, c.span, c.sha256) for c in answer.citations]
        + [(p.doc_id, p.span, p.sha256) for c in answer.citations for p in c.also]
        or [(hit.passage.doc_id, hit.passage.span, "") for hit in answer.hits]
    )
    state = escape(json.dumps([asked.question, list(asked.history), asked.as_typed]))
    kind = "" if answer.answered and answer.clear else " unclear" if answer.answered else " none"
    body = _quotes(answer) if answer.answered else _refusal(answer, document_count)
    return (
        f'<article class="ans{kind}" data-spans="{spans}" data-asked="{state}" data-markdown="{escape(answer_to_markdown(answer))}" '
        f'data-plain="{escape(answer_to_plain(answer))}">{body}{_buttons(answer)}</article>'
    )


def _quotes(answer: Answer) -> str:
    sources = len({citation.doc_id for citation in answer.citations})
    word = next(word for least, word in CONFIDENCE_WORDS if not least or (answer.clear and answer.confidence >= least))
    lead = f"{counted(len(answer.citations), 'quote')} from {counted(sources, 'document')}, word for word"
    sure = f'<span class="sure" title="Estimated probability that these quotes answer: {answer.confidence:.0%}">{word}</span>'
    if not answer.clear:
        lead = f"<strong>{escape(UNCLEAR)}</strong> {lead}"
    also = len(answer.citations) + 1
    items = []
    for citation in answer.citations:
        items.append(_quote_item(citation, also))
        also += len(citation.also)
    return f'<p class="lead">{lead}. {sure}</p>{_searched(answer)}<ol class="quotes">{"".join(items)}</ol>'


def _refusal(answer: Answer, document_count: int) -> str:
    said = f'<p class="noans"><strong>{escape(REFUSAL)}</strong> {escape(answer.reason)}</p>'
    return f"{said}{_searched(answer)}{_nearest(answer.hits, document_count)}"


def _searched(answer: Answer) -> str:
    if not is_understood_differently(answer):
        return ""
    words = ", ".join(f"{escape(new)} for “{escape(typed)}”" for typed, new in answer.corrections.items())
    return (
        f'<p class="lead searched">Searched: {escape(answer.searched)}{f" ({words})" if words else ""} '
        '<button type="button" class="quiet" data-act="typed">Ask as typed</button></p>'
    )


def _buttons(answer: Answer) -> str:
    copies = (
        '<button type="button" class="quiet" data-act="copy" data-kind="plain">Copy quotes</button>'
        '<button type="button" class="quiet" data-act="copy" data-kind="markdown">Copy as Markdown</button>'
        if answer.citations
        else ""
    )
    prompt = (
        '<details class="asprompt"><summary>Copy as prompt</summary><label>At most '
        '<input type="number" class="budget" min="100" max="100000" step="100" value="2000"> tokens</label> '
        '<button type="button" class="quiet" data-act="prompt">Copy</button> <output></output></details>'
        if answer.hits
        else ""
    )
    link = '<button type="button" class="quiet" data-act="link">Copy link</button>'
    verdict = (
        '<button type="button" class="quiet" data-act="helpful" aria-pressed="false">Helpful</button>'
        '<button type="button" class="quiet" data-act="unhelpful" aria-pressed="false">Not helpful</button>'
    )
    return f'<footer class="foot">{copies}{link}{prompt}<span class="grow"></span>{verdict}</footer>'


def error_card(message: str) -> str:
    """Return an error in the place of an answer."""
    return f'<article class="ans none" role="alert"><p class="noans"><strong>This could not be answered.</strong> {escape(message)}</p></article>'


def _quote_item(citation: Citation, first_also: int) -> str:
    place = f"{citation.title}, {place_words(citation)}"
    stale = f'<strong class="stale">{escape(STALE_MARK)}</strong>' if citation.stale else ""
    also = "".join(
        f' <button type="button" class="cite also" data-n="{first_also + i}" aria-label="Also in {escape(p.title)}, {escape(place_words(p))}">'
        f"also in {escape(p.title)}</button>"
        for i, p in enumerate(citation.also)
    )
    named = f"{escape(citation.doc_id)}, {escape(place_words(citation))}"
    return (
        f'<li><blockquote class="quote"><span class="qt">{escape(citation.text)}</span>'
        f"{_pill(citation.label, f'Citation {citation.label}: show in {place}', citation)}</blockquote>"
        f'<p class="src">{escape(citation.title)} <span class="pno">· {named}</span>{stale}{also}</p></li>'
    )


def _nearest(hits: Sequence[Hit], document_count: int) -> str:
    if not hits:
        return ""
    items = "".join(
        f'<li><blockquote class="quote"><span class="qt">{escape(hit.passage.text)}</span>'
        f"{_pill(hit.rank, f'Passage {hit.rank}: show in {hit.passage.title}')}</blockquote>"
        f'<p class="src">{escape(hit.passage.title)}</p></li>'
        for hit in hits
    )
    return (
        '<details class="near"><summary>Show the closest passages anyway</summary>'
        f'<p class="lead">The nearest of {counted(document_count, "document")}; they are no answer to the question.</p>'
        f'<ol class="quotes">{items}</ol></details>'
    )


def _pill(number: int, label: str, citation: Citation | None = None) -> str:
    """Return the numbered button of a quote; hover and focus show its title, its line and the sentence around it."""
    tip = ""
    if citation:
        around = citation.passage.text.strip()
        text = escape(_shortened(around, citation.text))
        tip = f'<span class="tip" aria-hidden="true"><b>{escape(citation.title)}</b>, {escape(place_words(citation))}<br>{text}</span>'
    return f'<span class="pillbox"><button type="button" class="cite" data-n="{number}" aria-label="{escape(label)}">{number}</button>{tip}</span>'


def _shortened(around: str, quote: str) -> str:
    """Return what stands around a quote, at most TIP_CHARS on either side."""
    before, found, after = around.partition(quote)
    if not found:
        return quote
    left = "…" + before[-TIP_CHARS:] if len(before) > TIP_CHARS else before
    return left + quote + (after[:TIP_CHARS] + "…" if len(after) > TIP_CHARS else after)


def _spans(places: Iterable[tuple[str, Span, str]]) -> str:
    rows = [
        [doc_id, span.start, span.end, *([sha256[:SHA_CHARS]] if sha256 else [])] for doc_id, span, sha256 in places
    ]
    return escape(json.dumps(rows))


def counted(number: int, noun: str) -> str:
    """Return "1 document", "2 documents"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
