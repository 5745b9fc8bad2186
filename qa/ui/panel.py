"""What a click in the page asks to see beside the chat -> the HTML of the source panel.

In -> out: an Engine and the payload of an event -> HTML, None for anything a browser should not have sent.
Does not: trust the payload, or mark a quote in another version of its document than it was taken from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from qa.datatypes import Document, Span
from qa.engine import Engine
from qa.errors import QAError
from qa.ui import sources
from qa.ui.listing import Folder, source_list
from qa.ui.pages import page_figure

MOST_SPANS = 100


@dataclass(frozen=True, slots=True)
class Reach:
    """Who can see the page: `alone`, whoever sits at this machine, who may then know where the folder is; `upload`, and add to it."""

    alone: bool = False
    upload: bool = False


@dataclass(frozen=True, slots=True)
class Spot:
    """One quote of an answer as the browser names it; `version` is the beginning of the document's sha256, "" where it did not say."""

    doc_id: str
    span: Span
    version: str


def source_panel(engine: Engine, payload: dict[str, Any], reach: Reach | None = None) -> str | None:
    """Return the list of documents, a whole document, or a document with the quotes of an answer marked."""
    if payload.get("list"):
        return all_sources(engine, reach)
    try:
        return _source(engine, payload)
    except QAError as exc:
        return sources.source_missing(str(exc))


def all_sources(engine: Engine, reach: Reach | None = None) -> str:
    """Return the list of documents, where they are read from and what was left out."""
    reach = reach or Reach()
    try:
        seeds = engine.settings.seeds.resolve()
        folder = Folder(str(seeds) if reach.alone else seeds.name, reach.upload, engine.status().skipped)
        return source_list(engine.listed(), folder)
    except QAError as exc:
        return sources.source_missing(str(exc))


def _source(engine: Engine, payload: dict[str, Any]) -> str | None:
    if "open" in payload:
        document = engine.document(str(payload["open"]))
        return sources.source_text(document, page=_page(engine, document, Span(0, 0))) if document else None
    try:
        spots = [_read(*sent) for sent in payload["spans"][:MOST_SPANS]]
        number = int(payload["n"])
        opened = spots[number - 1] if number >= 1 else None
    except (KeyError, IndexError, TypeError, ValueError):
        return None
    return _quotes_in_source(engine, spots, opened, number) if opened else None


def _read(doc_id: Any, start: Any, end: Any, version: Any = "") -> Spot:
    return Spot(str(doc_id), Span(int(start), int(end)), str(version))


def _quotes_in_source(engine: Engine, spots: Sequence[Spot], opened: Spot, number: int) -> str | None:
    document = engine.document(opened.doc_id)
    if document is None:
        gone = f"{opened.doc_id} is no longer among the documents: ask again."
        return sources.source_missing(gone) if opened.version else None
    if not document.sha256.startswith(opened.version):
        return sources.source_text(document, notice=sources.CHANGED)
    page = _page(engine, document, opened.span)
    return sources.source_text(document, _marks(document, spots), number, len(spots), page=page)


def _page(engine: Engine, document: Document, span: Span) -> str:
    return page_figure(document, *engine.where(document.doc_id, span))


def _marks(document: Document, spots: Sequence[Spot]) -> list[tuple[int, Span]]:
    return [
        (n, s.span) for n, s in enumerate(spots, 1) if s.doc_id == document.doc_id and s.span.end <= len(document.text)
    ]
