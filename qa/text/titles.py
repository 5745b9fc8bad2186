"""A document's text -> the title a person would give it.

In -> out: the text and its doc_id -> one line of the text, or the beginning of its first sentence.
Does not: know any document; `seeds/sources.toml` overrules it.
"""

from __future__ import annotations

import re
from itertools import islice
from pathlib import PurePosixPath

_LINES_READ = 20
_HEADLINE_CHARS = 160
_OPENING_CHARS = 80
_MARKDOWN_HEADING = re.compile(r"#{1,6}\s+(.+?)\s*#*\Z")
_LABEL = re.compile(r"[^\W\d_]+:\s")
"""One word and a colon: "Writer: ...", "Updated: ..."."""
_MONTH = re.compile(r"\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b", re.IGNORECASE)


def title_of(text: str, doc_id: str) -> str:
    """Return the first line that reads like a headline; else a short line above the body; else how the body begins."""
    lines = [" ".join(line.strip("\ufeff \t").split()) for line in islice(text.splitlines(), 400)]
    lines = [line for line in lines if line][:_LINES_READ]
    above = _above_the_body(lines)
    for line in above:
        if heading := _MARKDOWN_HEADING.match(line):
            return heading.group(1)
    for line in above:
        if _is_headline(line):
            return line
    for line in reversed(above):
        if line[0].isupper() and not _is_date(line) and not _LABEL.match(line):
            return line
    return _opening(lines[0]) if lines else PurePosixPath(doc_id).stem


def _above_the_body(lines: list[str]) -> list[str]:
    """The lines before the first one that is running text."""
    for i, line in enumerate(lines):
        if len(line) > _HEADLINE_CHARS or (len(line.split()) > 8 and line[-1] in '.!?”"'):
            return lines[:i]
    return lines


def _is_headline(line: str) -> bool:
    words = line.split()
    return (
        len(words) >= 4
        and not line[0].islower()
        and line[-1] not in ".,;:"
        and any(c.islower() for c in line)
        and not _is_date(line)
        and not _LABEL.match(line)
    )


def _is_date(line: str) -> bool:
    return (
        len(line.split()) <= 6
        and bool(re.search(r"\d", line))
        and bool(_MONTH.search(line) or re.search(r"\d{4}", line))
    )


def _opening(line: str) -> str:
    if len(line) <= _OPENING_CHARS:
        return line
    return line[:_OPENING_CHARS].rsplit(" ", 1)[0].rstrip(",;:–- ") + " …"
