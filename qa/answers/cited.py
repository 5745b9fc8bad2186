"""The words of a quote together with what it stands under.

In -> out: a Citation -> the stems of its words, of its lead, its headings and its document's title.
Does not: look into the document; what stands above a sentence that is not quoted is in qa/answers/context.py.
"""

from __future__ import annotations

from qa.datatypes import Citation
from qa.text.tokens import folded_words, stem


def stems_of(citation: Citation, *, by_title: bool = True) -> set[str]:
    """Return the stems of all words of a quote and of what it stands under; without `by_title` not of its document's title."""
    lead = citation.lead.text if citation.lead else ""
    title = citation.title if by_title else ""
    return set(map(stem, folded_words(" ".join((citation.text, lead, title, *citation.headings)))))
