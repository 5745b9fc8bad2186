"""Questions about who wrote a document, or whom a mail went to -> the documents that say so of themselves.

In -> out: "what did Nora Lind write", "who was copied on the mail about the reef" and a Corpus -> `Written`, None where no document tells.
Does not: read who wrote something in the text (an ordinary question does), or take a title for a work: "who wrote the Iliad"
asks what the documents say.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from qa.indexing.contract import Corpus
from qa.patterns import pattern
from qa.records import record
from qa.text.numbers import counted
from qa.text.tokens import content_words, lexical_terms

LONGEST = 200
"""A longer question is none about an author."""
_ANY = r"(?:documents?|docs?|files?|texts?|articles?|papers?|pages?|notes?)"
_DOCUMENT = (
    rf"(?:{_ANY}|reports?|posts?|essays?|chapters?|letters?|memos?|minutes|stor(?:y|ies)|(?:hand|guide)?books?|booklets?|manuals?|guides?"
    r"|guidelines?|brochures?|leaflets?|polic(?:y|ies)|plans?|proposals?|contracts?|reviews?|theses|thesis|presentations?|slides|tutorials?"
    r"|newsletters?|interviews?|transcripts?|recipes?)"
)
_BY = (
    r"what (?:did|has|have) (?P<who>.+?) (?:write|written|publish|published|author|authored)",
    rf"(?:(?:which|what|list|show(?: me)?|find) )?(?:all |the )*{_DOCUMENT}(?: (?:are|is|were|was))?"
    r"(?: (?:written|published|authored))? by (?P<who>.+)",
    rf"(?:which|what) {_DOCUMENT} (?:did|has|have) (?P<who>.+?) (?:write|written|publish|published|author|authored)",
    r"what (?:is|was|were) (?:written|published|authored) by (?P<who>.+)",
)
_OF = (
    rf"who (?:wrote|published|authored|is the author of|are the authors of|was the author of) (?:the |this |that )?(?P<topic>.*\b{_DOCUMENT}\b.*)",
    rf"(?:who is )?(?:the )?author of (?:the |this |that )?(?P<topic>.*\b{_DOCUMENT}\b.*)",
    rf"who (?:is|was) (?:the )?(?P<topic>.*\b{_DOCUMENT}\b.*?) (?:written )?by",
)
_ABOUT = (
    r"who (?:wrote|writes|has written|published) (?:something |anything )?(?:about|on) (?:the |a |an )?(?P<topic>.+)",
)
_MAIL = r"(?:e-?mails?|mails?|messages?)"
_THE_MAIL = rf"(?:the |this |that )?(?P<topic>.*\b{_MAIL}\b.*)"
_OF_MAIL = (
    ("cc", rf"who (?:was|were|is|are) (?:copied|cc'?d|in cc|in copy)(?: in| into| on| of| to)* {_THE_MAIL}"),
    ("to", rf"who (?:got|gets|received) {_THE_MAIL}"),
    ("to", rf"(?:to )?whom? (?:was|were) {_THE_MAIL} (?:sent|addressed|written)(?: to)?"),
    ("author", rf"who (?:sent|wrote) {_THE_MAIL}"),
)
"""What the head of a mail tells, and how it is asked for."""
_MAILS = (".eml", ".msg")
_SAID = {"author": "is by", "to": "went to", "cc": "was copied to"}
_NO_TOPIC = pattern(rf"\b(?:{_DOCUMENT}|{_MAIL}|about|on|of|called|named|titled)\b", re.IGNORECASE)

_HINTS = ("writ", "wrote", "author", "publish", " by", "mail", "message")
"""Each form holds one of these: most questions hold none, and are compared with no form."""


@record
class Written:
    """Some documents, by number, and in words who wrote them."""

    documents: tuple[int, ...]
    said: str


def written(corpus: Corpus, question: str, about: Callable[[str], int | None]) -> Written | None:
    """Return the documents whose author a question asks about; `about` finds the document on a topic."""
    plain = " ".join(question.strip().strip(" ?!.").split())
    if len(plain) > LONGEST or not any(hint in plain.lower() for hint in _HINTS):
        return None
    if who := _asked(_BY, plain, "who"):
        words = set(lexical_terms(who))
        found = tuple(
            n for n in range(len(corpus.entries)) if words and words <= set(lexical_terms(_author(corpus, n)))
        )
        if not found:
            return None
        return Written(
            found, f"{counted(len(found), 'document')} by {_author(corpus, found[0])}, {how_begun(len(found))}."
        )
    for key, form in _OF_MAIL:
        if topic := _NO_TOPIC.sub(" ", _asked((form,), plain, "topic")).strip():
            number = about(topic) if content_words(topic) else None
            is_mail = number is not None and corpus.entries[number]["doc_id"].lower().endswith(_MAILS)
            return _told(corpus, number, key) if is_mail else None
    named = _asked(_OF, plain, "topic")
    topic = _NO_TOPIC.sub(" ", named)
    if named and not content_words(topic):
        return _told(corpus, _only_one(corpus, named), "author")
    by_title = "" if topic else _asked(_ABOUT, plain, "topic")
    number = about(topic or by_title) if content_words(topic or by_title) else None
    if by_title and number is not None and not _is_in_title(corpus, number, by_title):
        return None
    return _told(corpus, number, "author")


def _told(corpus: Corpus, number: int | None, key: str) -> Written | None:
    """Return what a document says of itself; None where it says nothing of the kind."""
    people = "" if number is None else str(corpus.entries[number]["meta"].get(key) or "")
    if number is None or not people:
        return None
    return Written((number,), f"“{corpus.entries[number]['title']}” {_SAID[key]} {people}. It begins:")


def _only_one(corpus: Corpus, named: str) -> int | None:
    """Return the document that "the handbook" is: the one with that in its title; and that "the document" is: the only one there is."""
    found = [n for n in range(len(corpus.entries)) if _is_in_title(corpus, n, named)]
    if not found and len(corpus.entries) == 1 and re.fullmatch(_ANY, named, re.IGNORECASE):
        found = [0]
    return found[0] if len(found) == 1 else None


def how_begun(count: int) -> str:
    """Return what an overview of so many documents tells of them."""
    return "and how it begins" if count == 1 else "and how each begins"


def _asked(forms: tuple[str, ...], question: str, part: str) -> str:
    found = (re.fullmatch(form, question, re.IGNORECASE) for form in forms)
    return next((match[part] for match in found if match), "")


def _is_in_title(corpus: Corpus, number: int, topic: str) -> bool:
    """Tell whether a document is on a topic by its title: what else it touches, others may be said to have written about."""
    titled = set(lexical_terms(corpus.entries[number]["title"]))
    return set(lexical_terms(topic)) <= titled


def _author(corpus: Corpus, number: int) -> str:
    return str(corpus.entries[number]["meta"].get("author") or "")
