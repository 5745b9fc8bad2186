"""Documents that a question names by their date or by their whole title.

In -> out: "what was decided in the meeting of 7 November 2023", "yard" and a Corpus -> `Written`, None where no document is named.
Does not: look for a date in the text (qa/answers/overview.py does), or know a document by part of its title: a word may mean anything.
"""

from __future__ import annotations

import re

from qa.answers.authors import LONGEST, Written
from qa.answers.dates import Dated, dates_in
from qa.indexing.contract import Corpus
from qa.patterns import pattern
from qa.text.tokens import content_words

_OF_A_DATE = pattern(
    r"\b(?:meetings?|minutes|notes?|entr(?:y|ies)|logs?|diar(?:y|ies)|journals?|reports?|letters?|memos?|posts?|articles?|mails?|emails?|sessions?|calls?"
    r"|interviews?|transcripts?|protocols?|documents?|files?)\s+(?:(?:of|from|on|dated|for|held on)\s+)?(?:the\s+)?\Z",
    re.IGNORECASE,
)
"""What stands before a date that is a document's own."""
_JOINED = pattern(r"[-_]+(?!\d)|_")
_DATE_JOINED = pattern(r"(?<=\d)_(?=\d)")


def named(corpus: Corpus, question: str) -> Written | None:
    """Return the documents that a question names by date or title, and in words what they are."""
    if len(question) > LONGEST:
        return None
    for date in dates_in(question):
        if _OF_A_DATE.search(question[: date.span.start]) and (found := dated(corpus, date)):
            count = "The document" if len(found) == 1 else f"{len(found)} documents"
            return Written(found, f"{count} of {date.span.of(question)}, which says nothing closer to the question:")
    words = content_words(question)
    titled = tuple(
        n for n, entry in enumerate(corpus.entries) if words and words in _titles(entry["title"], _name(corpus, n))
    )
    if not titled:
        return None
    title = corpus.entries[titled[0]]["title"]
    return Written(titled, f"How “{title}” begins." if len(titled) == 1 else f"{len(titled)} documents called so.")


def dated(corpus: Corpus, on: Dated) -> tuple[int, ...]:
    """Return the documents whose own date, as they or their file names tell it, is the one asked for or within it."""
    own = (f"{entry['meta'].get('date', '')} ; {_name(corpus, n)}" for n, entry in enumerate(corpus.entries))
    return tuple(n for n, text in enumerate(own) if any(date.is_within(on) for date in dates_in(text)))


def _name(corpus: Corpus, number: int) -> str:
    """A document's file name without what tells its format, with spaces for what joins words."""
    name = corpus.entries[number]["doc_id"].rpartition("/")[2]
    return _JOINED.sub(" ", _DATE_JOINED.sub("-", name.rpartition(".")[0] or name))


def _titles(*titles: str) -> list[list[str]]:
    """The words of each title, without the date that many file names begin with."""
    return [[word for word in content_words(title) if not word.isdigit()] for title in titles]
