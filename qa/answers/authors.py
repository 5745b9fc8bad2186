"""Questions about who wrote a document -> the documents that say so of themselves.

In -> out: "what did Nora Lind write", "who wrote the report about the reef" and a Corpus -> `Written`, None where no document's author is known.
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
_DOCUMENT = (
    r"(?:documents?|docs?|files?|texts?|articles?|papers?|pages?|notes?|reports?|posts?|essays?|chapters?"
    r"|letters?|memos?|minutes|stor(?:y|ies))"
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
_NO_TOPIC = pattern(rf"\b(?:{_DOCUMENT}|about|on|of|called|named|titled)\b", re.IGNORECASE)

_HINTS = ("writ", "wrote", "author", "publish", " by")
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
    topic = _NO_TOPIC.sub(" ", _asked(_OF, plain, "topic"))
    by_title = "" if topic else _asked(_ABOUT, plain, "topic")
    number = about(topic or by_title) if content_words(topic or by_title) else None
    if number is None or not _author(corpus, number) or (by_title and not _is_in_title(corpus, number, by_title)):
        return None
    return Written((number,), f"“{corpus.entries[number]['title']}” is by {_author(corpus, number)}. It begins:")


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
