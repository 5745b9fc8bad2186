"""The entries of a dictionary whose words stand alone, between marks, at the indent of what they mean.

In -> out: the lines of a text -> its `Entry`s, and the words without their marks.
Does not: know how dictionaries are set: it is told by many paragraphs that begin alike.
"""

from __future__ import annotations

from collections.abc import Sequence

from qa.formats.entries import Entry, are_different, explained
from qa.formats.indents import Line, groups_of

LEAST, MOST = 5, 0.8
"""So many headwords make a dictionary, and such a share of the paragraphs that begin with their mark."""
CHARS, LINES = 60, 2
_NO_MARK = frozenset("-*+•·‣▪–—>#|/\\.,;!?…_=~'\"“”‘’«»()[]{}<>")
"""What begins items, quotations, rules and stressed words marks no headword."""


def headwords(lines: Sequence[Line]) -> dict[str, Entry]:
    """Return the entries whose first paragraph is only a word between two marks and what is told of it, by their words."""
    groups = list(groups_of(lines))
    words = [_headword(lines, group) for group in groups]
    found: dict[str, Entry] = {}
    for mark in sorted({lines[group.start].said[0] for group, word in zip(groups, words, strict=True) if word}):
        heads = {n for n, word in enumerate(words) if word and lines[groups[n].start].said[0] == mark}
        headed = [n for n in sorted(heads) if n + 1 < len(groups) and n + 1 not in heads]
        beginning = sum(lines[group.start].said[0] == mark for group in groups)
        is_one = len(heads) >= LEAST and len(headed) >= MOST * beginning
        if is_one and are_different([words[n] for n in heads]):
            entries = explained(lines, [groups[n] for n in headed])
            found |= {words[n]: entry for n, entry in zip(headed, entries, strict=True)}
    return found


def _headword(lines: Sequence[Line], group: range) -> str:
    """Return the words between the marks that a paragraph of a line or two begins with, "" where it does not."""
    said = lines[group.start].said
    mark, end = said[0], said.find(said[0], 2, CHARS)
    if len(group) > LINES or mark.isalnum() or mark in _NO_MARK or end < 0 or said[1].isspace():
        return ""
    return said[1:end]
