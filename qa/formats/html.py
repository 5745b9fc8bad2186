"""HTML: what a browser shows of a page as text, block by block; of a page with one main part, that part.

In -> out: bytes -> `Parsed`; `read_into` adds a page to a text that has begun (chapters of a book, bodies of mail).
Does not: run scripts, load anything, or keep the file's markup.
"""

from __future__ import annotations

import re
from typing import Any

from qa.datatypes import Kind, Parsed, Span
from qa.formats.flow import APART, BELOW, CELL_CHARS, Flow
from qa.formats.page import decode, main_of, meta_of, refuse_depth
from qa.formats.spanned import Cell, spread
from qa.formats.terms import Terms

SUFFIXES = (".html", ".htm", ".xhtml")
VERSION = 3
_SKIPPED_TAGS = (
    "script style noscript template svg head iframe object embed audio video canvas select datalist button textarea"
    " -comment !doctype -doctype"
)
_BLOCK_TAGS = (
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure footer form"
    " h1 h2 h3 h4 h5 h6 header hgroup hr li main nav ol p pre section summary table tbody tfoot thead tr ul"
)
_SKIPPED, _BLOCKS = frozenset(_SKIPPED_TAGS.split()), frozenset(_BLOCK_TAGS.split())
_ASIDE = frozenset(("nav", "footer"))
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_LISTS = frozenset(("ul", "ol", "menu"))
_DEFINING = frozenset(("dl", "dt", "dd"))
_KINDS = {
    **{"li": Kind.ITEM, "pre": Kind.CODE, "dd": Kind.DEFINITION, "figcaption": Kind.CAPTION, "caption": Kind.CAPTION},
    **dict.fromkeys(_HEADINGS, Kind.HEADING),
}
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_BLANKS = re.compile(r"[ \t\n\r\f]+")


def parse(data: bytes, name: str) -> Parsed:
    """Read an HTML file."""
    flow = Flow()
    return flow.done(read_into(flow, decode(data)))


def read_into(flow: Flow, text: str) -> dict[str, str]:
    """Append a page to `flow`; return what it says of itself."""
    from selectolax.lexbor import LexborHTMLParser

    refuse_depth(text)
    tree = LexborHTMLParser(text)
    tree.strip_tags(["script", "style", "noscript", "template", "svg"])  # so that they do not count as text of the page
    body = tree.body
    if body is not None:
        main = main_of(tree, body)
        _Walker(flow, aside=main is None).walk(main or body)
    return meta_of(tree)


