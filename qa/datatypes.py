"""The records that travel through the house: frozen, slotted, standard library only.

In -> out: nothing; every other room imports its words from here.
Does not: compute, read files or know a library.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from qa.records import record

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open range `[start, end)` in code points of a document's text."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"a span needs 0 <= start <= end, got [{self.start}, {self.end})")

    def of(self, text: str) -> str:
        """Return the characters of `text` that this span covers."""
        return text[self.start : self.end]


class Kind(StrEnum):
    """What a block of a document is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"  # of a list
    ROW = "row"  # of a table
    CODE = "code"
    DEFINITION = "definition"
    TURN = "turn"  # of a speaker
    CAPTION = "caption"  # or the alternative text of a picture
    FOOTNOTE = "footnote"
    META = "meta"
    """Front matter, mail headers: what a reader is told about the text, no text."""
    FURNITURE = "furniture"  # page headers and footers, rulers, comments, navigation


@record
class Block:
    """A piece of a document's structure. The blocks of a document tile its text, white space after one belongs to it."""

    span: Span
    kind: Kind
    headings: tuple[str, ...] = ()
    """What it stands under, outermost first, as a reader sees it; of a heading, without itself."""
    level: int = 0
    """Of a heading, from 1; of a list item, its depth from 0."""
    lead: Span | None = None
    """What it cannot be understood without: a list's lead-in, a table's header row, a turn's speaker, a definition's term."""
    group: int = 0
    """Equal for the items of one list and the rows of one table (from 1); 0 for a block of its own."""


@record
class Page:
    """A page as it is shown: its printed label ("iv", "47698", "" where it has none), width and height in points."""

    label: str
    width: float
    height: float


@record
class Mark:
    """From `start` on, a text without pages is in this part: kind "slide", "sheet", "cell", "part" or "time", and its name."""

    start: int
    kind: str
    name: str


@record
class Parsed:
    """What a format gives of a file."""

    text: str
    blocks: tuple[Block, ...]
    meta: Mapping[str, str] = field(default_factory=dict)
    """title, author, date, aliases, tags, ... as the file itself gives them; only those it has."""
    hidden: tuple[Span, ...] = ()
    """Characters of the text that are markup: a reader does not see them. In order, none touching another."""
    pages: tuple[Page, ...] = ()
    boxes: NDArray[np.uint16] | None = None
    """(len(text), 5): page from 1 (0: none), left, top, right, bottom in 1/65535 of the page as shown. None without pages."""
    marks: tuple[Mark, ...] = ()
    warnings: tuple[str, ...] = ()
    """Sentences on what was left out of this file ("no text on 12 of 14 pages"), without its name."""


@record
class Where:
    """Where a quote stands in the file, as people say it."""

    kind: str = "line"
    """"line", "page", "section", "slide", "sheet", "cell", "part" or "time"."""
    page: int = 0
    """The physical page the quote begins on, from 1; 0 where there are none."""
    last_page: int = 0
    label: str = ""
    """The page's printed label, or the name of the slide, sheet, cell, part or time."""
    boxes: tuple[tuple[int, float, float, float, float], ...] = ()
    """Page, left, top, right, bottom of each line of the quote, in fractions of the page as shown."""
    paragraph: int = 0
    """From 1 in the whole text, for formats without lines of their own; else 0."""


@record
class Lead:
    """What a quote stands under (a list's lead-in, a table's header row, a speaker, a term): a place in the same document."""

    span: Span
    text: str
    kind: Kind


@record
class Document:
    """One file of the seeds folder; `doc_id` is its POSIX path below it, `sha256` that of its bytes."""

    doc_id: str
    title: str
    text: str
    sha256: str
    meta: Mapping[str, str] = field(default_factory=dict)


@record
class Passage:
    """The embedded unit: whole sentences of one document. `span.of(document.text) == text`."""

    passage_id: str
    doc_id: str
    title: str
    span: Span
    text: str
    count: Callable[[str], int] = field(compare=False, repr=False)

    @property
    def prompt_tokens(self) -> int:
        """Cost of the text alone in a prompt, in o200k_base tokens: the table of these is loaded when it is asked for."""
        return self.count(self.text)


@record
class Hit:
    """A ranked passage: rank from 1, fused score in 0..1, and the two scores it was fused from."""

    rank: int
    passage: Passage
    score: float
    dense_score: float
    """Cosine between question and passage vectors, -1..1."""
    lexical_score: float
    """BM25 of the passage for the question's terms, 0 or more."""


@record
class Place:
    """Where another document says the same. `span` is in document coordinates; line and column count from 1."""

    doc_id: str
    title: str
    sha256: str
    span: Span
    line: int
    column: int
    headings: tuple[str, ...] = ()
    """The headings it stands under, outermost first."""
    where: Where = field(default_factory=Where)


@record
class Citation:
    """One quoted span, numbered from 1. `span` is in document coordinates; line and column count from 1."""

    label: int
    doc_id: str
    title: str
    sha256: str
    span: Span
    text: str
    line: int
    column: int
    passage: Passage
    score: float
    also: tuple[Place, ...] = ()
    """Other documents that say the same in the same words, but for a few characters."""
    stale: bool = False
    """The file has changed or gone since it was indexed; the text is as it was then."""
    lead: Lead | None = None
    headings: tuple[str, ...] = ()
    """The headings the quote stands under, outermost first."""
    where: Where = field(default_factory=Where)
    kind: Kind = Kind.PARAGRAPH
    """What kind of block the quote is of."""
    items: tuple[int, int] = (0, 0)
    """Of a list or table quoted from its lead-in on: how many items the quote has, and how many there are."""
    answer: Span | None = None
    """The words that answer, in document coordinates, where they can be told: of a clear answer's first quote, or a date or amount beside them."""
    probability: float = 0.0
    """Estimated probability, 0..1, that this quote answers."""
    before: str = ""
    """As a reader sees it, what stands before the quote in its paragraph, turn or item; or before the sentence there that it leans on."""
    after: str = ""
    """And what stands after it."""


OVERVIEW, COURTESY = "overview", "courtesy"
"""Kinds of an Answer: what all the documents are about, in their own words; and a word of thanks or greeting, to which no document answers."""


@record
class Answer:
    """Citations, or (answered false) a refusal with its reason; `searched` is what was looked for."""

    question: str
    searched: str
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    answered: bool
    confidence: float
    """Estimated probability, 0..1, that the documents answer the question."""
    reason: str
    """Empty when answered, otherwise why not, in one sentence; of an overview, what it is of."""
    clear: bool = True
    """Of an answer: whether its first quote is likely enough the right one; else these are the closest sentences, and may not answer."""
    corrections: Mapping[str, str] = field(default_factory=dict)
    """Words of the question that no document has, and the words of the documents they were taken for."""
    kind: str = "answer"
    """"answer", OVERVIEW or COURTESY."""
    nearest: tuple[Citation, ...] = ()
    """Of a refusal: what comes nearest to the question, and is no answer to it; the likeliest first."""

    @property
    def stale(self) -> bool:
        """Whether a document that is quoted has changed or gone since it was indexed."""
        return any(citation.stale for citation in self.citations)
