"""Questions and answers -> the HTML of the chat, every piece of text escaped.

In -> out: the records of qa/datatypes.py -> `str` of HTML; quotes themselves are drawn by qa/ui/quotes.py.
Does not: know Gradio, ask questions, or trust anything that comes back from a browser.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from html import escape

from qa.answers.followups import is_courtesy
from qa.answers.wanted import is_answer, may_be_answer, told_apart
from qa.datatypes import COURTESY, Answer, Document, Span
from qa.rendering import REFUSAL, answer_to_markdown, answer_to_plain
from qa.text.numbers import counted
from qa.ui.asked import Asked, searched_html, state_of, used_of
from qa.ui.beside import Told
from qa.ui.escaping import shown
from qa.ui.foot import foot_html
from qa.ui.heads import head_of
from qa.ui.layout import laid_out, nearest_laid_out, places_of
from qa.ui.quotes import quotes_html

TITLES_SHOWN = 4
SHA_CHARS = 16
"""How much of a document's sha256 an answer carries, so that a quote is not marked in another version of it."""
_ACTS = (("chats", "Chats"), ("check", "Check a quote"), ("export", "Export"), ("theme", "Light / dark"))
_WIDE = "".join(f'<button type="button" class="act wide" data-act="{act}">{name}</button>' for act, name in _ACTS)
HEADER = f"""<header class="top"{{upload}}>
  <button type="button" class="act skip" data-act="skip">Skip to the question box</button>
  <h1>Quoted</h1><p class="tag">Answers in the documents’ own words</p><span class="grow"></span>
  {_WIDE}<button type="button" class="act" data-act="new">New chat</button>
  <button type="button" class="act narrow" data-act="sources">Sources</button>
  <details class="more narrow"><summary class="act">More</summary><div>{_WIDE.replace("act wide", "act")}</div></details>
</header>
<div id="live" class="sr" role="status" aria-live="polite"></div>"""
QUESTIONS_OFFERED = 2
"""By a refusal: questions the documents do answer."""


def welcome(examples: Sequence[str], documents: Sequence[Document] = (), document_count: int = 0) -> str:
    """Return what an empty chat shows; each example is a question the documents answer, `documents` are the first of them."""
    chips = "".join(
        f'<li><button type="button" class="chip" data-ask="{escape(q)}">{shown(q)}</button></li>' for q in examples
    )
    titles = ", ".join(f"“{shown(document.title)}”" for document in documents)
    more = f" and {document_count - len(documents):,} more" if document_count > len(documents) else ""
    about = f"<p>Answered from {counted(document_count, 'document')}: {titles}{more}.</p>" if documents else ""
    return (
        '<div class="welcome"><h2>Ask the documents</h2>'
        "<p>Every answer is made of exact quotes, word for word, each linked to its place in the source. "
        f"Where the documents do not answer, it says so.</p>{about}"
        f'<ul class="chips" aria-label="Example questions">{chips}</ul>'
        '<p class="checkhere">Or <button type="button" class="quiet" data-act="check">check a quote</button>: '
        "is it in the documents, word for word?</p></div>"
    )


def question_card(question: str) -> str:
    """Return a question as it was typed."""
    return f'<h2 class="ask">{shown(question)}</h2>'


def answer_card(
    answer: Answer,
    document_count: int,
    asked: Asked | None = None,
    *,
    dates: Mapping[str, str] | None = None,
    offered: Sequence[str] = (),
    calibrated: bool = False,
) -> str:
    """Return quotes with their numbers and places, or a refusal with its reason and the nearest passages.

    `dates` are those of the documents that have one; `offered` are questions to ask instead of one that is refused; `calibrated`:
    the confidence was fitted to these documents, so that it can be put in words.
    """
    answer = told_apart(answer)
    asked = used_of(answer, asked or Asked(answer.question))
    small_talk = answer.kind == COURTESY or (not answer.answered and is_courtesy(answer.question))
    layout = laid_out(answer) if answer.answered else nearest_laid_out(answer)
    places, numbers, also = places_of(layout)
    quotes = quotes_html(layout, Told(numbers, also, dates or {}, layout.in_order()))
    if answer.answered:
        kind = "" if is_answer(answer) else " unclear maybe" if may_be_answer(answer) else " unclear"
        body = f"{head_of(answer, calibrated=calibrated)}{searched_html(answer, asked)}{quotes}"
    elif small_talk:
        kind, body = " talk", f'<h3 class="noans">{shown(answer.reason)}</h3>{_instead(offered)}'
    else:
        nearest = _nearest(quotes, document_count, open_=bool(layout.beside))
        kind, body = " none", _refusal(answer, asked, nearest, offered)
    spans, state = spans_of((p.doc_id, p.span, p.sha256) for p in places), state_of(asked)
    return (
        f'<article class="ans{kind}" data-spans="{spans}" data-asked="{state}" data-markdown="{escape(answer_to_markdown(answer))}" '
        f'data-plain="{escape(answer_to_plain(answer))}">{body}{"" if kind == " talk" else foot_html(answer)}</article>'
    )


def _refusal(answer: Answer, asked: Asked, nearest: str, offered: Sequence[str]) -> str:
    said = f'<h3 class="noans"><strong>{escape(REFUSAL)}</strong> {shown(answer.reason)}</h3>'
    return f"{said}{searched_html(answer, asked)}{nearest}{_instead(offered)}"


def _instead(offered: Sequence[str]) -> str:
    if not offered:
        return ""
    chips = "".join(
        f'<li><button type="button" class="chip" data-ask="{escape(q)}">{shown(q)}</button></li>'
        for q in offered[:QUESTIONS_OFFERED]
    )
    return f'<p class="lead">What the documents do answer:</p><ul class="chips">{chips}</ul>'


def owed_card(asked: Asked) -> str:
    """Return what stands in the place of an answer that is given again when it is looked at."""
    return f'<article class="owed" data-asked="{state_of(asked)}"><p class="working">Answered again when you come here…</p></article>'


def error_card(message: str, asked: Asked | None = None) -> str:
    """Return an error in the place of an answer."""
    state = f' data-asked="{state_of(asked)}"' if asked else ""
    told = f'<h3 class="noans"><strong>This could not be answered.</strong> {shown(message)}</h3>'
    return f'<article class="ans none"{state} role="alert">{told}</article>'


def _nearest(quotes: str, document_count: int, *, open_: bool) -> str:
    """Return what comes nearest to a question that is refused; `open_`: one of the quotes is seen, so that what it is has to be said."""
    if not quotes:
        return ""
    told = f"The nearest passage of {counted(document_count, 'document')}; it is no answer to the question."
    lead = f'<p class="lead">{told}</p>' if open_ else ""
    return f'<div class="near">{lead}{quotes}</div>'


def spans_of(places: Iterable[tuple[str, Span, str]]) -> str:
    """Return for an attribute places by document, span and sha256."""
    rows = [
        [doc_id, span.start, span.end, *([sha256[:SHA_CHARS]] if sha256 else [])] for doc_id, span, sha256 in places
    ]
    return escape(json.dumps(rows))
