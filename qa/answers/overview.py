"""Questions about the documents as a whole -> an overview in the documents' own words.

In -> out: what is asked (qa/answers/whole.py) and a Corpus -> an Answer of quotes.
Does not: sum up: each item is a sentence that a document has, and the Answer is marked as an overview.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from qa.answers.announced import Quote
from qa.answers.authors import Written, how_begun
from qa.answers.dates import Dated, dates_in
from qa.answers.named import dated
from qa.answers.people import names_in
from qa.answers.quoting import cite
from qa.answers.spans import quote_span
from qa.answers.whole import Asked, Whole
from qa.datatypes import OVERVIEW, Answer, Citation, Kind, Span
from qa.indexing.contract import Corpus
from qa.patterns import pattern
from qa.text.numbers import counted
from qa.text.sentences import trim
from qa.text.tokens import folded_words

ITEMS = 20
"""Most quotes of an overview of all documents."""
OPENING = 3
"""How many sentences stand for a single document."""
OPENING_WORDS = 5
"""Sentences of two documents that have so many first words in common begin alike."""
MOST_SENTENCES = 40_000
"""How many sentences are read for names or dates, so that a question about many documents takes no minutes."""
TELLING_CHARS = 40
"""A first sentence that is shorter says little."""
_TELLS = frozenset((Kind.PARAGRAPH, Kind.ITEM, Kind.TURN, Kind.DEFINITION))
_ENDS = pattern(r"[.!?…。！？؟।][\"”’»)\]*_]*\Z")


def overview(corpus: Corpus, question: str, asked: Asked, document: int | None = None) -> Answer:
    """Return the overview; of `document` alone where one is given. Its `reason` says what it is of."""
    quoted, said = _overview_of(corpus, asked, document)
    return _answer(corpus, question, quoted, said or f"Nothing was found for an overview of {asked.whole.value}.")


def overview_of(corpus: Corpus, question: str, written: Written) -> Answer:
    """Return how some documents begin, one of them in more sentences; its `reason` says whose they are."""
    most = OPENING if len(written.documents) == 1 else 1
    quoted: Quoted = [(n, None) for document in written.documents[:ITEMS] for n in _telling(corpus, document, most)]
    return _answer(corpus, question, quoted, written.said)


def _answer(corpus: Corpus, question: str, quoted: Quoted, said: str) -> Answer:
    citations = tuple(_quote(corpus, label, number, answer) for label, (number, answer) in enumerate(quoted, 1))
    return Answer(question, question.strip(), citations, (), bool(citations), 0.0, said, False, kind=OVERVIEW)


Quoted = list[tuple[int, Span | None]]
"""The numbers of sentences, each with the name or the date it is quoted for, in document coordinates."""


def _overview_of(corpus: Corpus, asked: Asked, document: int | None) -> tuple[Quoted, str]:
    whole = asked.whole
    if whole in (Whole.PEOPLE, Whole.NAMES):
        return _names(corpus, people=whole is Whole.PEOPLE)
    if whole is Whole.DATES:
        return _dates(corpus, asked.on)
    if document is not None or len(corpus.entries) == 1:
        number = document or 0
        title = corpus.entries[number]["title"]
        return [(n, None) for n in _telling(corpus, number)[:OPENING]], f"How “{title}” begins."
    first = [(number, found[0]) for number in range(len(corpus.entries)) if (found := _telling(corpus, number, 1))]
    count = counted(len(corpus.entries), "document")
    openings: Quoted = [(number, None) for number in _openings(corpus, first[:ITEMS])]
    return openings, f"{_first_of(count, len(first))}, and how each begins."


def _openings(corpus: Corpus, first: Sequence[tuple[int, int]]) -> list[int]:
    """Return the sentence that stands for each of several documents, given with the first that says something: rather one that none of another
    begins like.

    One with a number (a date, an issue) tells a document from the others however it begins.
    """

    def begin(number: int) -> tuple[str, ...]:
        document, span = corpus.sentence(number)
        words = list(folded_words(span.of(document.text)))
        return tuple(words if any(map(str.isdigit, words)) else words[:OPENING_WORDS])

    telling = [[sentence, *_telling(corpus, document)] for document, sentence in first]
    used = Counter(each for found in telling for each in {begin(number) for number in found})
    return [next((number for number in found if used[begin(number)] == 1), found[0]) for found in telling]


def _first_of(things: str, count: int) -> str:
    return things if count <= ITEMS else f"The first {ITEMS} of {things}"


def _telling(corpus: Corpus, document: int, most: int = OPENING) -> list[int]:
    """Return the numbers of the first sentences of a document that say something; where it has too few, of its first sentences at all."""
    found: list[int] = []
    short: list[int] = []
    fallback: list[int] = []
    for number, text in _sentences(corpus, document):
        if not fallback and text != corpus.entries[document]["title"]:
            fallback.append(number)
        if corpus.block_of(number).kind in _TELLS and _ENDS.search(text) and not text[0].islower():
            short.append(number)
            found += [number] if len(text) >= TELLING_CHARS else []
        if len(found) == most:
            return found
    return (found if most == 1 else short[:most]) or fallback


def _names(corpus: Corpus, *, people: bool) -> tuple[Quoted, str]:
    texts, whole = _read(corpus)
    named = names_in(texts, corpus.is_name, speakers_of(corpus, texts), people=people)
    quoted: Quoted = []
    used: set[int] = set()
    for each in named[:ITEMS]:
        telling = [n for n in each.sentences if len(texts[n]) >= TELLING_CHARS] or each.sentences
        number = next(
            (n for n in telling if n not in used), telling[0]
        )  # rather not the sentence that tells of somebody else
        used.add(number)
        at = texts[number].replace("\u00a0", " ").find(each.name)  # of a speaker, whose name stands before the turn: -1
        start = corpus.sentence(number)[1].start + at
        quoted.append((number, Span(start, start + len(each.name)) if at >= 0 else None))
    kind = "people" if people else "names"
    if not named:
        return quoted, f"No {kind} are named in full{whole}."
    all_of_them = f"{len(named)} {kind} found{whole}"
    most = f"The {len(quoted)} of {len(named)} {kind} that are named most often{whole}"
    return quoted, f"{all_of_them if len(quoted) == len(named) else most}, each where it is named in full."


def _dates(corpus: Corpus, on: Dated | None) -> tuple[Quoted, str]:
    texts, whole = _read(corpus)
    if on is not None:
        return _on(corpus, texts, on)
    first: dict[tuple[int, int, int], tuple[int, Dated]] = {}
    for number, text in texts.items():
        for date in dates_in(text):
            known = first.get((date.year, date.month, date.day))
            if known is None or len(texts[known[0]]) < TELLING_CHARS <= len(text):
                first[date.year, date.month, date.day] = number, date
    fullest = sorted(first, key=lambda date: (date[2] == 0, date[1] == 0, date))
    quoted: Quoted = []
    for key in sorted(fullest[:ITEMS]):
        number, date = first[key]
        start = corpus.sentence(number)[1].start
        if number not in [n for n, _ in quoted]:
            quoted.append((number, Span(start + date.span.start, start + date.span.end)))
    if not first:
        return quoted, f"No date with a year was found{whole}."
    most = "" if len(quoted) == len(first) else f"{len(quoted)} of "
    return quoted, f"{most}{len(first)} dates with a year found{whole}, in order."


def _on(corpus: Corpus, texts: dict[int, str], on: Dated) -> tuple[Quoted, str]:
    """Return the sentences that name a date, or stand under a heading that does."""
    quoted: Quoted = []
    below: dict[tuple[str, ...], bool] = {}
    for number, text in texts.items():
        if date := next((date for date in dates_in(text) if date.is_within(on)), None):
            start = corpus.sentence(number)[1].start
            quoted.append((number, Span(start + date.span.start, start + date.span.end)))
            continue
        headings = corpus.block_of(number).headings
        if headings not in below:
            below[headings] = any(date.is_within(on) for heading in headings for date in dates_in(heading))
        if below[headings]:
            quoted.append((number, None))
    if not quoted and (documents := dated(corpus, on)):
        most, count = (OPENING if len(documents) == 1 else 1), counted(len(documents), "document")
        quoted = [(n, None) for number in documents for n in _telling(corpus, number, most)]
        return quoted[:ITEMS], f"{_first_of(count, len(quoted))} of that date, {how_begun(len(documents))}."
    return quoted[:ITEMS], f"{_first_of(counted(len(quoted), 'sentence'), len(quoted))} of that date."


def _read(corpus: Corpus) -> tuple[dict[int, str], str]:
    """Return sentences by their numbers, with the white space around them, and in words how far was read if not to the end."""
    texts: dict[int, str] = {}
    for document in range(len(corpus.entries)):
        if len(texts) >= MOST_SENTENCES:
            return texts, f" in the first {document} of {len(corpus.entries)} documents"
        for number, _ in _sentences(corpus, document):
            other, span = corpus.sentence(number)
            texts[number] = span.of(other.text)
    return texts, ""


def _sentences(corpus: Corpus, document: int) -> Iterator[tuple[int, str]]:
    """Yield the sentences of a document that are text of its own, no headers and footers: number and text."""
    for number in range(*corpus.entries[document]["sentences"]):
        if corpus.block_of(number).kind not in (Kind.FURNITURE, Kind.META, Kind.HEADING, Kind.CODE):
            other, span = corpus.sentence(number)
            if text := trim(other.text, span).of(other.text):
                yield number, text


def speakers_of(corpus: Corpus, sentences: Iterable[int]) -> dict[int, str]:
    """Return who speaks, of the sentences that begin a turn."""
    found: dict[int, str] = {}
    last = -1
    for number in sentences:
        at = int(corpus.sentences[number, 3])
        block = corpus.block_of(number)
        if at != last and block.kind is Kind.TURN and block.lead:
            shown = corpus.shown(int(corpus.sentences[number, 0])).of(block.lead)
            if name := re.sub(r"[\W\d_]+\Z", "", shown).strip():
                found[number] = name
        last = at
    return found


def _quote(corpus: Corpus, label: int, number: int, answer: Span | None) -> Citation:
    document, whole = corpus.sentence(number)
    quote = quote_span(corpus, number) or Quote(trim(document.text, whole), corpus.block_of(number).kind)
    citation = cite(corpus, label, document, quote, corpus.row_of_sentence(number))
    inside = answer and quote.span.start <= answer.start and answer.end <= quote.span.end
    return replace(citation, answer=answer if inside else None)
