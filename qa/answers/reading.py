"""The best passages, read together with the question: what each of their sentences says to it.

In -> out: a question, its SentenceRanking, a reader, who says which is next -> `Reads`.
Does not: choose them (qa/answers/worth.py) or weigh them (qa/answers/weighing.py), or load a reader (qa/models).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import field, replace
from math import inf
from typing import TYPE_CHECKING

from qa.answers.ranking import SentenceRanking
from qa.datatypes import Kind, Span
from qa.indexing.contract import Corpus
from qa.models.reading import Reader
from qa.records import record

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

HEADINGS_READ, LONGEST_HEADING = 2, 80
"""How many of the headings over a passage a reader is given with it, the nearest, and how many characters of each."""


@record
class Reads:
    """What a reader says of the sentences of a ranking, in its order."""

    margins: NDArray[np.float32]
    """(m,) logit over "none of the passage's sentences"; NaN where a sentence was not read."""
    read: tuple[int, ...] = ()
    """Which passages were read."""
    answers: dict[int, tuple[Span, float]] = field(default_factory=dict)
    """Of each sentence read, by its number: the likeliest answering words, in document coordinates, and how likely they are in it."""


def unread(ranking: SentenceRanking) -> Reads:
    """Return that nothing was read of a ranking."""
    import numpy as np

    return Reads(np.full(len(ranking.sentences), np.nan, np.float32))


def read_best(
    corpus: Corpus,
    question: str,
    ranking: SentenceRanking,
    reader: Reader,
    next_row: Callable[[NDArray[np.float32], Sequence[int]], int | None],
) -> Reads:
    """Read passages of a ranking, one after another; `next_row` says which by the margins and the passages so far, None where it is enough."""
    reads, read, found = unread(ranking), list[int](), dict[int, float]()
    place_of = {number: place for place, number in enumerate(ranking.sentences.tolist())}
    while (row := next_row(reads.margins, read)) is not None:
        read.append(row)
        shown = _shown_passage(corpus, row)
        (reading,) = reader.read(question, [(shown.text, shown.spans)])
        for number, margin, words in zip(shown.numbers, reading.margins, reading.answers, strict=True):
            if margin <= found.get(number, -inf):  # one that stands in two passages counts where it is surer
                continue
            found[number] = margin
            if number in place_of:
                reads.margins[place_of[number]] = margin
            if words and words[0].end > words[0].start:
                first, last = shown.places[words[0].start], shown.places[words[0].end - 1]
                reads.answers[number] = Span(first, last + 1), words[1]
    return replace(reads, read=tuple(read))


@record
class _Passage:
    """A passage as a reader sees it, under its headings and without markup: its text, where each character stands in the document (a heading's:
    where the passage begins), its sentences and their numbers."""

    text: str
    places: Sequence[int]
    spans: list[Span]
    numbers: list[int]


def _shown_passage(corpus: Corpus, row: int) -> _Passage:
    document, start, end, first, last = (int(x) for x in corpus.passages[row, :5])
    shown, whole = corpus.shown(document), Span(start, end)
    above, places = _told_above(corpus, document, first, start), list(shown.places(whole))
    text = above + shown.of(whole)
    spans, numbers = [], []
    for number in range(first, last + 1):
        a, b = (len(above) + bisect_left(places, int(x)) for x in corpus.sentences[number, 1:3])
        if b > a:
            spans.append(Span(a, b))
            numbers.append(number)
    places = [start] * len(above) + places
    return _Passage(text, places, spans or [Span(0, len(text))], numbers or [first])


def _told_above(corpus: Corpus, document: int, sentence: int, start: int) -> str:
    """Return the headings over a sentence, and the term that it explains where that stands before `start`, a line each: of what
    it speaks, they may be the only ones to say."""
    block = corpus.block_of(sentence)
    above = list(block.headings)
    if block.kind is Kind.DEFINITION and block.lead and block.lead.end <= start:
        above.append(" ".join(block.lead.of(corpus.document(document).text).split()))
    return "".join(f"{heading[:LONGEST_HEADING]}\n" for heading in above[-HEADINGS_READ:])
