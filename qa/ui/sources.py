"""Documents and the state of the index -> the HTML beside the chat, every piece of text escaped.

In -> out: the records of qa/datatypes.py -> `str` of HTML; what is inside `mark.on` is the document's own text.
Does not: know Gradio, or read a document.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from qa.datatypes import Document, Span, Status
from qa.ui.cards import counted
from qa.ui.escaping import inline, label, shown
from qa.ui.pages import TOGGLE

Marks = Sequence[tuple[int, Span]]
"""Citation numbers and the spans of the open document they quote."""

CHANGED = "This document has changed since the answer was given: ask again to see where the quote stands now."
NAMES_SHOWN = 20
BACK = '<button type="button" class="back" data-act="list" aria-label="Back to all sources">←</button>'


def source_text(
    document: Document, marks: Marks = (), active: int = 0, total: int = 0, *, notice: str = "", page: str = ""
) -> str:
    """Return the panel with the whole text of a document, the quote `active` strongly marked and the others pale; `page` is shown before it."""
    steps = ""
    if total > 1:
        steps = (
            '<span class="step"><button type="button" data-act="prev" aria-label="Previous citation">‹</button>'
            f'<b>{active} of {total}</b><button type="button" data-act="next" aria-label="Next citation">›</button></span>'
        )
    find = (
        '<label class="find"><span class="sr">Find in this text</span>'
        '<input type="search" id="find" placeholder="Find in this text" autocomplete="off"></label><output id="found"></output>'
        '<span class="step"><button type="button" data-act="findprev" aria-label="Previous match">‹</button>'
        '<button type="button" data-act="findnext" aria-label="Next match">›</button></span>'
    )
    about = f'<div class="vmeta"><span class="grow">{shown(document.doc_id)} · {shown(_about(document))}</span>{TOGGLE if page else ""}{steps}</div>'
    meta = f'{about}<div class="vmeta finder">{find}</div>'
    told = f'<p class="notice" role="alert">{shown(notice)}</p>' if notice else ""
    return panel(
        document.title,
        BACK,
        meta,
        told + page + marked_text(document.text, marks, active),
        label="Source text",
        kind="doc",
    )


def source_missing(reason: str) -> str:
    """Return the panel in place of a document that is no longer indexed, or of all when the index cannot be read."""
    return panel("Sources", BACK, "", f'<p class="notice" role="alert">{shown(reason)}</p>', label="Source text")


def marked_text(text: str, marks: Marks, active: int) -> str:
    """Return `text` as escaped HTML in which exactly the spans of `marks` are marked."""
    cuts = sorted({0, len(text), *(edge for _, span in marks for edge in (span.start, span.end))})
    parts = []
    for start, end in pairwise(cuts):
        over = [(number, span) for number, span in marks if span.start <= start and end <= span.end]
        piece = inline(text[start:end])
        if not over:
            parts.append(piece)
            continue
        number = active if any(number == active for number, _ in over) else over[0][0]
        ends = "".join(f' data-end="{n}"' for n, span in over[:1] if span.end == end)
        parts.append(f'<mark class="{"on" if number == active else "off"}"{ends}>{piece}</mark>')
    return f'<div class="text">{"".join(parts)}</div>'


def index_status(status: Status) -> str:
    """Return whether the index is in line with the documents, with a button that brings it in line."""
    button = f'<button type="button" class="act" data-act="rebuild">{"Rebuild index" if status.stale else "Check again"}</button>'
    if not status.stale:
        text = f"{counted(status.documents, 'document')}, up to date"
        count = counted(status.documents, "document")
        return (
            f'<div class="status" role="status" data-documents="{count}"><span class="grow">{text}</span>{button}</div>'
        )
    kinds = {"added": status.added, "changed": status.changed, "removed": status.removed}
    touched = {kind: doc_ids for kind, doc_ids in kinds.items() if doc_ids}
    told = [f"{counted(len(doc_ids), 'document')} {kind}" for kind, doc_ids in touched.items()]
    names = label(", ".join([*status.added, *status.changed, *status.removed][:NAMES_SHOWN]))
    text = f'<strong title="{names}">{", ".join(told)}</strong> since the index was built. Answers come from the old texts until it is rebuilt.'
    count = counted(status.documents, "document")
    return f'<div class="status warn" role="status" data-documents="{count}"><span class="grow">{text}</span>{button}</div>'


def rebuilding(done: int, total: int) -> str:
    """Return how far a rebuild is, in bytes of the documents."""
    share = f' value="{done}" max="{total}"' if total else ""
    return (
        '<div class="status" role="status"><label class="grow" for="q-progress">Rebuilding; answers come from the old index meanwhile.</label>'
        f'<progress id="q-progress"{share}></progress></div>'
    )


def rebuild_failed(message: str) -> str:
    """Return why a rebuild did not succeed; the old index still answers."""
    return (
        '<div class="status warn" role="alert"><span class="grow"><strong>Not rebuilt.</strong> '
        f"{shown(message)} The old index still answers.</span>"
        '<button type="button" class="act" data-act="rebuild">Try again</button></div>'
    )


def panel(heading: str, before: str, meta: str, body: str, *, label: str, kind: str = "") -> str:
    """Return the frame of what stands beside the chat: its heading, what stays in sight below it, and what scrolls."""
    return (
        f'<section class="panel" aria-labelledby="vh"><header class="vhead">{before}<h2 id="vh" tabindex="-1">{shown(heading)}</h2>'
        '<button type="button" class="close" data-act="close" aria-label="Close sources panel">✕</button></header>'
        f'{meta}<div class="vbody {kind}" tabindex="0" role="region" aria-label="{label}">{body}</div></section>'
    )


def _about(document: Document) -> str:
    """Author or publisher and date, where they are known, and how many words."""
    known = [document.meta[key] for key in ("author", "publisher", "date") if document.meta.get(key)]
    return " · ".join([*known, f"{len(document.text.split()):,} words"])
