"""Plain text -> blocks: paragraphs, list items with their lead-in, the turns of speakers, and headings, definitions and tables that are set as such.

In -> out: the text of a `.txt` file -> `Parsed`; a line break inside a hard-wrapped paragraph is none.
Does not: guess at headings (qa/formats/headed.py, outdented.py) or definitions (hanging.py): a short line is a paragraph.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from qa.datatypes import Block, Kind, Parsed, Span
from qa.formats.columns import rows_of_tables
from qa.formats.entries import Entry, nested, pieces, together
from qa.formats.hanging import hung
from qa.formats.headed import headed
from qa.formats.headwords import headwords
from qa.formats.indents import Line, lines_of
from qa.formats.outdented import outdented
from qa.formats.reading import decode, hidden_mark
from qa.patterns import pattern

SUFFIXES = (".txt",)
VERSION = 8
BULLET = pattern(r"\s*(?:[-*•·‣▪–—>#|]|\(?\w{1,3}[.)])\s")
_ITEM = pattern(r"\s*(?:[-*•·‣▪–]|\(?(?:\d{1,3}|[a-zA-Z]|[ivx]{2,5})[.)])\s+(?=\S)")
_COUNTED = pattern(r"\(?(\d{1,3})[.)](?!\S)")
_CLAUSE = pattern(r"\d{1,2}(?:\.\d{1,2}){1,3}\.?\s+[^\W\d_]")
_ENDED = (".", "!", "?", ":", ";")
_STAMPED = pattern(r"\s*[\[(<]?(?:\d{1,4}([-./])\d\d?\1\d{1,4}[T ,]*)?\d{1,2}:\d\d\b")
"""A line of a log: it begins with a time."""
_SPEAKER = pattern(
    r"\s*+(?:[\[(<]?[\d:.,/\- \u202f]{4,24}(?:[AaPp][Mm])?[\])>]?\s*(?:-\s+)?)?\**<?([^\W\d_][^\n:<>*]{0,40})>?\**:\**\s+(?=\S)"
)
"""A name at the beginning of a line, after the time at most, in bold or in angle brackets, and a colon."""
_LETTERED = pattern(r"\s*\(?[aAi]\)\s")
"""The first of the parts of a sentence."""
SPEAKERS_LEAST = 3
"""Fewer lines that begin with a name and a colon make no conversation."""


def parse(data: bytes, name: str) -> Parsed:
    """Read a plain text."""
    text = decode(data)
    blocks, marks = headed(text, [Block(span, Kind.PARAGRAPH) for span in paragraphs(text)])
    blocks = turns(text, tile(text, _items(text, blocks)))
    if all(block.kind is not Kind.TURN for block in blocks):  # what speakers say may be set in, too
        lines = lines_of(text)
        rows = rows_of_tables(lines)
        lines = [replace(line, said="") if line.whole.start in rows else line for line in lines]
        words = headwords(lines)
        heads, entries = outdented(lines, nested(hung(lines)))
        entries = together(entries, words.values())
        if heads or entries or rows:
            read = list(_defined(text, lines, nested(entries), rows))
            terms = {*words, *(entry.term.of(text) for entry in entries)}
            blocks, marks = headed(text, read, outdented=heads, terms=terms)
            blocks = tile(text, _items(text, blocks))
    return Parsed(text, tuple(blocks), hidden=(*hidden_mark(text), *marks))


def paragraphs(text: str) -> Iterator[Span]:
    """Yield spans of lines that belong together: one line, or the lines of one hard-wrapped paragraph."""
    lines, position = [], 0
    for line in text.splitlines(keepends=True):
        lines.append(Span(position, position + len(line)))
        position += len(line)
    yield from _paragraphs(text, lines)


def _paragraphs(text: str, lines: list[Span]) -> Iterator[Span]:
    start = 0
    while start < len(lines):
        end = start
        while end < len(lines) and lines[end].of(text).strip():
            end += 1
        yield from _unwrapped(text, lines[start:end])
        start = end + 1


def _defined(text: str, lines: Sequence[Line], entries: Sequence[Entry], rows: Mapping[int, Block]) -> Iterator[Block]:
    """Yield the paragraphs of a text, those of its entries as terms and their meanings under the terms they stand in, and its tables' rows."""
    for entry, is_term, spans in pieces(lines, entries):
        above = tuple(" ".join(term.of(text).split()) for term in entry.outer) if entry else ()
        if entry and is_term:
            yield Block(entry.term, Kind.DEFINITION, above)
            continue
        kind = Kind.DEFINITION if entry else Kind.PARAGRAPH
        for in_table, held in groupby(spans, key=lambda span: span.start in rows):
            if in_table:
                yield from (rows[span.start] for span in held)
                continue
            found = _paragraphs(text, list(held))
            yield from (Block(span, kind, above, lead=entry.term if entry else None) for span in found)


def tile(text: str, blocks: Sequence[Block]) -> list[Block]:
    """Let each block reach to where the next begins, the first from the start: what stands between is white space."""
    if not blocks:
        return []
    starts = [0, *(block.span.start for block in blocks[1:])]
    ends = [*starts[1:], len(text)]
    return [replace(b, span=Span(first, end)) for b, first, end in zip(blocks, starts, ends, strict=True)]


