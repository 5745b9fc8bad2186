"""What may differ between a quote and its source, and what may not: one folded form for both, and the way back to the source.

In -> out: a text -> the same with one kind of quotation mark, dash, white space and composition, in small letters; a place in it -> a Span.
Does not: forgive another letter, digit, sign, currency, per cent or punctuation mark, or a number that is cut from a longer one.
"""

from __future__ import annotations

import unicodedata
from array import array
from collections.abc import Iterator

from qa.datatypes import Span
from qa.patterns import pattern

SINGLE = "‘’‚‛ʼ`´′‹›"
DOUBLE = "“”„‟«»″"
DASHES = "‐‑‒–—―−﹘﹣－"
LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
INVISIBLE = "\u00ad\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff" + "".join(
    map(chr, [*range(0x202A, 0x202F), *range(0x2066, 0x206A), *range(0xFE00, 0xFE10)])
)
_SAME = str.maketrans(
    {**dict.fromkeys(SINGLE, "'"), **dict.fromkeys(DOUBLE, '"'), **dict.fromkeys(DASHES, "-"), **LIGATURES, **dict.fromkeys(INVISIBLE, "")}
)  # fmt: skip
_FINAL_SIGMA = str.maketrans("ς", "σ")
_BROKEN = pattern(r"\u00ad[^\S\n]*\n[^\S\n]*")
"""A word that is divided at the end of a line by a soft hyphen."""
_WORD = pattern(r"[^\W_]+")
_UNITS = "%‰‱°"
"""What belongs to the number beside it, as currencies do."""
_PIECE = pattern(r"\u00ad[^\S\n]*\n[^\S\n]*|\s+|\S")


def fold_text(text: str) -> str:
    """Return the folded form of a text."""
    if text.isascii():
        return " ".join(_sides(text, text.lower().replace("`", "'")))
    return " ".join(_sides(text, _fold_piece(_BROKEN.sub("\u200b", text))))


def _sides(text: str, folded: str) -> list[str]:
    """White space at either end is one space as well: only so are pieces folded alone what they are folded together."""
    words = folded.split()
    if not words:
        return [""] if not folded else ["", ""]
    return [*([""] if folded[0].isspace() else []), *words, *([""] if folded[-1].isspace() else [])]


def _fold_piece(text: str) -> str:
    return unicodedata.normalize("NFD", text).translate(_SAME).lower().translate(_FINAL_SIGMA)


def unquoted(text: str) -> str:
    """Return a text without the quotation marks around it."""
    text = text.strip()
    outer = SINGLE + DOUBLE + "'\""
    return text[1:-1].strip() if len(text) > 1 and text[0] in outer and text[-1] in outer else text


class Folded:
    """The folded form of a text, with the place of each of its characters."""

    def __init__(self, source: str) -> None:
        parts: list[str] = []
        starts, ends = array("q"), array("q")
        for start, end in _pieces(source):
            piece = source[start:end]
            folded = fold_text(piece)
            if folded[:1] == " " and parts and parts[-1][-1] == " ":
                ends[-1], folded = end, folded[1:]
            if folded:
                parts.append(folded)
                starts.extend([start] * len(folded))
                ends.extend([end] * len(folded))
        self.text = "".join(parts)
        self._starts, self._ends = starts, ends

    def span(self, start: int, end: int) -> Span:
        """Return the place in the source of [start, end) of the folded text."""
        return Span(self._starts[start], self._ends[end - 1])

    def next_start(self, position: int) -> int:
        """Return where the next word may begin after `position`."""
        inside = _WORD.match(self.text, position)
        return max(inside.end() if inside else 0, position + 1)

    def stands_alone(self, start: int, end: int) -> bool:
        """Tell whether [start, end) begins and ends with whole words and whole numbers."""
        text = self.text
        before, first = text[max(start - 2, 0) : start], text[start]
        last, after = text[end - 1], text[end : end + 2]
        if before and first.isalnum() and before[-1].isalnum():
            return False
        if after and last.isalnum() and (after[0].isalnum() or unicodedata.combining(after[0])):
            return False
        if _is_of_number(first) and _continues_left(before[::-1]):
            return False
        return not (_is_of_number(last) and _continues_right(after))


def _is_of_number(mark: str) -> bool:
    return mark.isdigit() or _is_unit(mark)


def _is_unit(mark: str) -> bool:
    return mark in _UNITS or unicodedata.category(mark) == "Sc"


def _continues_left(beside: str) -> bool:
    """Tell whether what stands before a digit or currency, nearest first, belongs to it: a currency, a sign, a decimal point."""
    nearest, further = beside[:1], beside[1:2]
    if not nearest:
        return False
    if nearest in "-+±":
        return not further.isalnum()
    return _is_unit(nearest) or (nearest in ".,'" and (further.isdigit() or (nearest == "." and not further.isalnum())))


def _continues_right(beside: str) -> bool:
    nearest, further = beside[:1], beside[1:2]
    return nearest != "" and (_is_unit(nearest) or (nearest in ".,'" and further.isdigit()))


def _pieces(source: str) -> Iterator[tuple[int, int]]:
    """Yield the pieces of a text that can be folded each alone: a character with what combines with it, a stretch of white space."""
    start = 0
    for match in _PIECE.finditer(source):
        if match.start() > start and not unicodedata.combining(source[match.start()]):
            yield start, match.start()
            start = match.start()
    if source:
        yield start, len(source)
