"""Definitions that a plain text marks by how they are set: a term, and what it means set in deeper, or in a column beside it.

In -> out: the lines of a text -> `Entry`s.
Does not: take one such place for a definition: the file must have several that are set alike, and running text among their meanings.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from qa.datatypes import Span
from qa.formats.beside import entries_of, is_sure, runs_beside
from qa.formats.entries import Entry, any_in, are_different, is_termlike, margins_of, running_at
from qa.formats.indents import Line, groups_of

LEAST, STACKED = 3, 6
"""So many entries are set alike at least, and so many terms share a meaning at most."""
LEAST_DEEPER, MOST_DEEPER, DEEPEST = 2, 32, 48
"""How much deeper a meaning stands than its term, and at which column no term begins any more."""
_LINE_MARKS = (">", "|", "│", "┃", "║")


def hung(lines: Sequence[Line]) -> list[Entry]:
    """Return the entries of a text, in order."""
    beside = [(run, is_sure(lines, run)) for run in runs_beside(lines)]
    below = list(terms_above(lines))
    known = {run.indents for run, sure in beside if sure} | _alike(lines, below)
    found = [e for run, sure in beside if run.indents in known for e in entries_of(lines, run, apart=not sure)]
    rows = {entry.first for entry in found}
    found += [entry for entry in below if entry.indents in known and entry.first not in rows]
    return sorted(found, key=lambda entry: entry.first)


def terms_above(lines: Sequence[Line]) -> Iterator[Entry]:
    """Yield what may be terms with their meaning below: the meaning is set in, and would have begun on the term's line if it went on there."""
    margins = margins_of(lines)
    ends = _ends(lines)
    open_at: dict[int, int] = {}
    for group in groups_of(lines):
        first: int | None = group.start
        open_at = {a: b for a, b in open_at.items() if b <= lines[group.start].indent}
        for n in group[1:]:
            above, line = lines[n - 1], lines[n]
            if line.indent == above.indent:
                continue
            if line.indent < above.indent:
                goes_on = above.indent >= open_at.get(line.indent, DEEPEST + MOST_DEEPER)
                first = n if goes_on else None
                continue
            if first is not None and _is_term(lines[first:n], line, margins[line.indent]):
                open_at = {a: b for a, b in open_at.items() if a < above.indent}
                open_at[above.indent] = line.indent
                term = Span(lines[first].span.start, above.span.end)
                yield Entry(term, first, range(n, ends[n]), line.span.start, (above.indent, line.indent))
            first = n


def _is_term(terms: Sequence[Line], below: Line, margin: int) -> bool:
    deeper = below.indent - terms[-1].indent
    if len(terms) > STACKED or terms[0].indent > DEEPEST or not LEAST_DEEPER <= deeper <= MOST_DEEPER:
        return False
    following = [*terms[1:], below]
    return not below.said.startswith(_LINE_MARKS) and all(
        is_termlike(line) and line.end + 1 + len(after.first_word) <= margin
        for line, after in zip(terms, following, strict=True)
    )


def _ends(lines: Sequence[Line]) -> list[int]:
    """Return for each line the number of the line behind the last of those that are set in as deep from there on."""
    ends, waiting, last = [0] * len(lines), list[int](), 0
    for n, line in enumerate(lines):
        if not line.said:
            continue
        while waiting and lines[waiting[-1]].indent > line.indent:
            ends[waiting.pop()] = last + 1
        waiting.append(n)
        last = n
    for n in waiting:
        ends[n] = last + 1
    return ends


def _alike(lines: Sequence[Line], entries: Sequence[Entry]) -> set[tuple[int, int]]:
    """Return the columns at which entries are set often enough, with running text in enough of them."""
    running = running_at(lines)
    by_indents: dict[tuple[int, int], list[Entry]] = defaultdict(list)
    for entry in entries:
        by_indents[entry.indents].append(entry)
    return {
        indents
        for indents, alike in by_indents.items()
        if len(alike) >= LEAST
        and sum(any_in(running[indents[1]], entry.body) for entry in alike) >= max(2, len(alike) / 4)
        and are_different([lines[entry.first].said for entry in alike])
    }
