"""What a Word file holds and shows nobody, by its styles or as a change that was made: taken out before the file is read.

In -> out: the tree of a part and its styles -> the tree without rows that were deleted, and without what is set in hidden letters.
Does not: take out deleted words, which have tags of their own (qa/formats/wordlook.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree.ElementTree import Element

from qa.formats.wordlook import style_of
from qa.formats.wordstyles import Style, W, is_on, value_of


def without_unseen(root: Element, styles: Mapping[str, Style]) -> Element:
    """Return the tree itself, with what nobody sees taken out."""
    stack = [(root, False)]
    while stack:
        element, is_hidden = stack.pop()
        if element.tag == f"{W}p":
            is_hidden = style_of(element, styles).hidden
        gone = [
            child
            for child in element
            if _is_deleted(child) or (child.tag == f"{W}r" and _is_hidden(child, styles, is_hidden))
        ]
        for child in gone:
            element.remove(child)
        stack += ((child, is_hidden) for child in element)
    return root


def _is_deleted(element: Element) -> bool:
    return element.tag == f"{W}tr" and element.find(f"{W}trPr/{W}del") is not None


def _is_hidden(run: Element, styles: Mapping[str, Style], around: bool) -> bool:
    """Tell whether a run is hidden: by what it says itself, else by its own style, else as its paragraph is."""
    if run.find(f"{W}drawing") is not None or run.find(f"{W}pict") is not None:
        return False
    own = run.find(f"{W}rPr/{W}vanish")
    if own is not None:
        return is_on(own)
    return styles.get(value_of(run, "rPr/rStyle"), Style()).hidden or around
