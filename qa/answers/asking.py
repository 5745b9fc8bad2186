"""What kind of answer a question asks for, and which sentences could hold one.

In -> out: the text of a question -> `Kind`; a sentence -> whether it names a person, a time, an amount, a place.
Does not: understand either; it looks for capitals, digits and a few words of English. A question of another kind suits every sentence.
"""

from __future__ import annotations

import re
from enum import Enum

from qa.patterns import pattern
from qa.text.tokens import folded_words, is_content_word

_KINDS = (
    (r"\b(?:who|whom|whose)\b", "NAME"),
    (r"\bwhen\b|\b(?:what|which|in what) (?:year|years|date|day|month|century|decade)\b", "TIME"),
    (r"\bhow (?:many|much|long|old|far|big|large|high|tall|often|fast)\b|\bwhat (?:percent\w*|number|share|proportion|amount)\b", "AMOUNT"),
    (r"\bwhere\b", "NAME"),
)  # fmt: skip
_AMOUNT = pattern(
    r"\d+|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|twenty|thirty|forty|fifty"
    r"|dozens?|hundreds?|thousands?|millions?|billions?|trillions?|half|thirds?|quarters?|once|twice|none|both|many|several|majority|most|percent)\b",
    re.IGNORECASE,
)
_TIME = pattern(
    r"\b(?:1\d{3}|20\d{2})s?\b|\b\d{1,2}(?:st|nd|rd|th)\b|\b(?:january|february|march|april|may|june|july|august|september|october|november"
    r"|december|(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:centur|decade|year|month|week|day)(?:s|y|ies)?|today|yesterday|tomorrow|now"
    r"|recently|ago|since|until|before|after|during|spring|summer|autumn|winter)\b",
    re.IGNORECASE,
)
_CAPITAL = pattern(r"\b[^\W\d_a-z][^\W_]+")


class Kind(Enum):
    """What a question asks for."""

    NAME = "a name"
    TIME = "a time"
    AMOUNT = "an amount"
    ANYTHING = "anything"


def kind_of(question: str) -> Kind:
    """Return what a question asks for: who, where (a name), when, how many; ANYTHING where it does not say."""
    for form, kind in _KINDS:
        if re.search(form, question, re.IGNORECASE):
            return Kind[kind]
    return Kind.ANYTHING


def could_hold(kind: Kind, sentence: str, question: str) -> bool:
    """Tell whether a sentence has what a question of that kind asks for; a name the question has itself does not count."""
    if kind is Kind.TIME:
        return bool(_TIME.search(sentence))
    if kind is Kind.AMOUNT:
        return bool(_AMOUNT.search(sentence))
    if kind is Kind.NAME:
        known = set(folded_words(question))
        return any(
            is_content_word(w) and w not in known for m in _CAPITAL.finditer(sentence) for w in folded_words(m.group())
        )
    return True
