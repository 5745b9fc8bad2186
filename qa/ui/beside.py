"""What stands beside a quote: its number, the words around it, and the line that says whose words they are.

In -> out: a Citation and what is known of it -> HTML.
Does not: draw the quote itself (qa/ui/quotes.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from itertools import chain, repeat

from qa.datatypes import Citation, Kind
from qa.formats.places import place_words
from qa.rendering import STALE_MARK
from qa.ui import escaping
from qa.ui.marks import flows_in

TIP_CHARS = 120
LEAD_CHARS = 160
"""Of what leads to a quote: more of it would push the quote down."""
LONGEST_LEAD = 260
"""Unless its last sentence is as long as that."""
LONGEST_SENTENCE = 480
"""A sentence that is no longer is seen from its beginning."""
SENTENCE_END = re.compile(r"(?<!\b[A-Z])[.!?…][\"”’)\]]*(?=\s)")
_PART_END = re.compile(r"[,;:–—](?=\s)")
SKIPPED = '&nbsp;<span class="gap" aria-hidden="true">…</span><span class="sr">Items left out</span>'
"""Between two items that do not follow each other."""
WHOLE_CHARS = 24
OWN_DOTS = ("…", "...")
LONGEST_MARK = 12
"""Characters between two items that follow each other: a blank line, and a number or a box to tick."""
_WORDS = re.compile(r"(?<!\w)(?!\w{1,3}[.)]\s)\w+")
"""What is no number of an item."""


def one_stop() -> Iterator[str]:
    """Yield the attribute of each of a card's buttons, in the order in which they stand: the Tab key stops at the first, arrow keys go on."""
    return chain([""], repeat(' tabindex="-1"'))


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of an answer's quotes beside them: the number each has in the card, and the dates of documents."""

    numbers: Mapping[int, int]
    """By label."""
    also: Mapping[int, int]
    """By label: the number of the first other place that says the same."""
    dates: Mapping[str, str] = field(default_factory=dict)
    quotes: Sequence[Citation] = ()
    """All, in the order in which they are shown."""
    stops: Iterator[str] = field(default_factory=one_stop)
    """Of the buttons that show what stands around a quote: one is taken for each."""


def pill(number: int, label: str, tip: str = "") -> str:
    """Return the numbered button of a quote; `tip` is the HTML that hover and focus show."""
    shown = f'<span class="tip" aria-hidden="true">{tip}</span>' if tip else ""
    stop = "" if number == 1 else ' tabindex="-1"'  # one stop of the Tab key for all numbers of a card: arrow keys step
    named = f'data-n="{number}" aria-label="{escaping.label(label)}"{stop}'
    return f'<span class="pillbox"><button type="button" class="cite" {named}>{number}</button>{shown}</span>'


def numbered(citation: Citation, told: Told) -> str:
    """Return the numbered button of a quote, with what stands around it."""
    before, after = around(citation)
    left = "…" + before[-TIP_CHARS:] if len(before) > TIP_CHARS else before
    right = after[:TIP_CHARS] + "…" if len(after) > TIP_CHARS else after
    tip = f"<b>{escaping.shown(citation.title)}</b>, {escaping.shown(place_words(citation))}"
    tip += (
        f'<br>{escaping.shown(left)} <span class="dim">[ the quote ]</span> {escaping.shown(right)}'
        if left or right
        else ""
    )
    number = told.numbers[citation.label]
    return pill(number, f"Citation {number}: show in {citation.title}, {place_words(citation)}", tip)


def around(citation: Citation) -> tuple[str, str]:
    """Return what stands before and after a quote in its paragraph, as it flows there; not what is before the sentence it leans on."""
    before, after = _flowing(citation.before, citation), _flowing(citation.after, citation)
    return "" if _leans(citation) else before, after


def before_lead(citation: Citation) -> str:
    """Return what stands before the sentence that a quote leans on, in its paragraph."""
    return _flowing(citation.before, citation) if _leans(citation) else ""


def _leans(citation: Citation) -> bool:
    """Tell whether a quote stands under a sentence of its own paragraph."""
    running = citation.kind in (Kind.PARAGRAPH, Kind.TURN)
    return running and citation.lead is not None and citation.lead.kind is Kind.PARAGRAPH


