"""Lines of a PDF -> which are furniture of the pages, which belong to one paragraph, which hyphens only divide a word.

In -> out: `Line`s (qa/formats/glyphs.py) -> answers about them.
Does not: write text (qa/formats/pdf.py).
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from importlib.resources import files

from qa.formats.glyphs import Line

MARGIN = 0.12
"""Share of the page's height in which running heads and page numbers are looked for, above and below."""
REPEATS = 3
"""On so many pages a line stands that is taken to be furniture; of two pages on both, if it is the same but for the page's number."""
LARGER = 1.15
"""Letters so many times as high as most of the document are those of a heading."""
OTHER_SIZE = (0.13, 0.2)
"""Letters are of another size than those of the line before where they are so much higher or lower; in the middle of a sentence, and of a mark of
a note, the second."""
MARK_CHARS = 3
CODE_GAP = 3.2
"""Lines of one piece of code are at most so many times the letters' height apart."""
COUNTED_LINES = 10
"""From so many lines on that count up by one, numbers at the margin are the numbers of lines."""
_IDEOGRAPHS = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f"
_GLUED = re.compile(rf"\S[–—/]\0|[{_IDEOGRAPHS}]\0[{_IDEOGRAPHS}]")
STOP = re.compile(r"[.!?:;。！？]['\"”’)\]]*$")
BULLET = re.compile(r"(?:[•◦▪‣·●○■□➢✓–*\uf0b7\uf0a7\uf0a8\uf0d8\uf0fc\uf076-]|\(?\w{1,3}[.)])\s")
"""The last ones but the hyphen are those of Word's symbol fonts, which stand for no character."""
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_ROMAN = re.compile(r"[ivxlcdm]+|#")
_ENDS = re.compile(r"^\d{1,4}(?= |$)|(?<= )\d{1,4}$")
_TELLING = re.compile(r"\d|[^\W\d_].*[^\W\d_].*[^\W\d_]")


def furniture(lines: Sequence[Line], heights: Sequence[tuple[float, float]]) -> set[int]:
    """Return the indices of running heads, page numbers and line numbers; `heights`: bottom and top of each page."""
    usual = usual_size(lines)
    keys: dict[int, set[tuple[object, int]]] = {}
    few = len(heights) < REPEATS
    for i, line in enumerate(lines):
        bottom, top = heights[line.page - 1]
        share = (line.lowest - bottom) / ((top - bottom) or 1)
        if (share > 1 - MARGIN or share < MARGIN) and _TELLING.search(line.chars):
            is_larger = line.size > LARGER * usual
            keys[i] = _keys_of_few(line, is_larger=is_larger) if few else _keys(line, is_larger=is_larger)
    on_pages = Counter(key for key, _ in {(key, lines[i].page) for i, held in keys.items() for key in held})
    repeated = {key for key, pages in on_pages.items() if pages >= (2 if few else REPEATS)}
    return {i for i, held in keys.items() if held & repeated} | set(_counting(lines))


def usual_size(lines: Sequence[Line]) -> float:
    """Return the height that most letters have."""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.size, 1)] += len(line.chars)
    return sizes.most_common(1)[0][0] if sizes else 1.0


def _keys(line: Line, *, is_larger: bool) -> set[tuple[object, int]]:
    """What a line has in common with those of other pages at its height: its text without digits, or how far its number runs ahead.

    A number alone says nothing without its lead over the page; words in larger letters say nothing by their number:
    "2 On the line" is the heading of a second chapter that begins on the second page.
    """
    height, text = round(line.lowest / 4), re.sub(r"\d+", "#", line.shown)
    ahead = {int(number) - line.page for number in _ENDS.findall(line.shown)}
    has_words = any(map(str.isalpha, text)) and not _ROMAN.fullmatch(text)
    keys: set[tuple[object, int]] = set()
    if len(ahead) == 1 and not (is_larger and has_words):
        keys.add((ahead.pop(), height))
    if has_words or not keys:
        keys.add(("#" if _ROMAN.fullmatch(text) else text, height))
    return keys


def _keys_of_few(line: Line, *, is_larger: bool) -> set[tuple[object, int]]:
    """The same where two pages are all there are: every number counts but that of the page, and in larger letters that as well."""
    found = [] if is_larger else [match.span() for match in re.finditer(rf"(?<!\d){line.page}(?!\d)", line.shown)]
    said = {
        line.shown,
        *(f"{line.shown[:start]}#{line.shown[end:]}" for start, end in found),
    }  # of "2/2" one is the page
    return {(text, round(line.lowest / 4)) for text in said}


