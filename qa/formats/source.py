"""Source code and other plain text: the file's characters as they are, a block ends at a blank line, in a log at each line; headings.

In -> out: bytes -> `Parsed` whose text is the file's.
Does not: know a language's grammar; reStructuredText and Org are read by qa/formats/rst.py and org.py.
"""

from __future__ import annotations

import re
from pathlib import Path

from qa.datatypes import Block, Kind, Parsed, Span
from qa.formats import org, rst
from qa.formats.flow import tile
from qa.formats.headed import headed
from qa.formats.reading import decode

PROSE = (".rst", ".org", ".tex", ".adoc", ".asciidoc", ".log", ".text")
SUFFIXES = PROSE
"""And every other that QA_TEXT_SUFFIXES names: those are code."""
VERSION = 6
READERS = {".rst": rst.read, ".org": org.read}
BEFORE_HEADINGS = {".adoc": "=", ".asciidoc": "="}
HEADED = (".text", *BEFORE_HEADINGS)
_BLANK_LINES = re.compile(r"\n[ \t\r]*\n\s*")
_ENTRIES = re.compile(r"\n\s*\n|\n(?=\S)")
"""Each line of a log is an entry; what is set in below it (a traceback) belongs to it."""


def parse(data: bytes, name: str) -> Parsed:
    """Read a file of plain text."""
    text = decode(data)
    ending = Path(name).suffix.lower()
    if ending in READERS:
        return READERS[ending](text)
    kind = Kind.PARAGRAPH if ending in PROSE else Kind.CODE
    parting = _ENTRIES if ending == ".log" else _BLANK_LINES
    starts = [0, *(match.end() for match in parting.finditer(text))]
    blocks = tile([Block(Span(start, start), kind) for start in dict.fromkeys(starts) if start < len(text)], len(text))
    if ending not in HEADED:
        return Parsed(text, blocks)
    pieces, marks = headed(text, blocks, BEFORE_HEADINGS.get(ending, ""))
    return Parsed(text, tile(pieces, len(text)), hidden=tuple(marks))
