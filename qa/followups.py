"""A question and the ones before it -> what is searched.

In -> out: the question, earlier questions (oldest first) -> one text.
Does not: rewrite anything; a follow-up is searched together with what it follows, word for word.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.tokens import content_words, folded_words

HISTORY_USED = 2
"""How many of the last questions a follow-up is searched together with."""
_CONNECTIVE = re.compile(
    r"\W*(?:and|but|so|also|then|or|what about|how about|why not|who else|what else)\b", re.IGNORECASE
)
_REFERENCE = re.compile(
    r"\b(?:he|she|it|they|him|her|them|his|hers|its|their|those|these|this|there|the same|the other|(?:is|was|about|of|said|than|does|did|do) that)\b"
    r"|\bthat\W*\Z",
    re.IGNORECASE,
)
_COURTESY = frozenset(
    re.findall(
        r"\w+",
        "hello hi hey hiya thanks thank thx ty bye goodbye ok okay please morning evening afternoon cheers welcome sorry great nice cool perfect",
    )
)
_WITH_IT = frozenset(
    re.findall(
        r"\w+",
        "a again all and are but day doing for good have how i is it lot much my night so that the there very you your",
    )
)
_LONGEST_REFERRING = 5
_LONGEST_ELLIPSIS = 2


def searched_for(question: str, history: Sequence[str]) -> str:
    """Return the question itself, or with the last HISTORY_USED ones before it where it cannot stand alone.

    What was only a courtesy ("hello", "thanks") is no question that could be followed up.
    """
    question = question.strip()
    earlier = [text.strip() for text in history if text.strip() and not is_courtesy(text)][-HISTORY_USED:]
    return " ".join([*earlier, question]) if earlier and _leans_on_history(question) else question


def _leans_on_history(question: str) -> bool:
    content = content_words(question)
    if is_courtesy(question):
        return False
    if _CONNECTIVE.match(question) or len(content) <= _LONGEST_ELLIPSIS:
        return True
    return len(content) <= _LONGEST_REFERRING and bool(_REFERENCE.search(question))


def is_courtesy(text: str) -> bool:
    """Tell whether a text is small talk ("hello", "thanks a lot"), and no question."""
    words = list(folded_words(text))
    return any(word in _COURTESY for word in words) and all(word in _COURTESY or word in _WITH_IT for word in words)
