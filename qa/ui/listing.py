"""The list of documents beside the chat: where they are read from, what was left out, and a filter -> HTML.

In -> out: documents without their texts and a `Folder` -> `str` of HTML, every piece of text escaped.
Does not: read the folder, or count words: thousands of documents are listed at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from qa.datatypes import Document
from qa.reports import Skipped
from qa.text.documents import kinds
from qa.text.numbers import counted
from qa.ui.escaping import label, shown
from qa.ui.sources import panel

LISTED = 5000
FILTERED_FROM = 8
"""With fewer documents nobody needs a filter."""
REASONS_SHOWN = 50
FOLDERS_SHOWN = 30


@dataclass(frozen=True, slots=True)
class Folder:
    """Where the documents are: the path as this reader may know it, whether files can be added here, what is not indexed."""

    path: str
    upload: bool = False
    skipped: tuple[Skipped, ...] = ()


def source_list(documents: Sequence[Document], folder: Folder) -> str:
    """Return the panel that lists documents by title; beyond LISTED it says how many more there are."""
    ordered = sorted(documents, key=lambda d: (d.title.casefold(), d.doc_id))
    rows = "".join(_row(document, first=n == 0) for n, document in enumerate(ordered[:LISTED]))
    more = len(documents) - LISTED
    told = f'<p class="dm">and {counted(more, "more document")}; a citation opens each.</p>' if more > 0 else ""
    find = (
        '<div class="vmeta finder"><label class="find"><span class="sr">Filter the documents</span>'
        '<input type="search" id="filter" placeholder="Filter by title, folder, author" autocomplete="off"></label>'
        '<output id="listed"></output></div>'
    )
    meta = find if len(documents) >= FILTERED_FROM else ""
    return panel(
        "Sources",
        "",
        meta,
        f'{_folder(folder)}{_asked(len(documents))}{_folders(documents)}<ul class="docs">{rows}</ul>{told}',
        label="List of sources",
    )


def _asked(count: int) -> str:
    """Return which documents are asked while none is ticked (qa/ui/chat.js says which are, where some are)."""
    told = f"All {count:,} are asked: tick some to ask only these."
    return f'<p class="dm which" data-all="{told}">{told}</p>' if count > 1 else ""


def _row(document: Document, *, first: bool) -> str:
    stop = "" if first else " tabindex=-1"
    return (
        f"<li>{_tick(document.doc_id, document.title, first=first)}"
        f'<button type="button" class="docrow" data-open="{escape(document.doc_id)}"{stop}>'
        f'<span class="dt">{shown(document.title)}</span><span class="dm">{shown(_about(document))}</span></button></li>'
    )


def _tick(name: str, title: str, *, first: bool) -> str:
    stop = "" if first else " tabindex=-1"
    named = f'data-within="{escape(name)}" aria-label="{label(f"Ask only {title}")}"'
    return f'<input type="checkbox" class="tick" {named}{stop}>'


def _folders(documents: Sequence[Document]) -> str:
    """Return a tick for each folder, those with the most documents first; one folder that holds them all is no choice."""
    counts = Counter(d.doc_id.rpartition("/")[0] for d in documents if "/" in d.doc_id)
    if max(counts.values(), default=0) == len(documents):
        return ""
    ticks = "".join(
        f'<label class="dm">{_tick(f"{name}/", name, first=n == 0)}{shown(f"{name}/")} ({count:,})</label>'
        for n, (name, count) in enumerate(counts.most_common(FOLDERS_SHOWN))
    )
    return f'<div class="folders" role="group" aria-label="Folders">{ticks}</div>' if ticks else ""


def _about(document: Document) -> str:
    """Author or publisher, date, and the folder it is in; the name of its file where nothing else is known."""
    known = [document.meta[key] for key in ("author", "publisher", "date") if document.meta.get(key)]
    folder = document.doc_id.rpartition("/")[0]
    return " · ".join(filter(None, [*known, f"{folder}/" if folder else ""])) or document.doc_id


def _folder(folder: Folder) -> str:
    add = (
        '<label class="act adder">Add files<input type="file" id="add" class="sr" multiple></label>'
        if folder.upload
        else ""
    )
    drop = " Drop files on the page to add them." if folder.upload else ""
    left = ""
    if folder.skipped:
        reasons = "".join(f"<li>{shown(skipped.reason)}</li>" for skipped in folder.skipped[:REASONS_SHOWN])
        more = len(folder.skipped) - REASONS_SHOWN
        rest = f"<li>and {counted(more, 'more file')}: see `qa status`</li>" if more > 0 else ""
        left = f'<details class="left"><summary>{counted(len(folder.skipped), "file")} left out</summary><ul>{reasons}{rest}</ul></details>'
    return (
        f'<div class="where"><p>Read from <code id="folder">{shown(folder.path)}</code> '
        f'<button type="button" class="quiet" data-act="path">Copy path</button>{add}</p>'
        f'<p class="dm">Kinds of files: {escape(kinds())}.{drop}</p>{left}<div id="adding" role="status"></div></div>'
    )
