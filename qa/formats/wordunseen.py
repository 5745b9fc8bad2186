"""What a Word file holds and shows nobody, by its styles or as a change that was made: taken out before the file is read.

In -> out: the tree of a part and its styles -> the tree without what was deleted or moved away, what is set in hidden letters, and what is
held a second time for older programs.
Does not: read text (qa/formats/wordlook.py), or take out what stands above and below each page.
"""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree.ElementTree import Element

from qa.formats.wordlook import style_of
from qa.formats.wordstyles import Style, W, set_as, value_of

_GONE = frozenset((f"{W}del", f"{W}moveFrom"))
_PROPERTIES = frozenset(f"{W}{tag}" for tag in ("pPr", "rPr", "trPr", "tcPr", "tblPr", "sectPr"))
"""In these a tag says of what is around it that it was deleted."""
_PICTURES = frozenset((f"{W}drawing", f"{W}pict"))
"""Text boxes are anchored in runs, and say themselves what of them is hidden."""


def without_unseen(root: Element, styles: Mapping[str, Style]) -> Element:
    """Return the tree itself, with what nobody sees taken out."""
    stack = [(root, False)]
    while stack:
        element, is_hidden = stack.pop()
        if element.tag in _PROPERTIES:
            continue
        if element.tag == f"{W}p":
            is_hidden = style_of(element, styles).hidden
        elif element.tag == f"{W}r":
            is_hidden = _is_hidden(element, styles, is_hidden)
        in_hidden = element.tag == f"{W}r" and is_hidden
        for child in list(element):
            if _is_gone(child) or (in_hidden and child.tag not in _PICTURES):
                element.remove(child)
        stack += ((child, is_hidden) for child in element)
    return root


def _is_gone(element: Element) -> bool:
    """Tell whether an element was deleted, or says again what is said beside it."""
    if element.tag == f"{W}tr":
        return element.find(f"{W}trPr/{W}del") is not None
    return element.tag in _GONE or element.tag.endswith("}Fallback")


def _is_hidden(run: Element, styles: Mapping[str, Style], around: bool) -> bool:
    """Tell whether a run is hidden: by what it says itself, else by its own style, else as its paragraph is."""
    by_style = styles.get(value_of(run, "rPr/rStyle"), Style()).hidden or around
    return set_as(run.find(f"{W}rPr"), Style(hidden=by_style)).hidden
