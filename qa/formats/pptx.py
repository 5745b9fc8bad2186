"""PPTX: the paragraphs and table rows of each slide, then its notes.

In -> out: bytes -> `Parsed` with a mark where each slide begins ("7", "8, hidden").
Does not: read comments, masters, charts' data or pictures.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

from qa.datatypes import Kind, Parsed
from qa.formats.flow import APART, BELOW, Flow
from qa.formats.spanned import Cell, spread
from qa.formats.zipped import RELATIONSHIP, Archive

SUFFIXES = (".pptx", ".pptm")
VERSION = 5
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
LABEL_CHARS = 60
_STOPS = (".", "!", "?", ":", "。")
_TITLES = frozenset(("title", "ctrTitle"))
_NUMBERS = frozenset(("sldNum", "dt", "ftr", "hdr"))


def parse(data: bytes, name: str) -> Parsed:
    """Read a file of slides."""
    archive, flow = Archive(data), Flow()
    main = "ppt/presentation.xml"
    relations, title = archive.relations(main), ""
    for number, slide in enumerate(archive.tree(main).iter(f"{P}sldId"), start=1):
        _, part = relations.get(slide.get(RELATIONSHIP, ""), ("", ""))
        if part in archive.names:
            _slide(archive, flow, part, number)
            title = title or _title(archive.tree(part))
    return flow.done({"title": title, **archive.properties()})


def _title(slide: Element) -> str:
    """Return what stands on a slide that opens a talk, "" of any other."""
    shapes = (shape for shape in slide.iter(f"{P}sp") if _placeholder(shape) == "ctrTitle")
    return next((_lines(shape) for shape in shapes), "")


def _slide(archive: Archive, flow: Flow, part: str, number: int) -> None:
    root = archive.tree(part)
    flow.forget_headings()
    flow.mark("slide", f"{number}, hidden" if root.get("show") == "0" else str(number))
    _shapes(flow, root)
    for kind, other in archive.relations(part).values():
        if kind == "notesSlide" and other in archive.names:
            _shapes(flow, archive.tree(other))


def _shapes(flow: Flow, root: Element) -> None:
    """Append the shapes below `root`, a title first, in the order of the file."""
    shapes = [element for element in root.iter() if element.tag in (f"{P}sp", f"{A}tbl")]
    for shape in sorted(shapes, key=lambda element: _placeholder(element) not in _TITLES):
        if shape.tag == f"{A}tbl":
            rows = spread(
                [_cell(cell) for cell in row.iter(f"{A}tc") if not _is_covered(cell)] for row in shape.iter(f"{A}tr")
            )
            properties = shape.find(f"{A}tblPr")
            flow.table(rows, heads=1 if properties is not None and properties.get("firstRow") == "1" else None)
        elif _placeholder(shape) in _TITLES:
            flow.add(" ".join(_lines(shape).split()), Kind.HEADING, level=1)
        elif _placeholder(shape) not in _NUMBERS:
            _body(flow, shape)


def _body(flow: Flow, shape: Element) -> None:
    """Append a shape's paragraphs: items of a list in a slide's body, without its bullets paragraphs or headings; else paragraphs."""
    paragraphs = [element for element in shape.iter(f"{A}p") if _text(element).strip()]
    lines = [_text(element).strip() for element in paragraphs]
    listed = len(paragraphs) > 1 and shape.find(f"{P}nvSpPr/{P}nvPr/{P}ph") is not None
    if not listed and all(len(line) <= LABEL_CHARS and not line.endswith(_STOPS) for line in lines):
        flow.add("\n".join(lines))  # a box of a drawing: "Vote" over "May"
        return
    bare = [listed and element.find(f"{A}pPr/{A}buNone") is not None for element in paragraphs]
    bold = [_is_bold(element) for element in paragraphs]
    if all(bare) and (all(bold) or not any(bold)):  # lines that belong together: a name over an address
        bare = [False] * len(bare)
    group, lead = 0, None
    for n, (element, is_bare) in enumerate(zip(paragraphs, bare, strict=True)):
        if is_bare:
            is_head = bold[n] and len(lines[n]) <= LABEL_CHARS and not lines[n].endswith(_STOPS)
            flow.add(_text(element), Kind.HEADING, level=2) if is_head else flow.add(_text(element))
            group = 0
        elif listed:
            gap = BELOW if group else APART
            group, lead = (group, lead) if group else (flow.new_group(), flow.lead_in())
            flow.add(_text(element), Kind.ITEM, level=_level(element), group=group, lead=lead, gap=gap)
        else:
            flow.add(_text(element))


def _level(paragraph: Element) -> int:
    properties = paragraph.find(f"{A}pPr")
    level = properties.get("lvl", "0") if properties is not None else "0"
    return int(level) if level.isdecimal() and len(level) < 3 else 0


def _is_bold(paragraph: Element) -> bool:
    """Tell whether all that a paragraph says is in bold letters."""
    said = [run for run in paragraph.iter(f"{A}r") if (run.findtext(f"{A}t") or "").strip()]
    looks = [run.find(f"{A}rPr") for run in said]
    return bool(looks) and all(look is not None and look.get("b") in ("1", "true") for look in looks)


def _cell(cell: Element) -> Cell:
    across, down = (cell.get(name, "1") for name in ("gridSpan", "rowSpan"))
    return Cell(_lines(cell), *(max(1, int(n)) if n.isdecimal() and len(n) < 5 else 1 for n in (across, down)))


def _is_covered(cell: Element) -> bool:
    return any(cell.get(name, "0") not in ("0", "false") for name in ("hMerge", "vMerge"))


def _placeholder(shape: Element) -> str:
    found = shape.find(f"{P}nvSpPr/{P}nvPr/{P}ph")
    return found.get("type", "body") if found is not None else ""


def _text(paragraph: Element) -> str:
    return "".join(
        "\n" if e.tag == f"{A}br" else e.text or "" for e in paragraph.iter() if e.tag in (f"{A}t", f"{A}br")
    )


def _lines(element: Element) -> str:
    return "\n".join(_text(paragraph) for paragraph in element.iter(f"{A}p"))
