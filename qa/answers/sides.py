"""Two things that are set against each other -> which quotes are about the one, and which about the other.

In -> out: an Answer to "A or B", "the difference between A and B", "A vs B" -> its `Sides`.
Does not: search each by itself (qa/answers/parts.py says what is), or guess: a quote that names both is of neither side.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.answers.parts import LONGEST, things_compared
from qa.datatypes import Answer, Citation
from qa.records import record
from qa.text.tokens import content_words, folded_words, lexical_terms, stem

_AGAINST = (
    r"\b(?:differences?|distinction|comparison) between (?:(?:the|an?) )?(?P<a>.+?) and (?:(?:the|an?) )?(?P<b>.+?)\W*$",
    r"\bcompare (?:(?:the|an?) )?(?P<a>.+?) (?:and|with|to) (?:(?:the|an?) )?(?P<b>.+?)\W*$",
    r"(?P<a>\w[\w-]*(?: \w[\w-]*)?) (?:vs\.?|versus|compared (?:to|with)) (?P<b>\w[\w-]*(?: \w[\w-]*)?)",
)
"""Forms of questions no longer than LONGEST: of a longer text they would take the square."""
_EITHER = r"(?P<a>\w[\w-]*) or (?:the |an? )?(?P<b>\w[\w-]*)"


@record
class Sides:
    """Two things, each as the quotes write it and with those that are about it alone."""

    heads: tuple[str, str]
    quotes: tuple[tuple[Citation, ...], tuple[Citation, ...]]
    compared: bool
    """Whether both are asked about; "A or B" may be answered by one of them."""
    together: bool
    """Whether a quote names both, itself or in what it stands under."""
    missing: str = ""
    """The one of the two that no quote names, "" where both are named, or none."""

    @property
    def are_told_apart(self) -> bool:
        """Whether each has a quote of its own."""
        return all(self.quotes)


def sides_of(answer: Answer) -> Sides | None:
    """Return the two things a question sets against each other, None where it does not."""
    if len(answer.question) > LONGEST:
        return None
    if (found := things_compared(answer.question)) and (
        only := _apart(heads := (_thing(found["a"]), _thing(found["b"])))
    ):
        return _sides(answer.citations, heads, only, compared=True)
    for form in (*_AGAINST, _EITHER):
        if not (match := re.search(form, answer.question, re.IGNORECASE)):
            continue
        heads = _thing(match["a"]), _thing(match["b"])
        if only := _apart(heads):
            return _sides(answer.citations, heads, only, compared=form != _EITHER)
    return None


def _apart(heads: tuple[str, str]) -> tuple[set[str], set[str]] | None:
    """Return the words that each of two things has alone, None where one has none."""
    first, second = (set(lexical_terms(head)) for head in heads)
    return (first - second, second - first) if first - second and second - first else None


def _sides(
    citations: Sequence[Citation], heads: tuple[str, str], only: tuple[set[str], set[str]], *, compared: bool
) -> Sides:
    sides: tuple[list[Citation], list[Citation]] = [], []
    for citation in citations:
        side = _side(citation, only)
        if side is not None:
            sides[side].append(citation)
    named = [any(_names(each, " ".join(_told(c))) for c in citations) for each in only]
    return Sides(
        (_written(heads[0], sides[0]), _written(heads[1], sides[1])),
        (tuple(sides[0]), tuple(sides[1])),
        compared,
        any(all(_names(each, " ".join((c.text, c.lead.text if c.lead else ""))) for each in only) for c in citations),
        heads[named.index(False)] if sum(named) == 1 else "",
    )


def _written(head: str, quotes: Sequence[Citation]) -> str:
    """Return a thing as its quotes write it: "rdb" is RDB."""
    form = re.compile(rf"(?<!\w){re.escape(head)}(?!\w)", re.IGNORECASE)
    found = [match.group() for c in quotes for text in _told(c) if (match := form.search(text))]
    return max(found, key=lambda each: sum(map(str.isupper, each)), default=head) if not head[:1].isupper() else head


def _thing(text: str) -> str:
    """Return a thing without what a pattern took along on either side: "Meloni on" is about Meloni."""
    words = text.split()
    own = [n for n, word in enumerate(words) if content_words(word)]
    return " ".join(words[own[0] : own[-1] + 1]) if own else ""


def _side(citation: Citation, only: tuple[set[str], set[str]]) -> int | None:
    """Return which of two things a quote is about: the one that it or else its nearest heading names alone.

    A quote that names one of them under a heading of the other is about neither alone.
    """
    own = [_names(each, citation.text) for each in only]
    for text in (*reversed(citation.headings), citation.title):
        above = [_names(each, text) for each in only]
        if sum(above) == 1:
            return above.index(True) if all(own) or own in (above, [False, False]) else None
    told = [_names(each, " ".join(_told(citation))) for each in only]
    return told.index(True) if sum(told) == 1 else None


def _told(citation: Citation) -> tuple[str, ...]:
    return (citation.text, *citation.headings, citation.title)


def _names(stems: set[str], text: str) -> bool:
    """Tell whether a text has all words of a thing."""
    return stems <= set(map(stem, folded_words(text)))