class _Walker:
    """Goes through a tree without recursion; inline text gathers until a block begins or ends."""

    def __init__(self, flow: Flow, *, aside: bool) -> None:
        self.flow, self._aside = flow, aside
        self._buffer: list[str] = []
        self._stack: list[tuple[Any, bool]] = []
        self._tags: list[str] = []
        self._lists: list[tuple[int, Span | None]] = []
        self._terms = Terms(flow)

    def walk(self, root: Any) -> None:
        """Append everything below `root`."""
        self._stack.append((root, False))
        while self._stack:
            node, leaving = self._stack.pop()
            if leaving:
                self._leave(node.tag)
            elif node.tag == "-text":
                self._text(node.text_content or "")
            elif not self._is_hidden(node):
                self._enter(node)
        self._flush()

    def _is_hidden(self, node: Any) -> bool:
        if node.tag in _SKIPPED or (self._aside and node.tag in _ASIDE):
            return True
        return _is_unseen(node) or (self._aside and node.attributes.get("role") == "navigation")

    def _enter(self, node: Any) -> None:
        tag = node.tag
        if tag == "br":
            self._buffer.append("\n")
        elif tag == "table" and (rows := _data_rows(node)):
            self._flush()
            self._settle_terms()
            for caption in node.css("caption"):
                self.flow.add(_flat(caption), Kind.CAPTION)
            self.flow.table(rows, heads=_heads(node))
        else:
            if tag in _BLOCKS:
                self._flush()
                self._tags.append(tag)
                self._stack.append((node, True))
            elif tag in ("td", "th"):
                self._buffer.append(" ")
            self._open(tag)
            kids = []
            kid = node.child
            while kid is not None:
                kids.append((kid, False))
                kid = kid.next
            self._stack += reversed(kids)

    def _open(self, tag: str) -> None:
        """Begin a list, or a term; a list inside another goes on with it, one that explains a term stands under that."""
        if tag == "dl":
            self._terms.open_list()
        elif tag == "dt":
            self._terms.open_term()
        elif tag in _LISTS:
            self._lists.append(self._list())

    def _list(self) -> tuple[int, Span | None]:
        outer = next((held for held in reversed(self._tags[:-1]) if held in _LISTS or held in _DEFINING), "")
        if outer == "dd":
            return self.flow.new_group(), self._terms.explain()
        if self._lists:
            return self._lists[-1]
        self._settle_terms()
        return self.flow.new_group(), self.flow.lead_in()

    def _leave(self, tag: str) -> None:
        self._flush()
        self._tags.pop()
        if tag in _LISTS:
            self._lists.pop()
        elif tag == "dl":
            self._terms.close_list()
        elif tag == "dd":
            self._terms.give_up()

    def _settle_terms(self) -> Span | None:
        """Return the terms that what is added now explains, None outside of their meaning."""
        inner = next((tag for tag in reversed(self._tags) if tag in _DEFINING), "")
        if inner == "dd":
            return self._terms.explain()
        self._terms.give_up()
        return None

    def _text(self, text: str) -> None:
        self._buffer.append(text if "pre" in self._tags else _BLANKS.sub(" ", text))

    def _flush(self) -> None:
        """Append what has gathered as one block, of the kind that the innermost telling tag gives."""
        text = "".join(self._buffer)
        self._buffer.clear()
        if not text.strip():
            return
        tag = next((tag for tag in reversed(self._tags) if tag in _KINDS or tag == "dt"), "")
        kind = _KINDS.get(tag, Kind.PARAGRAPH)
        if kind is not Kind.CODE:
            text = re.sub(r"(?<! ) *\n *", "\n", re.sub(r" {2,}", " ", text))
        if tag == "dt":
            self._terms.add(text)
            return
        term = self._settle_terms()
        if kind is Kind.ITEM and self._lists:
            group, lead = self._lists[-1]
            goes_on = self.flow.last is not None and self.flow.last.group == group
            self.flow.add(
                text, kind, level=len(self._lists) - 1, lead=lead, group=group, gap=BELOW if goes_on else APART
            )
        elif kind is Kind.DEFINITION and term is None:
            self.flow.add(text)
        elif kind is Kind.DEFINITION:
            self.flow.add(text, kind, lead=term, gap=BELOW)
        else:
            self.flow.add(text, kind, level=_HEADINGS.get(tag, 0))


def _is_unseen(node: Any) -> bool:
    attributes = node.attributes
    if "hidden" in attributes or attributes.get("aria-hidden") == "true":
        return True
    return bool(_HIDDEN.search(attributes.get("style") or ""))


def _data_rows(table: Any) -> list[list[str]]:
    """Return the cells of a table that is one; none where it only arranges a page."""
    if table.css_first("table table, h1, h2, h3, pre, ul, ol, form") is not None:
        return []
    rows = spread([_cell(cell) for cell in row.iter() if cell.tag in ("td", "th")] for row in table.css("tr"))
    if any(len(cell) > CELL_CHARS for row in rows for cell in row) or all(sum(map(bool, row)) < 2 for row in rows):
        return []
    return rows


def _cell(node: Any) -> Cell:
    across, down = (_reach(node.attributes.get(name)) for name in ("colspan", "rowspan"))
    return Cell(_flat(node), across, down)


def _reach(said: str | None) -> int:
    return int(said) if said and re.fullmatch(r"[1-9][0-9]{0,4}", said.strip()) else 1


def _heads(table: Any) -> int | None:
    """Return how many rows there are in the head of a table, or have nothing but names, before all others; None where no row tells."""
    headed = sum(len(list(row.iter())) > 1 for row in table.css("thead tr"))
    if headed:
        return headed
    rows = [tags for row in table.css("tr") if len(tags := [cell.tag for cell in row.iter()]) > 1]
    named = next((n for n, tags in enumerate(rows) if set(tags) - {"th"}), len(rows))
    return named or (None if rows and rows[0][:1] != ["th"] else 0)


def _flat(node: Any) -> str:
    """Return what is seen of a cell on one line; a word goes on through a tag that is inside of running text."""
    found: list[str] = []
    stack = [node]
    while stack:
        inner = stack.pop()
        if inner.tag == "-text":
            found.append(inner.text_content or "")
        elif inner.tag not in _SKIPPED and not _is_unseen(inner):
            found.append(" " if inner.tag == "br" or inner.tag in _BLOCKS else "")
            kids = []
            kid = inner.child
            while kid is not None:
                kids.append(kid)
                kid = kid.next
            stack += reversed(kids)
    return " ".join("".join(found).split())
