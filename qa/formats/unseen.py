"""What of a page is no text of it: what a browser does not show, what lies over it until one agrees, marks of notes, and links about the page.

In -> out: a node -> whether what is in it is left out; a link -> whether it leads about its own page.
Does not: walk through a page (qa/formats/html.py).
"""

from __future__ import annotations

import re
from typing import Any

from qa.patterns import pattern

_SKIPPED_TAGS = (
    "script style noscript template svg head iframe object embed audio video canvas select datalist button textarea"
    " -comment !doctype -doctype"
)
SKIPPED = frozenset(_SKIPPED_TAGS.split())
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_OVER = frozenset(("dialog", "alertdialog"))
_BOXES = frozenset(("div", "section", "aside", "form"))
_BANNER = pattern(
    r"(?:cookie|consent|gdpr)s?[-_ ]?(?:banner|bar|notice|popup|modal|dialog|overlay|message|consent|law)"
    r"|onetrust|cookiebot|didomi|usercentrics",
    re.IGNORECASE,
)
"""What programs that ask for consent call themselves, in any language of the page."""
_MARK = pattern(r"\W*(?:\d{1,3}|[a-z])\W*", re.IGNORECASE)
_BRACKETED = pattern(r"\[[^\[\]]*\]")
_EDIT_CHARS = 24
"""What is in brackets beside a heading and leads to its source is not longer."""
_SMALL_NODES = 12
"""A mark of a note has no more nodes."""


def is_unseen(node: Any) -> bool:
    """Tell whether what is in a node is left out, wherever it stands."""
    tag, attributes = node.tag, node.attributes
    if tag in SKIPPED or "hidden" in attributes or attributes.get("aria-hidden") == "true":
        return True
    if _HIDDEN.search(attributes.get("style") or "") or (tag == "dialog" and "open" not in attributes):
        return True
    if tag in _BOXES:
        named = f"{attributes.get('id') or ''} {attributes.get('class') or ''}"
        return attributes.get("role") in _OVER or bool(_BANNER.search(named))
    if tag == "a":
        return "#" in (attributes.get("href") or "") and _is_mark(node, "sup")
    return tag in ("sup", "span") and _is_mark(node, "a")


def leads_about(node: Any, own: str) -> bool:
    """Tell whether a link leads to a place of the page itself, whose address, where known, is `own`."""
    href = node.attributes.get("href") or ""
    return href.startswith("#") or (bool(own) and href.startswith(f"{own}#"))


def _is_mark(node: Any, inside: str) -> bool:
    """Tell whether all there is in a small node marks a note or a place: a number, a letter or signs, or a link in brackets."""
    text, tags = _little(node)
    if text is None:
        return False
    if node.tag == "a" and not any(map(str.isalnum, text)):
        return bool(text)
    if inside not in tags:
        return node.tag == "a" and "noteref" in _kind_of(node) and bool(_MARK.fullmatch(text))
    is_note = node.tag != "span" and "#" in tags.get("a", node.attributes.get("href") or "")
    is_edit = len(text) <= _EDIT_CHARS or node.tag != "span"
    return (is_edit and bool(_BRACKETED.fullmatch(text))) or (is_note and bool(_MARK.fullmatch(text)))


def _kind_of(node: Any) -> str:
    attributes = node.attributes
    return f"{attributes.get('epub:type') or ''} {attributes.get('role') or ''}"


def _little(node: Any) -> tuple[str | None, dict[str, str]]:
    """Return the text of a small node and where the links of its tags lead; None for a text where it is no small one."""
    text, tags, count = "", dict[str, str](), 0
    stack = [node.child]
    while stack:
        inner = stack.pop()
        if inner is None:
            continue
        count += 1
        if count > _SMALL_NODES:
            return None, tags
        if inner.tag == "-text":
            text += inner.text_content or ""
        else:
            tags[inner.tag] = inner.attributes.get("href") or ""
        stack += [inner.next, inner.child]
    return text.strip(), tags
