"""`Parsed` as bytes and back: JSON and plain arrays, nothing that could run when it is read.

In -> out: a `Parsed` <-> a description ready for JSON and its payload (the text, then the boxes).
Does not: trust what it reads: spans outside of the text, blocks that do not tile it, or foreign kinds are a ValueError.
"""

from __future__ import annotations

from typing import Any

from qa.datatypes import Block, Kind, Mark, Page, Parsed, Span


def pack(parsed: Parsed) -> tuple[dict[str, Any], bytes]:
    """Return the description and the payload of what was read."""
    text = parsed.text.encode("utf-8")
    boxes = b"" if parsed.boxes is None else parsed.boxes.astype("<u2").tobytes()
    described = {
        "text": len(text),
        "boxes": parsed.boxes is not None,
        "blocks": [_packed(block) for block in parsed.blocks],
        "meta": dict(parsed.meta),
        "hidden": [(span.start, span.end) for span in parsed.hidden],
        "pages": [(page.label, page.width, page.height) for page in parsed.pages],
        "marks": [(mark.start, mark.kind, mark.name) for mark in parsed.marks],
        "warnings": list(parsed.warnings),
    }
    return described, text + boxes


def _packed(block: Block) -> list[Any]:
    lead = (block.lead.start, block.lead.end) if block.lead else None
    return [block.span.end, str(block.kind), block.headings, block.level, lead, block.group]


def unpack(described: dict[str, Any], payload: bytes) -> Parsed:
    """Return what was packed; ValueError, KeyError or TypeError where it cannot be that."""
    text = payload[: described["text"]].decode("utf-8")
    boxes = _boxes(payload[described["text"] :], len(text)) if described["boxes"] else None
    parsed = Parsed(
        text,
        _blocks(described["blocks"], len(text)),
        {str(key): str(value) for key, value in described["meta"].items()},
        tuple(_span(pair, len(text)) for pair in described["hidden"]),
        tuple(Page(str(label), float(width), float(height)) for label, width, height in described["pages"]),
        boxes,
        tuple(
            Mark(_span((start, start), len(text)).start, str(kind), str(name))
            for start, kind, name in described["marks"]
        ),
        tuple(map(str, described["warnings"])),
    )
    if boxes is not None and int(boxes[:, 0].max(initial=0)) > len(parsed.pages):
        raise ValueError("a character stands on a page that there is not")
    return parsed


def _boxes(payload: bytes, length: int) -> Any:
    import numpy as np

    return np.frombuffer(payload, "<u2").astype(np.uint16, copy=False).reshape(length, 5)


def _span(pair: Any, length: int) -> Span:
    start, end = map(int, pair)
    if end > length:
        raise ValueError("a span reaches beyond the text")
    return Span(start, end)


def _blocks(rows: list[Any], length: int) -> tuple[Block, ...]:
    blocks, start = [], 0
    for end, kind, headings, level, lead, group in rows:
        span = _span((start, end), length)
        under = tuple(map(str, headings))
        blocks.append(Block(span, Kind(kind), under, int(level), _span(lead, length) if lead else None, int(group)))
        start = span.end
    if start != length:
        raise ValueError("the blocks do not tile the text")
    return tuple(blocks)
