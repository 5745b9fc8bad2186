"""A question and the ones before it -> what is searched.

In -> out: the question, earlier questions (oldest first) -> one text.
Does not: rewrite anything; a follow-up is searched together with what it follows, word for word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from qa.patterns import pattern
from qa.text.tokens import content_words, folded_words

HISTORY_USED = 3
"""How far back a follow-up of a follow-up is followed."""
LONGEST_EARLIER = 300
"""An earlier text of more characters is a pasted paragraph, and no question to follow up."""
_CONNECTIVE = pattern(
    r"\W*(?:and|but|so|also|then|or|what about|how about|why not|who else|what else)\b", re.IGNORECASE
)
_GO_ON = pattern(
    r"\W*(?:(?:please )?(?:tell me more|say more|go on|continue|elaborate|explain)"
    r"|(?:more|further)(?: (?:details?|information|info))?|(?:for )?examples?|such as)\W*\Z",
    re.IGNORECASE,
)
_QUESTION_WORD = pattern(r"\W*(?:what|who|whom|whose|when|where|why|how|which)\b", re.IGNORECASE)
_REFERENCE = pattern(
    r"\b(?:he|she|it|they|him|her|them|his|hers|its|their|those|these|this"
    r"|(?<!is )(?<!are )(?<!was )(?<!were )there|the same(?! time)|the other|(?:is|was|about|of|said|than|does|did|do) that)\b"
    r"|\bthat\W*\Z",
    re.IGNORECASE,
)
_REPLIES = {
    "You are welcome.": frozenset(("thanks", "thank", "thx", "ty", "cheers")),
    "Hello.": frozenset(("hello", "hi", "hey", "hiya", "morning", "evening", "afternoon", "welcome")),
    "Goodbye.": frozenset(("bye", "goodbye")),
}
_COURTESY = frozenset(("ok", "okay", "please", "sorry", "great", "nice", "cool", "perfect")).union(*_REPLIES.values())
_WITH_IT = frozenset(
    word
    for line in (
        "a again all and are but day doing for good have how i is it lot much my night so that the there very you your",
    )
    for word in line.split()
)
_OF_ALL = frozenset(("it", "its", "they", "their"))
"""What may refer to what the documents are about, and to no question before."""
_SAYS_ENOUGH = 2
_HOW_MUCH = pattern(r"\bhow \w+", re.IGNORECASE)
_LONGEST_REFERRING = 5
_LONGEST_ELLIPSIS = 2


def searched_for(question: str, history: Sequence[str], is_name: Callable[[str], bool] = lambda _: False) -> str:
    """Return the question itself, or where it cannot stand alone, with the one before it, and so on while that one cannot either.

    What was asked before a question that stands alone is not dragged along; a courtesy ("thanks") or a pasted paragraph is no question to follow up.
    `is_name` tells of a folded word whether the documents use it as a name, so that "how old is hegseth" stands alone.
    """
    parts = [question.strip()]
    earlier = [
        text.strip() for text in history if text.strip() and len(text) <= LONGEST_EARLIER and not is_courtesy(text)
    ]
    while earlier and len(parts) <= HISTORY_USED and _leans_on_history(parts[0], is_name):
        parts.insert(0, earlier.pop())
    return " ".join(parts)


def may_stand_alone(question: str) -> bool:
    """Tell whether a question may follow no other: words of its own, no "and" or "tell me more", and no "he" or "that" to refer to one.

    "It" and "their" may be what all the documents are about ("does it run on Windows"), where the question says something besides.
    """
    words = content_words(_HOW_MUCH.sub("how", question))
    if not content_words(question) or _GO_ON.match(question) or _CONNECTIVE.match(question):
        return False
    if not (reference := _REFERENCE.search(question)):
        return True
    return len(words) >= _SAYS_ENOUGH and reference.group().lower() in _OF_ALL


def _leans_on_history(question: str, is_name: Callable[[str], bool]) -> bool:
    content = content_words(question)
    if is_courtesy(question):
        return False
    if _CONNECTIVE.match(question) or _GO_ON.match(question):
        return True
    if len(content) <= _LONGEST_ELLIPSIS and not _names_its_topic(question, is_name):
        return True
    reference = _REFERENCE.search(question)
    return (
        len(content) <= _LONGEST_REFERRING
        and reference is not None
        and not _has_name(question[: reference.start()], is_name)
    )


def _names_its_topic(question: str, is_name: Callable[[str], bool]) -> bool:
    """Tell whether a short question is whole all the same: it begins with a question word and has a name ("what is ELSA")."""
    if not _QUESTION_WORD.match(question):
        return False
    return _has_name(question, is_name)


def _has_name(text: str, is_name: Callable[[str], bool]) -> bool:
    """Tell whether there is a name in a text that begins a question: what "her" refers to after it ("where did Ana Lund get her car")."""
    words = [match.group() for match in re.finditer(r"[^\W_]+", text)]
    return any(word[0].isupper() for word in words[1:]) or any(map(is_name, content_words(text)))


def is_courtesy(text: str) -> bool:
    """Tell whether a text is small talk ("hello", "thanks a lot"), and no question."""
    words = list(folded_words(text))
    return any(word in _COURTESY for word in words) and all(word in _COURTESY or word in _WITH_IT for word in words)


def reply_to(courtesy: str) -> str:
    """Return what is said to a courtesy, "" where nothing need be."""
    words = set(folded_words(courtesy))
    return next((reply for reply, known in _REPLIES.items() if words & known), "")
