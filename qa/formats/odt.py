"""ODT: the paragraphs, lists, tables and notes of an Open Document text.

In -> out: bytes -> `Parsed` with headings.
Does not: read comments, deleted text, page headers and footers, or invent list numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element

from qa.datatypes import Kind, Parsed, Span
from qa.formats.flow import APART, BELOW, Flow
from qa.formats.reading import Unreadable, given_title
from qa.formats.spanned import MOST_ACROSS, Cell, spread
from qa.formats.styled import Styled
from qa.formats.zipped import Archive

SUFFIXES = (".odt",)
VERSION = 4
_O = "urn:oasis:names:tc:opendocument:xmlns:"
T, TABLE, OFFICE = f"{{{_O}text:1.0}}", f"{{{_O}table:1.0}}", f"{{{_O}office:1.0}}"
STYLE = f"{{{_O}style:1.0}}"
_SKIPPED = frozenset((f"{T}tracked-changes", f"{OFFICE}annotation", f"{T}note", f"{T}table-of-content"))
_SIGNS = {f"{T}tab": " ", f"{T}line-break": "\n"}
_TITLE = "Title"
_BLANKS = re.compile(r"[ \t\n\r]+")
_DC = "{http://purl.org/dc/elements/1.1/}"


def parse(data: bytes, name: str) -> Parsed:
    """Read an Open Document text."""
    archive = Archive(data)
    manifest = archive.part("META-INF/manifest.xml") if "META-INF/manifest.xml" in archive.names else b""
    if b"encryption-data" in manifest:
        raise Unreadable("is encrypted: save it without a password.")
    root = archive.tree("content.xml")
    body = root.find(f"{OFFICE}body/{OFFICE}text")
    flow, title = Flow(), ""
    if body is not None:
        styles = _styles(root)
        title = next((_inline(p) for p in body.iter(f"{T}p") if _style(p, styles) == _TITLE), "")
        _read(flow, body, styles)
        flow.forget_headings()
        for note in body.iter(f"{T}note-body"):
            flow.add(" ".join(_inline(paragraph) for paragraph in note.iter(f"{T}p")), Kind.FOOTNOTE)
    meta = _meta(archive)
    return flow.done({**meta, "title": given_title(meta.get("title", "")) or title})


def _styles(root: Element) -> dict[str, str]:
    """Return what the styles are made from that the text has beside its named ones."""
    return {e.get(f"{STYLE}name", ""): e.get(f"{STYLE}parent-style-name", "") for e in root.iter(f"{STYLE}style")}


def _style(paragraph: Element, styles: Mapping[str, str]) -> str:
    """Return the name of a paragraph's style."""
    name = paragraph.get(f"{T}style-name", "")
    return (styles.get(name) or name).replace("_20_", " ")


def _read(flow: Flow, body: Element, styles: Mapping[str, str]) -> None:
    """Append what is below `body`; a stack holds the depth of lists."""
    styled = Styled(flow)
    stack: list[tuple[Element, int, tuple[int, Span | None]]] = [(body, 0, (0, None))]
    while stack:
        element, depth, (group, lead) = stack.pop()
        tag = element.tag
        if tag in _SKIPPED:
            continue
        if tag == f"{T}h":
            level = element.get(f"{T}outline-level", "1")
            flow.add(_inline(element), Kind.HEADING, level=int(level) if level.isdecimal() and len(level) < 3 else 1)
        elif tag == f"{T}p" and _style(element, styles) == _TITLE and not group:
            flow.add(_inline(element), Kind.HEADING, level=1)
        elif tag == f"{T}p" and group:
            goes_on = flow.last is not None and flow.last.group == group
            flow.add(
                _inline(element), Kind.ITEM, level=depth - 1, group=group, lead=lead, gap=BELOW if goes_on else APART
            )
        elif tag == f"{T}p" and not styled.add(_inline(element), _style(element, styles)):
            flow.add(_inline(element))
        if tag == f"{TABLE}table" and element.find(f".//{TABLE}table") is None:
            rows = spread(_cells(row) for row in element.iter(f"{TABLE}table-row"))
            headed = sum(1 for _ in element.iterfind(f".//{TABLE}table-header-rows/{TABLE}table-row"))
            flow.table(rows, heads=headed or None)
            continue
        if tag == f"{T}list":
            depth, group, lead = depth + 1, group or flow.new_group(), lead or flow.lead_in()
        stack += ((child, depth, (group, lead)) for child in reversed(element))


def _inline(paragraph: Element) -> str:
    """Return the characters of a paragraph; of frames and notes anchored in it, none."""
    found: list[str] = []
    stack: list[Element | str] = [*_inside(paragraph)]
    while stack:
        piece = stack.pop()
        if isinstance(piece, str):
            found.append(_BLANKS.sub(" ", piece))
        elif piece.tag == f"{T}s":
            found.append(" ")
        elif piece.tag in _SIGNS:
            found.append(_SIGNS[piece.tag])
        elif piece.tag not in _SKIPPED and piece.tag not in (f"{T}p", f"{T}h"):
            stack += _inside(piece)
    return "".join(found)


def _inside(element: Element) -> list[Element | str]:
    """Return what an element holds, last first."""
    held: list[Element | str] = [element.text or ""]
    for child in element:
        held += [child, child.tail or ""]
    return held[::-1]


def _cells(row: Element) -> Iterator[Cell]:
    """Yield the cells of a row; those that another one covers are no cells of their own."""
    for cell in row.iter(f"{TABLE}table-cell"):
        text = "\n".join(_inline(paragraph) for paragraph in cell.iter(f"{T}p"))
        reach = Cell(text, _times(cell, "number-columns-spanned"), _times(cell, "number-rows-spanned"))
        yield from [reach] * min(_times(cell, "number-columns-repeated"), MOST_ACROSS)


def _times(cell: Element, name: str) -> int:
    said = cell.get(f"{TABLE}{name}", "1")
    return max(1, int(said)) if said.isdecimal() and len(said) < 5 else 1


def _meta(archive: Archive) -> dict[str, str]:
    if "meta.xml" not in archive.names:
        return {}
    root = archive.tree("meta.xml")
    tags = {"title": f"{_DC}title", "author": f"{_DC}creator", "date": f"{_DC}date"}
    found = {key: next((element.text or "" for element in root.iter(tag)), "") for key, tag in tags.items()}
    return {**found, "date": found["date"][:10]}
