"""Who reads, cuts and embeds the documents of a build: this process, or others for it.

In -> out: files that are new or changed -> drafted documents, in their order; texts -> encodings, in theirs.
Does not: write: that does one process, whoever works for it (qa/indexing/drafting.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from qa.datatypes import Block, Document, Kind, Parsed
from qa.indexing.comparing import Reading
from qa.indexing.drafting import DraftedDocument, PassageDraft
from qa.models.encoding import Embedder, Encoding
from qa.text import chunking, sentences
from qa.text.documents import SeedFile
from qa.text.shown import Shown

BATCH_PASSAGES = 256
"""How many passages are embedded at once and held in memory; a longer document is written in parts."""


class Hands(Protocol):
    """Whoever works for a build."""

    @property
    def batch_passages(self) -> int:
        """How many passages are worth embedding at once; so many are held in memory."""

    def draft(self, reading: Reading, files: Sequence[SeedFile], budget: int) -> Iterator[DraftedDocument | None]:
        """Yield each file read and cut, None for one that cannot be read (which `reading` then knows)."""

    def encode(self, texts: Sequence[str]) -> Iterator[Encoding]:
        """Yield the encoding of each text: the same to the last bit, whoever computes it."""


Hire = Callable[[Embedder], Hands]
"""Takes the embedder of a build, and returns whoever works with it."""


class OwnHands:
    """This process."""

    batch_passages = BATCH_PASSAGES

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def draft(self, reading: Reading, files: Sequence[SeedFile], budget: int) -> Iterator[DraftedDocument | None]:
        for file in files:
            read = reading.read(file)
            yield cut(file, *read, self._embedder, budget) if read else None

    def encode(self, texts: Sequence[str]) -> Iterator[Encoding]:
        yield from self._embedder.encode_passages(list(texts))


def cut(file: SeedFile, document: Document, parsed: Parsed, embedder: Embedder, budget: int) -> DraftedDocument:
    """Return a document that was read, cut into passages of at most `budget` tokens."""
    shown = Shown(document.text, parsed.hidden)
    spans = sentences.split_sentences(document.text, parsed.blocks, parsed.hidden)
    begins = {block.span.start for block in parsed.blocks if _begins_section(block)}
    sections = {number for number, span in enumerate(spans) if span.start in begins}
    chunks = chunking.chunk_text(shown, spans, embedder.token_starts, budget=budget, sections=sections)
    drafts = [
        PassageDraft(c.span, c.first_sentence, c.last_sentence, shown.of(c.span), shown.places(c.span)) for c in chunks
    ]
    return DraftedDocument(file, document, parsed, spans, drafts)


def _begins_section(block: Block) -> bool:
    """Tell whether a block begins what is about something else: it is a heading, or a term."""
    return block.kind is Kind.HEADING or (block.kind is Kind.DEFINITION and block.lead is None)
