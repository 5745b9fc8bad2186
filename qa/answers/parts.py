"""A question that asks two things -> each of them by itself.

In -> out: "who built the mill and when" -> two questions; "the difference between tea and coffee", "tea vs coffee", "tea or coffee" -> two things.
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
_THE = r"(?:(?:the|an?) )?"
_AGAINST = tuple(
    pattern(rf"{form}(?P<topic> (?:on|about|regarding|concerning) .+)?", re.IGNORECASE)
    for form in (
        r"(?:what(?:'s| is| are) |explain |tell me )?(?:the |any )?(?:main |key )?(?:differences?|comparison) (?:between|of) "
        rf"{_THE}(?P<a>.+?) and {_THE}(?P<b>[^,]+?)",
        rf"how (?:do|does|did|is|are) {_THE}(?P<a>.+?) (?:differ(?:ent)? from|compare (?:with|to)) {_THE}(?P<b>.+?)",
        rf"compare {_THE}(?P<a>.+?) (?:and|with|to) {_THE}(?P<b>.+?)",
        rf"{_THE}(?P<a>\S.*?) (?:vs\.?|versus|compared (?:to|with)) {_THE}(?P<b>.+?)",
    )
)
_EITHER = pattern(rf"{_THE}(?P<a>\S+(?: \S+){{0,2}}) or {_THE}(?P<b>\S+(?: \S+){{0,2}})", re.IGNORECASE)
"""tea or coffee: nothing but two things."""
_SAYS = pattern(
    r"\b(?:who|whom|whose|what|when|where|why|how|which|is|are|was|were|be|do|does|did|has|have|had|can|could|may|must|should|will|would|more|less)\b",
    re.IGNORECASE,
)
_PRONOUN = pattern(r"\b(?:it|he|she|they|him|her|them|this|that|these|those|its|his|their)\b", re.IGNORECASE)


_HINTS = (" and", " or", ",", ";", "&")
_HINTS_AGAINST = ("differ", "compar", " vs", " versus", " or ")
"""Each form holds one of these: a question without is compared with no form."""


def sides_asked(question: str) -> list[str]:
    """Return the two things that a question sets against each other, each with what is asked of both; an empty list where it does not."""
    found = things_compared(question)
    return [found["a"] + found["topic"], found["b"] + found["topic"]] if found else []


def things_compared(question: str) -> dict[str, str] | None:
    """Return the two things, `a` and `b`, and their `topic` ("" where none is asked); None where a question sets nothing against another."""
    plain = _plain(question)
    if len(plain) > LONGEST or not any(hint in plain.lower() for hint in _HINTS_AGAINST):
        return None
    for form in _AGAINST:
        if found := form.fullmatch(plain):
            return {name: found[name] or "" for name in ("a", "b", "topic")}
    found = _EITHER.fullmatch(plain)
    return {"a": found["a"], "b": found["b"], "topic": ""} if found and not _SAYS.search(plain) else None


def parts_of(question: str) -> list[str]:
    """Return the questions in one that asks two things, in order; an empty list where it asks one."""
    plain = _plain(question)
    if len(plain) > LONGEST or not any(hint in plain.lower() for hint in _HINTS):
        return []
    for form in (_TWO_ASKED, _ASKED_AFTER):
        if found := form.fullmatch(plain):
            return [f"{found['first']} {found['rest']}", f"{found['second']} {found['rest']}"]
    if (found := _TWO_QUESTIONS.fullmatch(plain)) and found["second"].lower() not in found["first"].lower():
        first, second = found["first"], found["second"]
        return [first, f"{first} {second}" if _PRONOUN.search(second) else second]
    return []


def asks_two(question: str) -> bool:
    """Tell whether a question asks two things, or of two."""
    return bool(parts_of(question) or sides_asked(question))


def _plain(question: str) -> str:
    return " ".join(question.strip().strip(" ?!.").replace("’", "'").split())
