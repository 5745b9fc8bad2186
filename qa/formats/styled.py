"""The names of paragraph styles in word processors -> what a paragraph set in one is: code, a term, what it means.

In -> out: a style's name -> `Style`; paragraphs in such styles -> blocks of a `Flow`.
Does not: know headings, lists or captions (the formats do), or how a style looks.
"""

from __future__ import annotations

import re
from enum import Enum

from qa.datatypes import Kind, Span
from qa.formats.flow import APART, BELOW, Flow


class Style(Enum):
    """What a paragraph is by the name of its style: as Word, LibreOffice and pandoc name them."""

    CODE = re.compile(
        r"source code|code(?: block)?|(?:html )?preformatted(?: text)?|verbatim|macro text", re.IGNORECASE
    )
    TERM = re.compile(r"definition term(?: tight)?|list heading", re.IGNORECASE)
    MEANING = re.compile(r"definition(?: definition)?(?: tight)?|list contents", re.IGNORECASE)


_CAPTIONS = frozenset(("caption", "table caption", "image caption", "table", "illustration", "figure", "drawing"))


def is_caption(name: str) -> bool:
    """Tell whether a paragraph in the style of that name is said of a table or a picture."""
    return name.lower() in _CAPTIONS


def is_table_head(name: str) -> bool:
    """Tell whether a paragraph in the style of that name names a column or a row of a table."""
    return name.lower() in ("table heading", "table header")


def style_named(name: str) -> Style | None:
    """Return what a paragraph in the style of that name is, None where the name does not say."""
    return next((style for style in Style if style.value.fullmatch(name)), None)


class Styled:
    """Appends paragraphs by the names of their styles: lines of code as one block, what a term means under it."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._term: Span | None = None

    def add(self, text: str, name: str) -> bool:
        """Append a paragraph; False, and nothing appended, where its style does not say what it is, or no term stands above a meaning."""
        style, last = style_named(name), self._flow.last
        if last is None or last.kind is not Kind.DEFINITION:
            self._term = None
        if style is Style.CODE:
            self._flow.add(text, Kind.CODE, gap=BELOW if last is not None and last.kind is Kind.CODE else APART)
        elif style is Style.TERM:
            self._term = self._flow.add(text, Kind.DEFINITION)
        elif style is Style.MEANING and self._term:
            self._flow.add(text, Kind.DEFINITION, lead=self._term, gap=BELOW)
        else:
            return False
        return True
