"""A sentence that is said to be a quote -> a card that says whether the documents have it, where, and what differs.

In -> out: `Checked` -> HTML, every piece of text escaped.
Does not: search; where a text stands is found by qa/answers/verifying.py, what differs by qa/ui/differing.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qa.answers.verifying import Verification
from qa.formats.places import place_words
from qa.text.numbers import counted
from qa.ui.asked import Asked, state_of
from qa.ui.beside import pill
from qa.ui.cards import spans_of
from qa.ui.differing import Nearest, Piece
from qa.ui.escaping import inline, shown

_LINK = '<footer class="foot"><button type="button" class="quiet" data-act="link">Copy link</button></footer>'


@dataclass(frozen=True, slots=True)
class Checked:
    """What is known of a sentence: where it stands, or else what is nearest to it."""

    verification: Verification
    nearest: Nearest | None = None


def check_card(checked: Checked, asked: Asked) -> str:
    """Return the answer to: is this in the documents, word for word?"""
    places, near = checked.verification.places, checked.nearest
    if places:
        kind, body = "", _found(checked.verification)
        spans = spans_of((place.doc_id, place.span, place.sha256) for place in places)
    else:
        kind, body = " none", _not_found(near)
        spans = spans_of([(near.passage.doc_id, near.span, "")] if near else [])
    return (
        f'<article class="ans check{kind}" data-spans="{spans}" data-asked="{state_of(asked)}">{body}{_LINK}</article>'
    )


def _found(verification: Verification) -> str:
    documents = counted(len({place.doc_id for place in verification.places}), "document")
    times = counted(len(verification.places), "place") + (" and more" if verification.more else "")
    if all(verification.exact):
        said = f"In {documents}, character for character, at {times}"
    else:
        said = f"In {documents}, word for word, at {times}; case, white space or the kind of marks may differ"
    rows = "".join(
        f'<li><blockquote class="quote">{_quote(n, inline(quote), place.title)}</blockquote>'
        f'<p class="src">{shown(place.title)} · {shown(place_words(place))}{"" if exact else " · not in every character"}</p></li>'
        for n, (place, quote, exact) in enumerate(
            zip(verification.places, verification.quotes, verification.exact, strict=True), 1
        )
    )
    return f'<h3 class="lead"><strong>This is in the documents.</strong> {said}</h3><ul class="quotes">{rows}</ul>'


def _not_found(near: Nearest | None) -> str:
    head = '<h3 class="noans"><strong>This is not in the documents, word for word.</strong>'
    if near is None:
        return f"{head} Nothing in them is near to it.</h3>"
    said = "The nearest has the same words, with other marks between them." if near.same_words else "The nearest:"
    return (
        f'{head} {said}</h3><dl class="compare"><dt>As you have it</dt><dd>{_marked(near.typed, "del")}</dd>'
        f'<dt>As the document has it</dt><dd><blockquote class="quote">{_quote(1, _marked(near.written, "ins"), near.passage.title)}</blockquote>'
        f'<p class="src">{shown(near.passage.title)}</p></dd></dl>'
    )


def _quote(number: int, html: str, title: str) -> str:
    return (
        f'<span class="qt" data-n="{number}"><bdi>{html}</bdi></span>{pill(number, f"Place {number}: show in {title}")}'
    )


def _marked(pieces: Sequence[Piece], tag: str) -> str:
    return "".join(f"<{tag}>{inline(text)}</{tag}>" if differs else inline(text) for text, differs in pieces)
