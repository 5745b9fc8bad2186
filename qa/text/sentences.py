"""Text -> sentence spans that tile it: they touch, start at 0 and end at the end.

In -> out: `str` -> `list[Span]`; syntok finds the sentence ends inside a paragraph, this file the paragraphs.
Does not: change a character, or search for text it has seen before (offsets are only carried forward).
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise

from qa.datatypes import Span

VERSION = 2
MAX_SENTENCE_CHARS = 800
MAX_QUOTATION_CHARS = 400
WINDOW_CHARS = 20_000
"""Longest piece of one line that is searched for sentence ends at a time."""

# syntok miscounts after white space other than the plain space and after format characters: it is shown a copy in
# which each of these is one plain space, so that its offsets are offsets of the original.
_BLANK = re.compile(r"[^\S ]|[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]")
_WORD = re.compile(r"\S+")
_BULLET = re.compile(r"\s*(?:[-*•·‣▪–—>#|]|\(?\w{1,3}[.)])\s")
_STOP_AFTER_SPACE = re.compile(r"\s[.!?…]+[)\]”\"’]*\s+(?=\S)")
_CREDIT = re.compile(r"(?<=[^\W\d_])(?=(?:Image|Photo|Picture|Illustration|Graphic|Video|Credit|Source)s?: )")
"""Where a picture's credit is glued to its caption: "... behind their backsImage: A. Photographer"."""
_STOP = re.compile(r"[.!?]\s+")
_CLOSERS_ONLY = re.compile(r"[\s)\]”’\"'.,;:!?…]*\Z")
_QUOTATION = re.compile(r"“[^“”]*”|«[^«»]*»|\"[^\"]*\"")
_CUTS = (re.compile(r"[;:]\s+"), re.compile(r",\s+|\s[–—-]\s+"), re.compile(r"\s+"))


def split_sentences(text: str) -> list[Span]:
    """Return spans that tile `text`; `[]` for the empty text.

    A sentence also ends where a paragraph, heading or list item ends. A quotation of up to
    MAX_QUOTATION_CHARS is not cut inside, a sentence longer than MAX_SENTENCE_CHARS is.
    """
    starts: list[int] = []
    for block in _blocks(text):
        for window in _windows(text, block):
            starts += [window.start + offset for offset in _starts_within(window.of(text))]
    if not text:
        return []
    edges = [0, *starts[1:], len(text)]
    return [piece for a, b in pairwise(edges) for piece in _bounded(text, a, b)]


def trim(text: str, span: Span) -> Span:
    """Return `span` without the white space at its two ends (an empty span where there is nothing else)."""
    piece = span.of(text)
    start = span.start + len(piece) - len(piece.lstrip())
    return Span(start, max(start, span.end - (len(piece) - len(piece.rstrip()))))


def _blocks(text: str) -> Iterator[Span]:
    """Yield spans of lines that belong together: one line, or the lines of one hard-wrapped paragraph."""
    lines, position = [], 0
    for line in text.splitlines(keepends=True):
        lines.append(Span(position, position + len(line)))
        position += len(line)
    start = 0
    while start < len(lines):
        end = start
        while end < len(lines) and lines[end].of(text).strip():
            end += 1
        yield from _unwrapped(text, lines[start:end])
        start = end + 1


def _windows(text: str, block: Span) -> Iterator[Span]:
    """Cut a block longer than WINDOW_CHARS after a full stop, else between words: time and memory stay bounded."""
    start = block.start
    while block.end - start > WINDOW_CHARS:
        window = text[start : start + WINDOW_CHARS]
        ends = [m.end() for m in _STOP.finditer(window)] or [m.end() for m in re.finditer(r"\s+", window)]
        cut = start + (ends[-1] if ends else WINDOW_CHARS)
        yield Span(start, cut)
        start = cut
    yield Span(start, block.end)


def _unwrapped(text: str, lines: list[Span]) -> Iterator[Span]:
    """Join the lines of one paragraph where the break only wraps: the next word would not have fitted."""
    stripped = [line.of(text).strip() for line in lines]
    width = max(map(len, stripped), default=0)
    first = 0
    for i in range(1, len(lines) + 1):
        if i < len(lines) and _wraps(stripped[i - 1], stripped[i], width):
            continue
        yield Span(lines[first].start, lines[i - 1].end)
        first = i


def _wraps(line: str, following: str, width: int) -> bool:
    if _BULLET.match(following + " "):
        return False
    if following[0].islower() and line[-1] not in ".!?:":
        return True
    first_word = following.split(maxsplit=1)[0]
    return 40 <= width <= 120 and len(line) + 1 + len(first_word) > width


def _starts_within(block: str) -> list[int]:
    """Return where the sentences of one paragraph start, in order, the first at its first visible character."""
    from syntok import segmenter

    plain = _BLANK.sub(" ", block)
    if not plain.strip():
        return []
    found = {s[0].offset for paragraph in segmenter.process(plain) for s in paragraph if s}
    found |= {m.end() for m in _STOP_AFTER_SPACE.finditer(plain) if not plain[m.end()].islower()}
    found |= {m.start() for m in _CREDIT.finditer(plain)}
    first = len(plain) - len(plain.lstrip())
    inside = _quotations(plain)
    starts = [first]
    for start in sorted(found):
        if start > first and not _is_inside(start, inside) and not _CLOSERS_ONLY.match(plain[start : start + 400]):
            starts.append(start)
    return starts


def _quotations(plain: str) -> list[Span]:
    return [Span(*m.span()) for m in _QUOTATION.finditer(plain) if len(m.group()) <= MAX_QUOTATION_CHARS]


def _is_inside(position: int, spans: list[Span]) -> bool:
    i = bisect_right(spans, position, key=lambda s: s.start) - 1
    return i >= 0 and spans[i].start < position < spans[i].end


def _bounded(text: str, start: int, end: int) -> Iterator[Span]:
    """Cut an overlong sentence after a clause, else between words, else between characters."""
    while end - start > MAX_SENTENCE_CHARS:
        cut = _cut(text, start, start + MAX_SENTENCE_CHARS)
        yield Span(start, cut)
        start = cut
    yield Span(start, end)


def _cut(text: str, start: int, limit: int) -> int:
    window_start = start + MAX_SENTENCE_CHARS // 2
    window = text[window_start:limit]
    for pattern in _CUTS:
        ends = [m.end() for m in pattern.finditer(window)]
        if ends:
            return window_start + ends[-1]
    while limit > window_start and _joins_previous(text, limit):
        limit -= 1
    return limit


def _joins_previous(text: str, position: int) -> bool:
    """Tell whether the character at `position` is drawn together with the one before it."""
    if position >= len(text):
        return False
    here, before = text[position], text[position - 1]
    return bool(unicodedata.combining(here)) or here in "\u200d\ufe0f" or before == "\u200d" or before + here == "\r\n"
