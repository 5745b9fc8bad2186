"""An index as tables of numbers beside texts: the questions that have the same answer wherever the tables are kept.

In -> out: tables, entries of documents, words -> passages, sentences, blocks, names, neighbours.
Does not: open anything, or find candidates (qa/indexing/corpus.py does, and qa/milvus/corpus.py over the wire).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from qa.datatypes import Block, Document, Passage, Span
from qa.indexing.contract import SHORTEST_HEARD, Table
from qa.indexing.structure import Structure
from qa.patterns import pattern
from qa.text.shown import Shown
from qa.text.tokens import count_prompt_tokens, fold, folded_words, sounds, stem

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NAME_SHARE = 0.7
"""A word is a name where at least this share of its occurrences inside sentences has a capital."""
PLACE_BITS = 40
"""A place in a document and which of some passages it is in are compared as one number."""
_WRITTEN = pattern(r"[^\W_]+")


class Tables:
    """What is at hand of an opened index, and its tables, which may be far away."""

    entries: list[dict[str, Any]]
    vocabulary: list[str]
    word_counts: NDArray[np.int64]
    piece_frequencies: NDArray[np.int32]
    projection: NDArray[np.float32]
    structure: Structure
    passages: Table
    sentences: Table
    token_states: Table
    token_places: Table
    texts: Table
    document: Callable[[int], Document]
    shown: Callable[[int], Shown]

    @cached_property
    def number_of(self) -> dict[str, int]:
        """The position of each document by its id."""
        return {entry["doc_id"]: number for number, entry in enumerate(self.entries)}

    @cached_property
    def words(self) -> dict[str, tuple[int, int]]:
        """Of each content word: how often it occurs inside a sentence, and how often of these with a capital."""
        return {
            word: (inside, capital)
            for word, (inside, capital) in zip(self.vocabulary, self.word_counts.tolist(), strict=True)
        }

    @cached_property
    def words_by_sound(self) -> dict[str, list[str]]:
        """The content words of four letters and more by how they are spoken, roughly."""
        table: dict[str, list[str]] = {}
        heard = [word for word in self.vocabulary if len(word) >= SHORTEST_HEARD and word.isalpha()]
        for word, spoken in zip(heard, sounds(heard), strict=True):
            table.setdefault(spoken, []).append(word)
        return table

    def is_name(self, word: str) -> bool:
        """Tell whether a folded word has a capital nearly always, also inside a sentence."""
        inside, capital = self.words.get(word, (0, 0))
        return inside > 0 and capital / inside >= NAME_SHARE

    def spelling_of(self, word: str) -> str:
        """Return a folded word of the documents as it is written in the passage where it weighs most."""
        written = _WRITTEN.findall(self.passage(self.heaviest_row(stem(word))).text)
        return next((each for each in written if fold(each) == word), word)

    def heaviest_row(self, term: str) -> int:
        """Return the first of the passages in which a term weighs most."""
        raise NotImplementedError

    def passage(self, row: int) -> Passage:
        """Return the passage of a row."""
        return self.joined_passage(row, row)

    def joined_passage(self, first: int, last: int) -> Passage:
        """Return the passages `first` to `last` of one document as one."""
        number, start = (int(x) for x in self.passages[first, :2])
        document, span = self.document(number), Span(start, int(self.passages[last, 2]))
        text = span.of(document.text)
        passage_id = f"{document.doc_id}#{span.start}-{span.end}"
        return Passage(passage_id, document.doc_id, document.title, span, text, count_prompt_tokens)

    def passage_before(self, row: int) -> int | None:
        """Return the row of the passage before this one in its document."""
        return row - 1 if row and self.passages[row - 1, 0] == self.passages[row, 0] else None

    def passage_after(self, row: int) -> int | None:
        """Return the row of the passage after this one in its document."""
        after = row + 1
        return after if after < len(self.passages) and self.passages[after, 0] == self.passages[row, 0] else None

    def row_at(self, doc_id: str, position: int) -> int:
        """Return the passage of a document in which a position stands, the nearest before it where it stands in none."""
        import numpy as np

        first, end = self.entries[self.number_of[doc_id]]["passages"]
        return int(first) + max(int(np.searchsorted(self.passages[first:end, 1], position, side="right")) - 1, 0)

    def row_of_sentence(self, number: int) -> int:
        """Return the first passage in which a sentence ends."""
        import numpy as np

        first, end = self.entries[int(self.sentences[number, 0])]["passages"]
        return int(first) + int(np.searchsorted(self.passages[first:end, 4], number))

    def word_of_token(self, row: int, token: int) -> str:
        """Return the folded word in which a token of a passage stands, "" where it stands in none."""
        text = self.document(int(self.passages[row, 0])).text
        start = end = int(self.token_places[token, 0])
        while start > 0 and text[start - 1].isalnum():
            start -= 1
        while end < len(text) and text[end].isalnum():
            end += 1
        return next(folded_words(text[start:end]), "")

    def sentences_of(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Return the sentences of some passages that have a token there, passage by passage: the number of each, which of `rows`
        it stands in, and how many of all the passages' tokens stand before it; a sentence may stand in two passages.
        """
        import numpy as np

        bounds = np.asarray(self.passages[rows, 3:7], np.int64)
        counts = bounds[:, 1] - bounds[:, 0] + 1
        firsts = np.cumsum(counts) - counts
        numbers = np.arange(counts.sum()) + np.repeat(bounds[:, 0] - firsts, counts)
        starts = np.array(self.sentences[numbers, 1])
        starts[firsts] = 0  # what stands before the second sentence is of the first
        at = np.repeat(np.arange(len(rows)), counts)
        places = np.concatenate([self.token_places[first:end, 0] for first, end in bounds[:, 2:].tolist()])
        of_token = np.repeat(np.arange(len(rows)), bounds[:, 3] - bounds[:, 2])
        edges = np.searchsorted(of_token << PLACE_BITS | places, at << PLACE_BITS | starts)
        kept = np.diff(edges, append=len(places)) > 0
        return numbers[kept], at[kept], edges[kept]

    def sentence(self, number: int) -> tuple[Document, Span]:
        """Return the document of a sentence, and its span with the white space around it."""
        document, start, end, _ = self.sentences[number].tolist()
        return self.document(document), Span(start, end)

    def block_of(self, sentence: int) -> Block:
        """Return the block a sentence stands in."""
        return self.structure.block(int(self.sentences[sentence, 3]))

    def find_document(self, doc_id: str) -> Document | None:
        """Return the document with this id, with its text as it was indexed."""
        number = self.number_of.get(doc_id)
        return None if number is None else self.document(number)

    def document_bytes(self, number: int) -> bytes:
        """Return a document's text as UTF-8."""
        first, end = self.entries[number]["bytes"]
        return bytes(self.texts[first:end])
