"""A page of a PDF -> the lines its content draws, each glyph with the box it is drawn in.

In -> out: an open pypdfium2 page -> `Line`s in the order of the content, and how many glyphs lie outside of the page or are invisible.
Does not: decide what belongs together (qa/formats/wrapping.py), or replace, reorder or add a visible character.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import pi
from statistics import median_low
from typing import Any

from qa.records import record

Box = tuple[float, float, float, float]
"""Left, bottom, right, top in points."""
_DIVIDED = re.compile(r"[^\W\d_][-\u2010]$")
_HYPHENS = (2, 0x2D, 0xAD, 0x2010, 0xFFFE)
_INVISIBLE_MODE = 3
_BOLD_NAME = re.compile(r"(?i)bold|black|heavy")
_BOLD_WEIGHT, _NAME_BYTES = 600, 200
_FIXED_NAME = re.compile(r"(?i)mono|courier|consol|typewriter|CM[A-Z]{0,4}TT\d|menlo")
_AS_WIDE = 0.2
"""Letters are as wide as each other where their steps differ by no larger share: boxes reach round what leans over."""
_LARGEST_DOT, _DOT_GAP = 9, 2.0
"""In points, and in heights of letters."""
_MOST_OBJECTS = 3000
"""A page on which more is drawn is a drawing."""
_SAMPLED = 5
"""Of every so many glyphs one is asked how it is drawn."""


@dataclass(slots=True)
class Line:
    """Glyphs on one base line; `hyphen` where the last one may only divide a word, `bold` where the first and the last are, `fixed` where all are
    of a font whose letters are as wide as each other, `dotted` where a dot is drawn before it, which is no glyph: browsers mark items so.

    `left`, `right` and `base` are as if it ran to the right, `lowest` is as it lies on the page.
    """

    page: int
    chars: str
    boxes: list[Box]
    angle: float
    hyphen: bool
    bold: bool = False
    fixed: bool = False
    dotted: bool = False
    left: float = field(init=False)
    right: float = field(init=False)
    base: float = field(init=False)
    lowest: float = field(init=False)
    size: float = field(init=False)

    def __post_init__(self) -> None:
        drawn = [box for char, box in zip(self.chars, self.boxes, strict=True) if not char.isspace()]
        seen = [_upright(box, self.angle) for box in drawn]
        self.lowest = median_low(box[1] for box in drawn)
        self.left, self.right = min(box[0] for box in seen), max(box[2] for box in seen)
        self.base = median_low(box[1] for box in seen)
        self.size = median_low(box[3] - box[1] for box in seen) or 1.0
        self.hyphen = self.hyphen or bool(_DIVIDED.search(self.chars.rstrip()))

    @property
    def shown(self) -> str:
        """The line's characters, white space collapsed."""
        return " ".join(self.chars.split())


def _upright(box: Box, angle: float) -> Box:
    """Return a box as it lies where the line it is in, which runs up, down or upside down, is turned to run to the right."""
    left, bottom, right, top = box
    turns = round(angle / (pi / 2)) % 4
    if turns == 0:
        return box
    if turns == 2:
        return -right, -top, -left, -bottom
    return (bottom, -right, top, -left) if turns == 3 else (-top, left, -bottom, right)


@dataclass(slots=True)
class Drawn:
    """What a page draws."""

    lines: list[Line] = field(default_factory=list)
    outside: int = 0
    glyphs: int = 0
    invisible: int = 0
    """Glyphs that are text without being drawn, as recognition of letters leaves them over a scan (of those asked)."""
    asked: int = 0


def draw(page: Any, number: int) -> Drawn:
    """Return the lines of an open page, the `number`th."""
    import pypdfium2.raw as pdfium

    reader = _Reader(page, number)
    box, handle = pdfium.FS_RECTF(), reader.textpage.raw
    high = 0
    for k in range(pdfium.FPDFText_CountChars(handle)):
        code = pdfium.FPDFText_GetUnicode(handle, k)
        if code in (10, 13):
            reader.flush()
        elif 0xD800 <= code < 0xDC00:
            high = code  # a character beyond the first plane comes as two
        else:
            if 0xDC00 <= code < 0xE000 and high:
                code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00)
            high = 0
            hyphen = code in _HYPHENS and pdfium.FPDFText_IsHyphen(handle, k) == 1
            if hyphen and code in (2, 0xAD, 0xFFFE):
                code = 0x2D
            if _is_text(code):
                pdfium.FPDFText_GetLooseCharBox(handle, k, ctypes.byref(box))
                angle = pdfium.FPDFText_GetCharAngle(handle, k)
                reader.take(k, chr(code), (box.left, box.bottom, box.right, box.top), angle, hyphen)
    reader.flush()
    reader.textpage.close()
    dots = list(_dots(page))
    for line in reader.drawn.lines:
        line.dotted = any(_is_before(dot, line) for dot in dots)
    return reader.drawn


