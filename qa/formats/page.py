"""A page before it is walked through: its characters, its main part, and what it says of itself.

In -> out: bytes or a tree -> characters, the part that is the document, title, author and date.
Does not: read its text (qa/formats/html.py).
"""

from __future__ import annotations

import codecs
import re
from typing import Any

from qa.formats.reading import Unreadable

MAX_DEPTH = 5_000
MAIN_SHARE = 0.5
"""Least share of the page's text in a `main` or `article` that is taken to be the document."""
_SELF_CLOSING_TAGS = (
    "p li td th tr dt dd thead tbody tfoot option area base br col embed hr img input link meta source track wbr"
)
_CLOSED_BY_ITSELF = frozenset(_SELF_CLOSING_TAGS.split())
_CHARSET = re.compile(rb"<meta[^<>]+charset\s*=\s*[\"']?\s*([\w:.-]+)", re.I)
_SAVED = re.compile(r"<!-- saved from url=\(\d+\)([^\s#]+)")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def decode(data: bytes) -> str:
    """Return the characters of a page: by its mark, its own word, UTF-8, or else as Windows-1252, as browsers do."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    said = _CHARSET.search(data[:2048])
    try:
        name = codecs.lookup(said.group(1).decode("ascii", "replace")).name if said else "utf-8"
    except LookupError:
        name = "utf-8"
    for encoding in ("utf-8" if name.startswith("utf-16") else "cp1252" if name == "iso8859-1" else name, "utf-8"):
        try:
            return data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("cp1252", "replace")


def refuse_depth(text: str) -> None:
    """Refuse a page with thousands of tags inside one another: no person wrote it, and it would take minutes."""
    depth = 0
    for match in _TAG.finditer(text):
        if match.group(2).lower() not in _CLOSED_BY_ITSELF:
            depth = max(0, depth + (-1 if match.group(1) else 1))
            if depth > MAX_DEPTH:
                raise Unreadable(f"has more than {MAX_DEPTH} tags open at once: it is damaged, or made to do harm.")


def main_of(tree: Any, body: Any) -> Any:
    """Return the one `main` or `article` that holds most of the page's text."""
    total = len(body.text(separator=" "))
    for selector in ("main", "[role=main]", "article"):
        found = tree.css(selector)
        if len(found) == 1 and len(found[0].text(separator=" ")) >= MAIN_SHARE * total:
            return found[0]
    return None


def address_of(tree: Any, text: str) -> str:
    """Return the address a page was saved from, or says it has; "" where that is not known."""
    saved = _SAVED.search(text[:2048])
    said = tree.css_first('link[rel="canonical"]')
    return saved[1] if saved else (said.attributes.get("href") or "" if said is not None else "").partition("#")[0]


def meta_of(tree: Any) -> dict[str, str]:
    title = tree.css_first("title")
    found = {"title": title.text().strip() if title is not None else ""}
    for key, names in (("author", ("author",)), ("date", ("article:published_time", "date", "dcterms.date"))):
        for name in names:
            node = tree.css_first(f'meta[name="{name}"], meta[property="{name}"]')
            if node is not None and key not in found:
                found[key] = (node.attributes.get("content") or "").strip()
    if "T" in found.get("date", ""):
        found["date"] = found["date"][:10]
    return {key: value for key, value in found.items() if value}