def turns(text: str, blocks: Sequence[Block]) -> list[Block]:
    """Make turns of the paragraphs of a conversation; a paragraph without a name goes on with the last speaker's."""
    named = [_SPEAKER.match(text, b.span.start, b.span.end) if b.kind is Kind.PARAGRAPH else None for b in blocks]
    names = Counter(match.group(1) for match in named if match)
    spoken = {name for name, count in names.items() if count > 1 or len(name.split()) < 3}
    open_blocks = sum(b.kind is Kind.PARAGRAPH for b in blocks)
    count = sum(count for name, count in names.items() if name in spoken)
    if count < SPEAKERS_LEAST or 3 * count < open_blocks or max(names.values()) < 2:
        return list(blocks)
    found, lead = [], None
    for block, match in zip(blocks, named, strict=True):
        if match and match.group(1) in spoken:
            lead = Span(*match.span(1))
        elif block.kind is Kind.HEADING:
            lead = None
        is_turn = lead is not None and block.kind is Kind.PARAGRAPH
        found.append(replace(block, kind=Kind.TURN, lead=lead) if is_turn else block)
    return found


def _unwrapped(text: str, lines: list[Span]) -> Iterator[Span]:
    """Join the lines of one paragraph where the break only wraps: the next word would not have fitted."""
    stripped = [line.of(text).strip() for line in lines]
    width = max(
        (len(line) for line in stripped if " " in line), default=0
    )  # an address alone on its line is no measure
    if width > 120:
        width = max((len(line) for line in stripped if len(line) <= 120), default=0) if _is_wrapped(stripped) else width
    counted = {int(match.group(1)) for line in stripped if (match := _COUNTED.match(line))}
    first = 0
    for i in range(1, len(lines) + 1):
        if i < len(lines) and _wraps(stripped[i - 1], stripped[i], width, counted):
            continue
        yield Span(lines[first].start, lines[i - 1].end)
        first = i


def _is_wrapped(lines: list[str]) -> bool:
    """Whether only lines with one very long word are long."""
    return len(lines) > 2 and all(len(line) <= 120 or max(map(len, line.split())) > 40 for line in lines)


def _wraps(line: str, following: str, width: int, counted: Collection[int]) -> bool:
    """Tell whether a line goes on in the one below it; `counted` are the numbers that lines of the paragraph begin with as items do."""
    if _STAMPED.match(following):
        return False
    if BULLET.match(following + " ") and (line.endswith(_ENDED) or not _is_stray(following, counted)):
        return False
    if line.endswith(_ENDED) and _CLAUSE.match(following):
        return False
    if following[0].islower() and line[-1] not in ".!?:":
        return True
    first_word = following.split(maxsplit=1)[0]
    return 40 <= width <= 120 and len(line) + 1 + len(first_word) > width


def _is_stray(line: str, counted: Collection[int]) -> bool:
    """Tell whether a line begins with a number that no line beside it counts up to or on from: "... call 0555 231 | 799."."""
    match = _COUNTED.match(line)
    number = int(match.group(1)) if match else 0
    return number > 1 and not {number - 1, number + 1} & set(counted)


def _items(text: str, blocks: list[Block]) -> list[Block]:
    """Make items of the paragraphs of a list; their lead is the paragraph before it where that ends with a colon, in a meaning its term."""
    found: list[Block] = []
    group, lead = max((block.group for block in blocks), default=0), None  # tables have numbers already
    for i, block in enumerate(blocks):
        if not (_may_be_item(block) and _ITEM.match(text, block.span.start, block.span.end)):
            found.append(block)
            lead = block.span if _leads(text, block, blocks[i + 1 : i + 2]) else None
            continue
        goes_on = i and found[-1].kind is Kind.ITEM and blocks[i - 1].lead == block.lead
        group += not goes_on
        found.append(replace(block, kind=Kind.ITEM, lead=block.lead or lead, group=group))
    return _single_ones_back(found, blocks)


def _leads(text: str, block: Block, following: Sequence[Block]) -> bool:
    """Tell whether a paragraph leads in to the items below it: by a colon, or as the beginning of a sentence that they end."""
    said = block.span.of(text).rstrip()
    if said.endswith(":"):
        return True
    goes_on = bool(following) and text[block.span.start + len(said) : following[0].span.start].count("\n") < 2
    return (
        goes_on
        and block.kind is Kind.PARAGRAPH
        and said[-1:].isalpha()
        and bool(_LETTERED.match(following[0].span.of(text)))
    )


def _may_be_item(block: Block) -> bool:
    return block.kind is Kind.PARAGRAPH or (block.lead is not None and block.kind is not Kind.ROW)


def _single_ones_back(items: list[Block], blocks: list[Block]) -> list[Block]:
    """One line that begins like an item ("A. Smith came") is a paragraph."""
    sizes = Counter(block.group for block in items)
    return [
        block if item.kind is Kind.ITEM and sizes[item.group] == 1 and (block.lead or not item.lead) else item
        for item, block in zip(items, blocks, strict=True)
    ]
