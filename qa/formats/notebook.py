"""Jupyter notebooks: text, code and printed results of the cells, in order.

In -> out: bytes of an .ipynb file -> `Parsed` with a mark where each cell begins.
Does not: run a cell, or read pictures.
"""

from __future__ import annotations

import json
import re
from typing import Any

from qa.datatypes import Kind, Parsed
from qa.formats.flow import Flow
from qa.formats.reading import Unreadable

SUFFIXES = (".ipynb",)
VERSION = 1
_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*$")


def parse(data: bytes, name: str) -> Parsed:
    """Read a notebook."""
    try:
        content = json.loads(data)
    except (ValueError, RecursionError) as exc:
        raise Unreadable("is damaged: it is no JSON.") from exc
    cells = content.get("cells") if isinstance(content, dict) else None
    if not isinstance(cells, list):
        raise Unreadable("has no cells: it is no notebook of version 4, save it anew with Jupyter.")
    flow = Flow()
    for number, cell in enumerate(cells, start=1):
        if isinstance(cell, dict):
            flow.mark("cell", str(number))
            _cell(flow, cell)
    return flow.done()


def _cell(flow: Flow, cell: dict[str, Any]) -> None:
    source = _joined(cell.get("source"))
    if cell.get("cell_type") == "markdown":
        _markdown(flow, source)
        return
    flow.add(source, Kind.CODE if cell.get("cell_type") == "code" else Kind.PARAGRAPH)
    outputs = cell.get("outputs")
    for output in outputs if isinstance(outputs, list) else ():
        if isinstance(output, dict):
            data = output.get("data")
            flow.add(
                _joined(output.get("text") or (data.get("text/plain") if isinstance(data, dict) else "")), Kind.CODE
            )


def _joined(source: object) -> str:
    """Return the text of a field that may be a string or a list of lines."""
    if isinstance(source, list):
        return "".join(line for line in source if isinstance(line, str))
    return source if isinstance(source, str) else ""


def _markdown(flow: Flow, source: str) -> None:
    """Append a cell of text, headings told from paragraphs."""
    for piece in re.split(r"\n\s*\n", source):
        lines = piece.strip().split("\n")
        while lines and (match := _HEADING.fullmatch(lines[0].strip())):
            flow.add(match.group(2), Kind.HEADING, level=len(match.group(1)))
            lines.pop(0)
        flow.add("\n".join(lines))
