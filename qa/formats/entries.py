"""Terms and what they mean, as a plain text sets them, and what tells running text and terms from other lines.

In -> out: lines and `Entry`s -> which stands in which, and which lines are of which.
Does not: find them (qa/formats/hanging.py, beside.py).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from qa.datatypes import Span
from qa.formats.indents import Line
from qa.patterns import pattern
from qa.records import record

TERM_CHARS = 90
"""The longest line of a term."""
MARKED = pattern(r"(?:[-*+•·‣▪–]|\(?(?:\d{1,3}|[a-zA-Z])[.)])(?:\s|\Z)|[>|│┃║]")
"""What begins an item, a quoted line or a row of a table."""
WORD = pattern(r"[^\W\d_]{2,}")
WIDE = pattern(r"\S {3,}\S")
_RAGGED, _NARROWEST, _WORDS_LEAST = 8, 30, 4


@record
class Entry:
    """A term, or several with one meaning, and the lines of the meaning."""

    term: Span
    first: int
    """Its first line."""
    body: range
    """The lines of the meaning; of a meaning that begins beside its term, the term's last line is the first of them."""
    meaning: int
    """Where the meaning begins in the text."""
    indents: tuple[int, int]
    """The columns of the term and of the meaning."""
    outer: tuple[Span, ...] = ()
    """The terms in whose meanings it stands, outermost first."""


def together(entries: Iterable[Entry], words: Iterable[Entry]) -> list[Entry]:
    """Return entries and those of a dictionary in order; a word of it is no other term."""
    by_line = {entry.first: entry for entry in (*entries, *words)}
    return [by_line[first] for first in sorted(by_line)]


def nested(entries: Sequence[Entry]) -> list[Entry]:
    """Return entries with the terms in whose meanings they stand."""
    open_entries: list[Entry] = []
    found: list[Entry] = []
    for entry in entries:
        while open_entries and entry.first >= open_entries[-1].body.stop:
            open_entries.pop()
        found.append(replace(entry, outer=tuple(outer.term for outer in open_entries)))
        open_entries.append(entry)
    return found


def explained(lines: Sequence[Line], terms: Sequence[range]) -> list[Entry]:
    """Return entries whose meanings reach from below their terms to where the next begins."""
    found = []
    for term, end in zip(terms, [*(term.start for term in terms[1:]), len(lines)], strict=True):
        said = [n for n in range(term.stop, end) if lines[n].said]
        span = Span(lines[term.start].span.start, lines[term.stop - 1].span.end)
        indents = lines[term.start].indent, lines[said[0]].indent
        found.append(Entry(span, term.start, range(said[0], said[-1] + 1), lines[said[0]].span.start, indents))
    return found


def pieces(lines: Sequence[Line], entries: Sequence[Entry]) -> Iterator[tuple[Entry | None, bool, list[Span]]]:
    """Yield runs of lines that belong together: the entry they are of, None outside of all, and whether they are its terms."""
    of: list[Entry | None] = [None] * len(lines)
    for each in entries:  # one in the meaning of another comes after it
        of[each.first : each.body.stop] = [each] * (each.body.stop - each.first)
    held: list[Span] = []
    for n, line in enumerate(lines):
        entry = of[n]
        if n and entry is not of[n - 1] and held:
            yield of[n - 1], False, held
            held = []
        if entry and n == entry.first:
            yield entry, True, [entry.term]
        if entry is None or n > entry.body.start or n >= entry.body.start > entry.first:
            held.append(line.whole)
        elif n == entry.body.start:
            held.append(Span(entry.meaning, line.whole.end))
    if held:
        yield of[-1], False, held


def is_termlike(line: Line) -> bool:
    """Tell whether a line may be a term: short, no item, and no clause that goes on."""
    said = line.said
    return (
        len(said) <= TERM_CHARS
        and not MARKED.match(said)
        and not said.endswith((",", ";"))
        and any(map(str.isalnum, said))
    )


def are_different(titles: Sequence[str]) -> bool:
    """Tell whether few terms or headings come again, as the names of speakers do."""
    return 3 * len(set(titles)) >= 2 * len(titles)


def margins_of(lines: Sequence[Line]) -> dict[int, int]:
    """Return where the lines of each indent end that are as long as lines there get, but for a few."""
    ends: dict[int, list[int]] = defaultdict(list)
    for line in lines:
        if line.said:
            ends[line.indent].append(line.end)
    return {indent: margin_of(found) for indent, found in ends.items()}


def margin_of(ends: Iterable[int]) -> int:
    """Return where lines end that are as long as lines get, but for a few."""
    found = sorted(ends)
    return found[9 * (len(found) - 1) // 10] if found else 0


def running_at(lines: Sequence[Line]) -> dict[int, list[int]]:
    """Return for each indent which lines there are of running text: full, with words, and the next goes on with it."""
    margins = margins_of(lines)
    found: dict[int, list[int]] = defaultdict(list)
    for n, (line, below) in enumerate(pairwise(lines)):
        if line.said and below.said and line.indent == below.indent and _goes_on(line, below, margins[line.indent]):
            found[line.indent].append(n)
    return found


def _goes_on(line: Line, below: Line, margin: int) -> bool:
    if margin - line.indent < _NARROWEST or line.end + 1 + len(below.first_word) <= margin - _RAGGED:
        return False
    return not below.said[0].isupper() and len(WORD.findall(line.said)) >= _WORDS_LEAST and not WIDE.search(line.said)


def any_in(numbers: Sequence[int], lines: range) -> bool:
    """Tell whether any of the numbers, in order, is of these lines."""
    at = bisect_left(numbers, lines.start)
    return at < len(numbers) and numbers[at] < lines.stop
