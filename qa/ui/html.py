"""Answers and documents -> the HTML of the page, every piece of text escaped.

In -> out: the records of qa/datatypes.py -> `str` of HTML; what is inside `.qt` and `mark.on` is the document's own text.
Does not: know Gradio, ask questions, or trust anything that comes back from a browser.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from html import escape
from itertools import pairwise

from qa.datatypes import Answer, Citation, Document, Hit, Span
from qa.rendering import REFUSAL, STALE_MARK

Marks = Sequence[tuple[int, Span]]
"""Citation numbers and the spans of the open document they quote."""

HEADER = """<header class="top">
  <h1>Quoted</h1><p class="tag">Answers in the documents’ own words</p><span class="grow"></span>
  <button type="button" class="act" data-act="new">New chat</button>
  <button type="button" class="act narrow" data-act="sources">Sources</button>
</header>
<div id="live" class="sr" role="status" aria-live="polite"></div>"""


def welcome(examples: Sequence[str]) -> str:
    """Return what an empty chat shows; each example is a question the documents answer."""
    chips = "".join(
        f'<li><button type="button" class="chip" data-ask="{escape(q)}">{escape(q)}</button></li>' for q in examples
    )
    return (
        '<div class="welcome"><h2>Ask the documents</h2>'
        "<p>Every answer is made of exact quotes, each linked to its place in the source.</p>"
        f'<ul class="chips" aria-label="Example questions">{chips}</ul></div>'
    )


def question_card(question: str) -> str:
    """Return a question as it was typed."""
    return f'<div class="ask">{escape(question)}</div>'


def answer_card(answer: Answer, document_count: int) -> str:
    """Return quotes with their numbers and places, or a refusal with its reason and the nearest passages folded away."""
    searched = ""
    if answer.searched != answer.question.strip():
        searched = f'<p class="lead">Searched: {escape(answer.searched)}</p>'
    if answer.answered:
        sources = len({citation.doc_id for citation in answer.citations})
        lead = f"{_count(len(answer.citations), 'quote')} from {_count(sources, 'document')}, word for word"
        quotes = "".join(map(_quote_item, answer.citations))
        spans = _spans((c.doc_id, c.span) for c in answer.citations)
        return f'<article class="ans" data-spans="{spans}"><p class="lead">{lead}</p>{searched}<ol class="quotes">{quotes}</ol></article>'
    spans = _spans((hit.passage.doc_id, hit.passage.span) for hit in answer.hits)
    return (
        f'<article class="ans none" data-spans="{spans}"><p class="noans"><strong>{escape(REFUSAL)}</strong> {escape(answer.reason)}</p>'
        f"{searched}{_nearest(answer.hits, document_count)}</article>"
    )


def error_card(message: str) -> str:
    """Return an error in the place of an answer."""
    return f'<article class="ans none" role="alert"><p class="noans"><strong>This could not be answered.</strong> {escape(message)}</p></article>'


def source_list(documents: Sequence[Document]) -> str:
    """Return the panel that lists all documents."""
    rows = "".join(
        f'<li><button type="button" class="docrow" data-open="{escape(d.doc_id)}"><span class="dt">{escape(d.title)}</span>'
        f'<span class="dm">{escape(_about(d))}</span></button></li>'
        for d in documents
    )
    return _panel("Sources", "", "", f'<ul class="docs">{rows}</ul>', label="List of sources")


def source_text(document: Document, marks: Marks = (), active: int = 0, total: int = 0) -> str:
    """Return the panel with the whole text of a document, the quote `active` strongly marked and the others pale."""
    back = '<button type="button" class="back" data-act="list" aria-label="Back to all sources">←</button>'
    steps = ""
    if total > 1:
        steps = (
            '<span class="step"><button type="button" data-act="prev" aria-label="Previous citation">‹</button>'
            f'<b>{active} of {total}</b><button type="button" data-act="next" aria-label="Next citation">›</button></span>'
        )
    meta = f'<div class="vmeta"><span class="grow">{escape(document.doc_id)} · {escape(_about(document))}</span>{steps}</div>'
    return _panel(
        document.title, back, meta, marked_text(document.text, marks, active), label="Source text", kind="doc"
    )


def marked_text(text: str, marks: Marks, active: int) -> str:
    """Return `text` as escaped HTML in which exactly the spans of `marks` are marked."""
    cuts = sorted({0, len(text), *(edge for _, span in marks for edge in (span.start, span.end))})
    parts = []
    for start, end in pairwise(cuts):
        over = [(number, span) for number, span in marks if span.start <= start and end <= span.end]
        piece = escape(text[start:end])
        if not over:
            parts.append(piece)
            continue
        number = active if any(number == active for number, _ in over) else over[0][0]
        ends = "".join(f' data-end="{n}"' for n, span in over[:1] if span.end == end)
        parts.append(f'<mark class="{"on" if number == active else "off"}"{ends}>{piece}</mark>')
    return f'<div class="text">{"".join(parts)}</div>'


def status_line(document_count: int, changed: int) -> str:
    """Return whether the index is in line with the documents."""
    if changed:
        return (
            f'<div class="status warn" role="status"><strong>{_count(changed, "document")} changed</strong> since the index was built. '
            "Answers quote the old text until <code>qa build</code> is run.</div>"
        )
    return f'<div class="status" role="status">{_count(document_count, "document")}, up to date</div>'


def _quote_item(citation: Citation) -> str:
    place = f"{citation.title}, line {citation.line}"
    stale = f'<strong class="stale">{escape(STALE_MARK)}</strong>' if citation.stale else ""
    return (
        f'<li><blockquote class="quote"><span class="qt">{escape(citation.text)}</span>'
        f"{_pill(citation.label, f'Citation {citation.label}: show in {place}', citation.text)}</blockquote>"
        f'<p class="src">{escape(citation.title)} <span class="pno">· line {citation.line}</span>{stale}</p></li>'
    )


def _nearest(hits: Sequence[Hit], document_count: int) -> str:
    if not hits:
        return ""
    items = "".join(
        f'<li><blockquote class="quote"><span class="qt">{escape(hit.passage.text)}</span>'
        f"{_pill(hit.rank, f'Passage {hit.rank}: show in {hit.passage.title}', hit.passage.text)}</blockquote>"
        f'<p class="src">{escape(hit.passage.title)}</p></li>'
        for hit in hits
    )
    return (
        '<details class="near"><summary>Show the closest passages anyway</summary>'
        f'<p class="lead">The nearest of {_count(document_count, "document")}; they are no answer to the question.</p>'
        f'<ol class="quotes">{items}</ol></details>'
    )


def _pill(number: int, label: str, quote: str) -> str:
    return f'<button type="button" class="cite" data-n="{number}" aria-label="{escape(label)}" title="{escape(quote)}">{number}</button>'


def _panel(heading: str, before: str, meta: str, body: str, *, label: str, kind: str = "") -> str:
    return (
        f'<section class="panel" aria-labelledby="vh"><header class="vhead">{before}<h2 id="vh" tabindex="-1">{escape(heading)}</h2>'
        '<button type="button" class="close" data-act="close" aria-label="Close sources panel">✕</button></header>'
        f'{meta}<div class="vbody {kind}" tabindex="0" role="region" aria-label="{label}">{body}</div></section>'
    )


def _about(document: Document) -> str:
    """Author or publisher and date, where they are known, and how many words."""
    known = [document.meta[key] for key in ("author", "publisher", "date") if document.meta.get(key)]
    return " · ".join([*known, f"{len(document.text.split()):,} words"])


def _spans(places: Iterable[tuple[str, Span]]) -> str:
    return escape(json.dumps([[doc_id, span.start, span.end] for doc_id, span in places]))


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
