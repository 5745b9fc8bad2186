"""The tables of a page: their cells in columns, and which rows name these.

In -> out: the node of a table -> rows of texts, and how many of them are its head; none where it only arranges a page.
Does not: make blocks (qa/formats/html.py, flow.py).
"""

from __future__ import annotations

import re
from typing import Any

from qa.formats.flow import CELL_CHARS
from qa.formats.spanned import Cell, spread
from qa.formats.unseen import is_unseen

_BLOCK_TAGS = (
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure footer form"
    " h1 h2 h3 h4 h5 h6 header hgroup hr li main nav ol p pre section summary table tbody tfoot thead tr ul"
)
BLOCKS = frozenset(_BLOCK_TAGS.split())


def data_rows(table: Any) -> list[list[str]]:
    """Return the cells of a table that is one; none where it only arranges a page."""
    if table.css_first("table table, h1, h2, h3, pre, ul, ol, form") is not None:
        return []
    rows = spread([_cell(cell) for cell in row.iter() if cell.tag in ("td", "th")] for row in table.css("tr"))
    if any(len(cell) > CELL_CHARS for row in rows for cell in row) or all(sum(map(bool, row)) < 2 for row in rows):
        return []
    return rows


def _cell(node: Any) -> Cell:
    across, down = (_reach(node.attributes.get(name)) for name in ("colspan", "rowspan"))
    return Cell(flat(node), across, down)


def _reach(said: str | None) -> int:
    return int(said) if said and re.fullmatch(r"[1-9][0-9]{0,4}", said.strip()) else 1


def heads_of(table: Any) -> int | None:
    """Return how many rows there are in the head of a table, or have nothing but names, before all others; None where no row tells."""
    headed = sum(len(list(row.iter())) > 1 for row in table.css("thead tr"))
    if headed:
        return headed
    rows = [tags for row in table.css("tr") if len(tags := [cell.tag for cell in row.iter()]) > 1]
    named = next((n for n, tags in enumerate(rows) if set(tags) - {"th"}), len(rows))
    return named or (None if rows and rows[0][:1] != ["th"] else 0)


def flat(node: Any) -> str:
    """Return what is seen of a cell on one line; a word goes on through a tag that is inside of running text."""
    found: list[str] = []
    stack = [node]
    while stack:
        inner = stack.pop()
        if inner.tag == "-text":
            found.append(inner.text_content or "")
        elif not is_unseen(inner):
            found.append(" " if inner.tag == "br" or inner.tag in BLOCKS else "")
            kids = []
            kid = inner.child
            while kid is not None:
                kids.append(kid)
                kid = kid.next
            stack += reversed(kids)
    return " ".join("".join(found).split())
