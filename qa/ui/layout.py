"""How the quotes of an answer stand: the best first and what goes on from it, the others by document in reading order.

In -> out: an Answer -> its Layout, and what the numbers of its card stand for.
Does not: choose or rank a quote, or make HTML (qa/ui/quotes.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from qa.answers.wanted import is_about, likely_of, near_of
from qa.datatypes import OVERVIEW, Answer, Citation, Kind, Place
from qa.ui.forms import Form, form_of

UNITS_SHOWN = 3
"""Beside each other before the rest is folded, and fewer where they may be no answer; a list or a table is one."""
OVERVIEW_SHOWN = 8
"""Of how documents begin; a list of names or dates stands whole."""

Unit = tuple[Citation, ...]
"""One quote, or those of one list or table."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The quotes of an answer as they are shown."""

    best: Unit
    beside: tuple[Unit, ...]
    folded: tuple[Unit, ...]
    after: tuple[Unit, ...] = ()
    """What goes on from the best, right below it."""
    form: Form = field(default_factory=Form)
    """What stands before them all, where dates, values or two things are told apart."""
    related: tuple[Unit, ...] = ()
    """What is less likely an answer than the best and those beside it."""
    titled: bool = False
    """Whether each is what a document begins with, so that its title stands first."""

    def in_order(self) -> list[Citation]:
        """Return every quote in the order in which it is shown."""
        return [
            *self.form.quotes(),
            *(c for unit in (self.best, *self.after, *self.beside, *self.related, *self.folded) for c in unit),
        ]


def laid_out(answer: Answer) -> Layout:
    """Return the Layout of an answer that has quotes."""
    form = form_of(answer)
    placed = {citation.label for citation in form.quotes()}
    units = _units([citation for citation in answer.citations if citation.label not in placed])
    if placed:
        return Layout((), (), _by_document(units), form=form)
    if answer.kind == OVERVIEW:
        each_its_own = len({c.doc_id for c in answer.citations}) == len(answer.citations)
        titled = each_its_own and not any(c.answer for c in answer.citations)
        most = OVERVIEW_SHOWN if titled else len(units)
        return Layout((), tuple(units[:most]), tuple(units[most:]), titled=titled)
    labels = {citation.label for citation in near_of(answer)}
    near = [unit for unit in units if any(citation.label in labels for citation in unit)]
    best, *shown = near[:UNITS_SHOWN]
    folded = [unit for unit in units if unit != best and unit not in shown]
    after = tuple(unit for unit in shown if goes_on(unit[0], best))
    likely = {citation.label for citation in likely_of(answer)}
    beside = [unit for unit in shown if unit not in after and any(c.label in likely for c in unit)]
    related = [unit for unit in shown if unit not in after and unit not in beside]
    return Layout(best, _by_document(beside), _by_document(folded), after, form, _by_document(related))


def nearest_laid_out(answer: Answer) -> Layout:
    """Return the Layout of what comes nearest to a question that is refused: one is shown, the others are folded.

    All are folded where the nearest has fewer than half of the question's words, in it or above it: it would only seem absurd.
    """
    units = _units(answer.nearest)
    shown = 1 if any(is_about(citation, answer.question) for unit in units[:1] for citation in unit) else 0
    return Layout((), tuple(units[:shown]), _by_document(units[shown:]))


def goes_on(citation: Citation, unit: Unit) -> bool:
    """Tell whether what a quote leans on is in one of these."""
    if citation.lead is None or citation.kind in (Kind.TURN, Kind.ROW):
        return False
    lead = citation.lead.span
    return any(
        other.doc_id == citation.doc_id and other.span.start <= lead.start and lead.end <= other.span.end
        for other in unit
    )


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
