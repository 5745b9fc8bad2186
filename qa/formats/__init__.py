"""The formats a document may have: a file's bytes -> what it says, how it is built, and where each piece stands.

One file a format, beside what several use: `reading` (encodings, what cannot be read), `frontmatter`, `commented`, `inline`, `flow` (a text
that grows block by block), `indents`, `entries`, `beside`, `hanging`, `outdented`, `headed` and `columns` (what plain text sets apart),
`directives`, `rsttables`, `rstinline`, `rstlines` and `rst` (reStructuredText), `chats` (messages in data), `zipped` (archives of XML), `wordnumbers`
and `wordunseen` (what Word shows of a file, and what not),
`glyphs`, `wrapping`, `raised` and `pdfnotes`, `bands`, `aligned`, `grids` and `pdfblocks` (lines of a PDF, its paragraphs, notes and tables).
All but plain characters is read in a process of its own (`worker`, `child`, `packing`); `drawing` makes pictures of pages, `places` says where
a quote stands.
A format is added by adding its file, with SUFFIXES, VERSION and `parse(data, name)`, and a line in FORMATS.

In -> out: a file's bytes and name -> `Parsed`; a name -> the reader that would read it.
Does not: open files, or load a format's library before a file of that format comes.
"""

from __future__ import annotations

import importlib
from pathlib import PurePosixPath
from typing import Any

from qa.datatypes import Parsed
from qa.formats.reading import as_utf8

_READ_BY = {
    "plain": ".txt",
    "markdown": ".md .markdown",
    "pdf": ".pdf",
    "html": ".html .htm .xhtml",
    "docx": ".docx .docm",
    "pptx": ".pptx .pptm",
    "odt": ".odt",
    "epub": ".epub",
    "mail": ".eml",
    "notebook": ".ipynb",
    "tables": ".csv .tsv",
    "data": ".json .jsonl .ndjson",
    "subtitles": ".srt .vtt",
    "office": ".xlsx .xlsm .xlsb .xls .ods .msg .rtf",
}
FORMATS = {suffix: module for module, suffixes in _READ_BY.items() for suffix in suffixes.split()}
"""Suffix -> the module of this wing that reads such files."""
OTHER_TEXT = "source"
"""What reads the files of other suffixes that a setting names as text."""
TEXTUAL = frozenset(("plain", "markdown", "source", "tables", "data", "subtitles"))
"""Formats that are characters and nothing else: their encoding may be given."""
_HERE = frozenset(("plain", "markdown", "source"))
"""Formats that are read in this process: nothing in such a file can do harm."""
WITH_LINES = frozenset(("plain", "markdown", "source", "tables"))
"""Formats whose lines are lines for whoever opens the file."""


def is_read(name: str, text_suffixes: str) -> bool:
    """Tell whether a file has a suffix of FORMATS, or one of those named as text (".rst .py", with a space between two)."""
    suffix = PurePosixPath(name).suffix.lower()
    return suffix in FORMATS or (bool(suffix) and suffix in text_suffixes.lower().split())


def format_of(name: str) -> str:
    """Return what reads a file, by its suffix."""
    return FORMATS.get(PurePosixPath(name).suffix.lower(), OTHER_TEXT)


def reader_of(name: str) -> str:
    """Return what names the reader of a file and its version: the same reader gives the same of the same bytes."""
    module = _module(format_of(name))
    return getattr(module, "READER", "") or f"{format_of(name)}-{module.VERSION}"


def parse_file(data: bytes, name: str, *, encoding: str = "") -> Parsed:
    """Read a file; Unreadable, with the reason, where that cannot be done."""
    found = format_of(name)
    data = as_utf8(data, encoding) if found in TEXTUAL else data
    if found not in _HERE:
        from qa.formats.worker import READING

        return READING.parse(data, name, found)
    parsed: Parsed = _module(found).parse(data, name)
    return parsed


def _module(name: str) -> Any:
    return importlib.import_module(f"qa.formats.{name}")
