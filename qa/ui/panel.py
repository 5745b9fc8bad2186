"""What a click in the page asks to see beside the chat -> the HTML of the source panel.

In -> out: an Engine and the payload of an event -> HTML, None for anything a browser should not have sent.
Does not: trust the payload; spans are cut against the document as it was indexed.
"""

from __future__ import annotations

from typing import Any

from qa.datatypes import Document, Span
from qa.engine import Engine
from qa.ui import html

MOST_SPANS = 100


def source_panel(engine: Engine, payload: dict[str, Any]) -> str | None:
    """Return the list of documents, a whole document, or a document with the quotes of an answer marked."""
    if payload.get("list"):
        return html.source_list(engine.documents())
    if "open" in payload:
        document = engine.document(str(payload["open"]))
        return html.source_text(document) if document else None
    try:
        spans = [(str(doc_id), Span(int(start), int(end))) for doc_id, start, end in payload["spans"][:MOST_SPANS]]
        number = int(payload["n"])
        doc_id = spans[number - 1][0] if number >= 1 else ""
    except (KeyError, IndexError, TypeError, ValueError):
        return None
    document = engine.document(doc_id)
    return html.source_text(document, _marks(document, spans), number, len(spans)) if document else None


def _marks(document: Document, spans: list[tuple[str, Span]]) -> list[tuple[int, Span]]:
    return [
        (n, span)
        for n, (doc_id, span) in enumerate(spans, 1)
        if doc_id == document.doc_id and span.end <= len(document.text)
    ]
