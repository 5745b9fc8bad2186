"""The quotes of an answer -> HTML: lists and tables as such, code as code.

In -> out: a Layout and what is known beside its quotes -> HTML.
Does not: say in which order they stand (qa/ui/layout.py); what is inside `.qt` is the document's own text, to the character.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from qa.datatypes import Citation, Kind, Span
from qa.text.cells import cells_of, marks_of, names_of
from qa.text.numbers import counted
from qa.ui import escaping
from qa.ui.beside import (
    OWN_DOTS,
    SKIPPED,
    Told,
    around,
    before_lead,
    is_skipped,
    lead_in,
    numbered,
    opener,
    source_line,
)
from qa.ui.forms import Form
from qa.ui.layout import Layout, Unit, goes_on
from qa.ui.marks import (
    flows_in,
    hidden_in,
    piece_html,
    pieces_of,
    quoted_html,
    seen_text,
    turn_html,
)

RELATED = "Also related"
"""Above quotes that are less likely to answer than the first."""


def quotes_html(layout: Layout, told: Told) -> str:
    """Return the HTML of all quotes, made in the order in which they stand."""
    parts = [_best, _formed] if not layout.form.missing else [_formed, _best]
    return "".join(part(layout, told) for part in (*parts, _beside, _related, _folded))


def _best(layout: Layout, told: Told) -> str:
    first = [layout.best, *layout.after] if layout.best else []
    return f'<div class="best">{"".join(_placed(first, told))}</div>' if first else ""


def _formed(layout: Layout, told: Told) -> str:
    return formed(layout.form, told)


def _beside(layout: Layout, told: Told) -> str:
    return _groups(layout.beside, told, titled=layout.titled)


def _related(layout: Layout, told: Told) -> str:
    quotes = _groups(layout.related, told)
    return f'<div class="related"><p class="under">{RELATED}</p>{quotes}</div>' if quotes else ""


def _folded(layout: Layout, told: Told) -> str:
    is_all = not (layout.best or layout.beside or layout.related or layout.form.quotes())
    return _rest(layout.folded, told, "nearest" if is_all else "more", titled=layout.titled)


def _rest(units: Sequence[Unit], told: Told, which: str = "more", *, titled: bool = False) -> str:
    """Return units folded under how many quotes they are, "" where there is none."""
    count, what = sum(map(len, units)), "document" if titled else "passage"
    if not count:
        return ""
    quotes = _groups(units, told, titled=titled)
    return f'<details class="rest"><summary>{counted(count, f"{which} {what}")}</summary>{quotes}</details>'


def formed(form: Form, told: Told) -> str:
    """Return the HTML of quotes that stand beside what they say: a date, a value, or one of two things."""
    if form.columns:
        most = form.column_shown()
        sides = "".join(
            f"<section><h4>{escaping.shown(head)}</h4>{_groups([(c,) for c in side[:most]], told)}"
            f"{_rest([(c,) for c in side[most:]], told)}</section>"
            for head, side in form.columns
        )
        return f'<div class="columns">{sides}</div>'
    if form.missing:
        said = "No quote is about {} alone." if form.named else "No quote names {}."
        return f'<p class="lead missing">{said.format(escaping.shown(form.missing))}</p>'
    rows = "".join(
        f'<li><p class="value">{escaping.shown(value)}</p><div>{"".join(_placed([(citation,)], told))}</div></li>'
        for value, citation in form.rows
    )
    return f'{_all_names(form)}<ol class="{form.kind}">{rows}</ol>' if rows else ""


def _all_names(form: Form) -> str:
    """Return every name of a list of names in one line above them, each once."""
    names = dict.fromkeys(value for value, _ in form.rows) if form.kind == "names" else {}
    return f'<p class="allnames">{" · ".join(map(escaping.shown, names))}</p>' if len(names) > 1 else ""


def _groups(units: Sequence[Unit], told: Told, *, titled: bool = False) -> str:
    """Return units as a list; neighbours from the same place stand together, and it is named once. `titled`: it is named above them."""
    items = [f"<li>{each}</li>" for each in _placed(units, told, titled=titled)]
    kind = "quotes titled" if titled else "quotes"
    return f'<ul class="{kind}">{"".join(items)}</ul>' if items else ""


def _placed(units: Iterable[Unit], told: Told, *, titled: bool = False) -> Iterator[str]:
    for source, neighbours in groupby(units, key=lambda unit: source_line(unit, told)):
        quote = _together(list(neighbours), told)
        yield f"{source}{quote}" if titled else f"{quote}{source}"


def _together(units: Sequence[Unit], told: Told) -> str:
    """Return quotes from one place; what two of them stand under is written once."""
    parts = []
    for n, unit in enumerate(units):
        before, lead = (units[n - 1] if n else ()), unit[0].lead
        is_told = before and lead and (before[0].lead == lead or goes_on(unit[0], before[-1:]))
        parts.append(("" if is_told else _led(unit, told)) + _body(unit, told))
    body = parts[0] if len(parts) == 1 else "".join(f'<div class="one">{part}</div>' for part in parts)
    return f'<blockquote class="quote">{body}</blockquote>'


def _led(unit: Unit, told: Told) -> str:
    """Return what a unit stands under; where that is a quote above it, its number."""
    first = unit[0]
    if first.lead is None or first.kind is Kind.ROW:
        return ""
    for n, other in enumerate(told.quotes[: told.numbers[first.label] - 1], 1):
        if goes_on(first, (other,)):
            return f'<p class="leadin">Goes on from {n}:</p>'
    skips = first.kind is Kind.ITEM and is_skipped(first, first.lead.span.end)
    text, number = seen_text(first.lead.text, first.doc_id), told.numbers[first.label]
    return lead_in(text, number, told.stops, before_lead(first), skips=skips)


def _body(unit: Unit, told: Told) -> str:
    first = unit[0]
    body = _table(unit, told) if first.kind is Kind.ROW else _listed(unit, told) if first.kind is Kind.ITEM else ""
    return body or "".join(_quote(citation, told) for citation in unit)


def _listed(unit: Unit, told: Told) -> str:
    rows = []
    end = unit[0].span.start
    for citation in unit:
        many = ' class="many"' if len(pieces_of(citation)) > 1 else ""
        gap = f"<li>{SKIPPED}</li>" if is_skipped(citation, end) else ""
        rows.append(f"{gap}<li{many}>{_quote(citation, told)}</li>")
        end = citation.span.end
    alone = len(rows) == 1 and unit[0].lead is None
    return f'<ul class="items{" alone" if alone else ""}">{"".join(rows)}</ul>'


def _table(unit: Unit, told: Told) -> str:
    lead = unit[0].lead
    head = ""
    if lead:
        cells = (seen_text(name.of(lead.text), unit[0].doc_id) for name in names_of(lead.text, unit[0].text))
        # A header that says nothing is none: the corner above the names of the rows.
        heads = "".join(f"<th>{escaping.shown(cell)}</th>" if cell else "<td></td>" for cell in cells)
        head = f"<thead><tr>{heads}</tr></thead>"
    rows = "".join(f'<tr class="qt" data-n="{told.numbers[c.label]}">{_cells(c)}</tr>' for c in unit)
    pills = "".join(numbered(citation, told) for citation in unit)
    table = f'<div class="table" tabindex="0" role="region" aria-label="Table"><table>{head}<tbody>{rows}</tbody></table></div>'
    return f'<div class="{"beside" if len(unit) == 1 else "above"}">{table}<span class="tail">{pills}</span></div>'


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
    """Return a quote, its number on its last line; what is more than running text has it beside itself."""
    pieces = pieces_of(citation)
    tag = "div" if any(kind in (Kind.CODE, Kind.ITEM) for _, kind in pieces) else "span"
    if pieces:
        text = "".join(piece_html(citation, span, kind) for span, kind in pieces)
    else:
        hidden = hidden_in(citation.text, citation.doc_id)
        text = turn_html(citation) or quoted_html(citation.text, citation.span.start, hidden, citation.answer)
    flows = " flow" if flows_in(citation.doc_id) else ""
    before, after = around(citation) if tag == "span" else ("", "")  # beside code and lists is no room for it
    number = told.numbers[citation.label]
    first, text_before = opener(before, "before", number, told.stops, dotted=citation.text.startswith(OWN_DOTS))
    last, text_after = opener(after, "after", number, told.stops, dotted=citation.text.endswith(OWN_DOTS))
    quote = f'<{tag} class="qt{flows}" data-n="{number}">{text}</{tag}>'
    end = f'<span class="tail{"" if last else " bare"}">{last}{numbered(citation, told)}</span>{text_after}'
    whole = f"{first}{text_before}{quote}{end}"
    return f'<div class="beside">{whole}</div>' if tag == "div" else whole
