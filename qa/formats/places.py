"""Where a quote stands, as people say it: "page 12", "slide 7", "under “Leave › Parental leave”, paragraph 41", "line 24".

In -> out: a span and the places of its document -> `Where`; a citation -> words.
Does not: search a quote in a page: places were carried forward from the moment the file was read.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from qa.datatypes import Citation, Mark, Page, Place, Span, Where
from qa.formats import format_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

UNIT = 65535
_NEAR = 6000
"""Boxes of one line are not further apart than this, in 1/65535 of the page."""
HEADINGS_SHOWN, NAMES_SHOWN = 2, 6
"""Of the headings a quote stands under, and of the names in data, where only all together say what it is of."""
MESSAGE_BODY = "message body"
"""The part of a mail that is not its head."""


def on_pages(rows: NDArray[np.uint16], pages: Sequence[Page]) -> Where:
    """Return the place of characters given page and box of each, as `Parsed.boxes` has them."""
    lines: list[list[int]] = []
    for page, *box in rows[rows[:, 0] > 0].tolist():
        if lines and lines[-1][0] == page and _same_line(lines[-1][1:], box):
            last = lines[-1]
            last[1:] = [min(last[1], box[0]), min(last[2], box[1]), max(last[3], box[2]), max(last[4], box[3])]
        else:
            lines.append([page, *box])
    if not lines:
        return Where()
    numbers = [line[0] for line in lines]
    first = numbers[0]
    label = pages[first - 1].label if first <= len(pages) else ""
    boxes = tuple((page, *(round(edge / UNIT, 4) for edge in box)) for page, *box in lines)
    return Where("page", first, max(numbers), "" if label == str(first) else label, boxes)  # type: ignore[arg-type]  # 5 each


def _same_line(line: Sequence[int], box: Sequence[int]) -> bool:
    """Tell whether a box goes on with a line, in either direction of writing."""
    overlap = min(line[3], box[3]) - max(line[1], box[1])
    return 2 * overlap > box[3] - box[1] and box[0] - line[2] < _NEAR and line[0] - box[2] < _NEAR


def at_mark(marks: Sequence[Mark], span: Span) -> Where:
    """Return the place of a span by the last mark before it; the first cell with a part of it in a table of cells."""
    at = bisect_right(marks, span.start, key=lambda mark: mark.start)
    return Where(marks[at - 1].kind, label=marks[at - 1].name) if at else Where()


def place_words(found: Citation | Place) -> str:
    """Return where a quote stands, without the name of its document."""
    where = found.where
    if where.kind == "page":
        return _pages(where)
    if where.kind in ("slide", "sheet", "cell"):
        return f"{where.kind} {where.label}"
    if where.kind == "time":
        return f"at {where.label}"
    if where.kind == "part":
        return MESSAGE_BODY if where.label == MESSAGE_BODY else f"in “{where.label}”"
    if where.kind == "section":
        most = NAMES_SHOWN if format_of(found.doc_id) == "data" else HEADINGS_SHOWN
        under = " › ".join(found.headings[-most:])
        paragraph = f"paragraph {where.paragraph}" if where.paragraph else ""
        return ", ".join(filter(None, (f"under “{under}”" if under else "", paragraph))) or f"line {found.line}"
    return f"line {found.line}"


def place_to_dict(found: Citation | Place) -> dict[str, Any]:
    """Return a place as JSON: its words, and what they are made of; what a format does not have is null."""
    where = found.where
    sheet, _, cell = where.label.rpartition(", cell ") if where.kind == "sheet" else ("", "", "")
    return {
        "format": format_of(found.doc_id),
        "place": place_words(found),
        "page": where.page or None,
        "page_label": (where.label if where.kind == "page" else "") or None,
        "pages": list(range(where.page, where.last_page + 1)) if where.page else None,
        "boxes": [list(box) for box in where.boxes] or None,
        "headings": list(found.headings),
        "paragraph": where.paragraph or None,
        "part": where.label if where.kind in ("slide", "cell", "part", "time") else None,
        "sheet": sheet or None,
        "cell": cell or None,
    }


def _pages(where: Where) -> str:
    if where.last_page > where.page:
        joint = "and" if where.last_page == where.page + 1 else "to"
        return f"pages {where.page} {joint} {where.last_page}"
    return f"page {where.page}" + (f" (numbered {where.label})" if where.label else "")