def _dots(page: Any) -> Iterator[Box]:
    """Yield where small shapes are drawn that are as wide as they are high."""
    import pypdfium2.raw as pdfium

    edges = [ctypes.c_float() for _ in range(4)]
    count = pdfium.FPDFPage_CountObjects(page.raw)
    for n in range(count if count <= _MOST_OBJECTS else 0):
        shape = pdfium.FPDFPage_GetObject(page.raw, n)
        is_path = pdfium.FPDFPageObj_GetType(shape) == pdfium.FPDF_PAGEOBJ_PATH
        if is_path and pdfium.FPDFPageObj_GetBounds(shape, *map(ctypes.byref, edges)):
            left, bottom, right, top = (edge.value for edge in edges)
            if 1 < right - left < _LARGEST_DOT and abs((right - left) - (top - bottom)) < 1:
                yield left, bottom, right, top


def _is_before(dot: Box, line: Line) -> bool:
    """Tell whether a dot stands before the first letter of a line, as high as that at most."""
    middle = (dot[1] + dot[3]) / 2
    near = 0 <= line.left - dot[2] <= _DOT_GAP * line.size and dot[3] - dot[1] <= 0.6 * line.size
    return near and not line.angle and line.base <= middle <= line.base + line.size


def _is_text(code: int) -> bool:
    control = code < 32 or 127 <= code < 160 or 0xD800 <= code < 0xE000 or code in (0xFFFE, 0xFFFF)
    return code == 9 or not control


def _are_as_wide(chars: Sequence[str], boxes: Sequence[Box]) -> bool:
    """Tell whether all letters take the same room: each begins as far behind the one before it."""
    steps = [
        after[0] - before[0]
        for (a, before), (b, after) in pairwise(zip(chars, boxes, strict=True))
        if not a.isspace() and not b.isspace()
    ]
    return max(steps, default=0.0) - min(steps, default=0.0) <= _AS_WIDE * max(steps, default=0.0)


@record
class _Font:
    bold: bool
    fixed: bool


class _Reader:
    """The line that is being read."""

    def __init__(self, page: Any, number: int) -> None:
        self.textpage, self.number, self.crop = page.get_textpage(), number, page.get_cropbox()
        self.drawn = Drawn()
        self._clear()

    def _clear(self) -> None:
        self.chars: list[str] = []
        self.boxes: list[Box] = []
        self.last: Box | None = None
        self.first_k = self.last_k = 0
        self.angle = 0.0

    def flush(self, hyphen: bool = False) -> None:
        """End the line."""
        if self.last is not None:
            fonts = self._font(self.first_k), self._font(self.last_k)
            bold, fixed = all(font.bold for font in fonts), all(font.fixed for font in fonts)
            fixed = fixed and _are_as_wide(self.chars, self.boxes)
            self.drawn.lines.append(Line(self.number, "".join(self.chars), self.boxes, self.angle, hyphen, bold, fixed))
        self._clear()

    def take(self, k: int, char: str, box: Box, angle: float, hyphen: bool) -> None:
        """Add a character to the line, or to a new one where it turns or jumps."""
        if char.isspace():
            self.chars.append(" ")
            self.boxes.append(box)
            return
        left, bottom, right, top = self.crop
        if not (left <= (box[0] + box[2]) / 2 <= right and bottom <= (box[1] + box[3]) / 2 <= top):
            self.drawn.outside += 1
            return
        self._ask(k)
        if self.last is not None and (abs(angle - self.angle) > 0.1 or (abs(angle) < 0.1 and self._jumps(box))):
            self.flush()
        self.first_k, self.last_k = (k if self.last is None else self.first_k), k
        self.last, self.angle = box, angle
        self.chars.append(char)
        self.boxes.append(box)
        if hyphen:
            self.flush(True)

    def _jumps(self, box: Box) -> bool:
        return self.last is not None and (box[1] > self.last[3] + 1 or box[3] < self.last[1] - 1)

    def _font(self, k: int) -> _Font:
        """Return whether a glyph is of a bold font, and of one of fixed width, by what the file says or, where it does not, the font's name."""
        import pypdfium2.raw as pdfium

        written, flags = ctypes.create_string_buffer(_NAME_BYTES), ctypes.c_int()
        pdfium.FPDFText_GetFontInfo(self.textpage.raw, k, written, _NAME_BYTES, ctypes.byref(flags))
        weight = pdfium.FPDFText_GetFontWeight(self.textpage.raw, k)
        name = written.value.decode("utf-8", "replace")
        bold, fixed = weight >= _BOLD_WEIGHT or _BOLD_NAME.search(name), flags.value & 1 or _FIXED_NAME.search(name)
        return _Font(bool(bold), bool(fixed))

    def _ask(self, k: int) -> None:
        import pypdfium2.raw as pdfium

        self.drawn.glyphs += 1
        if self.drawn.glyphs % _SAMPLED == 1:
            self.drawn.asked += 1
            drawn_by = pdfium.FPDFText_GetTextObject(self.textpage.raw, k)
            if drawn_by and pdfium.FPDFTextObj_GetTextRenderMode(drawn_by) == _INVISIBLE_MODE:
                self.drawn.invisible += 1
