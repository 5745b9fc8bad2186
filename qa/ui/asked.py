"""One question of a chat and how it was asked: what an answer's buttons send back, and what was searched for it.

In -> out: an `Asked` -> the attribute that says it, and the line above an answer that was understood differently.
Does not: ask, or search.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from html import escape

from qa.datatypes import Answer
from qa.rendering import is_understood_differently
from qa.ui.escaping import label, shown


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


def state_of(asked: Asked) -> str:
    """Return for an attribute how something was asked."""
    how = [asked.question, list(asked.history), asked.as_typed, asked.check, list(asked.within)]
    return escape(json.dumps(how))


def used_of(answer: Answer, asked: Asked) -> Asked:
    """Return what was asked with only the earlier questions it was understood with: they give the same answer again anywhere."""
    searched = answer.searched
    for typed, new in answer.corrections.items():
        searched = re.sub(re.escape(new), lambda _, typed=typed: typed, searched, flags=re.IGNORECASE)  # type: ignore[misc]
    before = searched.casefold().removesuffix(asked.question.strip().casefold())
    return replace(
        asked, history=tuple(text for text in asked.history if text.strip() and text.strip().casefold() in before)
    )


def searched_html(answer: Answer, asked: Asked) -> str:
    """Return what was searched, where that is not what was typed; each earlier question that was taken along can be taken away."""
    only = f'<p class="lead">Asked only: {shown(", ".join(asked.within))}</p>' if asked.within else ""
    if not is_understood_differently(answer):
        return only
    parts = "".join(
        f'<button type="button" class="part" data-act="without" data-part="{n}" aria-label="Search without: {label(text)}">{shown(text)}</button> '
        for n, text in enumerate(asked.history)
    )
    words = ", ".join(f"{shown(new)} for “{shown(typed)}”" for typed, new in answer.corrections.items())
    many = len(asked.history) > 1
    if parts:
        told = (
            f"Your earlier question{'s were' if many else ' was'} taken along: {parts}{f'({words}) ' if words else ''}"
        )
    else:
        told = f"Searched: {shown(answer.searched)}{f' ({words})' if words else ''} "
    typed = f"Ask without {'them' if many else 'it'}" if parts and not words else "Ask as typed"
    return f'{only}<p class="lead searched">{told}<button type="button" class="quiet" data-act="typed">{typed}</button></p>'
