"""JSON and JSON lines: each text a paragraph under the names it stands under, each set of short values one row; the name of a record
stands over all that is set in below it. Messages are turns of who says them, under their day.

In -> out: bytes -> `Parsed`; numbers are written as the file writes them.
Does not: know a schema, or read null.
"""

from __future__ import annotations

import json

from qa.datatypes import Kind, Parsed
from qa.formats.chats import Message, messages_in
from qa.formats.flow import Flow
from qa.formats.reading import MARK, Unreadable, decode

SUFFIXES = (".json", ".jsonl", ".ndjson")
VERSION = 3
SHORT_CHARS = 60
"""Up to so many characters a value is shown with its name, in one row with the others of its record."""
_NAMES = ("name", "title", "label", "subject")
"""Keys whose value is what a record is called; others end like the first two ("fullName", "product_title")."""


def parse(data: bytes, name: str) -> Parsed:
    """Read a file of data."""
    text = decode(data).removeprefix(MARK)
    lines = not name.lower().endswith(".json")
    flow = Flow()
    try:
        for piece in text.splitlines() if lines else [text]:
            if piece.strip():
                _read(flow, json.loads(piece, parse_float=str, parse_int=str, parse_constant=str), is_one=lines)
    except ValueError as exc:
        raise Unreadable(f"is no {'JSON in lines' if lines else 'JSON'} ({exc}).") from exc
    except RecursionError as exc:
        raise Unreadable("has values nested too deeply.") from exc
    return flow.done()


def _read(flow: Flow, value: object, *, is_one: bool) -> None:
    """Append a value and all below it, in the order of the file; `is_one` of many, not the whole file."""
    stack: list[tuple[object, tuple[str, ...], bool]] = [(value, (), is_one)]
    while stack:
        value, path, is_one = stack.pop()
        if isinstance(value, dict):
            short = {key: shown for key, child in value.items() if (shown := _short(child))}
            row = "\t".join(f"{key}: {shown}" for key, shown in short.items())
            flow.add(row, Kind.ROW, headings=path)
            name = _name(short, is_one=is_one) if path or is_one else ""
            under = (*path, name) if name and name not in path[-1:] else path
            stack += [(child, (*under, key), False) for key, child in reversed(value.items()) if key not in short]
        elif isinstance(value, list) and (messages := messages_in(value)):
            stack += [(message, path, True) for message in reversed(messages)]
        elif isinstance(value, Message):
            under = (*path, value.day) if value.day else path
            flow.turn(value.speaker, value.text, headings=under)
            stack += [(child, path, True) for child in reversed(value.below)]
        elif isinstance(value, list):
            stack += [(child, path, True) for child in reversed(value)]
        elif value is not None:
            flow.add(_shown(value), headings=path)


def _name(short: dict[str, str], *, is_one: bool) -> str:
    """Return what a record is called; of one in a list without a name, its first text, or else value, with its key."""
    by_key = {key.lower(): shown for key, shown in reversed(short.items())}
    named = [by_key[key] for key in _NAMES if key in by_key]
    named += [shown for key, shown in short.items() if key.lower().endswith(_NAMES[:2])]
    if named or not is_one:
        return named[0] if named else ""
    told = [f"{key}: {shown}" for key, shown in short.items() if any(map(str.isalpha, shown))]
    return next(iter([*told, *(f"{key}: {shown}" for key, shown in short.items())]), "")


def _short(value: object) -> str:
    if value is None or isinstance(value, dict | list):
        return ""
    shown = " ".join(_shown(value).split())
    return shown if len(shown) <= SHORT_CHARS else ""


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
