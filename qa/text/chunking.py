"""A document's text -> the passages that are embedded: whole sentences up to the embedder's window.

In -> out: text, its sentence spans, the embedder's token positions -> `list[Chunk]`, offsets carried forward.
Does not: tokenise by itself, or lose a character: what is not in a passage is white space.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from qa.datatypes import Span
from qa.text.sentences import trim

VERSION = 2

TokenStarts = Callable[[str], Sequence[int]]
"""text -> where each of the embedder's tokens starts, in code points, without special tokens."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage before it is named: its span, and the sentences `[first_sentence, last_sentence]` it touches."""

    span: Span
    first_sentence: int
    last_sentence: int


def chunk_text(text: str, sentences: Sequence[Span], token_starts: TokenStarts, *, budget: int) -> list[Chunk]:
    """Pack whole sentences into chunks of at most `budget` tokens; cut only a sentence that alone exceeds it.

    Sentences are tokenised one by one, so that memory does not grow with the text. Every chunk is measured again as it
    stands (a token may span a sentence edge) and shortened until it fits.
    """
    if budget < 1:
        raise ValueError(f"a passage needs at least one token, got a budget of {budget}")
    chunks: list[Chunk] = []
    for pieces in _packed(_pieces(text, sentences, token_starts, budget), budget):
        chunks += _fitted(text, pieces, token_starts, budget)
    return chunks


_Piece = tuple[int, Span]  # index of the sentence, the span of it or of a part of it


def _pieces(
    text: str, sentences: Sequence[Span], token_starts: TokenStarts, budget: int
) -> Iterator[tuple[_Piece, int]]:
    """Yield each sentence, or its parts of `budget` tokens where it is too long for one passage, and its tokens."""
    for index, sentence in enumerate(sentences):
        starts = token_starts(sentence.of(text))
        start = sentence.start
        for first in range(budget, len(starts), budget):
            cut = max(start, sentence.start + starts[first])
            yield (index, Span(start, cut)), budget
            start = cut
        yield (index, Span(start, sentence.end)), len(starts) - (len(starts) - 1) // budget * budget if starts else 0


def _packed(pieces: Iterator[tuple[_Piece, int]], budget: int) -> Iterator[list[_Piece]]:
    pack: list[_Piece] = []
    size = 0
    for piece, tokens in pieces:
        if pack and size + tokens > budget:
            yield pack
            pack, size = [], 0
        pack.append(piece)
        size += tokens
    if pack:
        yield pack


def _fitted(text: str, pieces: list[_Piece], token_starts: TokenStarts, budget: int) -> Iterator[Chunk]:
    span = trim(text, Span(pieces[0][1].start, pieces[-1][1].end))
    if span.start == span.end:
        return
    if len(token_starts(span.of(text))) <= budget:
        yield Chunk(span, pieces[0][0], pieces[-1][0])
    elif len(pieces) > 1:
        middle = len(pieces) // 2
        yield from _fitted(text, pieces[:middle], token_starts, budget)
        yield from _fitted(text, pieces[middle:], token_starts, budget)
    else:
        index, only = pieces[0]
        middle = (only.start + only.end) // 2
        yield from _fitted(text, [(index, Span(only.start, middle))], token_starts, budget)
        yield from _fitted(text, [(index, Span(middle, only.end))], token_starts, budget)
