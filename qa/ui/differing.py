"""A sentence that no document has word for word -> the nearest piece of a passage, and in which words the two differ.

In -> out: a text and passages -> `Nearest`, None where nothing is near.
Does not: search (qa/answers/retrieval.py), or say that two sentences mean the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import Match, SequenceMatcher

from qa.datatypes import Passage, Span

NEAR = 0.5
"""Of the words of the longer one, so many have to stand in both, in the same order."""
_WORD = re.compile(r"\w+(?:['’.,]\w+)*")
_ENDS = re.compile(r"[.!?…\n]")
_MARGIN = 2
"""Words are looked for around the likeliest piece as well, up to this part of its length: some may have been left out."""
_STRAY_WORDS, _STRAY_GAP = 2, 1
"""So few words, so many further away from the others than they were typed, are of another sentence."""

Piece = tuple[str, bool]
"""Characters, and whether their words stand only on this side."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """The piece of a document, and both texts in pieces that together give every character."""

    passage: Passage
    span: Span
    """In document coordinates."""
    typed: tuple[Piece, ...]
    written: tuple[Piece, ...]

    @property
    def same_words(self) -> bool:
        """Whether only what stands between the words differs."""
        return not any(differs for _, differs in (*self.typed, *self.written))


def nearest(text: str, passages: Sequence[Passage]) -> Nearest | None:
    """Return the piece of these passages that shares most words with a text, in their order."""
    typed = _words(text)
    if not typed:
        return None
    found = [_compared(text, typed, passage) for passage in passages]
    best = max(found, key=lambda pair: pair[0], default=(0.0, None))
    return best[1] if best[0] >= NEAR else None


def _compared(text: str, typed: Sequence[Span], passage: Passage) -> tuple[float, Nearest | None]:
    written = _window(text, passage.text)
    blocks = _together(passage.text, written, _blocks(passage.text, written, text, typed))
    if not blocks:
        return 0.0, None
    before = blocks[0].b
    after = len(typed) - blocks[-1].b - blocks[-1].size
    kept = _widened(passage.text, written, blocks[0].a, blocks[-1].a + blocks[-1].size, (before, after))
    blocks = _blocks(passage.text, kept, text, typed)
    same = {block.a + n for block in blocks for n in range(block.size)}
    taken = {block.b + n for block in blocks for n in range(block.size)}
    whole = Span(kept[0].start, _sentence_mark(passage.text, kept[-1].end))
    near = Nearest(
        passage,
        Span(passage.span.start + whole.start, passage.span.start + whole.end),
        tuple(_pieces(text, typed, taken, Span(0, len(text)))),
        tuple(_pieces(passage.text, kept, same, whole)),
    )
    return len(same) / max(len(typed), len(kept)), near


def _blocks(one: str, words: Sequence[Span], two: str, others: Sequence[Span]) -> list[Match]:
    matcher = SequenceMatcher(None, _folded(one, words), _folded(two, others), autojunk=False)
    return [block for block in matcher.get_matching_blocks() if block.size]


def _widened(text: str, words: Sequence[Span], first: int, end: int, by: tuple[int, int]) -> Sequence[Span]:
    """Return the words from `first` to before `end`, and up to so many more on each side as stand in the same sentence."""
    before, after = by
    while before and first and not _ENDS.search(text, words[first - 1].end, words[first].start):
        first, before = first - 1, before - 1
    while after and end < len(words) and not _ENDS.search(text, words[end - 1].end, words[end].start):
        end, after = end + 1, after - 1
    return words[first:end]


def _together(text: str, words: Sequence[Span], blocks: list[Match]) -> list[Match]:
    """Return the runs of words that both have without the strays before and after them."""

    def apart(one: Match, two: Match) -> bool:
        ends = _ENDS.search(text, words[one.a + one.size - 1].end, words[two.a].start)
        return ends is not None and (two.a - one.a) - (two.b - one.b) > _STRAY_GAP

    while len(blocks) > 1 and blocks[0].size <= _STRAY_WORDS and apart(*blocks[:2]):
        blocks = blocks[1:]
    while len(blocks) > 1 and blocks[-1].size <= _STRAY_WORDS and apart(*blocks[-2:]):
        blocks = blocks[:-1]
    return blocks


def _window(text: str, passage: str) -> list[Span]:
    """Return the words of the piece of a passage that is likest to a text, and of some characters around it."""
    from rapidfuzz.fuzz import partial_ratio_alignment

    words = _words(passage)
    found = partial_ratio_alignment(text.casefold(), passage.casefold())
    if found is None or len(passage.casefold()) != len(passage):
        return words
    margin = len(text) // _MARGIN
    return [w for w in words if w.end > found.dest_start - margin and w.start < found.dest_end + margin]


def _pieces(text: str, words: Sequence[Span], same: set[int], whole: Span) -> Iterator[Piece]:
    at = whole.start
    for number, word in enumerate(words):
        if number in same:
            continue
        if word.start > at:
            yield text[at : word.start], False
        yield word.of(text), True
        at = word.end
    if at < whole.end:
        yield text[at : whole.end], False


def _words(text: str) -> list[Span]:
    return [Span(*match.span()) for match in _WORD.finditer(text)]


def _folded(text: str, words: Sequence[Span]) -> list[str]:
    return [word.of(text).casefold().replace("’", "'") for word in words]


def _sentence_mark(text: str, end: int) -> int:
    """Return where the marks after a word end."""
    marks = re.compile(r"[.!?…]?[\"”’»]?").match(text, end)
    return marks.end() if marks else end
