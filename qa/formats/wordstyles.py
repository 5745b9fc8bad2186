"""The styles of a Word file: which are headings, lines of a table of contents or a title, and how their letters are set.

In -> out: word/styles.xml -> `Style` by its id, with what it takes over from the style it is based on.
Does not: read text (qa/formats/docx.py).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from xml.etree.ElementTree import Element

from qa.records import record

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
NO_LEVEL = 10
_NAMED = re.compile(r"heading (\d)|(title)", re.I)
_CONTENTS = re.compile(r"toc (?:\d|heading)|table of figures", re.I)
_DEEPEST = 20
"""So many styles may be based on one another."""


@record
class Style:
    """What a style says: `level` of a heading (NO_LEVEL of none), the `size` of its letters in half points (0: as all others)."""

    name: str = ""
    level: int = NO_LEVEL
    bold: bool = False
    size: int = 0
    in_contents: bool = False
    hidden: bool = False
    list_name: str = ""
    """What the list is called whose paragraphs are set in it, "" of no list."""
    list_level: str = ""


def styles_of(root: Element) -> dict[str, Style]:
    """Return the styles of a file by their ids."""
    elements = {element.get(f"{W}styleId", ""): element for element in root.iter(f"{W}style")}
    usual = root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr")
    return {found: _style(elements, found, set_as(usual, Style())) for found in elements}


def _style(elements: Mapping[str, Element], found: str, style: Style) -> Style:
    """Return a style: what the ones it is based on say, the first of them first, and what it says itself."""
    chain: list[Element] = []
    while found in elements and elements[found] not in chain and len(chain) < _DEEPEST:
        chain.append(elements[found])
        found = value_of(chain[-1], "basedOn")
    for element in reversed(chain):
        name = value_of(element, "name")
        style = replace(set_as(element.find(f"{W}rPr"), style), name=name)
        outline = element.find(f"{W}pPr/{W}outlineLvl")
        if match := _NAMED.fullmatch(name):
            style = replace(style, level=int(match[1] or 1))
        elif outline is not None:
            style = replace(style, level=number_of(outline, NO_LEVEL - 1) + 1)
        style = replace(
            style,
            in_contents=style.in_contents or bool(_CONTENTS.fullmatch(name)),
            list_name=value_of(element, "pPr/numPr/numId") or style.list_name,
            list_level=value_of(element, "pPr/numPr/ilvl") or style.list_level,
        )
    return style


def set_as(properties: Element | None, style: Style) -> Style:
    """Return a style changed by what letters are set as."""
    if properties is None:
        return style
    bold, size, vanish = (properties.find(f"{W}{tag}") for tag in ("b", "sz", "vanish"))
    if bold is not None:
        style = replace(style, bold=_is_on(bold))
    if vanish is not None:
        style = replace(style, hidden=_is_on(vanish))
    return replace(style, size=number_of(size, style.size))


def _is_on(switch: Element) -> bool:
    """Tell whether a property that is on or off is on."""
    return switch.get(f"{W}val") not in ("0", "false", "off")


def value_of(element: Element, path: str) -> str:
    """Return the value of what stands below an element, "" where nothing does."""
    found = element.find("/".join(f"{W}{tag}" for tag in path.split("/")))
    return found.get(f"{W}val", "") if found is not None else ""


def number_of(element: Element | None, default: int) -> int:
    """Return the number an element has for its value."""
    value = element.get(f"{W}val", "") if element is not None else ""
    return int(value) if value.isdecimal() and len(value) < 4 else default
