"""A follow-up that names one other thing ("and Macron?", "what about the weaving one?") -> the question before it, asked of that.

In -> out: the question before, the follow-up -> the question with the other thing in place of each thing that it may stand for.
Does not: choose among them (the documents do: qa/answers/answering.py), or read a follow-up with a verb, which says more than a name.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from qa.datatypes import Span
from qa.patterns import pattern
from qa.text.tokens import content_words, folded_words, is_content_word

MOST = 4
"""Most readings of a follow-up: each is searched."""
LONGEST = 4
"""A thing of more words says what is asked of it itself."""
_OTHER = pattern(
    r"\W*(?:(?:and|but|or|then|so)\b[\s,]*(?:(?:what|how) (?:about|of)\b)?|(?:what|how) about\b)\s*"
    r"(?:(?P<within>in|of|for|with|at|on|from|to)\s+)?(?P<article>(?:the|a|an|that|those)\s+)?(?P<thing>[^\s?!.,;:][^?!.,;:]*?)(?P<one>\s+ones?)?"
    r"\W*",
    re.IGNORECASE,
)
_SAYS_MORE = pattern(
    r"\b(?:is|are|was|were|be|do|does|did|has|have|had|can|could|will|would|shall|should|may|might|must|who|whom|whose|what|when|where|why|how|which"
    r"|he|she|it|they|him|her|them|his|its|their|this|that|these|those|there|else|more|not|no|yes)\b",
    re.IGNORECASE,
)
_ARTICLE = pattern(r"\b(?:the|a|an|that|those|our|your|their|this|his|her|its)\s+\Z", re.IGNORECASE)
_PREPOSITION = pattern(
    r"\b(in|of|for|with|at|on|from|to)\s{1,3}((?:the|an?|that|those|our|your|their|this)\s{1,3})?", re.IGNORECASE
)
_WORD = pattern(r"[^\W_]+(?:[-'’][^\W_]+)*")


def other_thing(follow_up: str) -> tuple[str, str]:
    """Return what a follow-up names and the article before it, both empty where it names nothing or says more."""
    other = _other(follow_up)
    return _named_by(other) if other else ("", "")


def exchanged(earlier: str, follow_up: str, is_name: Callable[[str], bool]) -> list[str]:
    """Return the readings, none where the follow-up is not of that kind; a name stands for a name where the question before has one,
    and what is named behind a preposition ("and of the council?") for what stands behind the same one there.
    """
    other = _other(follow_up)
    if not other:
        return []
    if other["within"] and (reading := _behind_the_same(earlier, other)):
        return [reading]
    thing, article = _named_by(other)
    words = [
        (Span(*m.span()), _is_named(earlier, m, is_name)) for m in _WORD.finditer(earlier) if _is_weighty(m.group())
    ]
    if any(map(is_name, folded_words(thing))) or any(word[:1].isupper() for word in thing.split()):
        words = [word for word in words if word[1]] or words
    readings = []
    for span in _runs(earlier, words):
        before = earlier[: span.start]
        readings.append(before + ("" if _ARTICLE.search(before) else article) + thing + earlier[span.end :])
    return list(dict.fromkeys(readings))[:MOST]


def _other(follow_up: str) -> re.Match[str] | None:
    other = _OTHER.fullmatch(follow_up.strip())
    thing = other["thing"].strip() if other else ""
    if other is None or not content_words(thing) or len(thing.split()) > LONGEST or _SAYS_MORE.search(thing):
        return None
    return other


def _named_by(other: re.Match[str]) -> tuple[str, str]:
    return other["thing"].strip(), other["article"] or ""


def _behind_the_same(earlier: str, other: re.Match[str]) -> str:
    """Return the question before with the other thing behind its preposition, "" where it has none; of "a half plot", "a full one" is a full plot."""
    same = [match for match in _PREPOSITION.finditer(earlier) if match[1].lower() == other["within"].lower()]
    if not same:
        return ""
    end, last = same[-1].end(), ""
    start = end - len(same[-1][2] or "")
    for match in _WORD.finditer(earlier, end):
        if not _is_weighty(match.group()) or (last and earlier[end : match.start()].strip()):
            break
        end, last = match.end(), match.group()
    thing, article = _named_by(other)
    return f"{earlier[:start]}{article}{thing}{f' {last}' if other['one'] else ''}{earlier[end:]}" if last else ""


def _is_weighty(word: str) -> bool:
    return any(map(is_content_word, folded_words(word)))


def _is_named(text: str, match: re.Match[str], is_name: Callable[[str], bool]) -> bool:
    return any(map(is_name, folded_words(match.group()))) or (match.start() > 0 and match.group()[:1].isupper())


def _runs(text: str, words: list[tuple[Span, bool]]) -> list[Span]:
    """Join names that stand side by side: they are one thing."""
    runs: list[tuple[Span, bool]] = []
    for span, named in words:
        if runs and named and runs[-1][1] and not text[runs[-1][0].end : span.start].strip():
            runs[-1] = Span(runs[-1][0].start, span.end), True
        else:
            runs.append((span, named))
    return [span for span, _ in runs]
