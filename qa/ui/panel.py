"""What a click in the page asks to see beside the chat -> the HTML of the source panel.

In -> out: an Engine and what a browser sent -> HTML and what goes with it, None for anything it should not have sent.
Does not: trust the payload, or mark: the browser does, in the version of a document that the quote was taken from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from qa.datatypes import Span
from qa.engine import Engine
from qa.errors import QAError
from qa.formats import format_of
from qa.ui import sources
from qa.ui.cards import SHA_CHARS
from qa.ui.document import document_html, outline_html
from qa.ui.listing import Folder, source_list
from qa.ui.pages import page_figure


@dataclass(frozen=True, slots=True)
class Reach:
    """Who can see the page: `alone`, whoever sits at this machine, who may then know where the folder is; `upload`, and add to it."""

    alone: bool = False
    upload: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a browser asks to see: a quote of an answer in its document."""

    doc_id: str
    span: Span
    version: str
    """The beginning of the sha256 the document had for the answer, "" where it did not say."""
    have: str
    """The version that the browser shows already."""


def source_panel(engine: Engine, payload: dict[str, Any], reach: Reach | None = None) -> dict[str, Any] | None:
    """Return for the browser `html`, the list of documents or a whole one, without it where the browser has it.

    Beside it `version` of the document, and of one with pages the `page` and the `boxes` of the quote.
    """
    if payload.get("list"):
        return {"html": all_sources(engine, reach)}
    try:
        wanted = _read(payload)
        return _source(engine, wanted) if wanted else None
    except QAError as exc:
        return {"html": sources.source_missing(str(exc))}


def all_sources(engine: Engine, reach: Reach | None = None) -> str:
    """Return the list of documents, where they are read from and what was left out."""
    reach = reach or Reach()
    try:
        seeds = engine.settings.seeds.resolve()
        folder = Folder(str(seeds) if reach.alone else seeds.name, reach.upload, engine.status().skipped)
        return source_list(engine.listed(), folder)
    except QAError as exc:
        return sources.source_missing(str(exc))


def _read(payload: dict[str, Any]) -> Wanted | None:
    try:
        span = Span(int(payload.get("start", 0)), int(payload.get("end", 0)))
        return Wanted(str(payload["open"]), span, str(payload.get("version", "")), str(payload.get("have", "")))
    except (KeyError, TypeError, ValueError):
        return None


def _source(engine: Engine, wanted: Wanted) -> dict[str, Any] | None:
    document = engine.document(wanted.doc_id)
    if document is None:
        gone = f"{wanted.doc_id} is no longer among the documents: ask again."
        return {"html": sources.source_missing(gone)} if wanted.version else None
    where, pages = engine.where(document.doc_id, Span(wanted.span.start, min(wanted.span.end, len(document.text))))
    version = document.sha256[:SHA_CHARS]
    told = {"version": version, "page": where.page or 1, "boxes": [list(box) for box in where.boxes]}
    if wanted.have == version and document.sha256.startswith(wanted.version):
        return told
    changed = "" if document.sha256.startswith(wanted.version) else sources.CHANGED
    blocks, hidden = engine.structure(document.doc_id)
    body = document_html(document.text, blocks, hidden, flows=format_of(document.doc_id) == "markdown")
    outline = outline_html(document.text, blocks, hidden)
    html = sources.source_text(
        document, body, outline=outline, notice=changed, page="" if changed else page_figure(document, pages)
    )
    return {**told, "html": html}
