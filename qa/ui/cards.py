"""Questions and answers -> the HTML of the chat, every piece of text escaped.

In -> out: the records of qa/datatypes.py -> `str` of HTML; quotes themselves are drawn by qa/ui/quotes.py.
Does not: know Gradio, ask questions, or trust anything that comes back from a browser.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape

from qa.answers.followups import is_courtesy
from qa.datatypes import COURTESY, OVERVIEW, Answer, Document, Hit, Span
from qa.rendering import REFUSAL, answer_to_markdown, answer_to_plain, is_understood_differently
from qa.text.numbers import counted
from qa.ui.beside import OPENER, SENTENCE_END, Told, opener, pill
from qa.ui.escaping import label, shown
from qa.ui.heads import head_of
from qa.ui.layout import Layout, laid_out, places_of
from qa.ui.marks import hidden_after, hidden_in, quoted_html
from qa.ui.quotes import quotes_html

TITLES_SHOWN = 4
NEAR_CHARS = 300
"""What a refusal shows at once of a passage at most."""
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


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of a chat and how it was asked; what the buttons of its answer send back."""

    question: str
    history: tuple[str, ...] = ()
    as_typed: bool = False
    check: bool = False
    """Whether it is no question but a sentence that may be a quote."""
    within: tuple[str, ...] = ()
    """The documents and folders that were asked; all where it is empty."""


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
    asked = _used(answer, asked or Asked(answer.question))
    state = state_of(asked)
    if answer.answered:
        layout = laid_out(answer)
        places, numbers, also = places_of(layout)
        spans = spans_of((p.doc_id, p.span, p.sha256) for p in places)
        kind = "" if answer.clear or answer.kind == OVERVIEW else " unclear"
        body = _quotes(
            answer, layout, Told(numbers, also, dates or {}, layout.in_order()), asked, calibrated=calibrated
        )
    else:
        spans = spans_of((hit.passage.doc_id, hit.passage.span, "") for hit in answer.hits)
        small_talk = answer.kind == COURTESY or is_courtesy(answer.question)
        kind = " talk" if small_talk else " none"
        body = _small_talk(answer, offered) if small_talk else _refusal(answer, document_count, offered, asked)
    first, mark, others = body.partition(OPENER)  # one stop of the Tab key for all of a card: arrow keys go on
    body = first + mark + others.replace(OPENER, f'{OPENER} tabindex="-1"')
    return (
        f'<article class="ans{kind}" data-spans="{spans}" data-asked="{state}" data-markdown="{escape(answer_to_markdown(answer))}" '
        f'data-plain="{escape(answer_to_plain(answer))}">{body}{"" if kind == " talk" else _buttons(answer)}</article>'
    )


def _quotes(answer: Answer, layout: Layout, told: Told, asked: Asked, *, calibrated: bool) -> str:
    return f"{head_of(answer, calibrated=calibrated)}{_searched(answer, asked)}{quotes_html(layout, told)}"


def _refusal(answer: Answer, document_count: int, offered: Sequence[str], asked: Asked) -> str:
    said = f'<h3 class="noans"><strong>{escape(REFUSAL)}</strong> {shown(answer.reason)}</h3>'
    return f"{said}{_searched(answer, asked)}{_nearest(answer.hits, document_count)}{_instead(offered)}"


def _small_talk(answer: Answer, offered: Sequence[str]) -> str:
    return f'<h3 class="noans">{shown(answer.reason)}</h3>{_instead(offered)}'


def _instead(offered: Sequence[str]) -> str:
    if not offered:
        return ""
    chips = "".join(
        f'<li><button type="button" class="chip" data-ask="{escape(q)}">{shown(q)}</button></li>'
        for q in offered[:QUESTIONS_OFFERED]
    )
    return f'<p class="lead">What the documents do answer:</p><ul class="chips">{chips}</ul>'


def state_of(asked: Asked) -> str:
    """Return for an attribute how something was asked."""
    how = [asked.question, list(asked.history), asked.as_typed, asked.check, list(asked.within)]
    return escape(json.dumps(how))


def _used(answer: Answer, asked: Asked) -> Asked:
    """Return what was asked with only the earlier questions it was understood with: they give the same answer again anywhere."""
    searched = answer.searched
    for typed, new in answer.corrections.items():
        searched = re.sub(re.escape(new), lambda _, typed=typed: typed, searched, flags=re.IGNORECASE)  # type: ignore[misc]
    before = searched.casefold().removesuffix(asked.question.strip().casefold())
    return replace(
        asked, history=tuple(text for text in asked.history if text.strip() and text.strip().casefold() in before)
    )


