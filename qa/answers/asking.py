"""What kind of answer a question asks for, and which sentences could hold one.

In -> out: the text of a question -> `Kind`; a sentence -> whether it names a person, a time, an amount, a place; a text -> whether it lacks just the
amount that is asked for.
Does not: understand either; it looks for capitals, digits and a few words of English. A question of another kind suits every sentence.
"""

from __future__ import annotations

import re
from enum import Enum
from itertools import islice

from qa.text.tokens import folded_words, is_content_word, stem

_KINDS = (
    (r"\b(?:who|whom|whose)\b", "NAME"),
    (r"\bwhen\b|\b(?:what|which|in what) (?:year|years|date|day|month|century|decade)\b", "TIME"),
    (r"\bhow (?:many|much|long|old|far|big|large|high|tall|often|fast)\b|\bwhat (?:percent\w*|number|share|proportion|amount)\b", "AMOUNT"),
    (r"\bwhere\b", "NAME"),
)  # fmt: skip
_AMOUNT = re.compile(
    r"\d+|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|twenty|thirty|forty|fifty"
    r"|dozens?|hundreds?|thousands?|millions?|billions?|trillions?|half|thirds?|quarters?|once|twice|none|both|many|several|majority|most|percent)\b",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"\b(?:1\d{3}|20\d{2})s?\b|\b\d{1,2}(?:st|nd|rd|th)\b|\b(?:january|february|march|april|may|june|july|august|september|october|november"
    r"|december|(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:centur|decade|year|month|week|day)(?:s|y|ies)?|today|yesterday|tomorrow|now"
    r"|recently|ago|since|until|before|after|during|spring|summer|autumn|winter)\b",
    re.IGNORECASE,
)
_YEARS = r"(?:second|minute|hour|day|week|month|year|decade|centur(?:y|ie))s?"
_LENGTHS = r"(?:miles?|km|(?:kilo|centi|milli)?met(?:er|re)s?|feet|foot|ft|m|cm|mm|inch(?:es)?|yards?|acres?|hectares?)"
_HAS_AMOUNT = rf"(?:{_AMOUNT.pattern})[^.;!?]{{0,14}}?"
_MEASURED = tuple((re.compile(asked, re.IGNORECASE), re.compile(held, re.IGNORECASE)) for asked, held in (
    (r"\bhow long\b", rf"{_HAS_AMOUNT}\b(?:{_YEARS}|{_LENGTHS})\b|\b(?:since|until|from)\b"),
    (r"\bhow old\b|\b(?:what|which) age\b", r"\baged?\b|\byears?[- ]old\b|\bborn\b|\bdates? (?:from|back)\b"),
    (r"\bhow (?:far|tall|high|wide|deep)\b", rf"{_HAS_AMOUNT}\b{_LENGTHS}\b|%|\bpercent"),
    (r"\bpercent(?:age)?\b", r"%|\bper ?cent\w*|\b(?:half|thirds?|quarters?)\b"),
    (r"\bhow much\b.*\b(?:cost|pay|paid|money|spen[dt]|worth|earn|charged?|revenue|fund\w*|invest\w*)\b",
     r"%|[$€£¥]\s?\d|\bper ?cent\w*|\b(?:dollars?|euros?|pounds?|cents?|yen|rubles?|francs?|marks?|usd|eur|gbp|free|million|billion|trillion)\b"),
))  # fmt: skip
_PERCENT = re.compile(r"[\d.,]*\s?(?:%|per ?cent)", re.IGNORECASE)
_COUNTED = re.compile(r"\bhow many\s+(.+)", re.IGNORECASE | re.DOTALL)
COUNTED_WORDS = 3
"""How many words after "how many" may name what is counted."""
AFTER_AMOUNT = 5
"""Within how many words after an amount one of them stands."""
_CAPITAL = re.compile(r"\b[^\W\d_a-z][^\W_]+")


class Kind(Enum):
    """What a question asks for."""

    NAME = "a name"
    TIME = "a time"
    AMOUNT = "an amount"
    ANYTHING = "anything"


def kind_of(question: str) -> Kind:
    """Return what a question asks for: who, where (a name), when, how many; ANYTHING where it does not say."""
    for pattern, kind in _KINDS:
        if re.search(pattern, question, re.IGNORECASE):
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


def lacks_amount(question: str, text: str) -> bool:
    """Tell whether a question asks how many, how long, how old, how far or how much money, and a text has no such amount."""
    measures = [held for asked, held in _MEASURED if asked.search(question)]
    if any(held.search(text) for held in measures):
        return False
    counted = _COUNTED.search(question)
    if counted is None:
        return bool(measures)
    return not _counts(_first_content_words(counted[1]), text)


def _first_content_words(text: str) -> list[str]:
    """Return the stems of what is counted: "of the EU's critical minerals does ..." -> eu, critic, miner."""
    found: list[str] = []
    for word in folded_words(text):
        ends = not is_content_word(word) and len(word) > 1 and word not in ("of", "the", "and")
        if len(found) == COUNTED_WORDS or (found and ends):
            break
        if is_content_word(word):
            found.append(stem(word))
    return found


def _counts(things: list[str], text: str) -> bool:
    """Tell whether one of the things stands soon after an amount."""
    for amount in _AMOUNT.finditer(text):
        if _PERCENT.match(text, amount.end()):
            continue
        after = [
            stem(word) for word in islice(folded_words(text[amount.start() : amount.end() + 100]), AFTER_AMOUNT + 1)
        ]
        if not things or set(things) & set(after[1:]):
            return True
    return False
