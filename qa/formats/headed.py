"""Headings that a plain text marks by how they are set: underlined, between rules or marks, in capitals on a line of their own, or outdented.

In -> out: a text and its blocks -> the blocks with headings among them, and the spans of the marks, which are no text.
Does not: take a short line for a heading: it may be anything.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from qa.datatypes import Block, Kind, Span
from qa.formats.outdented import Outdented
from qa.patterns import pattern
from qa.records import record

LONGEST, DEEPEST = 80, 6
_RULE = pattern(r"([=\-~^*+#])\1{2,}\Z")
_FRAMED = pattern(r"(={2,6}|\*{2,3}|__)[ \t]*([^=*_\s](?:[^=*_]*[^=*_\s])?)[ \t]*\1\Z")
_COLUMNS = pattern(r"\S(?:[ \t]{2,}|[ \t]*\|)")
"""What stands over a line of dashes with gaps between its words are the columns of a table."""
_NUMBER = pattern(r"\d{1,2}(?:\.\d{1,2}){0,3}\.?\s+(?=\S)")
_LETTERS_LEAST, _ROOM = 3, 8
_ENDS = (".", "!", "?", ":", ";", ",")


@record
class _Heading:
    """Where a heading stands with its marks, itself, and its level, 1 the highest."""

    span: Span
    title: Span
    level: int


def headed(
    text: str,
    blocks: Sequence[Block],
    before: str = "",
    *,
    outdented: Mapping[int, Outdented] | None = None,
    terms: Collection[str] = (),
) -> tuple[list[Block], list[Span]]:
    """Return the blocks, cut where a heading begins and ends, each under its headings; and the marks around the headings.

    `before` is the letter that stands before a heading where a format has one, more of it the deeper ("=" of AsciiDoc, "*" of Org).
    One of the `terms` that the text explains is no heading for standing alone in capitals, not in an index either.
    """
    found = list(_marked(text, before) if before else _headings(text, outdented or {}, terms))
    if not found:
        return list(blocks), []
    pieces: list[Block] = []
    path: list[tuple[int, str]] = []
    for piece in _cut(text, blocks, found):
        if isinstance(piece, Block):
            pieces.append(replace(piece, headings=(*(title for _, title in path), *piece.headings)))
            continue
        path = [(above, title) for above, title in path if above < piece.level]
        pieces.append(Block(piece.span, Kind.HEADING, tuple(title for _, title in path), piece.level))
        path.append((piece.level, " ".join(piece.title.of(text).split())))
    marks = [
        mark
        for h in found
        for mark in (Span(h.span.start, h.title.start), Span(h.title.end, h.span.end))
        if mark.of(text).strip()
    ]
    return pieces, marks


def _marked(text: str, before: str) -> Iterator[_Heading]:
    for match in re.finditer(
        rf"^({re.escape(before)}{{1,6}})[ \t]{{1,4}}(\S[^\n]{{0,{LONGEST}}})$", text, re.MULTILINE
    ):
        title = match[2].rstrip()
        yield _Heading(Span(*match.span()), Span(match.start(2), match.start(2) + len(title)), len(match[1]))


def _headings(text: str, outdented: Mapping[int, Outdented], terms: Collection[str]) -> Iterator[_Heading]:
    """Yield the headings of a text; what is set alike is of one level, the first that is met the highest, but a deeper indent is a deeper level."""
    levels: dict[str, int] = {}

    def set_as(style: str) -> int:
        return min(levels.setdefault(style, len(levels) + 1), DEEPEST)

    lines: list[Span] = []
    texts: list[str] = []
    at = 0
    for written in text.splitlines(keepends=True):
        bare = written.strip()
        start = at + written.find(bare)
        lines.append(Span(start, start + len(bare)))
        texts.append(bare)
        at += len(written)
    capitals = [_is_in_capitals(bare) for bare in texts]
    is_shouted = 2 * sum(capitals) > sum(map(bool, texts))
    last = max((i for i, bare in enumerate(texts) if bare), default=0)
    done = -1
    for i, (line, said) in enumerate(zip(lines, texts, strict=True)):
        if i > done and (alone := outdented.get(i)):
            done = alone.last
            if f"at {alone.indent}" not in levels:
                for indent in sorted({each.indent for each in outdented.values()}):
                    set_as(f"at {indent}")
            yield _Heading(alone.span, alone.span, set_as(f"at {alone.indent}"))
        if i <= done or not said or len(said) > LONGEST or (i and texts[i - 1] and i - 1 != done):
            continue  # a heading stands at the beginning of a paragraph
        below = texts[i + 1] if i + 1 < len(lines) else ""
        follows = i < last
        if _is_over(said, below):
            done = i + 1
            yield _Heading(Span(line.start, lines[i + 1].end), line, set_as(f"under {below[0]}"))
        elif i + 2 < last and _is_between(said, below, texts[i + 2]):
            done = i + 2
            yield _Heading(Span(line.start, lines[done].end), lines[i + 1], set_as(f"over and under {said[0]}"))
        elif (framed := _FRAMED.match(said)) and follows and not framed[2].endswith(_ENDS):
            done = i
            first = line.start + framed.start(2)
            yield _Heading(line, Span(first, first + len(framed[2])), set_as(f"between {framed[1]}"))
        elif capitals[i] and follows and not is_shouted and said not in terms:
            is_numbered = bool(_NUMBER.match(said))
            if not below or (is_numbered and below != below.upper()):  # "2. RENT" directly over "2.1 The rent is ..."
                done = i
                yield _Heading(line, line, set_as("numbered capitals" if is_numbered else "capitals"))


def _is_over(said: str, below: str) -> bool:
    """Tell whether the line below is a rule that underlines what is said."""
    is_rule = bool(_RULE.match(below)) and 2 * len(below) >= len(said)
    return is_rule and not _RULE.match(said) and not _COLUMNS.search(said) and any(map(str.isalpha, said))


def _is_between(rule: str, said: str, below: str) -> bool:
    """Tell whether two rules, about as long as what is said, are drawn over and under it."""
    is_framed = rule == below and _is_over(said, below) and len(rule) <= 2 * len(said) + _ROOM
    return is_framed and said[0] != rule[0] and len(said) <= LONGEST and not said.endswith((".", "!", ",", ";"))


def _is_in_capitals(line: str) -> bool:
    letters = sum(map(str.isalpha, line))
    return letters >= _LETTERS_LEAST and line == line.upper() != line.lower() and not line.endswith(_ENDS)


def _cut(text: str, blocks: Sequence[Block], headings: Sequence[_Heading]) -> Iterator[Block | _Heading]:
    """Yield the blocks without what headings take of them, and the headings, in order."""
    waiting, done = deque(headings), 0
    for block in blocks:
        start = max(block.span.start, done)
        while waiting and waiting[0].span.start < block.span.end:
            heading = waiting.popleft()
            if text[start : heading.span.start].strip():
                yield replace(block, span=Span(start, heading.span.start))
            yield heading
            start = done = heading.span.end
        if text[start : block.span.end].strip():
            yield replace(block, span=Span(start, block.span.end))
