"""Headings that a plain text marks by standing less deep than what they head.

In -> out: the lines of a text and its `Entry`s -> its headings by the numbers of their lines, and the entries that are none.
Does not: take a line for a heading that stands so alone: nearly all that is set as it is must be one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from qa.datatypes import Span
from qa.formats.entries import MARKED, WIDE, Entry, any_in, are_different, explained, margin_of, running_at, together
from qa.formats.indents import Line, groups_of
from qa.records import record

LEAST, MOST = 4, 0.8
"""So many headings there are where any is, and such a share of what is set as they are."""
DEEPEST = 48
TITLE_CHARS, STACKED = 80, 8
"""How long a line of a heading is at most, and of how many lines it is: names of one thing."""
LONG = 3
"""A section has more paragraphs than that, with its heading."""
DICTIONARY, ENTRY = 20, 6
"""So many words a dictionary has at least, and so many paragraphs an entry at most, with its word."""


@record
class Outdented:
    """A heading, its last line, and at which column it stands: each is a level."""

    span: Span
    last: int
    indent: int


@record
class _Title:
    """What may be a heading: its lines, the first line below it, and whether nothing stands between."""

    lines: range
    below: int
    is_near: bool


def outdented(lines: Sequence[Line], entries: Sequence[Entry]) -> tuple[dict[int, Outdented], list[Entry]]:
    """Return the headings of a text by the numbers of their lines, and the entries that are none; words with their meanings among them."""
    heads: dict[int, Outdented] = {}
    words: list[Entry] = []
    for titles in _set_out(lines, entries):
        if _are_words(lines, titles):
            words += explained(lines, [title.lines for title in titles])
            continue
        for title in titles:
            first, last = title.lines[0], title.lines[-1]
            span = Span(lines[first].span.start, lines[last].span.end)
            heads[first] = Outdented(span, last, lines[first].indent)
    return heads, together((entry for entry in entries if entry.first not in heads), words)


def _are_words(lines: Sequence[Line], titles: Sequence[_Title]) -> bool:
    """Tell whether titles are the words of a dictionary: many, hardly one numbered, with running text below, but little."""
    starts = [*(title.lines[0] for title in titles), len(lines)]
    running = {n for numbers in running_at(lines).values() for n in numbers}
    short = sum(sum(1 for _ in groups_of(lines[start:end])) <= ENTRY for start, end in pairwise(starts))
    unnumbered = sum(not lines[title.lines[0]].said[0].isdigit() for title in titles)
    told = sum(title.below in running for title in titles)
    is_one = len(titles) >= DICTIONARY and min(short, unnumbered) >= MOST * len(titles)
    return is_one and 2 * told >= len(titles) and not any(title.is_near for title in titles)


def _set_out(lines: Sequence[Line], entries: Sequence[Entry]) -> Iterator[list[_Title]]:
    """Yield what stands less deep than the text below it, where nearly all at its indent is such and text runs on below it."""
    running = sorted(n for numbers in running_at(lines).values() for n in numbers)
    deepest = DEEPEST
    for indent, (titles, others) in sorted(_titles(lines).items()):
        if indent >= deepest or len(titles) < max(LEAST, MOST * (len(titles) + others)):
            continue
        starts = [*(title.lines[0] for title in titles), len(lines)]
        texts = sum(any_in(running, range(start, end)) for start, end in pairwise(starts))
        if texts < max(2, len(titles) / 3) or not are_different([lines[title.lines[0]].said for title in titles]):
            continue
        near = [title for title in titles if title.is_near]
        if 2 * len(near) <= len(titles):
            yield titles
        elif _are_sections(lines, starts, entries):
            deepest = Counter(lines[title.below].indent for title in near).most_common(1)[0][0]
            yield [*titles, *_between(lines, {title.lines[-1] for title in titles}, indent, deepest)]


def _titles(lines: Sequence[Line]) -> dict[int, tuple[list[_Title], int]]:
    """Return for each indent what may be headings there, and how many other paragraphs begin there."""
    found: dict[int, list[_Title]] = defaultdict(list)
    others: Counter[int] = Counter()
    margin = margin_of(line.end for line in lines if line.said)
    for group, below in pairwise([*groups_of(lines), range(0)]):
        first = lines[group.start]
        if title := _title(lines, group, below, margin):
            found[first.indent].append(title)
        elif not WIDE.search(first.said):  # not what a page has above and below its text
            others[first.indent] += 1
    return {indent: (titles, others[indent]) for indent, titles in found.items()}


def _title(lines: Sequence[Line], group: range, following: range, margin: int) -> _Title | None:
    """Return the lines that a paragraph begins with if they are short, have room for more, and what is below them stands deeper."""
    indent = lines[group.start].indent
    count = next((k for k, n in enumerate(group) if lines[n].indent != indent), len(group))
    below = group[count] if count < len(group) else following.start if following else None
    if below is None or count > STACKED or any(lines[n].indent <= indent for n in (*group[count:], below)):
        return None
    title = group[:count]
    room = all(
        lines[n].end + 1 + len(lines[n + 1].first_word) <= margin for n in title[: None if count < len(group) else -1]
    )
    return _Title(title, below, count < len(group)) if room and all(_is_title(lines[n]) for n in title) else None


def _is_title(line: Line) -> bool:
    said = line.said
    is_item = MARKED.match(said) and not said[0].isalnum()
    is_short = len(said) <= TITLE_CHARS and not said.endswith((".", ",", ";")) and not WIDE.search(said)
    return is_short and not is_item and any(map(str.isalpha, said))


def _are_sections(lines: Sequence[Line], starts: Sequence[int], entries: Sequence[Entry]) -> bool:
    """Tell whether most of the text stands under titles, and is built itself: with terms that stand deeper, or in several paragraphs."""
    said = sum(bool(line.said) for line in lines)
    under = sum(bool(line.said) for line in lines[starts[0] :])
    long = sum(sum(1 for _ in groups_of(lines[start:end])) > LONG for start, end in pairwise(starts))
    has_terms = any(entry.first > starts[0] and entry.indents[0] > lines[starts[0]].indent for entry in entries)
    return 2 * under > said and (has_terms or 3 * long >= len(starts) - 1)


def _between(lines: Sequence[Line], ends: set[int], least: int, deep: int) -> Iterator[_Title]:
    """Yield the lines that stand between these headings and the text they head, with text of that depth right below."""
    for n, (line, below) in enumerate(pairwise(lines)):
        is_first = not n or not lines[n - 1].said or n - 1 in ends
        if line.said and is_first and least < line.indent < deep == below.indent and below.said and _is_title(line):
            yield _Title(range(n, n + 1), n + 1, is_near=True)
