"""A question that asks two things -> each of them by itself.

In -> out: "who built the mill and when", "the difference between tea and coffee", "tea vs coffee" -> what is in it.
Does not: parse; it looks for two words that ask, or for two things set against each other, in English. What it does not see is searched whole.
"""

from __future__ import annotations

import re

from qa.patterns import pattern

LONGEST = 200
"""A longer question is left whole."""
_ASKING = (
    r"(?:who|whom|whose|what|when|where|why|how(?: (?:many|much|long|old|far|big|large|high|tall|often|fast))?|which|by whom|for whom"
    r"|since when|until when)"
)
_AND = r"(?:,? and|,|;| &|,? or)"
_TWO_ASKED = pattern(rf"(?P<first>{_ASKING})\b{_AND} (?P<second>{_ASKING})\b (?P<rest>.+)", re.IGNORECASE)
"""who and when built the mill"""
_ASKED_AFTER = pattern(rf"(?P<first>{_ASKING})\b (?P<rest>.+?){_AND} (?P<second>{_ASKING})", re.IGNORECASE)
"""who built the mill and when"""
_TWO_QUESTIONS = pattern(
    rf"(?P<first>{_ASKING}\b .+?){_AND} (?P<second>{_ASKING} (?:is|are|was|were|do|does|did|has|have|had|can|will|would|should)\b .+)",
    re.IGNORECASE,
)
"""who built the mill and when was it restored"""
_AGAINST = (
    pattern(
        r"(?:what(?:'s| is| are) |explain |tell me )?(?:the |any )?(?:main |key )?differences? between (?P<a>.+?) and (?P<b>[^,]+)",
        re.IGNORECASE,
    ),
    pattern(r"how (?:do|does|did|is|are) (?P<a>.+?) (?:differ|different) from (?P<b>.+)", re.IGNORECASE),
    pattern(r"compare (?P<a>.+?) (?:and|with|to) (?P<b>.+)", re.IGNORECASE),
    pattern(r"(?P<a>\S.*?) (?:vs\.?|versus) (?P<b>.+)", re.IGNORECASE),
)
_PRONOUN = pattern(r"\b(?:it|he|she|they|him|her|them|this|that|these|those|its|his|their)\b", re.IGNORECASE)


_HINTS = (" and", " or", ",", ";", "&", "differ", "compare", "vs", "versus")
"""Each form holds one of these: a question without is compared with no form."""


def parts_of(question: str) -> list[str]:
    """Return the questions in one that asks two things, in order; an empty list where it asks one."""
    plain = " ".join(question.strip().strip(" ?!.").replace("’", "'").split())
    if len(plain) > LONGEST or not any(hint in plain.lower() for hint in _HINTS):
        return []
    for form in _AGAINST:
        if found := form.fullmatch(plain):
            return [found["a"], found["b"]]
    for form in (_TWO_ASKED, _ASKED_AFTER):
        if found := form.fullmatch(plain):
            return [f"{found['first']} {found['rest']}", f"{found['second']} {found['rest']}"]
    if (found := _TWO_QUESTIONS.fullmatch(plain)) and found["second"].lower() not in found["first"].lower():
        first, second = found["first"], found["second"]
        return [first, f"{first} {second}" if _PRONOUN.search(second) else second]
    return []
