"""Lines of a PDF -> those that are notes at the foot of a page, and those of the running text.

In -> out: `Line`s (qa/formats/glyphs.py) in the order of the content -> the lines of the text, and those of each note by the page it begins on.
Does not: write text (qa/formats/pdf.py), look at rulers, or take for a note what no mark in the text above stands for.

A note stands at the foot of its column, in smaller letters than the line that has its mark, and begins with that mark. In the text the mark
is raised; before the note it is raised, too, or stands as the number of an item does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from qa.formats.gaps import is_over_or_under
from qa.formats.glyphs import Line
from qa.formats.raised import MARK, PLAIN, RAISED, SIGNS, SUPERIOR, Mark, first_box, is_raised, marks_in, raised
from qa.formats.wrapping import STOP, usual_size
from qa.patterns import pattern
from qa.records import record

SMALLER, LARGER = 0.93, 1.12
"""Letters of a note are at most so many times as high as those of the line that has its mark, and as those of its own first line."""
AS_HIGH = 0.9
"""A number that is not raised is at least so many times as high as the text behind it: those of lines of code are smaller."""
LINE_GAP, NOTE_GAP = 2.2, 3.0
"""Lines of one note, and notes, are at most so many times the letters' height below each other."""
MARK_GAP = 2.5
"""The text of a note begins at most so many times the letters' height behind its mark."""
APART = 1.7
"""Notes begin more than so many times their letters' height below letters of the same height."""
FOOT = 0.4
"""Notes end in this part of what is written on a page, from below."""
AS_LARGE = 0.04
"""Letters of a note that goes on on the next page are as high there as before, but for this share."""
MOST = 1000
"""A page with more lines is left as it is."""
MARK_END = 8
"""A mark ends before this place in its line."""
_BEGINS = pattern(rf"\s*(?:[(\[{SIGNS}∗⋆{SUPERIOR}\d]|[a-z](?![a-z]))")
_NUMBER = pattern(r"\s*(\d{1,3})(?:[.)](?!\d)\s*|\s+)(?=\S)")
_HAS_WORDS = pattern(r"[^\W\d_](?:[^\W\d_]|\.)")


@record
class _Start:
    """Where a note may begin: its mark, whether that is raised, and the numbers of its first line and of the one its text begins in."""

    mark: str
    raised: bool
    at: int
    text: int


def set_apart(lines: Sequence[Line]) -> tuple[list[Line], dict[int, list[list[Line]]]]:
    """Return the lines of the running text, and those of the notes of each page."""
    text: list[Line] = []
    notes: dict[int, list[list[Line]]] = {}
    last: list[Line] = []
    """The last note of the page before."""
    for number, held in groupby(lines, key=lambda line: line.page):
        page = list(held)
        goes_on = bool(last) and last[-1].page == number - 1 and not STOP.search(last[-1].chars.rstrip())
        found = list(_notes_of(page, goes_on)) if len(page) <= MOST else []
        on = _going_on(page, found[0].start if found else None, last) if goes_on else None
        last += [page[n] for n in on or ()]
        if found:
            notes[number] = [[page[n] for n in note] for note in found]
        last = notes[number][-1] if found else last if on else []
        taken = {n for note in (*found, on or ()) for n in note}
        text += [line for n, line in enumerate(page) if n not in taken] if taken else page
    return text, notes


def _notes_of(page: Sequence[Line], goes_on: bool) -> Iterator[range]:
    """Yield the numbers of the lines of each note at the foot of a page; above them one of the page before may go on (`goes_on`)."""
    largest = SMALLER * max(line.size for line in page)
    marks: list[Mark] | None = None
    at = done = 0
    while at < len(page):
        start = _start_at(page, at) if page[at].size <= largest else None
        first = start and (start if goes_on else _first_of(page, start, done))
        end = _end_of_notes(page, first) if first else at
        if start and first and end > start.text and _is_foot(page, first.at, end):
            marks = list(marks_in(page)) if marks is None else marks
            if notes := _parted(page, first, start, end, marks):
                yield from notes
                at = done = end
                continue
        at += 1


def _start_at(page: Sequence[Line], at: int) -> _Start | None:
    """Return the note that may begin with a line: with a raised mark, which may be drawn as a line of its own, or with a number."""
    line = page[at]
    if not _BEGINS.match(line.chars) or line.angle or line.fixed or line.dotted:
        return None
    said = line.shown.translate(PLAIN)
    if MARK.fullmatch(said) and at + 1 < len(page):
        after = page[at + 1]
        near = -1 <= after.left - line.right <= MARK_GAP * after.size and not after.angle and not after.fixed
        if not near or not _HAS_WORDS.search(after.chars):
            return None
        if is_raised(said[0], first_box(line), after):
            return _Start(said, True, at, at + 1)
        is_level = abs(line.base - after.base) <= RAISED * after.size and line.size >= AS_HIGH * after.size
        return _Start(said, False, at, at + 1) if is_level and said.isdecimal() else None
    first = next(raised(line, MARK_END), None)
    if first and not line.chars[: first[0]].strip():
        mark = first[1].translate(PLAIN).strip(" ()[].")
        is_mark = MARK.fullmatch(mark) and _HAS_WORDS.search(line.chars, first[0] + len(first[1]))
        return _Start(mark, True, at, at) if is_mark else None
    number = _NUMBER.match(line.chars) if said[0].isdecimal() else None
    if not number or not _HAS_WORDS.search(line.chars, number.end()):
        return None
    _, bottom, _, top = first_box(line)
    return _Start(number[1], False, at, at) if top - bottom >= AS_HIGH * line.size else None


