"""Comments of Obsidian (`%%like this%%`, in a line or over several): no reader of the note sees them.

In -> out: a text and where code stands in it -> the spans of its comments; the text with each of their characters masked.
Does not: take a mark that is never closed, or that is written behind a number (100%%), for the beginning of a comment.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from qa.datatypes import Span
from qa.patterns import pattern

MASK = "\ufdd0"
"""Stands for a character of a comment while the rest is read; Unicode keeps it for such uses."""
_MARK = pattern(r"(?<![%\\])%%(?!%)")
_PART_END = pattern(r"\n[ \t>]*\r?\n")
_BEFORE = " \t>"
"""May stand before a mark that opens a comment of several paragraphs, on its line."""


def comments(text: str, code: Sequence[Span]) -> Iterator[Span]:
    """Yield the comments, in order; one of several paragraphs begins a line and ends one."""
    code = sorted(code)
    opened: re.Match[str] | None = None
    for mark in _MARK.finditer(text):
        at = bisect_right(code, mark.start(), key=lambda span: span.start)
        if at and mark.start() < code[at - 1].end:
            continue
        if opened and _closes(text, opened, mark):
            yield Span(opened.start(), mark.end())
            opened = None
        else:
            opened = None if text[mark.start() - 1 : mark.start()].isdigit() else mark


def masked(text: str, hidden: Sequence[Span]) -> str:
    """Return the text, as long as it was, with these spans masked, their line breaks, too."""
    parts, at = [], 0
    for span in hidden:
        parts += [text[at : span.start], MASK * (span.end - span.start)]
        at = span.end
    return "".join([*parts, text[at:]])


def _closes(text: str, opened: re.Match[str], mark: re.Match[str]) -> bool:
    if text[mark.end() : mark.end() + 1].isalnum():
        return False
    if not _PART_END.search(text, opened.end(), mark.start()):
        return True
    line = text.rfind("\n", 0, opened.start()) + 1
    return not text[line : opened.start()].strip(_BEFORE) and text[mark.end() : mark.end() + 1] in ("", "\n", "\r")
