"""Jupyter notebooks: text (in Markdown), code and printed results of the cells, in order.

In -> out: bytes of an .ipynb file -> `Parsed` with a mark where each cell begins.
Does not: run a cell, or read pictures.
"""

from __future__ import annotations

import json
from typing import Any

from qa.datatypes import Kind, Parsed, Span
from qa.formats import markdown
from qa.formats.flow import Flow
from qa.formats.reading import Unreadable

SUFFIXES = (".ipynb",)
VERSION = 3


def parse(data: bytes, name: str) -> Parsed:
    """Read a notebook."""
    try:
        content = json.loads(data)
    except (ValueError, RecursionError) as exc:
        raise Unreadable("is damaged: it is no JSON.") from exc
    cells = content.get("cells") if isinstance(content, dict) else None
    if not isinstance(cells, list):
        raise Unreadable("has no cells: it is no notebook of version 4, save it anew with Jupyter.")
    flow, hidden = Flow(), list[Span]()
    for number, cell in enumerate(cells, start=1):
        if isinstance(cell, dict):
            flow.mark("cell", str(number))
            hidden += _cell(flow, cell)
    return flow.done(hidden=hidden)


def _cell(flow: Flow, cell: dict[str, Any]) -> list[Span]:
    """Append a cell, and return what is markup in it."""
    source = _joined(cell.get("source"))
    if cell.get("cell_type") == "markdown":
        return _markdown(flow, source)
    flow.add(source, Kind.CODE if cell.get("cell_type") == "code" else Kind.PARAGRAPH)
    outputs = cell.get("outputs")
    for output in outputs if isinstance(outputs, list) else ():
        if isinstance(output, dict):
            flow.add(_shown(output), Kind.CODE)
    return []


def _shown(output: dict[str, Any]) -> str:
    """Return the text of an output; what stands for a picture ("<Figure size 640x480 with 1 Axes>") is none."""
    data = output.get("data")
    held = data if isinstance(data, dict) else {}
    text = _joined(output.get("text") or held.get("text/plain"))
    is_picture = any(str(kind).startswith("image/") for kind in held)
    return "" if is_picture and text.startswith("<") and text.endswith(">") else text


def _joined(source: object) -> str:
    """Return the text of a field that may be a string or a list of lines."""
    if isinstance(source, list):
        return "".join(line for line in source if isinstance(line, str))
    return source if isinstance(source, str) else ""


def _markdown(flow: Flow, source: str) -> list[Span]:
    """Append a cell of text, and return what is markup in it."""
    text = source.encode("utf-8", "replace").decode().replace("\0", "\ufffd").strip()
    if not text:
        return []
    part = markdown.parse(text.encode(), "")
    start = flow.take(part)
    return [Span(span.start + start, span.end + start) for span in part.hidden]
