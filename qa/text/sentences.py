"""Text -> sentence spans that tile it: they touch, start at 0 and end at the end.

In -> out: `str` -> `list[Span]`; syntok finds the sentence ends inside a paragraph, this file the paragraphs.
Does not: change a character, or search for text it has seen before (offsets are only carried forward).
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise

from qa.datatypes import Block, Kind, Span
from qa.formats.plain import paragraphs
from qa.formats.reading import MARK
from qa.patterns import pattern
from qa.text.shown import Shown

VERSION = 4
MAX_SENTENCE_CHARS = 800
MAX_QUOTATION_CHARS = 400
WINDOW_CHARS = 20_000
"""Longest piece of one line that is searched for sentence ends at a time."""

# syntok miscounts after white space other than the plain space and after format characters: it is shown a copy in
# which each of these is one plain space, so that its offsets are offsets of the original.
_BLANK = pattern(r"[^\S ]|[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]")
_WORD = pattern(r"\S+")
_STOP_AFTER_SPACE = pattern(r"\s[.!?…]+[)\]”\"’]*\s+(?=\S)")
_CREDIT = pattern(r"(?<=[^\W\d_])(?=(?:Image|Photo|Picture|Illustration|Graphic|Video|Credit|Source)s?: )")
"""Where a picture's credit is glued to its caption: "... behind their backsImage: A. Photographer"."""
_WHOLE = frozenset((Kind.HEADING, Kind.ROW, Kind.CODE, Kind.META, Kind.FURNITURE))
_WIDE_STOP = pattern(r"[。！？｡]+[」』）”’]*\s*|(?<![।॥።۔؟])[।॥።۔؟]++\s+|(?<![।॥።])[।॥።]++(?=\w)")
"""Full stops of scripts that may put no space after them."""
_MARKED_STOP = pattern(
    r"(?<=[^\W\d_])[)”’\"]?[.!?][)”’\"]?(?:\[\d+(?:[-–,]\s?\d+)*\]|[¹²³⁰⁴-⁹]|\^\d+\^|\d{1,3}(?=\s))+\s+(?=[“\"‘(]?[^\W\d_])"
)
"""A mark of citation glued to the full stop: "... in 1790.[3] It ..."."""
_TITLE = (
    r"(?:Dr|Prof|Mr|Mrs|Ms|Rev|Sgt|Gen|Col|Capt|Lt|Hon|St|Sen|Rep|Gov|Pres|Fr|Sr|Jr|Maj|Cpl|Cmdr"
    r"|Hrn?|Mme|Mlle|Sra|Srta|Dra|Lic|[Ss]ig|[Dd]ott|[Dd]hr|[Mm]evr)"
)
_NAME_GOES_ON = pattern(rf"\b{_TITLE}\.(?:\s+[^\W\d_]\.)*\s*\Z")
_NUMBER_FOLLOWS = pattern(
    r"\b(?:[Ss]ecs?|[Aa]rts?|[Pp]aras?|[Ee]qs?|[Aa]pp|[Cc]h|[Cc]hap|pp?|[Ff]igs?|[Nn]os?|[Vv]ol|[Cc]l|[Rr]eg|[Ss]ched|[Tt]ab"
    r"|Abs|Ziff|Kap|Bd|Nrn?|[Pp]ágs?)\.\s*\Z"
)
_ORDINAL = pattern(
    r"\b(?:[Aa]m|[Dd](?:er|ie|as|em|en|es)|[Vv]om|[Zz]u[mr]|[Bb]eim|[Aa]b|[Bb]is|[Ss]eit)\s+\d{1,3}\.\s*\Z"
)
"""A number in order, as German writes it: "am 31. März", "der 2. Weltkrieg"."""
_DAY = pattern(r"(?<![\w.,])\d{1,2}\.\s*\Z")
"""Before one of these months it is in order whatever stands before it; the four that are English too want a word of German before."""
_MONTH = pattern(r"(?:Jänner|Januar|Februar|März|Mai|Juni|Juli|Oktober|Dezember)\b")
_NEVER_LAST = pattern(
    r"\b(?:[Vv]gl|[Gg]em|[Bb]zw|[Gg]gf|[Zz]zgl|[Ii]nkl|[Ee]vtl|[Cc]fr|[Vv]éase|n|vt|vi|adj|adv|interj)\.\s*\Z"
)
"""Short forms that open a sentence or stand in it, and the kinds of word in a dictionary: "angry fruit salad: n. A bad design"."""
_STOP = pattern(r"[.!?]\s+")
_CLOSERS_ONLY = pattern(r"[\s)\]”’\"'.,;:!?…]*\Z")
_QUOTATION = pattern(r"“[^“”]*”|«[^«»]*»|\"[^\"]*\"")
_CUTS = (pattern(r"[;:]\s+"), pattern(r",\s+|\s[–—-]\s+"), pattern(r"\s+"))


