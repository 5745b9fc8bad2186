"""Whose words a question asks for, and whether a sentence gives them.

In -> out: the text of a question -> the words of the speaker; a sentence and those before it -> whether that speaker speaks in it.
Does not: parse either; a speaker is a name in front of a verb of saying ("Rao said", "she told reporters" after a sentence with her name).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.patterns import pattern
from qa.text.tokens import folded_words, is_content_word, stem


def _stems(words: str) -> frozenset[str]:
    return frozenset(map(stem, words.split()))


_SAYING = _stems("""
    say said tell told think thought write wrote warn claim call accuse promise propose argue add insist declare announce suggest believe
    expect describe reject deny criticise criticize ask demand note state stress explain admit urge doubt praise suspect predict recommend
    mention answer respond reply post want plan caution complain condemn dismiss emphasize emphasise remark comment testify
""")
_INVERTED = _stems(
    "say said says write wrote add added warn warned ask asked explain explained insist insisted reply replied"
)
_PRONOUNS = frozenset(("he", "she", "they"))
_ASKED = pattern(
    r"\b(?:did|does|do|has|have|had|would|will)\s+(?P<who>(?:\S+\s+){1,6}?)(?P<verb>[^\W\d_]+)\b", re.IGNORECASE
)
_QUOTE_MARKS = ("“", "„", "«", '"')
LOOKED_AT = 200
"""Characters in which a speaker and the verb of saying are looked for, so that a long question takes no square of its time."""
_BEFORE = 5
_PRONOUN_BEFORE = 2


def speaker_of(question: str) -> frozenset[str]:
    """Return the folded words of whom a question asks to quote ("what did the mayor say" -> mayor); empty where it asks for nobody's words."""
    return _asked_of(question)[0]


def verb_of(question: str) -> str:
    """Return the stem of the verb that asks for somebody's words ("what did the mayor say" -> say), "" where none does."""
    return _asked_of(question)[1]


def _asked_of(question: str) -> tuple[frozenset[str], str]:
    for match in _ASKED.finditer(question):
        start = match.start("who")
        words = list(folded_words(question[start : start + LOOKED_AT]))
        for i, word in enumerate(words[:7]):
            if i and stem(word) in _SAYING:
                return frozenset(w for w in words[:i] if is_content_word(w)), stem(word)
    return frozenset(), ""


def speaks(speaker: frozenset[str], sentence: str, before: Sequence[str]) -> bool:
    """Tell whether a sentence says what the speaker says; `before` are the sentences in front of it, nearest last.

    A quotation goes on where the sentence before it had its speaker ("Why ...?" she said. "It has never worked.").
    """
    words = list(folded_words(sentence))
    for i, word in enumerate(words):
        if word in speaker and (_says(words[i + 1 : i + 1 + _BEFORE]) or (i and stem(words[i - 1]) in _INVERTED)):
            return True
    known = any(not speaker.isdisjoint(folded_words(text)) for text in before)
    if known and any(w in _PRONOUNS and _says(words[i + 1 : i + 1 + _PRONOUN_BEFORE]) for i, w in enumerate(words)):
        return True
    return bool(before) and sentence.lstrip().startswith(_QUOTE_MARKS) and speaks(speaker, before[-1], before[:-1])


def _says(words: Sequence[str]) -> bool:
    return any(stem(word) in _SAYING for word in words)
