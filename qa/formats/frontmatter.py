"""The block of YAML or TOML before a text -> what it says of it.

In -> out: the lines between the rulers -> title, author, date, aliases, tags and the like, as words.
Does not: fail: what is no YAML or TOML says nothing.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from typing import Any

LONGEST_CHARS = 100_000
VALUES_MOST = 50
_KEYS = {
    "title": "title", "author": "author", "authors": "author", "by": "author", "date": "date", "published": "date",
    "created": "date", "updated": "updated", "modified": "updated", "alias": "aliases", "aliases": "aliases",
    "tag": "tags", "tags": "tags", "keywords": "tags", "categories": "tags", "category": "tags",
    "description": "description", "summary": "description", "publisher": "publisher", "url": "url", "source": "url",
}  # fmt: skip


def read_yaml(text: str) -> dict[str, str]:
    """Return what YAML says."""
    import yaml

    try:
        return told(yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))) if _fits(text) else {}
    except (yaml.YAMLError, ValueError, RecursionError, TypeError, AttributeError):
        return {}


def read_toml(text: str) -> dict[str, str]:
    """Return what TOML says."""
    try:
        return told(tomllib.loads(text)) if _fits(text) else {}
    except (ValueError, RecursionError):
        return {}


def _fits(text: str) -> bool:
    return len(text) <= LONGEST_CHARS and text.count("[") < 1000 and text.count("{") < 1000


def told(content: Any) -> dict[str, str]:
    """Return what names and their values say of a text."""
    found: dict[str, str] = {}
    for key, value in content.items() if isinstance(content, Mapping) else ():
        name = _KEYS.get(str(key).lower(), "")
        words = _words(value)
        if name and words and name not in found:
            found[name] = words
    return found


def _words(value: Any) -> str:
    if isinstance(value, Mapping):
        value = value.get("name", "")
    if isinstance(value, list):
        return ", ".join(filter(None, map(_words, value[:VALUES_MOST])))
    if isinstance(value, date):
        return value.isoformat()[:10]
    return " ".join(str(value).split()) if isinstance(value, str | int | float) else ""
