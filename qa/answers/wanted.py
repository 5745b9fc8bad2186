"""Whether the quotes of an answer are what was asked for: both sides of a comparison, or the list.

In -> out: an Answer -> whether it may be called one.
Does not: decide whether the documents answer (qa/answers/confidence.py): here a clear answer may still turn out to be only what comes closest.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from qa.answers import asking
from qa.answers.asking import could_hold, kind_of
from qa.answers.attribution import verb_of
from qa.answers.cited import stems_of
from qa.answers.sides import sides_of
from qa.datatypes import OVERVIEW, Answer, Citation, Kind
from qa.patterns import pattern
from qa.text.tokens import lexical_terms

LONGEST = 200
"""A longer question asks for more than a list."""
FEWEST = 2
"""So many items are a list."""
NEAR = 0.65
"""Of quotes that may be no answer those are near whose chance is this share of the best one's."""
LIKELY = 0.8
"""Of quotes beside the best of a clear answer, those that are this share as likely are as often right as not, the others hardly ever."""
POSSIBLY = 0.3
"""Of best quotes that are not clear, and are as likely as that, half are right (of the others a quarter)."""
_WANTED = pattern(
    r"(?:please |can you |could you |would you )?"
    r"(?:list|enumerate|name (?=all|every|each)|(?:give|show|tell|make)(?: me| us)? (?:an? |the )?(?:full |complete |whole )?list of"
    r"|what are all|which are all) "
    r"(?:me |us )?(?:all |every |each |any |of )*(?:the |your |our |my |their |its )?(?P<things>.+)",
    re.IGNORECASE,
)
_ENUMERATED = pattern(r"[^,;][,;] [^,;]+(?:[,;]? (?:and|or) |[,;] [^,;])")
"""A, B and C; A, B, C."""
_ITEMS = (Kind.ITEM, Kind.ROW)


def is_answer(answer: Answer) -> bool:
    """Tell whether quotes may be called an answer; else they are the closest passages. An overview is always one."""
    if answer.kind == OVERVIEW:
        return True
    return answer.clear and _is_whole(answer)


def may_be_answer(answer: Answer) -> bool:
    """Tell whether the best of quotes that may not be called an answer is as likely one as not."""
    possibly = not answer.clear and any(c.probability >= POSSIBLY for c in answer.citations[:1])
    return possibly and answer.kind != OVERVIEW and _is_whole(answer)


def told_apart(answer: Answer) -> Answer:
    """Return an answer in which words are told to answer only where it may be called one."""
    if is_answer(answer):
        return answer
    return replace(answer, citations=tuple(replace(citation, answer=None) for citation in answer.citations))


def near_of(answer: Answer) -> tuple[Citation, ...]:
    """Return the quotes that are worth reading: all of an answer, else the best and what is about as likely.

    Where a time, an amount or a name is asked for, those are meant that have one; the best alone where none has.
    """
    if is_answer(answer) or not answer.citations:
        return answer.citations
    kind = kind_of(answer.question)
    kinds = (kind, asking.Kind.AMOUNT) if kind is asking.Kind.TIME else (kind,)  # a time may be only figures: 9:30
    told = {c.label: f"{c.lead.text if c.lead else ''} {c.text}" for c in answer.citations}
    holding = [c for c in answer.citations if any(could_hold(each, told[c.label], answer.question) for each in kinds)]
    holding = holding or [*answer.citations[:1]]
    return _about_as_likely(holding, NEAR)


def likely_of(answer: Answer) -> tuple[Citation, ...]:
    """Return the best quote and those about as likely: the others are only related, and count for nothing."""
    return _about_as_likely(answer.citations, LIKELY)


def is_about(citation: Citation, question: str) -> bool:
    """Tell whether a quote, or what it stands under, has half of a question's words."""
    asked = set(lexical_terms(question))
    asked.discard(verb_of(question))  # whose words are asked for need not be told by that verb
    return 2 * len(asked & stems_of(citation)) >= len(asked)


def _about_as_likely(citations: Sequence[Citation], share: float) -> tuple[Citation, ...]:
    """Return the first of quotes, and those that are so large a share as likely."""
    return tuple(c for n, c in enumerate(citations) if n == 0 or c.probability >= share * citations[0].probability)


def _is_whole(answer: Answer) -> bool:
    """Tell whether both sides of a comparison are quoted, or the list, where one of these was asked for."""
    return _has_both_sides(answer) and _has_the_list(answer)


def _has_both_sides(answer: Answer) -> bool:
    sides = sides_of(answer)
    return sides is None or not sides.compared or sides.are_told_apart or sides.together


def _has_the_list(answer: Answer) -> bool:
    """Tell whether a list is quoted that is told to be of the things asked for, wherever one is asked for."""
    plain = " ".join(answer.question.strip().strip(" ?!.:").split())
    asked = _WANTED.fullmatch(plain) if len(plain) <= LONGEST else None
    if asked is None:
        return True
    things = set(lexical_terms(asked["things"]))
    together = Counter(_list_of(c) for c in answer.citations if c.kind in _ITEMS and c.lead)
    return any(
        (together[_list_of(c)] >= FEWEST or c.items[0] >= FEWEST or _ENUMERATED.search(c.text)) and _are(things, c)
        for c in answer.citations
    )


def _list_of(citation: Citation) -> tuple[str, Kind, int]:
    return citation.doc_id, citation.kind, citation.lead.span.start if citation.lead else -1


def _are(things: set[str], citation: Citation) -> bool:
    """Tell whether a quote, or what it stands under, has most words of the things."""
    return 2 * len(things & stems_of(citation)) > len(things) or not things
