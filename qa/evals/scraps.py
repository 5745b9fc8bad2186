"""A quote -> what makes it a scrap: half of something, markup, a heading, an announcement of nothing.

In -> out: a Citation and what a reader sees of its text -> "" or the fault in a few words.
Does not: know the question; whether a quote answers is measured elsewhere (qa/evals/metrics.py).
"""

from __future__ import annotations

import re

from qa.answers.edges import is_balanced, is_bare_link
from qa.datatypes import Citation, Kind

_NO_TEXT = frozenset((Kind.HEADING, Kind.META, Kind.FURNITURE, Kind.CAPTION))
_FAULTS = tuple(
    (re.compile(pattern, re.IGNORECASE | re.MULTILINE), fault)
    for pattern, fault in (
        (r"\A#{1,6}\s|\n(?:=+|-+)\s*\Z", "a heading"),
        (r"\A<!--|-->\Z", "a comment"),
        (r"\[![\w-]+\]|\A:::|\A!!!", "the mark of a call-out"),
        (r"</?(?:address|article|aside|blockquote|body|center|details|div|dl|dd|dt|figure|footer|form|h[1-6]|head|header|hr|html|iframe|img|li"
         r"|main|nav|ol|p|picture|pre|script|section|source|style|summary|svg|table|tbody|thead|ul|video)\b[^<>]*>", "a tag"),
        (r"!\[[^\[\]]*\]\([^()]*\)", "a picture"),
        (r"\A\s*\]|\]\([^()\s]*\Z|\A\(?https?://\S+\)?\Z", "a scrap of a link"),
        (r"\A\|?[\s:|-]+\|?\Z|\A[-*_=\s]+\Z", "a ruler"),
        (r"\A(?:---|\+\+\+)\s*\n", "front matter"),
    )
)  # fmt: skip


def why_scrap(citation: Citation, seen: str) -> str:
    """Return what is wrong with a quote, "" where it can be read alone; `seen` is its text without markup."""
    text = citation.text.strip()
    if citation.kind in _NO_TEXT:
        return f"no text but {citation.kind.value}"
    if not any(map(str.isalnum, seen)):
        return "nothing a reader sees"
    if citation.kind is Kind.CODE:
        return ""
    for pattern, fault in _FAULTS:
        if pattern.search(text):
            return fault
    if seen.strip().endswith((":", "：")):
        return "an announcement without what follows"
    if not is_balanced(text):
        return "half of a pair of marks"
    if not citation.lead and is_bare_link(text, citation.kind):
        return "nothing but links"
    return ""
