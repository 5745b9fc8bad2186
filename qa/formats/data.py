"""JSON and JSON lines: each text a paragraph under the names it stands under, each set of short values one row.

In -> out: bytes -> `Parsed`; numbers are written as the file writes them.
Does not: know a schema, or read null.
"""

from __future__ import annotations

import json

from qa.datatypes import Kind, Parsed
from qa.formats.flow import Flow
from qa.formats.reading import Unreadable, decode

SUFFIXES = (".json", ".jsonl", ".ndjson")
VERSION = 1
SHORT_CHARS = 60
"""Up to so many characters a value is shown with its name, in one row with the others of its record."""


def parse(data: bytes, name: str) -> Parsed:
    """Read a file of data."""
    text = decode(data)
    lines = not name.lower().endswith(".json")
    flow = Flow()
    try:
        for piece in text.splitlines() if lines else [text]:
            if piece.strip():
                _read(flow, json.loads(piece, parse_float=str, parse_int=str, parse_constant=str))
    except ValueError as exc:
        raise Unreadable(f"is no {'JSON in lines' if lines else 'JSON'} ({exc}).") from exc
    except RecursionError as exc:
        raise Unreadable("has values nested too deeply.") from exc
    return flow.done()


def _read(flow: Flow, value: object) -> None:
    """Append a value and all below it, in the order of the file."""
    stack: list[tuple[object, tuple[str, ...]]] = [(value, ())]
    while stack:
        value, path = stack.pop()
        if isinstance(value, dict):
            short = {key: shown for key, child in value.items() if (shown := _short(child))}
            row = "\t".join(f"{key}: {shown}" for key, shown in short.items())
            flow.add(row, Kind.ROW, headings=path)
            stack += [(child, (*path, key)) for key, child in reversed(value.items()) if key not in short]
        elif isinstance(value, list):
            stack += [(child, path) for child in reversed(value)]
        elif value is not None:
            flow.add(_shown(value), headings=path)


def _short(value: object) -> str:
    if value is None or isinstance(value, dict | list):
        return ""
    shown = " ".join(_shown(value).split())
    return shown if len(shown) <= SHORT_CHARS else ""


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
