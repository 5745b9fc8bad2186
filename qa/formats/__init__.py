"""The formats a document may have: a file's bytes -> what it says, how it is built, and where each piece stands.

One file a format, beside `reading` (encodings, what cannot be read), `frontmatter` and `inline`, which several use. A format
is added by adding its file, with SUFFIXES, VERSION and `parse(data, name)`, and a line in FORMATS.

In -> out: a file's bytes and name -> `Parsed`; a name -> the reader that would read it.
Does not: open files, or load a format's library before a file of that format comes.
"""

from __future__ import annotations

import importlib
from pathlib import PurePosixPath
from typing import Any

from qa.datatypes import Parsed
from qa.formats.reading import as_utf8

FORMATS = {
    ".txt": "plain",
    ".md": "markdown",
    ".markdown": "markdown",
}
"""Suffix -> the module of this wing that reads such files."""
TEXTUAL = frozenset(("plain", "markdown"))
"""Formats that are characters and nothing else: their encoding may be given."""


def format_of(name: str) -> str:
    """Return the format of a file by its suffix, "" where it has none of FORMATS."""
    return FORMATS.get(PurePosixPath(name).suffix.lower(), "")


def reader_of(name: str) -> str:
    """Return what names the reader of a file and its version: the same reader gives the same of the same bytes."""
    module = _module(format_of(name))
    return getattr(module, "READER", "") or f"{format_of(name)}-{module.VERSION}"


def parse_file(data: bytes, name: str, *, encoding: str = "") -> Parsed:
    """Read a file; Unreadable, with the reason, where that cannot be done."""
    found = format_of(name)
    parsed: Parsed = _module(found).parse(as_utf8(data, encoding) if found in TEXTUAL else data, name)
    return parsed


def _module(name: str) -> Any:
    return importlib.import_module(f"qa.formats.{name}")
