"""A document's text -> the passages that are embedded: whole sentences up to the embedder's window.

In -> out: a text as it is shown, its sentence spans, the embedder's token positions -> `list[Chunk]`, offsets carried forward.
Does not: tokenise by itself, or lose a character: what is not in a passage is white space or markup.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

from qa.datatypes import Span
from qa.records import record
from qa.text.sentences import trim
from qa.text.shown import Shown

VERSION = 4
SECTION_SHARE = 0.25
"""A chunk with less than this of its budget goes on into the next section: a heading and three words are no passage."""

TokenStarts = Callable[[str], Sequence[int]]
"""text -> where each of the embedder's tokens starts, in code points, without special tokens."""


@record
class Chunk:
    """A passage before it is named: its span, and the sentences `[first_sentence, last_sentence]` it touches."""

    span: Span
    first_sentence: int
    last_sentence: int


def chunk_text(
    shown: Shown,
    sentences: Sequence[Span],
    token_starts: TokenStarts,
    *,
    budget: int,
    sections: Collection[int] = (),
) -> list[Chunk]:
    """Pack whole sentences into chunks of at most `budget` tokens; cut only a sentence that alone exceeds it.

    Sentences are tokenised one by one, so that memory does not grow with the text. Every chunk is measured again as it
    stands (a token may span a sentence edge) and shortened until it fits. The sentences `sections` begin what is about
    something else: a chunk that is not nearly empty ends before one.
    """
    if budget < 1:
        raise ValueError(f"a passage needs at least one token, got a budget of {budget}")
    chunks: list[Chunk] = []
    for pieces in _packed(_pieces(shown, sentences, token_starts, budget), budget, sections):
        chunks += _fitted(shown, pieces, token_starts, budget)
    return chunks


_Piece = tuple[int, Span]  # index of the sentence, the span of it or of a part of it


def _pieces(
    shown: Shown, sentences: Sequence[Span], token_starts: TokenStarts, budget: int
) -> Iterator[tuple[_Piece, int]]:
    """Yield each sentence, or its parts of `budget` tokens where it is too long for one passage, and its tokens."""
    for index, sentence in enumerate(sentences):
        starts, places = token_starts(shown.of(sentence)), shown.places(sentence)
        start = sentence.start
        for first in range(budget, len(starts), budget):
            cut = max(start, places[starts[first]])
            yield (index, Span(start, cut)), budget
            start = cut
        yield (index, Span(start, sentence.end)), len(starts) - (len(starts) - 1) // budget * budget if starts else 0


def _packed(pieces: Iterator[tuple[_Piece, int]], budget: int, sections: Collection[int]) -> Iterator[list[_Piece]]:
    pack: list[_Piece] = []
    size = 0
    for piece, tokens in pieces:
        ends = piece[0] in sections and size >= budget * SECTION_SHARE
        if pack and (size + tokens > budget or ends):
            yield pack
            pack, size = [], 0
        pack.append(piece)
        size += tokens
    if pack:
        yield pack


def _fitted(shown: Shown, pieces: list[_Piece], token_starts: TokenStarts, budget: int) -> Iterator[Chunk]:
    while pieces and not shown.of(pieces[0][1]).strip():
        pieces = pieces[1:]
    while pieces and not shown.of(pieces[-1][1]).strip():
        pieces = pieces[:-1]
    if not pieces:
        return
    span = trim(shown.text, Span(pieces[0][1].start, pieces[-1][1].end))
    if len(token_starts(shown.of(span))) <= budget:
        yield Chunk(span, pieces[0][0], pieces[-1][0])
    elif len(pieces) > 1:
        middle = len(pieces) // 2
        yield from _fitted(shown, pieces[:middle], token_starts, budget)
        yield from _fitted(shown, pieces[middle:], token_starts, budget)
    else:
        index, only = pieces[0]
        middle = (only.start + only.end) // 2
        yield from _fitted(shown, [(index, Span(only.start, middle))], token_starts, budget)
        yield from _fitted(shown, [(index, Span(middle, only.end))], token_starts, budget)
