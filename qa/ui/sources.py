"""The frame of a document and the state of the index -> the HTML beside the chat, every piece of text escaped.

In -> out: the records of qa/datatypes.py -> `str` of HTML; the text itself is drawn by qa/ui/document.py.
Does not: know Gradio, or read a document.
"""

from __future__ import annotations

from qa.datatypes import Document
from qa.reports import Status
from qa.text.numbers import counted
from qa.ui.escaping import label, shown
from qa.ui.pages import TOGGLE

CHANGED = "This document has changed since the answer was given: ask again to see where the quote stands now."
NAMES_SHOWN = 20
STEPS = (
    '<span class="step steps" hidden><button type="button" data-act="prev" aria-label="Previous citation">‹</button><b></b>'
    '<button type="button" data-act="next" aria-label="Next citation">›</button></span>'
)
RAW = '<button type="button" class="act" data-act="raw" aria-pressed="false" title="Every character as it was read, markup too">Raw</button>'
BACK = '<button type="button" class="back" data-act="list" aria-label="Back to all sources">←</button>'


def source_text(document: Document, body: str, *, outline: str = "", notice: str = "", page: str = "") -> str:
    """Return the panel of a document: `body` is its text, `page` is shown in its place."""
    find = (
        f'{outline}<label class="find"><span class="sr">Find in this text</span>'
        '<input type="search" id="find" placeholder="Find in this text" autocomplete="off"></label><output id="found"></output>'
        '<span class="step"><button type="button" data-act="findprev" aria-label="Previous match">‹</button>'
        '<button type="button" data-act="findnext" aria-label="Next match">›</button></span>'
    )
    about = f'<div class="vmeta about"><span class="grow">{shown(document.doc_id)} · {shown(_about(document))}</span>{TOGGLE if page else ""}</div>'
    told = f'<p class="notice" role="alert">{shown(notice)}</p>' if notice else ""
    meta = f'{about}<div class="vmeta finder">{find}{RAW}</div>'
    return panel(document.title, BACK, meta, told + page + body, label="Source text", kind="doc", after=STEPS)


def source_missing(reason: str) -> str:
    """Return the panel in place of a document that is no longer indexed, or of all when the index cannot be read."""
    return panel("Sources", BACK, "", f'<p class="notice" role="alert">{shown(reason)}</p>', label="Source text")


def index_status(status: Status) -> str:
    """Return whether the index is in line with the documents, with a button that brings it in line."""
    button = f'<button type="button" class="act" data-act="rebuild">{"Rebuild index" if status.stale else "Check again"}</button>'
    count = counted(status.documents, "document")
    told = f'role="status" data-documents="{count}" data-snapshot="{label(status.snapshot)}"'
    if not status.stale:
        return f'<div class="status" {told}><span class="grow">{count}, up to date</span>{button}</div>'
    kinds = {"added": status.added, "changed": status.changed, "removed": status.removed}
    touched = ", ".join(f"{counted(len(doc_ids), 'document')} {kind}" for kind, doc_ids in kinds.items() if doc_ids)
    names = label(", ".join([*status.added, *status.changed, *status.removed][:NAMES_SHOWN]))
    text = f'<strong title="{names}">{touched}</strong> since the index was built. Answers come from the old texts until it is rebuilt.'
    return f'<div class="status warn" {told}><span class="grow">{text}</span>{button}</div>'


def rebuilding(done: int, total: int) -> str:
    """Return how far a rebuild is, in bytes of the documents."""
    share = f' value="{done}" max="{total}"' if total else ""
    return (
        '<div class="status" role="status"><label class="grow" for="q-progress">Rebuilding; answers come from the old index meanwhile.</label>'
        f'<progress id="q-progress"{share}></progress></div>'
    )


def indexing(done: int, total: int, *, ready: int, documents: int, snapshot: str) -> str:
    """Return how far the first index of a folder is; `snapshot` is the one that answers meanwhile, of `ready` documents."""
    share = f' value="{done}" max="{total}"' if total else ""
    told = f"answers come from the first {ready:,} meanwhile" if ready else "the first can be asked in a moment"
    return (
        f'<div class="status" role="status" data-documents="{counted(ready, "document")}" data-snapshot="{label(snapshot)}" data-indexing>'
        f'<label class="grow" for="q-progress">Indexing {counted(documents, "document")}; {told}.</label>'
        f'<progress id="q-progress"{share}></progress></div>'
    )


def rebuild_failed(message: str, *, first: bool = False) -> str:
    """Return why a rebuild, or a first build, did not succeed; the old index still answers."""
    what, rest = ("Not indexed.", "") if first else ("Not rebuilt.", " The old index still answers.")
    return (
        f'<div class="status warn" role="alert"><span class="grow"><strong>{what}</strong> '
        f"{shown(message)}{rest}</span>"
        '<button type="button" class="act" data-act="rebuild">Try again</button></div>'
    )


def panel(heading: str, before: str, meta: str, body: str, *, label: str, kind: str = "", after: str = "") -> str:
    """Return the frame of what stands beside the chat: its heading, what stays in sight below it, and what scrolls."""
    return (
        f'<section class="panel" aria-labelledby="vh"><header class="vhead">{before}<h2 class="vh" tabindex="-1">{shown(heading)}</h2>{after}'
        '<button type="button" class="close" data-act="close" aria-label="Close sources panel">✕</button></header>'
        f'{meta}<div class="vbody {kind}" tabindex="0" role="region" aria-label="{label}">{body}</div></section>'
    )


def _about(document: Document) -> str:
    """Author or publisher and date, where they are known, and how many words."""
    known = [document.meta[key] for key in ("author", "publisher", "date") if document.meta.get(key)]
    return " · ".join([*known, f"{len(document.text.split()):,} words"])
