"""Questions about the documents as a whole, and the forms in which they are asked.

In -> out: "what are these documents about", "list the people mentioned", "what happened when" -> `Asked`.
Does not: look into the documents (qa/answers/overview.py does).
"""

from __future__ import annotations

import re
from enum import Enum

from qa.answers.dates import Dated, dates_in
from qa.patterns import pattern
from qa.records import record

LONGEST = 200
"""A longer question is none about the whole."""

_DOCS = r"(?:documents?|docs?|files?|texts?|articles?|papers?|pages?|notes?|sources?|reports?|materials?|collection|corpus|folder|library|index|data)"
_THESE = rf"(?:(?:all(?: of)? )?(?:these|those|the|this|your|my|our) |all )?{_DOCS}"
_HERE = (
    r"(?: (?:(?:do you|you) have|are there|there are|exist"
    r"|(?:(?:is|are) )?(?:indexed|available|loaded|included|here)"
    rf"|(?:in|from|of|by) {_THESE}|here))*"
)
_PLEASE = r"(?:please |can you |could you |would you |i want |i need )*(?:me )?"
_SUM_UP = (
    r"(?:summari[sz]e|sum up|outline|give (?:me )?an? (?:(?:short|brief|quick) )?(?:summary|overview|outline)(?: of)?"
    r"|(?:summary|overview)(?: of)?)"
)
_LIST = r"(?:list|show|name|give(?: me)?|tell me|what are|which are|who are)"
_PEOPLE = r"(?:people|persons?|individuals|personalities|persons and places|characters)"
_NAMES = r"(?:names?|organi[sz]ations|places|countries|companies|entities)"
_MENTIONED = rf"(?: (?:that |who )?(?:(?:is|are) )?(?:mentioned|named|quoted|in it|discussed|appear|occur|come up|referred to))?{_HERE}"


class Whole(Enum):
    """What is asked of the documents as a whole."""

    ABOUT = "what they are about"
    ONE = "what one of them is about"
    PEOPLE = "who is mentioned"
    NAMES = "which names they use"
    DATES = "what happened when"


_FORMS = tuple((whole, pattern(source, re.IGNORECASE)) for whole, source in (
    (Whole.ABOUT, rf"what(?:'s| is| are) (?:all )?{_THESE} (?:all )?about"),
    (Whole.ABOUT, r"what(?:'s| is) (?:all )?this about"),
    (Whole.ABOUT, rf"what (?:do|does) {_THESE} (?:cover|contain|discuss|say|talk about|deal with|describe|tell(?: me| us)?)"),
    (Whole.ABOUT, rf"what(?:'s| is) in {_THESE}"),
    (Whole.ABOUT, rf"what (?:topics?|subjects?|themes?)(?: (?:do|does|are|is))?(?: (?:covered|discussed|there))?"
     rf"(?: (?:in|by))? ?{_THESE}?(?: (?:cover|discuss|contain|deal with))?"),
    (Whole.ABOUT, rf"(?:which|what|how many) {_DOCS}{_HERE}"),
    (Whole.ABOUT, rf"{_PLEASE}(?:list|show|name|count) {_THESE}{_HERE}"),
    (Whole.ABOUT, rf"{_PLEASE}{_SUM_UP}(?: (?:it|this|everything|{_THESE}))?{_HERE}"),
    (Whole.ONE, rf"{_PLEASE}{_SUM_UP} (?:the |this |that )?{_DOCS} (?:about|on|of|from|called|named|titled|with) (?P<topic>.+)"),
    (Whole.ONE, rf"what(?:'s| is) (?:the |this |that )?{_DOCS} (?:on|from|called|named|titled) (?P<topic>.+) about"),
    (Whole.PEOPLE, rf"{_PLEASE}{_LIST} (?:all )?(?:of )?(?:the )?{_PEOPLE}{_MENTIONED}"),
    (Whole.PEOPLE, rf"(?:which|what) {_PEOPLE} (?:are|is) (?:mentioned|named|quoted|discussed){_HERE}"),
    (Whole.PEOPLE, rf"who (?:all )?(?:is|are|gets) (?:mentioned|named|quoted){_HERE}"),
    (Whole.NAMES, rf"{_PLEASE}{_LIST} (?:all )?(?:of )?(?:the )?{_NAMES} (?:that |which )?(?:are )?(?:mentioned|named|used){_HERE}"),
    (Whole.NAMES, rf"(?:which|what) {_NAMES} (?:are|is) (?:mentioned|named|used){_HERE}"),
    (Whole.DATES, rf"what happened(?: and)? when{_HERE}"),
    (Whole.DATES, rf"{_PLEASE}(?:(?:give|show|make|list) )?(?:me )?(?:an? |the )?(?:timeline|chronology)(?: of (?:events|{_THESE}))?{_HERE}"),
    (Whole.DATES, rf"{_PLEASE}{_LIST} (?:all )?(?:of )?(?:the )?(?:important |main |key )?(?:dates|events)(?: (?:mentioned|in order))?{_HERE}"),
    (Whole.DATES, r"what (?:happened|occurred|took place|went on|was done|is planned|is due|will happen) (?P<on>(?:on|in|during) .+)"),
    (Whole.DATES, rf"(?:which|what) dates (?:are|is) (?:mentioned|named){_HERE}"),
))  # fmt: skip


_HINTS = (
    *(
        "this about",
        "doc",
        "file",
        "text",
        "article",
        "paper",
        "page",
        "note",
        "source",
        "report",
        "material",
        "collection",
        "corpus",
        "folder",
    ),
    *(
        "library",
        "index",
        "data",
        "summ",
        "sum up",
        "outline",
        "overview",
        "topic",
        "subject",
        "theme",
        "people",
        "person",
    ),
    *(
        "individual",
        "character",
        "name",
        "organi",
        "place",
        "countr",
        "compan",
        "entit",
        "mentioned",
        "quoted",
        "discussed",
    ),
    *("happen", "occurred", "went on", "was done", "is planned", "is due", "timeline", "chronology", "date", "event"),
)
"""Each form holds one of these: most questions hold none, and are compared with no form."""


@record
class Asked:
    """What is asked about the documents, and which one of them is meant, in the words of the question."""

    whole: Whole
    topic: str = ""
    on: Dated | None = None
    """The only date that is asked for, where there is one."""


def asked_of_whole(question: str) -> Asked | None:
    """Return what a question asks about the documents as a whole, None where it asks about what they say."""
    if len(question) > LONGEST:
        return None
    plain = " ".join(question.strip().strip(" ?!.:").replace("’", "'").split())
    small = plain.lower()
    if not any(hint in small for hint in _HINTS):
        return None
    for whole, form in _FORMS:
        if match := form.fullmatch(plain):
            parts = match.groupdict()
            dates = dates_in(parts["on"]) if parts.get("on") else []
            if not parts.get("on") or (len(dates) == 1 and dates[0].span.end == len(parts["on"])):
                return Asked(whole, parts.get("topic") or "", dates[0] if dates else None)
    return None
