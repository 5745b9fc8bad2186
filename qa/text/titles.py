"""A document -> the title a person would give it.

In -> out: what a format read, and the doc_id -> front matter's or the format's title, else the one main heading, else the
file's name made readable, else (a name that is a number or a hash) the first line that reads like a headline.
Does not: know any document; `seeds/sources.toml` overrules it.
"""

from __future__ import annotations

import re
from itertools import islice
from pathlib import PurePosixPath

from qa.datatypes import Kind, Parsed
from qa.patterns import pattern
from qa.text.shown import Shown

_LINES_READ = 20
_HEADLINE_CHARS = 160
_OPENING_CHARS = 80
_LABEL = pattern(r"[^\W\d_]+:\s")
"""One word and a colon: "Writer: ...", "Updated: ..."."""
_MONTH = pattern(r"\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b", re.IGNORECASE)
_HASH = pattern(r"(?<![0-9a-f])(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,}", re.IGNORECASE)
_DATE = pattern(r"(?<!\d)\d{4}-\d\d(?:-\d\d)?(?!\d)")
_TITLE_CHARS = 200


def title_of(parsed: Parsed, doc_id: str) -> str:
    """Return the title of a document."""
    return told_title(parsed) or readable_name(doc_id) or guessed_title(parsed.text, doc_id)


def told_title(parsed: Parsed) -> str:
    """Return the title that the document gives itself, "" where it gives none."""
    told = " ".join(parsed.meta.get("title", "").split())
    if told:
        return told[:_TITLE_CHARS]
    main = [block for block in parsed.blocks if block.kind is Kind.HEADING and block.level == 1]
    if len(main) != 1:
        return ""
    return " ".join(Shown(parsed.text, parsed.hidden).of(main[0].span).split())[:_TITLE_CHARS]


def readable_name(doc_id: str) -> str:
    """Return a file's name as words, "" where it is a number, a hash or a letter."""
    name = PurePosixPath(doc_id).stem
    if _HASH.search(name) or not (sum(map(str.isalpha, name)) >= 3 or _DATE.search(name)):
        return ""
    if " " not in name:
        kept = _DATE.sub(lambda m: m.group().replace("-", "\0"), name)
        name = re.sub(r"[-_.]+", " ", kept).replace("\0", "-").strip()
    name = "".join(c for c in " ".join(name.split()) if c.isprintable())
    return name[:1].upper() + name[1:]


def guessed_title(text: str, doc_id: str) -> str:
    """Return the first line that reads like a headline; else a short line above the body; else how the body begins."""
    lines = [" ".join(line.strip("\ufeff \t#").split()) for line in islice(text.splitlines(), 400)]
    lines = [line for line in lines if line][:_LINES_READ]
    above = _above_the_body(lines)
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
