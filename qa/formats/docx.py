"""DOCX: the paragraphs, table rows and notes of a Word file, as the file holds them.

In -> out: bytes -> `Parsed` with headings, by their style or their look; inserted text counts, deleted and hidden text does not; with the
numbers that Word sets before paragraphs.
Does not: invent pages (Word has them only when it shows the file), take a table of contents for text, or read comments, headers and footers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.etree.ElementTree import Element

from qa.datatypes import Kind, Parsed, Span
from qa.formats.flow import APART, BELOW, ITEM_MARK, Flow
from qa.formats.spanned import MOST_ACROSS
from qa.formats.styled import Styled, is_caption
from qa.formats.wordlook import headings_by_look, heads_by_look, style_of, text_of
from qa.formats.wordnumbers import Place, places_of
from qa.formats.wordstyles import NO_LEVEL, Style, W, number_of, styles_of, value_of
from qa.formats.wordunseen import without_unseen
from qa.formats.zipped import Archive

SUFFIXES = (".docx", ".docm")
VERSION = 5
_CONTENTS = "Table of Contents"
_NOTES = (("word/footnotes.xml", "footnote"), ("word/endnotes.xml", "endnote"))


def parse(data: bytes, name: str) -> Parsed:
    """Read a Word file."""
    archive = Archive(data)
    styles = styles_of(archive.tree("word/styles.xml")) if "word/styles.xml" in archive.names else {}
    root = without_unseen(archive.tree("word/document.xml"), styles)
    numbering = archive.tree("word/numbering.xml") if "word/numbering.xml" in archive.names else None
    reader = _Reader(styles, places_of(root, styles, numbering))
    reader.read(root)
    reader.flow.forget_headings()
    for part, tag in _NOTES:
        if part in archive.names:
            for note in without_unseen(archive.tree(part), styles).iter(f"{W}{tag}"):
                text = " ".join(text_of(paragraph) for paragraph in note.iter(f"{W}p"))
                reader.flow.add(text, Kind.FOOTNOTE)
    return reader.flow.done({"title": reader.title, **archive.properties()})


class _Reader:
    """The text so far, and the list that is open."""

    def __init__(self, styles: Mapping[str, Style], places: Mapping[Element, Place]) -> None:
        self.flow = Flow()
        self.title = ""
        self._styles, self._places = styles, places
        self._styled = Styled(self.flow)
        self._by_look: Mapping[Element, int] = {}
        self._list: tuple[int, Span | None] | None = None
        self._counted: dict[str, Span | None] = {}
        """What led in to the lists that are counted under this heading, by their names."""

    def read(self, root: Element) -> None:
        """Append every paragraph and table below `root`, in the order of the file."""
        self._by_look = headings_by_look(root, self._styles)
        stack = [root]
        while stack:
            element = stack.pop()
            if (
                element.tag == f"{W}tbl"
                and element.find(f".//{W}tbl") is None
                and element.find(f".//{W}txbxContent") is None
            ):
                self._list = None
                self.flow.table(self._rows(element), heads=_heads(element, self._styles))
                continue
            if _is_contents(element):
                for paragraph in element.iter(f"{W}p"):
                    self.flow.add(text_of(paragraph), Kind.FURNITURE)
                continue
            if element.tag == f"{W}p":
                self._paragraph(element)
            stack += reversed(element)

    def _paragraph(self, element: Element) -> None:
        text = self._text(element)
        if not text.strip():
            return
        style, outline = style_of(element, self._styles), element.find(f"{W}pPr/{W}outlineLvl")
        level = number_of(outline, NO_LEVEL - 1) + 1 if outline is not None else style.level
        level = min(level, self._by_look.get(element, NO_LEVEL))
        if style.in_contents:
            self.flow.add(text, Kind.FURNITURE)
        elif self._styled.add(text, style.name):
            self._list = None
        elif level < NO_LEVEL:
            self._list = None
            self._counted.clear()
            self.flow.add(text, Kind.HEADING, level=level)
            if style.name.lower() == "title":
                self.title = self.title or text
        elif element in self._places or style.name.lower().startswith("list") or (self._list and _is_set_in(element)):
            self._item(element, text)
        else:
            self._list = None
            self.flow.add(text, Kind.CAPTION if is_caption(style.name) else Kind.PARAGRAPH)

    def _item(self, element: Element, text: str) -> None:
        place = self._places.get(element)
        gap = BELOW if self._list else APART
        if not self._list:
            lead = self.flow.lead_in()
            if place and place.shown and not place.is_first:
                lead = lead or self._counted.get(place.name)
            self._list = self.flow.new_group(), lead
        group, lead = self._list
        if place and place.shown:
            self._counted[place.name] = lead
        self.flow.add(text, Kind.ITEM, level=place.level if place else 0, group=group, lead=lead, gap=gap)

    def _text(self, paragraph: Element) -> str:
        """Return a paragraph's characters, after its number."""
        text, place = text_of(paragraph), self._places.get(paragraph)
        return f"{place.shown} {text}" if place and place.shown and text.strip() else text

    def _cell(self, cell: Element) -> str:
        """Return what stands in a cell; of an empty paragraph in it its number, which may be all there is."""
        paragraphs = list(cell.iter(f"{W}p"))
        alone = self._places.get(paragraphs[0]) if len(paragraphs) == 1 else None
        said = "\n".join(map(self._text_in_cell, paragraphs))
        return said if said.strip() or alone is None else alone.shown

    def _text_in_cell(self, paragraph: Element) -> str:
        """Return a paragraph's characters after its number or, where it has none, the sign of an item: nothing else parts it from the one before."""
        text, place = self._text(paragraph), self._places.get(paragraph)
        return f"{ITEM_MARK}{text}" if place and not place.shown and text.strip() else text

    def _rows(self, table: Element) -> list[list[str]]:
        """Return a table's texts, each in its column; a cell over several rows is read in each of them."""
        rows: list[list[str]] = []
        for row in table.iter(f"{W}tr"):
            above, found = rows[-1] if rows else [], list[str]()
            for cell in row.iter(f"{W}tc"):
                merged = cell.find(f"{W}tcPr/{W}vMerge")
                goes_on = merged is not None and merged.get(f"{W}val") != "restart" and len(found) < len(above)
                across = min(max(1, number_of(cell.find(f"{W}tcPr/{W}gridSpan"), 1)), MOST_ACROSS)
                found += [above[len(found)] if goes_on else self._cell(cell), *[""] * (across - 1)]
            rows.append(found)
        return rows


