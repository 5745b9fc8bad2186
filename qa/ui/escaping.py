"""Text of documents, titles and names as HTML that shows what is there: never run, never turned round, nothing in it unseen.

In -> out: any text -> escaped HTML inside `<bdi>`; or one line for an attribute.
Does not: change a character: what is selected and copied is the text, the small marks beside invisible characters are drawn by the style sheet.
"""

from __future__ import annotations

import re
from html import escape

from qa.rendering import one_line

_UNSEEN = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2028\u2029\u2060-\u2064\u2066-\u206f\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e007f]|(?<=[A-Za-z0-9])[\u200c\u200d]"
)
"""Controls, bidirectional ones among them, and what has no width; the joiners only where they join nothing."""


def inline(text: str) -> str:
    """Return text as HTML without a frame of its own: for a piece of a text whose whole is in one already."""
    return _UNSEEN.sub(_marked, escape(text))


def shown(text: str) -> str:
    """Return text as HTML that does not touch what stands beside it, whatever direction it has."""
    return f"<bdi>{inline(text)}</bdi>"


def label(text: str) -> str:
    """Return text for an attribute that is read out or shown as a tip: one line, invisible characters as escapes."""
    return escape(one_line(text))


def _marked(match: re.Match[str]) -> str:
    """A control is closed in an element of its own, which is isolated by the style sheet: it ends there."""
    return f'<bdi class="unseen" data-c="{ord(match.group()):04X}">{match.group()}</bdi>'