def _flowing(text: str, citation: Citation) -> str:
    return " ".join(text.split()) if flows_in(citation.doc_id) else text


def is_skipped(citation: Citation, end: int) -> bool:
    """Tell whether more than the mark of an item stands between `end` and a quote of the same list."""
    start = citation.passage.span.start
    gap = citation.passage.text[max(end - start, 0) : max(citation.span.start - start, 0)]
    return bool(_WORDS.search(gap)) or citation.span.start - end - len(gap) > LONGEST_MARK


def opener(text: str, side: str, number: int, stops: Iterator[str], *, dotted: bool = False) -> tuple[str, str]:
    """Return the button that shows the text on one side of the quote with this number, and that text, both empty where there is none.

    `dotted`: the quote has dots of its own there, so that those of the button stand in brackets.
    """
    if not text:
        return "", ""
    button = (
        f'<button type="button" class="around"{next(stops)} data-act="around" aria-expanded="false" '
        f'aria-label="Show the text {side} quote {number}">'
        f"{'[…]' if dotted else '…'}</button>"
    )
    return button, f'<span class="ctx" hidden>{escaping.shown(text)} </span>'


def lead_in(text: str, number: int, stops: Iterator[str], before: str = "", *, skips: bool = False) -> str:
    """Return what the quote with this number stands under; of a long one the end, the rest of it and what stands `before` it open in its place.

    `skips`: not all below it is quoted.
    """
    if not text:
        return ""
    cut = _cut(text) if len(text) > LEAD_CHARS else 0
    button, rest = opener(f"{before} {text[:cut]}".strip(), "before", number, stops)
    return f'<p class="leadin">{button}{rest}{escaping.shown(text[cut:].lstrip())}{SKIPPED if skips else ""}</p>'


def _cut(text: str) -> int:
    """Return where the last sentences of a long lead-in begin: one that is too long begins where a part of it does."""
    ends = [match.end() for match in SENTENCE_END.finditer(text, 0, len(text) - 1)]
    near = [end for end in ends if len(text) - end <= LONGEST_LEAD]
    last = ends[-1] if ends else 0
    if near or len(text) - last <= LONGEST_SENTENCE:
        return near[-1] if near else last
    parts = [match.end() for match in _PART_END.finditer(text, len(text) - LONGEST_LEAD, len(text) - 1)]
    return parts[0] if parts else text.rfind(" ", 0, len(text) - LEAD_CHARS) + 1 or len(text) - LEAD_CHARS


def source_line(unit: Sequence[Citation], told: Told) -> str:
    """Return one line: the document, the headings below its title, the place in it, its date, and who says the same."""
    first = unit[0]
    below = tuple(heading for heading in first.headings if heading != first.title)
    place = place_words(replace(first, headings=below))
    headings = () if place.startswith("under ") else below  # then they are in it
    path = [
        f'<span class="doc">{escaping.shown(first.title)}</span>',
        *map(escaping.shown, headings),
    ]
    date = told.dates.get(first.doc_id, "")
    known = [" › ".join(path), *(_whole(each) for each in (place, date) if each)]
    stale = f'<strong class="stale">{escape(STALE_MARK)}</strong>' if any(c.stale for c in unit) else ""
    also = "".join(_also(c, told) for c in unit)
    return f'<p class="src">{" · ".join(known)}{stale}{also}</p>'


def _whole(text: str) -> str:
    """Return a short text as HTML that no line breaks: a date, a line."""
    return f'<span class="whole">{escaping.shown(text)}</span>' if len(text) <= WHOLE_CHARS else escaping.shown(text)


def _also(citation: Citation, told: Told) -> str:
    first = told.also[citation.label]
    return "".join(
        f' <button type="button" class="cite also" tabindex="-1" data-n="{first + i}" '
        f'aria-label="{escaping.label(f"Also in {p.title}, {place_words(p)}")}">'
        f"also in {escaping.shown(p.title)}</button>"
        for i, p in enumerate(citation.also)
    )