def _searched(answer: Answer, asked: Asked) -> str:
    """Return what was searched, where that is not what was typed; each earlier question in it can be taken away."""
    only = f'<p class="lead">Asked only: {shown(", ".join(asked.within))}</p>' if asked.within else ""
    if not is_understood_differently(answer):
        return only
    parts = "".join(
        f'<button type="button" class="part" data-act="without" data-part="{n}" aria-label="Search without: {label(text)}">{shown(text)}</button> '
        for n, text in enumerate(asked.history)
    )
    words = ", ".join(f"{shown(new)} for “{shown(typed)}”" for typed, new in answer.corrections.items())
    return (
        f'{only}<p class="lead searched">Searched: {parts}{shown(asked.question if parts else answer.searched)}{f" ({words})" if words else ""} '
        '<button type="button" class="quiet" data-act="typed">Ask as typed</button></p>'
    )


def _buttons(answer: Answer) -> str:
    """Return what can be done with an answer: one stop of the Tab key, arrow keys go on from there."""
    copies = _do("copy", "Copy quotes", kind="plain") + _do("copy", "Copy as Markdown", kind="markdown")
    prompt = (
        '<details class="asprompt"><summary tabindex="-1">Copy as prompt</summary><label>At most '
        '<input type="number" class="budget" min="100" max="100000" step="100" value="2000"> tokens</label> '
        '<button type="button" class="quiet" data-act="prompt">Copy</button> <output></output></details>'
        if answer.hits
        else ""
    )
    link = '<button type="button" class="quiet" data-act="link">Copy link</button>'
    verdict = "".join(
        f'<button type="button" class="quiet" data-act="{act}" aria-pressed="false" tabindex="-1">{name}</button>'
        for act, name in (("helpful", "Helpful"), ("unhelpful", "Not helpful"))
    )
    return (
        f'<div class="foot" role="toolbar" aria-label="With this answer">{link}{copies if answer.citations else ""}{prompt}'
        f'<span class="grow"></span>{verdict}</div>'
    )


def _do(act: str, name: str, *, kind: str) -> str:
    return f'<button type="button" class="quiet" data-act="{act}" data-kind="{kind}" tabindex="-1">{name}</button>'


def owed_card(asked: Asked) -> str:
    """Return what stands in the place of an answer that is given again when it is looked at."""
    return f'<article class="owed" data-asked="{state_of(asked)}"><p class="working">Answered again when you come here…</p></article>'


def error_card(message: str, asked: Asked | None = None) -> str:
    """Return an error in the place of an answer."""
    state = f' data-asked="{state_of(asked)}"' if asked else ""
    told = f'<h3 class="noans"><strong>This could not be answered.</strong> {shown(message)}</h3>'
    return f'<article class="ans none"{state} role="alert">{told}</article>'


def _nearest(hits: Sequence[Hit], document_count: int) -> str:
    if not hits:
        return ""
    first, *others = [f"<li>{_hit(hit)}</li>" for hit in hits]
    rest = (
        f'<details class="rest"><summary>{counted(len(others), "more passage")}</summary><ul class="quotes">{"".join(others)}</ul></details>'
        if others
        else ""
    )
    told = f"The nearest passage of {counted(document_count, 'document')}; it is no answer to the question."
    return f'<div class="near"><p class="lead">{told}</p><ul class="quotes">{first}</ul>{rest}</div>'


def _hit(hit: Hit) -> str:
    passage = hit.passage
    hidden, first = hidden_in(passage.text, passage.doc_id), _first_of(passage.text)
    text = quoted_html(passage.text[:first], passage.span.start, hidden)
    rest, button = "", ""
    if first < len(passage.text):
        late = quoted_html(passage.text[first:], passage.span.start + first, hidden_after(hidden, first))
        rest = f'<span class="late" hidden>{late}</span>'
        button, _ = opener(passage.text[first:], "after", hit.rank)
    number = pill(hit.rank, f"Passage {hit.rank}: show in {passage.title}")
    return (
        f'<blockquote class="quote"><span class="qt" data-n="{hit.rank}">{text}{rest}</span>'
        f'<span class="tail{"" if button else " bare"}">{button}{number}</span></blockquote>'
        f'<p class="src"><span class="doc">{shown(passage.title)}</span></p>'
    )


def _first_of(text: str) -> int:
    """Return where the first sentences of a passage end, or else its first words: the rest opens in its place."""
    if len(text) <= NEAR_CHARS:
        return len(text)
    ends = [match.end() for match in SENTENCE_END.finditer(text, NEAR_CHARS // 3, NEAR_CHARS)]
    return ends[-1] if ends else text.rfind(" ", 1, NEAR_CHARS) + 1 or NEAR_CHARS


def spans_of(places: Iterable[tuple[str, Span, str]]) -> str:
    """Return for an attribute places by document, span and sha256."""
    rows = [
        [doc_id, span.start, span.end, *([sha256[:SHA_CHARS]] if sha256 else [])] for doc_id, span, sha256 in places
    ]
    return escape(json.dumps(rows))
