"""Running text of reStructuredText -> which of its characters are markup.

In -> out: a text and a span of running text in it -> spans a reader does not see.
Does not: know blocks (qa/formats/rst.py), or look up what a reference without words of its own leads to.
"""

from __future__ import annotations

from collections.abc import Iterator

from qa.datatypes import Span
from qa.patterns import pattern

_MARKUP = pattern(
    r"(?<![`\w\\])``(?P<literal>[^`]{1,500}(?:`[^`]{1,500})?)``"
    r"|(?<![\w\\])(?::(?P<role>[A-Za-z][\w.+:-]{0,40}):)?`(?P<said>[^`]{1,500})`(?:__?|:[A-Za-z][\w.+:-]{0,40}:)?"
    r"|(?<![\w\\*])\*\*(?P<strong>[^\s*][^*]{0,500})\*\*"
    r"|(?<![\w\\*])\*(?P<emphasis>[^\s*][^*]{0,500})\*(?!\w)"
    r"|\[(?:#?[\w.-]{1,60}|[#*])\]_(?!\w)"
    r"|(?<![\w\\|])\|(?P<put>[^\s|](?:[^|\n]{0,100}[^\s|])?)\|(?:__?)?(?!\w)"
    r"|(?<!\w)(?P<named>[A-Za-z0-9]++(?:[-_.+][A-Za-z0-9]++){0,10})__?(?=[\s.,;:!?)\]'\"’”]|\Z)"
    r"|\\(?:(?P<escaped>\S)|\s)"
)
_SHOWN = ("literal", "strong", "emphasis", "put", "named", "escaped")
_TARGET = pattern(r"(?<![ \t\r\n])\s*<[^<>]{1,400}>\Z")
_NAMES_ITS_KIND = frozenset(("pep", "rfc"))
"""A reader sees the name of these roles, too: "PEP 8" of `:pep:`8``, for us "pep:8"."""


def markup_in(text: str, span: Span) -> Iterator[Span]:
    """Yield what is markup in running text, in order."""
    for match in _MARKUP.finditer(text, span.start, span.end):
        start, end = match.span()
        if match["said"] is not None:
            yield from _around(text, match.span(), *_said(text, Span(*match.span("said")), match["role"] or ""))
            continue
        shown = next((name for name in _SHOWN if match[name] is not None), "")
        yield from _around(text, (start, end), *match.span(shown)) if shown else (Span(start, end),)


def _around(text: str, whole: tuple[int, int], start: int, end: int) -> Iterator[Span]:
    role = text[whole[0] : start]
    if role.strip(":`").lower() in _NAMES_ITS_KIND and role.startswith(":"):
        yield Span(whole[0], whole[0] + 1)
        yield Span(start - 1, start)
    elif whole[0] < start:
        yield Span(whole[0], start)
    if end < whole[1]:
        yield Span(end, whole[1])


def _said(text: str, said: Span, role: str) -> tuple[int, int]:
    """Return where a reader's words stand in what is interpreted: without its target, or the modules before a name ("~")."""
    if target := _TARGET.search(text, said.start, said.end):
        if target.start() > said.start:
            return said.start, target.start()
        return text.index("<", said.start) + 1, said.end - 1
    start = said.start + (role != "" and text[said.start] in "!~")
    if role and text[said.start] == "~":
        start = max(start, text.rfind(".", said.start, said.end - 1) + 1)
    return start, said.end
