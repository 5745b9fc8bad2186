"""Where a quote begins and ends: at what a reader sees, with the marks that belong to it, and never within a pair of them.

In -> out: a document's text, its markup and a span -> the span without tags, call-out marks and halves of links at its ends.
Does not: choose what is quoted (qa/answers/spans.py), or change a character.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from functools import lru_cache

from qa.datatypes import Kind, Span
from qa.patterns import pattern
from qa.text.shown import Shown

_INSIDE = r"(?:a|abbr|b|cite|code|del|dfn|em|font|i|ins|kbd|mark|q|s|samp|small|span|strike|strong|sub|sup|tt|u|var)"
_OPENERS = pattern(rf"(?:[*_~`]|!?\[\[(?:[^\[\]|\n]*\|)?|!?\[|<{_INSIDE}\b[^<>]*>|<|\\)+", re.IGNORECASE)
"""Marks that open right before the first character that is seen."""
_CLOSERS = pattern(
    rf"(?:[*_~`]+|\]\((?:[^()]|\([^()]*\))*\)|\]\[[^\[\]]*\]|\]+|\[\^[^\]\s]+\]|</{_INSIDE}\s*>|>)+", re.IGNORECASE
)
"""Marks that close right after the last one."""
_PAIRS = {"(": ")", "[": "]"}
_BRACKETS = frozenset((*_PAIRS, *_PAIRS.values()))
_TICKS = pattern(r"`+")
_ESCAPE_OR_TICKS = pattern(r"\\.|`+", re.DOTALL)
_NO_MARK = pattern(r"(?<=\w)[*_]+(?=\w)|(?<!\S)[*_]+(?!\S)")
"""Stars and bars that mark nothing."""
_SMILE = pattern(r"[:;=][-']?\Z")
_COUNTED = pattern(r"(?<!\w)(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,4})\Z")
"""What an item of an enumeration begins with, up to its bracket: "a) ..."."""
_MARKS = pattern(r"\*\*|\*|__|_|~~|`+")
_TAG = pattern(rf"<(/?)({_INSIDE})\b[^<>]*>", re.IGNORECASE)


LABEL_CHARS = 60
LINKED_WORDS = 4
"""A linked paragraph of fewer words is a name, no sentence."""
_LINK = pattern(
    r"!?\[[^\[\]]*\](?:\([^()]*(?:\([^()]*\)[^()]*)*\)|\[[^\[\]]*\])|\[\[[^\[\]]*\]\]|<?https?://[^<>\s]*>?"
)
_LINKED = pattern(r"\]\([^()]*(?:\([^()]*\)[^()]*)*\)|\]\[[^\[\]]*\]|<?https?://[^<>\s]*>?")


def seen_ends(shown: Shown, span: Span) -> Span:
    """Return what is seen of a span, with the marks that open at its first and close at its last character; else the span itself.

    A mark whose other half stands outside is left out: a sentence may be cut out of what is bold.
    """
    places = shown.places(span)
    seen = [i for i, c in enumerate(shown.of(span)) if not c.isspace()]
    if not seen:
        return span
    first, end = places[seen[0]], places[seen[-1]] + 1
    marks = _OPENERS.finditer(shown.text, max(span.start, shown.hidden_before(first)), first)
    before = next((each for each in marks if each.end() == first), None)
    after = _CLOSERS.match(shown.text, end, min(span.end, max(end, shown.hidden_after(end))))
    starts = [before.start(), first] if before else [first]
    ends = [after.end(), end] if after else [end]
    found = [Span(a, b) for a in starts for b in ends]
    return next((each for each in found if is_balanced(each.of(shown.text))), found[0])


def after_half(shown: Shown, span: Span) -> Span:
    """Return what stands behind a mark near the beginning that does not close within the span: "*In short:* *we sell it." -> "we sell it."."""
    text, end = shown.text, min(span.start + LABEL_CHARS, span.end)
    for match in re.finditer(r"(?<=[\s:])(?:[*_]+|\[)", text[span.start : end]):
        rest = Span(span.start + match.end(), span.end)
        if is_balanced(rest.of(text)):
            return rest
    return span


def is_bare_link(text: str, kind: Kind) -> bool:
    """Tell whether a quote is a link and nothing else: an item of a list of links, or a name of a page; a sentence that is linked is none."""
    if any(map(str.isalnum, _LINK.sub("", text))):
        return False
    return kind is Kind.ITEM or len(_LINKED.sub("", text).split()) < LINKED_WORDS


@lru_cache(maxsize=4096)
def is_balanced(text: str) -> bool:
    """Tell whether each bracket, mark of emphasis and tag of a text has its other half."""
    bare = _NO_MARK.sub("", _without_code(text))
    marks = Counter(match.group() for match in _MARKS.finditer(bare))
    tags = Counter[str]()
    for match in _TAG.finditer(bare):
        tags[match[2].lower()] += -1 if match[1] else 1
    return has_both_brackets(bare) and not any(count % 2 for count in marks.values()) and not any(tags.values())


def _without_code(text: str) -> str:
    """Return a text with an "x" for each piece of code and each escaped character.

    Code ends at the next run of as many backticks; that is looked up, because a search from each run takes the square of a text of them.
    """
    runs: dict[int, list[int]] = {}
    for run in _TICKS.finditer(text):
        runs.setdefault(len(run.group()), []).append(run.start())
    kept, at = [], 0
    while mark := _ESCAPE_OR_TICKS.search(text, at):
        ticks = runs.get(len(mark.group()), []) if mark.group()[0] == "`" else []
        closing = bisect_right(ticks, mark.end())
        is_code = closing < len(ticks)
        end = ticks[closing] + len(mark.group()) if is_code else mark.end()
        kept += [text[at : mark.start()], "x" if is_code or mark.group()[0] != "`" else mark.group()]
        at = end
    return "".join([*kept, text[at:]])


def has_both_brackets(text: str) -> bool:
    """Tell whether each bracket of a text has its other half; "a) ..." needs none."""
    if _BRACKETS.isdisjoint(text):
        return True
    awaited: list[str] = []
    for at, c in enumerate(text):
        if c in "()" and _SMILE.search(text, max(at - 2, 0), at):
            continue
        if c in _PAIRS:
            awaited.append(_PAIRS[c])
        elif c in _PAIRS.values():
            if awaited and awaited[-1] == c:
                awaited.pop()
            elif c == "]" or not _COUNTED.search(text, max(at - 5, 0), at):
                return False
    return not awaited