def split_sentences(text: str, blocks: Sequence[Block] = (), hidden: Sequence[Span] = ()) -> list[Span]:
    """Return spans that tile `text`; `[]` for the empty text.

    A sentence also ends where a block ends; a heading, a row of a table and what is no text are one. What a reader does
    not see counts for nothing. A quotation of up to MAX_QUOTATION_CHARS is not cut inside, a sentence longer than
    MAX_SENTENCE_CHARS is.
    """
    if not text:
        return []
    shown = Shown(text, hidden)
    edges = {0, len(text)}
    for block in blocks or [Block(span, Kind.PARAGRAPH) for span in paragraphs(text)]:
        edges.add(block.span.start if blocks else trim(text, block.span).start)
        if block.kind not in _WHOLE:
            for window in _windows(text, block.span):
                edges.update(_starts_seen(shown, window))
                if window.start != block.span.start:
                    edges.add(window.start)
    return [piece for a, b in pairwise(sorted(edges)) for piece in _bounded(text, a, b)]


def trim(text: str, span: Span) -> Span:
    """Return `span` without the white space at its two ends (an empty span where there is nothing else)."""
    piece = span.of(text)
    start = span.start + len(piece) - len(piece.removeprefix(MARK).lstrip())
    return Span(start, max(start, span.end - (len(piece) - len(piece.rstrip()))))


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


def _starts_seen(shown: Shown, window: Span) -> Iterator[int]:
    """Yield where the sentences after the first one of a window start, markup that opens there with them."""
    seen, places = shown.of(window), shown.places(window)
    for start in _starts_within(seen)[1:]:
        place = places[start]
        before = shown.hidden_before(place)
        yield before if before > window.start and shown.text[before - 1].isspace() else place


def _starts_within(block: str) -> list[int]:
    """Return where the sentences of one paragraph start, in order, the first at its first visible character."""
    from syntok import segmenter

    plain = _BLANK.sub(" ", block)
    if not plain.strip():
        return []
    found = {s[0].offset for paragraph in segmenter.process(plain) for s in paragraph if s}
    found |= {m.end() for m in _STOP_AFTER_SPACE.finditer(plain) if not plain[m.end()].islower()}
    found |= {m.start() for m in _CREDIT.finditer(plain)}
    found |= {m.end() for form in (_WIDE_STOP, _MARKED_STOP) for m in form.finditer(plain) if m.end() < len(plain)}
    found = {start for start in found if not goes_on(plain, start)}
    first = len(plain) - len(plain.lstrip())
    inside = _quotations(plain)
    starts = [first]
    for start in sorted(found):
        if start > first and not _is_inside(start, inside) and not _CLOSERS_ONLY.match(plain[start : start + 400]):
            starts.append(start)
    return starts


def goes_on(plain: str, start: int) -> bool:
    """Tell whether the stop before `start` only shortens a word or orders a number: "Dr." before a name, "Sec." before a number, "3. März"."""
    before = plain[max(0, start - 40) : start]
    if _NAME_GOES_ON.search(before) or _NEVER_LAST.search(before) or _ORDINAL.search(before):
        return True
    if _DAY.search(before) and _MONTH.match(plain, start):
        return True
    return bool(_NUMBER_FOLLOWS.search(before)) and bool(re.match(r"[\dIVXivx]+\b|[A-Z]\b", plain[start : start + 8]))


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
    for form in _CUTS:
        ends = [m.end() for m in form.finditer(window)]
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
