"""The quotes of an answer -> HTML: the best first, the others by document in reading order, lists and tables as such.

In -> out: an Answer -> its quotes in the order they are shown and numbered, and their HTML.
Does not: choose or rank a quote; what is inside `.qt` is the document's own text, to the character.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from qa.datatypes import Answer, Citation, Kind, Place, Span
from qa.formats.places import place_words
from qa.rendering import STALE_MARK
from qa.ui import escaping
from qa.ui.forms import Form, form_of
from qa.ui.marks import cells_of, hidden_in, marks_of, piece_html, pieces_of, quoted_html, seen_text

UNITS_SHOWN = 3
"""Beside each other before the rest is folded; a list or a table is one."""
OVERVIEW_SHOWN = 8
TIP_CHARS = 120
OVERVIEW = "overview"

Unit = tuple[Citation, ...]
"""One quote, or those of one list or table."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The quotes of an answer as they are shown."""

    best: Unit
    beside: tuple[Unit, ...]
    folded: tuple[Unit, ...]
    form: Form = field(default_factory=Form)
    """What stands before them all, where dates, values or two things are told apart."""

    def in_order(self) -> list[Citation]:
        """Return every quote in the order in which it is shown."""
        return [*self.form.quotes(), *(c for unit in (self.best, *self.beside, *self.folded) for c in unit)]


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of an answer's quotes beside them: the number each has in the card, and the dates of documents."""

    numbers: Mapping[int, int]
    """By label."""
    also: Mapping[int, int]
    """By label: the number of the first other place that says the same."""
    dates: Mapping[str, str] = field(default_factory=dict)


def laid_out(answer: Answer) -> Layout:
    """Return the Layout of an answer that has quotes."""
    form = form_of(answer)
    placed = {citation.label for citation in form.quotes()}
    units = _units([citation for citation in answer.citations if citation.label not in placed])
    if placed:
        return Layout((), (), _by_document(units), form)
    if answer.kind == OVERVIEW:
        return Layout((), tuple(units[:OVERVIEW_SHOWN]), tuple(units[OVERVIEW_SHOWN:]))
    best, *others = units
    shown, folded = others[: UNITS_SHOWN - 1], others[UNITS_SHOWN - 1 :]
    return Layout(best, _by_document(shown), _by_document(folded))


def places_of(layout: Layout) -> tuple[list[Citation | Place], dict[int, int], dict[int, int]]:
    """Return what the numbers of a card stand for, from 1, and by label: the number of a quote, and of its first other place."""
    quotes = layout.in_order()
    numbers = {citation.label: n for n, citation in enumerate(quotes, 1)}
    places: list[Citation | Place] = list(quotes)
    also = {}
    for citation in quotes:
        also[citation.label] = len(places) + 1
        places += citation.also
    return places, numbers, also


def quotes_html(layout: Layout, told: Told) -> str:
    """Return the HTML of all quotes."""
    best = f'<div class="best">{_unit(layout.best, told, titled=True)}</div>' if layout.best else ""
    count = sum(map(len, layout.folded))
    more = (
        f'<details class="rest"><summary>{count} more {"passage" if count == 1 else "passages"}</summary>'
        f"{_groups(layout.folded, told)}</details>"
        if count
        else ""
    )
    return (
        best
        + formed(layout.form, told)
        + _groups(layout.beside, told, layout.best[0].doc_id if layout.best else "")
        + more
    )


def formed(form: Form, told: Told) -> str:
    """Return the HTML of quotes that stand beside what they say: a date, a value, or one of two things."""
    if form.columns:
        sides = "".join(
            f"<section><h4>{escaping.shown(head)}</h4>{_groups([(c,) for c in side], told)}</section>"
            for head, side in form.columns
        )
        return f'<div class="columns">{sides}</div>'
    rows = "".join(
        f'<li><p class="value">{escaping.shown(value)}</p><div>{_unit((citation,), told, titled=True)}</div></li>'
        for value, citation in form.rows
    )
    return f'<ol class="{form.kind}">{rows}</ol>' if rows else ""


def pill(number: int, label: str, tip: str = "") -> str:
    """Return the numbered button of a quote; `tip` is the HTML that hover and focus show."""
    shown = f'<span class="tip" aria-hidden="true">{tip}</span>' if tip else ""
    stop = "" if number == 1 else ' tabindex="-1"'  # one stop of the Tab key for all numbers of a card: arrow keys step
    named = f'data-n="{number}" aria-label="{escaping.label(label)}"{stop}'
    return f'<span class="pillbox"><button type="button" class="cite" {named}>{number}</button>{shown}</span>'


def _units(citations: Sequence[Citation]) -> list[Unit]:
    """Put the items of one list and the rows of one table together, where the best of them stands."""
    found: dict[object, list[Citation]] = {}
    for citation in citations:
        together = citation.kind in (Kind.ITEM, Kind.ROW) and citation.lead
        key = (citation.doc_id, citation.kind, citation.lead.span) if together and citation.lead else citation.label
        found.setdefault(key, []).append(citation)
    return [tuple(sorted(unit, key=lambda c: c.span)) for unit in found.values()]


def _by_document(units: Iterable[Unit]) -> tuple[Unit, ...]:
    """Group by document, the one with the better quote first; inside one in reading order."""
    units = list(units)
    order = list(dict.fromkeys(unit[0].doc_id for unit in units))
    return tuple(sorted(units, key=lambda unit: (order.index(unit[0].doc_id), unit[0].span)))


