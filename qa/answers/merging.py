"""The answer to a question and the answers to other readings of it -> one answer.

In -> out: Answers -> an Answer with the quotes of several, the best first.
Does not: read a question in another way (parts and exchanging do), or search (qa/answers/searching.py does).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from qa.answers.cited import stems_of
from qa.answers.quoting import SHARE_OF_BEST, overlaps
from qa.datatypes import Answer, Citation, Span
from qa.patterns import pattern
from qa.settings import Settings
from qa.text.tokens import lexical_terms

_NAME = pattern(r"\b[A-Z]\w+(?: [A-Z]\w+)+")


def with_parts(whole: Answer, parts: Sequence[Answer], most: int) -> Answer:
    """Return an answer in which the best quote for each part of the question comes first, as far as the documents answer it.

    A question that they do not answer as a whole is answered, but not clearly, where they answer every part of it.
    """
    if not whole.answered and not (parts and all(answer.answered for answer in parts)):
        return whole
    best = [answer.citations[0] for answer in parts if answer.answered]
    best = [one for one in best if not any(_holds(other, one) for other in best)]
    kept: list[Citation] = []
    for citation in (*best, *whole.citations):
        if len(kept) < most and not overlaps(kept, citation.doc_id, citation.span):
            kept.append(replace(citation, label=len(kept) + 1))
    if whole.answered:
        return replace(whole, citations=tuple(kept))
    confidence = min(answer.confidence for answer in parts)
    return replace(whole, citations=tuple(kept), answered=True, confidence=confidence, reason="")


def with_sides(whole: Answer, sides: Sequence[Answer], settings: Settings) -> Answer:
    """Return the answer to a question that sets two things against each other, by the answers to each of them alone.

    Both spoken of: a clear answer, for the comparison itself need not be written anywhere. One: what is said of it, not clearly, and
    why not of the other.
    """
    spoken = [side for side in sides if side.answered]
    if not spoken:
        return whole
    both = replace(with_parts(replace(whole, answered=True), sides, settings.quotes), reason="")
    if len(spoken) < 2:
        missing = [side.reason for side in sides if not side.answered]
        confidence = min(max(whole.confidence, settings.threshold), settings.clear_threshold)
        return replace(both, confidence=confidence, clear=False, reason="".join(missing))
    # Of a thing alone next to nothing is asked, so that what is quoted of it is hardly ever likely: that it is quoted is what counts.
    share = (min(side.confidence for side in spoken) - settings.threshold) / max(1 - settings.threshold, 1e-9)
    least = settings.clear_threshold + (1 - settings.clear_threshold) * share
    return replace(both, confidence=max(whole.confidence, least), clear=True)


def of_the_other(together: Answer, readings: Sequence[Answer], thing: str, most: int) -> Answer:
    """Return the answer to a follow-up that names another thing, read as the question before asked of that as well as together with it.

    A quote counts by its mean probability over both: what answers only one of them comes later, or not at all. Quotes that do not even
    name the other thing are no answer where the documents do not answer the question asked of it, and no surer one where they do.
    """
    if not readings:
        return together
    best = max(readings, key=lambda answer: answer.confidence)
    if not best.answered:
        named = any(_names(citation, thing) for citation in together.citations)
        return together if named else replace(best, searched=together.searched)
    chances: dict[tuple[str, Span], float] = {}
    for citation in (*best.citations, *together.citations):
        place = citation.doc_id, citation.span
        chances[place] = chances.get(place, 0.0) + (citation.probability or 0.0) / 2
    unique = {(c.doc_id, c.span): c for c in (*together.citations, *best.citations)}
    order = sorted(unique, key=lambda place: -chances[place])
    kept = [place for place in order if chances[place] >= SHARE_OF_BEST * chances[order[0]]][:most]
    surest = max(best, together, key=lambda answer: answer.confidence)
    return replace(
        surest if _names(unique[kept[0]], thing, by_title=False) else best,  # a title may be many a thing's
        searched=together.searched,
        citations=tuple(replace(unique[place], label=n, probability=chances[place]) for n, place in enumerate(kept, 1)),
        corrections={**best.corrections, **together.corrections},
    )


def rather_named(together: Answer, alone: Answer, thing: str) -> Answer:
    """Return the answer to a follow-up about another thing by itself where it names that and no quote of the one with the question before does."""
    if not together.answered or any(_names(c, thing) or _abbreviates(c, thing) for c in together.citations):
        return together
    named = tuple(c for c in alone.citations if _names(c, thing))
    if not named:
        return together
    return replace(alone, citations=tuple(replace(c, label=n) for n, c in enumerate(named, 1)), clear=False)


def rather_alone(alone: Answer, together: Answer) -> Answer:
    """Return the better answer to a short question, by itself or with the one before; that one has to be answered with a word of its own.

    So what was asked before neither answers a question that stands alone nor says why it is refused. Where both quote the same first,
    it adds nothing.
    """
    places = [[(c.doc_id, c.span) for c in answer.citations[:1]] for answer in (alone, together)]
    if alone.answered and places[0] == places[1]:
        return alone
    own = any(_names(citation, alone.question) for citation in together.citations[:1])
    return together if own and not alone.clear and together.confidence > alone.confidence else alone


def _holds(larger: Citation, smaller: Citation) -> bool:
    """Tell whether a quote has all of another one, and more: a list, its item."""
    inner, outer = smaller.span, larger.span
    return larger.doc_id == smaller.doc_id and outer != inner and outer.start <= inner.start and inner.end <= outer.end


def _abbreviates(citation: Citation, thing: str) -> bool:
    """Tell whether a thing is the first letters of a name in a quote: "UK" of "United Kingdom"."""
    initials = ("".join(word[0] for word in name.split()) for name in _NAME.findall(citation.text))
    return thing.upper() in initials


def _names(citation: Citation, thing: str, *, by_title: bool = True) -> bool:
    """Tell whether a quote, or what it stands under, has a word of a thing."""
    return not stems_of(citation, by_title=by_title).isdisjoint(lexical_terms(thing))
