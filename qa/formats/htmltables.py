"""The tables of a page: their cells in columns, and which rows name these.

In -> out: the node of a table -> rows of texts, and how many of them are its head; none where it only arranges a page.
Does not: make blocks (qa/formats/html.py, flow.py).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from typing import Any

from qa.formats.flow import CELL_CHARS, ITEM_MARK
from qa.formats.spanned import Cell, spread
from qa.formats.unseen import is_unseen

_BLOCK_TAGS = (
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure footer form"
    " h1 h2 h3 h4 h5 h6 header hgroup hr li main nav ol p pre section summary table tbody tfoot thead tr ul"
)
BLOCKS = frozenset(_BLOCK_TAGS.split())
_BOLD = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.I)
_ARRANGES = "h1, h2, h3, pre, form"
"""What no cell of a table has, and boxes of a page have."""
_PRESENTS = frozenset(("presentation", "none"))


def data_rows(table: Any) -> list[list[str]]:
    """Return the cells of a table that is one; none where it only arranges a page."""
    if _holds_another(table) or table.attributes.get("role") in _PRESENTS or table.css_first(_ARRANGES) is not None:
        return []
    if table.css_first("ul, ol") is not None and not heads_of(table):
        return []
    rows = spread([_cell(cell) for cell in row.iter() if cell.tag in ("td", "th")] for row in table.css("tr"))
    if any(len(cell) > CELL_CHARS for row in rows for cell in row) or all(sum(map(bool, row)) < 2 for row in rows):
        return []
    return rows if not _is_inside(table) or heads_of(table) or _is_even(rows) else []


def _holds_another(table: Any) -> bool:
    """Tell whether a table has another one in a cell."""
    return sum(1 for _ in islice((node for node in table.traverse() if node.tag == "table"), 2)) > 1


def _is_inside(table: Any) -> bool:
    """Tell whether a table stands in a cell of another one."""
    around = table.parent
    while around is not None and around.tag != "table":
        around = around.parent
    return around is not None


def _is_even(rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether several rows have something in equally many cells."""
    filled = [sum(map(bool, row)) for row in rows]
    return len(filled) > 1 and len(set(filled)) == 1


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
    return named or _bold_rows(table) or (None if rows and rows[0][:1] != ["th"] else 0)


def _bold_rows(table: Any) -> int:
    """Return how many rows at the top, of several cells, have nothing but bold cells; 0 where all have."""
    rows = [cells for row in table.css("tr") if len(cells := list(row.iter())) > 1]
    bold = next((n for n, cells in enumerate(rows) if not all(map(_is_bold, cells))), len(rows))
    return bold if bold < len(rows) else 0


def _is_bold(cell: Any) -> bool:
    """Tell whether all that is said in a cell is bold: one tag holds it, or it is set so."""
    said = flat(cell)
    inside = cell.css("b, strong, [style*=font-weight]")
    return bool(said) and (_is_set_bold(cell) or any(flat(inner) == said for inner in filter(_is_set_bold, inside)))


def _is_set_bold(node: Any) -> bool:
    return node.tag in ("b", "strong") or bool(_BOLD.search(node.attributes.get("style") or ""))


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
            found.append(ITEM_MARK if inner.tag == "li" else "")
            kids = []
            kid = inner.child
            while kid is not None:
                kids.append(kid)
                kid = kid.next
            stack += reversed(kids)
    return " ".join("".join(found).split())