def _groups(units: Sequence[Unit], told: Told, last: str = "") -> str:
    items = []
    for unit in units:
        items.append(f"<li>{_unit(unit, told, titled=unit[0].doc_id != last)}</li>")
        last = unit[0].doc_id
    return f'<ul class="quotes">{"".join(items)}</ul>' if items else ""


def _unit(unit: Unit, told: Told, *, titled: bool) -> str:
    first = unit[0]
    lead = seen_text(first.lead.text, first.doc_id) if first.lead and first.kind is not Kind.ROW else ""
    leadin = f'<p class="leadin">{escaping.shown(lead)}</p>' if lead else ""
    body = _table(unit, told) if first.kind is Kind.ROW else _listed(unit, told) if first.kind is Kind.ITEM else ""
    body = body or "".join(_quote(citation, told) for citation in unit)
    return f'<blockquote class="quote">{leadin}{body}</blockquote>{_provenance(unit, told, titled=titled)}'


def _listed(unit: Unit, told: Told) -> str:
    rows = ((' class="many"' if len(pieces_of(citation)) > 1 else "", _quote(citation, told)) for citation in unit)
    return f'<ul class="items">{"".join(f"<li{many}>{quote}</li>" for many, quote in rows)}</ul>'


def _table(unit: Unit, told: Told) -> str:
    lead = unit[0].lead
    head = ""
    if lead:
        cells = (seen_text(cell.of(lead.text).strip("\t| "), unit[0].doc_id) for cell in cells_of(lead.text))
        # A header that says nothing is none: the corner above the names of the rows.
        heads = "".join(f"<th>{escaping.shown(cell)}</th>" if cell else "<td></td>" for cell in cells)
        head = f"<thead><tr>{heads}</tr></thead>"
    rows = "".join(f'<tr class="qt" data-n="{told.numbers[c.label]}">{_cells(c)}</tr>' for c in unit)
    pills = "".join(_pill(citation, told) for citation in unit)
    return f'<div class="table" tabindex="0" role="region" aria-label="Table"><table>{head}<tbody>{rows}</tbody></table></div>{pills}'


def _cells(citation: Citation) -> str:
    text = citation.text
    return "".join(
        f"<td>{_slice(citation, cell, [*hidden_in(cell.of(text), citation.doc_id)], marks_of(text, cell))}</td>"
        for cell in cells_of(text)
    )


def _slice(citation: Citation, cell: Span, inside: Sequence[Span], marks: Sequence[Span]) -> str:
    hidden = [*inside, *(Span(span.start - cell.start, span.end - cell.start) for span in marks)]
    return quoted_html(cell.of(citation.text), citation.span.start + cell.start, hidden, citation.answer)


def _quote(citation: Citation, told: Told) -> str:
    pieces = pieces_of(citation)
    tag = "div" if pieces else "span"
    if pieces:
        text = "".join(piece_html(citation, span, kind) for span, kind in pieces)
    else:
        hidden = hidden_in(citation.text, citation.doc_id)
        text = quoted_html(citation.text, citation.span.start, hidden, citation.answer)
    before, after = _around(citation)
    return (
        f'{_context(before, "before")}<{tag} class="qt" data-n="{told.numbers[citation.label]}">{text}</{tag}>'
        f"{_context(after, 'after')}{_pill(citation, told)}"
    )


def _around(citation: Citation) -> tuple[str, str]:
    """Return what stands before and after a quote in its passage."""
    start = citation.span.start - citation.passage.span.start
    end = citation.span.end - citation.passage.span.start
    text = citation.passage.text
    if citation.kind in (Kind.ITEM, Kind.CODE) or not 0 <= start <= end <= len(text):
        return "", ""
    return text[:start].strip(), text[end:].strip()


def _context(text: str, side: str) -> str:
    if not text:
        return ""
    return (
        f'<button type="button" class="around" data-act="around" aria-expanded="false" aria-label="Show the text {side} this quote">…</button>'
        f'<span class="ctx" hidden>{escaping.shown(text)}</span>'
    )


def _pill(citation: Citation, told: Told) -> str:
    before, after = _around(citation)
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


def _provenance(unit: Unit, told: Told, *, titled: bool) -> str:
    """Return one line: title and headings, place, date; the title only where it is not that of the quote above."""
    first = unit[0]
    place = place_words(first)
    headings = () if place.startswith("under ") else first.headings  # then they are in it
    path = [*([first.title] if titled else []), *(h for h in headings if h != first.title)]
    known = [" › ".join(path), place, told.dates.get(first.doc_id, "") if titled else ""]
    stale = f'<strong class="stale">{escape(STALE_MARK)}</strong>' if any(c.stale for c in unit) else ""
    also = "".join(_also(c, told) for c in unit)
    return f'<p class="src">{" · ".join(map(escaping.shown, filter(None, known)))}{stale}{also}</p>'


def _also(citation: Citation, told: Told) -> str:
    first = told.also[citation.label]
    return "".join(
        f' <button type="button" class="cite also" tabindex="-1" data-n="{first + i}" '
        f'aria-label="{escaping.label(f"Also in {p.title}, {place_words(p)}")}">'
        f"also in {escaping.shown(p.title)}</button>"
        for i, p in enumerate(citation.also)
    )
