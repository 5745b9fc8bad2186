"""DOCX: the paragraphs, table rows and notes of a Word file, as the file holds them.

In -> out: bytes -> `Parsed` with headings; inserted text counts, deleted and hidden text does not.
Does not: invent list numbers or pages (Word has them only when it shows the file), or read comments, headers and footers.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from qa.datatypes import Kind, Parsed, Span
from qa.formats.flow import APART, BELOW, Flow
from qa.formats.spanned import MOST_ACROSS
from qa.formats.zipped import Archive

SUFFIXES = (".docx", ".docm")
VERSION = 2
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_NO_TEXT = frozenset(
    f"{W}{tag}" for tag in ("del", "moveFrom", "instrText", "delText", "pPr", "txbxContent", "p", "tbl")
)
_SIGNS = {f"{W}tab": " ", f"{W}cr": " ", f"{W}br": "\n", f"{W}noBreakHyphen": "\u2011"}
_NOTES = (("word/footnotes.xml", "footnote"), ("word/endnotes.xml", "endnote"))


def parse(data: bytes, name: str) -> Parsed:
    """Read a Word file."""
    archive = Archive(data)
    reader = _Reader(_levels(archive))
    reader.read(archive.tree("word/document.xml"))
    reader.flow.forget_headings()
    for part, tag in _NOTES:
        if part in archive.names:
            for note in archive.tree(part).iter(f"{W}{tag}"):
                text = " ".join(_inline(paragraph) for paragraph in note.iter(f"{W}p"))
                reader.flow.add(text, Kind.FOOTNOTE)
    return reader.flow.done(archive.properties())


def _levels(archive: Archive) -> dict[str, int]:
    """Return the heading level of each style that is one."""
    found: dict[str, int] = {}
    if "word/styles.xml" not in archive.names:
        return found
    for style in archive.tree("word/styles.xml").iter(f"{W}style"):
        named = style.find(f"{W}name")
        outline = style.find(f"{W}pPr/{W}outlineLvl")
        match = re.fullmatch(r"heading (\d)|(title)", named.get(f"{W}val", "") if named is not None else "", re.I)
        if match:
            found[style.get(f"{W}styleId", "")] = int(match.group(1) or 1)
        elif outline is not None:
            found[style.get(f"{W}styleId", "")] = _number(outline, 9) + 1
    return found


def _number(element: Element | None, default: int) -> int:
    value = element.get(f"{W}val", "") if element is not None else ""
    return int(value) if value.isdecimal() and len(value) < 4 else default


def _inline(paragraph: Element) -> str:
    """Return a paragraph's own characters; of text boxes anchored in it, none."""
    found: list[str] = []
    stack = list(reversed(paragraph))
    while stack:
        element = stack.pop()
        tag = element.tag
        if tag in _NO_TEXT or tag.endswith("}Fallback") or (tag == f"{W}r" and _is_hidden(element)):
            continue
        if tag == f"{W}t" or tag.endswith("/math}t"):
            found.append(element.text or "")
        found.append(_SIGNS.get(tag, ""))
        stack += reversed(element)
    return "".join(found)


def _is_hidden(run: Element) -> bool:
    vanish = run.find(f"{W}rPr/{W}vanish")
    return vanish is not None and vanish.get(f"{W}val") not in ("0", "false")


class _Reader:
    """The text so far, and the list that is open."""

    def __init__(self, levels: dict[str, int]) -> None:
        self.flow = Flow()
        self._levels = levels
        self._list: tuple[int, Span | None] | None = None

    def read(self, root: Element) -> None:
        """Append every paragraph and table below `root`, in the order of the file."""
        stack = [root]
        while stack:
            element = stack.pop()
            if element.tag.endswith("}Fallback") or element.tag in (f"{W}del", f"{W}moveFrom"):
                continue  # a fallback says again what a text box says
            if (
                element.tag == f"{W}tbl"
                and element.find(f".//{W}tbl") is None
                and element.find(f".//{W}txbxContent") is None
            ):
                self._list = None
                self.flow.table(_rows(element), heads=_heads(element))
                continue
            if element.tag == f"{W}p":
                self._paragraph(element)
            stack += reversed(element)

    def _paragraph(self, element: Element) -> None:
        text = _inline(element)
        if not text.strip():
            return
        style, outline = element.find(f"{W}pPr/{W}pStyle"), element.find(f"{W}pPr/{W}outlineLvl")
        named = style.get(f"{W}val", "") if style is not None else ""
        level = _number(outline, 9) + 1 if outline is not None else self._levels.get(named, 10)
        if level < 10:
            self._list = None
            self.flow.add(text, Kind.HEADING, level=level)
        elif element.find(f"{W}pPr/{W}numPr") is not None or named.lower().startswith("list"):
            self._item(element, text)
        else:
            self._list = None
            self.flow.add(text, Kind.CAPTION if named.lower() == "caption" else Kind.PARAGRAPH)

    def _item(self, element: Element, text: str) -> None:
        gap = BELOW if self._list else APART
        self._list = self._list or (self.flow.new_group(), self.flow.lead_in())
        group, lead = self._list
        level = _number(element.find(f"{W}pPr/{W}numPr/{W}ilvl"), 0)
        self.flow.add(text, Kind.ITEM, level=level, group=group, lead=lead, gap=gap)


def _cell(cell: Element) -> str:
    return "\n".join(_inline(paragraph) for paragraph in cell.iter(f"{W}p"))


def _rows(table: Element) -> list[list[str]]:
    """Return a table's texts, each in its column; a cell over several rows is read in each of them."""
    rows: list[list[str]] = []
    for row in table.iter(f"{W}tr"):
        above, found = rows[-1] if rows else [], list[str]()
        for cell in row.iter(f"{W}tc"):
            merged = cell.find(f"{W}tcPr/{W}vMerge")
            goes_on = merged is not None and merged.get(f"{W}val") != "restart" and len(found) < len(above)
            across = min(max(1, _number(cell.find(f"{W}tcPr/{W}gridSpan"), 1)), MOST_ACROSS)
            found += [above[len(found)] if goes_on else _cell(cell), *[""] * (across - 1)]
        rows.append(found)
    return rows


def _heads(table: Element) -> int | None:
    """Return how many rows name the columns, None where the file does not say it."""
    look = table.find(f"{W}tblPr/{W}tblLook")
    first = look is not None and (look.get(f"{W}firstRow") == "1" or bool(_hexadecimal(look.get(f"{W}val", "")) & 0x20))
    headed = [row for row in table.iter(f"{W}tr") if row.find(f"{W}trPr/{W}tblHeader") is not None]
    return sum(len(row.findall(f"{W}tc")) > 1 for row in headed) or int(first) or None


def _hexadecimal(text: str) -> int:
    return int(text, 16) if re.fullmatch(r"[0-9A-Fa-f]{1,8}", text) else 0