def _end_of_notes(page: Sequence[Line], start: _Start) -> int:
    """Return the number of the first line that is not of the notes which begin there: in larger letters, beside them, or far below."""
    size = page[start.text].size
    left, right = page[start.at].left, page[start.text].right
    end = start.text + 1
    while end < len(page):
        line, before = page[end], page[end - 1]
        gap = before.base - line.base
        is_beside = abs(gap) <= 0.6 * size and line.left >= before.right - size
        is_below = -size <= gap <= NOTE_GAP * size and line.left < right and left < line.right
        if line.angle or line.size > LARGER * size or not (is_beside or is_below) or (line.fixed and not start.raised):
            break
        left, right = min(left, line.left), max(right, line.right)
        end += 1
    return end


def _first_of(page: Sequence[Line], start: _Start, done: int) -> _Start | None:
    """Return the first of the notes that stand right above one, itself where none does; None where other lines do, in letters as high."""
    at, below = start.at, page[start.text]
    if at > done and _is_beside(page[at - 1], below):
        return None
    while at > done:
        if _is_over(page[at - 1], below):
            below = page[at - 1]
        elif not (own := _start_at(page, at - 1)) or own.text != at:
            break
        at -= 1
    if at == start.at:
        return start
    found = MARK.match(page[at].shown.translate(PLAIN))
    first = _start_at(page, at) or _Start(found[0] if found and not page[at].fixed else "", start.raised, at, at)
    counts = start.raised and first.mark.isdecimal() and start.mark.isdecimal() and int(first.mark) < int(start.mark)
    begins = at == done or not _is_beside(page[at - 1], page[first.text])
    return first if begins and (counts or first.mark.startswith(tuple(SIGNS))) else None


def _is_beside(before: Line, line: Line) -> bool:
    """Tell whether a line only goes on at the height of the one before it."""
    return abs(before.base - line.base) <= 0.6 * line.size and before.right <= line.left + line.size


def _is_over(before: Line, line: Line) -> bool:
    """Tell whether a line stands right above another one, in letters as high as its own, or lower."""
    is_above = -0.6 * line.size < before.base - line.base <= APART * line.size and not before.angle
    return is_above and is_over_or_under(before, line) and before.size <= LARGER * line.size


def _is_foot(page: Sequence[Line], at: int, end: int) -> bool:
    """Tell whether lines are the last ones of their column, at the foot of the page; one line may stand below them, as its number does."""
    notes = page[at:end]
    left, right = min(line.left for line in notes), max(line.right for line in notes)
    top, lowest = notes[0].base - 0.3 * notes[0].size, min(line.base for line in notes)
    upright = [line for line in page if not line.angle]
    under = [
        line.base
        for n, line in enumerate(page)
        if not at <= n < end and not line.angle and line.base < top and line.left < right and left < line.right
    ]
    if under and (max(under) >= lowest or max(under) - min(under) > 2):
        return False
    bottom, highest = min(line.base for line in upright), max(line.base for line in upright)
    return lowest <= bottom + FOOT * (highest - bottom)


def _parted(page: Sequence[Line], first: _Start, sure: _Start, end: int, marks: Sequence[Mark]) -> list[range]:
    """Return the lines of each note; none, where the one that is looked at (`sure`) has no mark in the text above."""
    size, base = page[sure.text].size, page[first.at].base
    over = [m for m in marks if m.base > base and SMALLER * m.size >= size]
    told = {m.mark for m in over if m.sure}
    above = {m.mark for m in over} if sure.raised else told
    if sure.mark not in (told if sure.mark.isalpha() else above):
        return []
    if not sure.raised and SMALLER * usual_size([*page[: first.at], *page[end:]]) < size:
        return []  # a list in letters as high as most
    starts = [first]
    for at in range(first.text + 1, end):
        is_below = page[at - 1].base - page[at].base > 0.5 * size
        start = _start_at(page, at) if is_below and abs(page[at].left - page[first.at].left) <= 3 * size else None
        if not start or start.raised != sure.raised:
            continue
        is_next = _follows(start.mark, starts[-1].mark)
        if not sure.raised and is_next and start.mark not in above:
            return []  # a list that is counted
        if is_next or start.mark in above:
            starts.append(start)
    ends = [*(start.at for start in starts[1:]), end]
    return [range(start.at, to) for start, to in zip(starts, ends, strict=True)]


def _follows(mark: str, before: str) -> bool:
    """Tell whether a mark is the next number or letter, or the first number behind signs."""
    if mark.isdecimal():
        return not before.isdecimal() or int(mark) == int(before) + 1
    return mark.isalpha() and before.isalpha() and ord(mark) == ord(before) + 1


def _going_on(page: Sequence[Line], end: int | None, note: Sequence[Line]) -> range | None:
    """Return the lines with which the last note of the page before goes on above those of a page (`end`), or at its foot."""
    size = max(line.size for line in note[:2])
    for last in (len(page), len(page) - 1) if end is None else (end,):
        at = last
        while at and _is_above(page[at - 1], page[at] if at < last else None, size):
            at -= 1
        if 0 < at < last and SMALLER * page[at - 1].size >= size and page[at - 1].base > page[at].base:
            begins = page[at].chars.lstrip()[:1]
            if (begins.islower() or note[-1].hyphen) and (end is not None or _is_foot(page, at, last)):
                return range(at, last)
    return None


def _is_above(line: Line, below: Line | None, size: float) -> bool:
    """Tell whether a line has letters of some height and stands right above another one."""
    as_large = not line.angle and not line.dotted and abs(line.size - size) <= AS_LARGE * size
    return as_large and (below is None or 0 < line.base - below.base <= LINE_GAP * size)