def _is_set_in(paragraph: Element) -> bool:
    """Tell whether a paragraph without a number stands as far in as the items above it, and goes on with one of them."""
    indent = paragraph.find(f"{W}pPr/{W}ind")
    said = (indent.get(f"{W}left") or indent.get(f"{W}start") or "") if indent is not None else ""
    return said.isdecimal() and int(said) > 0


def _is_contents(element: Element) -> bool:
    return element.tag == f"{W}sdt" and value_of(element, "sdtPr/docPartObj/docPartGallery") == _CONTENTS


def _heads(table: Element, styles: Mapping[str, Style]) -> int | None:
    """Return how many rows name the columns: as the file says it, else as they look; None where neither tells."""
    look = table.find(f"{W}tblPr/{W}tblLook")
    first = look is not None and (look.get(f"{W}firstRow") == "1" or bool(_hexadecimal(look.get(f"{W}val", "")) & 0x20))
    headed = [row for row in table.iter(f"{W}tr") if row.find(f"{W}trPr/{W}tblHeader") is not None]
    return sum(len(row.findall(f"{W}tc")) > 1 for row in headed) or int(first) or heads_by_look(table, styles) or None


def _hexadecimal(text: str) -> int:
    return int(text, 16) if re.fullmatch(r"[0-9A-Fa-f]{1,8}", text) else 0
