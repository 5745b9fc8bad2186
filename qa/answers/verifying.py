"""A text that is said to be a quote -> where the documents have it, letter for letter.

In -> out: a Corpus and a text -> `Verification`.
Does not: judge what it means, or forgive another word, number, sign or mark; what may differ stands in qa/answers/alike.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from qa.answers.alike import Folded, fold_text, unquoted
from qa.answers.quoting import place_of
from qa.datatypes import Place, Span
from qa.indexing.contract import Corpus

MOST_PLACES = 20


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether and where a text stands in the documents."""

    text: str
    places: tuple[Place, ...]
    exact: tuple[bool, ...]
    """Of each place: whether every character is the same; else case, kind of quotation mark or dash, white space or composition differ."""
    quotes: tuple[str, ...]
    """Of each place: the documents' own text."""
    more: bool = False
    """Whether there are more places than the MOST_PLACES that are listed."""


def verify(corpus: Corpus, text: str) -> Verification:
    """Return the places, first document first; none for a text without a letter or digit. Every document is looked through.

    Quotation marks around the whole text may be those of the citation: where the documents do not have them, it is searched without.
    """
    for wanted in dict.fromkeys((text.strip(), unquoted(text))):
        found = _found(corpus, wanted, text.strip())
        if found.places:
            return found
    return Verification(text, (), (), ())


def _found(corpus: Corpus, wanted: str, text: str) -> Verification:
    places: list[Place] = []
    quotes: list[str] = []
    folded = fold_text(wanted)
    for number in range(len(corpus.entries)) if any(map(str.isalnum, folded)) else ():
        for span in _spans(corpus.document_bytes(number).decode("utf-8"), folded):
            if len(places) == MOST_PLACES:
                return _verification(text, places, quotes, more=True)
            document = corpus.document(number)
            places.append(place_of(corpus, document, span))
            quotes.append(span.of(document.text))
    return _verification(text, places, quotes)


def _verification(text: str, places: list[Place], quotes: list[str], *, more: bool = False) -> Verification:
    return Verification(text, tuple(places), tuple(quote == text for quote in quotes), tuple(quotes), more)


def _spans(document: str, folded: str) -> Iterator[Span]:
    """Yield where a document has a folded text, in time that grows with its length only."""
    if not folded or folded not in fold_text(document):
        return
    whole = Folded(document)
    position = whole.text.find(folded)
    while position >= 0:
        end = position + len(folded)
        if whole.stands_alone(position, end):
            yield whole.span(position, end)
            position = whole.text.find(folded, end)
        else:
            position = whole.text.find(folded, whole.next_start(position))