def _counting(lines: Sequence[Line]) -> Iterator[int]:
    """Yield the lines of each long run that counts up by one."""
    run: list[int] = []
    for i, line in enumerate(lines):
        number = int(line.shown) if line.shown.isdecimal() and len(line.shown) < 6 else None
        if run and number is not None and number == int(lines[run[-1]].shown) + 1:
            run.append(i)
            continue
        if len(run) >= COUNTED_LINES:
            yield from run
        run = [i] if number is not None else []
    if len(run) >= COUNTED_LINES:
        yield from run


def continues(before: Line, line: Line) -> bool:
    """Tell whether a line goes on with the paragraph of the line before it."""
    first, end = line.chars.lstrip(), before.chars.rstrip()
    elsewhere = before.page != line.page or line.base > before.base + before.size
    digit = first[:1].isdigit()
    if line.dotted:
        return False
    is_part = first[0].islower() or min(len(before.shown), len(line.shown)) <= MARK_CHARS
    unlike = OTHER_SIZE[is_part] * max(before.size, line.size)
    if abs(before.angle - line.angle) > 0.1 or abs(before.size - line.size) > unlike:
        return before.page != line.page and before.hyphen and not digit
    if before.hyphen and not (digit and elsewhere):
        return True
    if BULLET.match(first):
        return False
    if elsewhere or line.left > before.right + before.size:  # the next column or page
        return not STOP.search(end) and (first[0].islower() or end[-1:] == ",")
    gap = before.base - line.base
    if gap <= 0.3 * before.size and line.left > before.right:
        return line.left - before.right < before.size * 3
    if gap > 1.75 * before.size:
        return False
    if before.bold != line.bold and (before.right < line.right - 2 * before.size if before.bold else STOP.search(end)):
        return False  # a heading in bold letters of the same height, and what is below it
    indented = line.left - before.left > 0.8 * before.size
    short = before.right < line.right - 4 * before.size
    is_item = bool(BULLET.match(before.chars.lstrip())) and not before.chars.lstrip()[0].isupper()
    below_mark = is_item and abs(line.left - before.left) < 0.3 * before.size
    return not (STOP.search(end) and (indented or short or below_mark))


def goes_on_as_code(before: Line, line: Line) -> bool:
    """Tell whether both are lines of one piece of code, one below the other, with one blank line between them at most."""
    gap = before.base - line.base
    alike = before.fixed and line.fixed and before.page == line.page and abs(before.size - line.size) <= 0.1 * line.size
    return alike and 0 < gap <= CODE_GAP * before.size


def is_glued(end: str, first: str) -> bool:
    """Tell whether no space belongs between the end of a line and the first character of the next."""
    return bool(_GLUED.search(f"{end}\0{first}"))


def count_words(lines: Iterable[Line]) -> Counter[str]:
    """Count the words of a document, those with hyphens as one."""
    return Counter(word.lower() for line in lines for word in _WORD.findall(line.chars))


def keeps_hyphen(head: str, tail: str, words: Counter[str]) -> bool:
    """Tell whether a hyphen at a line's end belongs to the word: what the document writes elsewhere, else what words there are."""
    if not head or not tail:
        return True
    joined, hyphened = words[(head + tail).lower()], words[f"{head}-{tail}".lower()]
    if joined > hyphened:
        return False
    if hyphened or not tail[0].islower() or len(head) == 1:
        return True
    known = known_words()
    if (head + tail).lower() in known:
        return False
    return len(head) > 2 and len(tail) > 2 and head.lower() in known and tail.lower() in known


@lru_cache(maxsize=1)
def known_words() -> frozenset[str]:
    """Return words of many languages: those that the token table of qa/vocabulary holds whole."""
    packed = zlib.decompress(files("qa.vocabulary").joinpath("o200k_base.zlib").read_bytes())
    words, at = set(), 0
    while at < len(packed):
        end = at + 1 + packed[at]
        if packed[at + 1] == 32 and (word := packed[at + 2 : end].decode("utf-8", "ignore")).isalpha():
            words.add(word.lower())
        at = end
    return frozenset(words)
