"""HTML: what a browser shows of a page as text, block by block; of a page with one main part, that part.

In -> out: bytes -> `Parsed`; `read_into` adds a page to a text that has begun (chapters of a book, bodies of mail).
Does not: run scripts, load anything, or keep the file's markup.
"""

from __future__ import annotations

import codecs
import re
from typing import Any

from qa.datatypes import Kind, Parsed, Span
from qa.formats.flow import APART, BELOW, CELL_CHARS, Flow
from qa.formats.reading import Unreadable

SUFFIXES = (".html", ".htm", ".xhtml")
VERSION = 1
MAX_DEPTH = 5_000
MAIN_SHARE = 0.5
"""Least share of the page's text in a `main` or `article` that is taken to be the document."""
_SKIPPED_TAGS = (
    "script style noscript template svg head iframe object embed audio video canvas select datalist button textarea"
    " -comment !doctype -doctype"
)
_BLOCK_TAGS = (
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure footer form"
    " h1 h2 h3 h4 h5 h6 header hgroup hr li main nav ol p pre section summary table tbody tfoot thead tr ul"
)
_SELF_CLOSING_TAGS = (
    "p li td th tr dt dd thead tbody tfoot option area base br col embed hr img input link meta source track wbr"
)
_SKIPPED, _BLOCKS = frozenset(_SKIPPED_TAGS.split()), frozenset(_BLOCK_TAGS.split())
_CLOSED_BY_ITSELF = frozenset(_SELF_CLOSING_TAGS.split())
_ASIDE = frozenset(("nav", "footer"))
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_LISTS = frozenset(("ul", "ol", "menu", "dl"))
_KINDS = {
    **{"li": Kind.ITEM, "pre": Kind.CODE, "dd": Kind.DEFINITION, "figcaption": Kind.CAPTION, "caption": Kind.CAPTION},
    **dict.fromkeys(_HEADINGS, Kind.HEADING),
}
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w:.-]+)", re.I)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_BLANKS = re.compile(r"[ \t\n\r\f]+")
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def parse(data: bytes, name: str) -> Parsed:
    """Read an HTML file."""
    flow = Flow()
    return flow.done(read_into(flow, decode(data)))


def decode(data: bytes) -> str:
    """Return the characters of a page: by its mark, its own word, UTF-8, or else as Windows-1252, as browsers do."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    said = _CHARSET.search(data[:2048])
    try:
        name = codecs.lookup(said.group(1).decode("ascii", "replace")).name if said else "utf-8"
    except LookupError:
        name = "utf-8"
    for encoding in ("utf-8" if name.startswith("utf-16") else "cp1252" if name == "iso8859-1" else name, "utf-8"):
        try:
            return data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("cp1252", "replace")


def read_into(flow: Flow, text: str) -> dict[str, str]:
    """Append a page to `flow`; return what it says of itself."""
    from selectolax.lexbor import LexborHTMLParser

    _refuse_depth(text)
    tree = LexborHTMLParser(text)
    tree.strip_tags(["script", "style", "noscript", "template", "svg"])  # so that they do not count as text of the page
    body = tree.body
    if body is not None:
        main = _main_of(tree, body)
        _Walker(flow, aside=main is None).walk(main or body)
    return _meta(tree)


def _refuse_depth(text: str) -> None:
    """Refuse a page with thousands of tags inside one another: no person wrote it, and it would take minutes."""
    depth = 0
    for match in _TAG.finditer(text):
        if match.group(2).lower() not in _CLOSED_BY_ITSELF:
            depth = max(0, depth + (-1 if match.group(1) else 1))
            if depth > MAX_DEPTH:
                raise Unreadable(f"has more than {MAX_DEPTH} tags open at once: it is damaged, or made to do harm.")


def _main_of(tree: Any, body: Any) -> Any:
    """Return the one `main` or `article` that holds most of the page's text."""
    total = len(body.text(separator=" "))
    for selector in ("main", "[role=main]", "article"):
        found = tree.css(selector)
        if len(found) == 1 and len(found[0].text(separator=" ")) >= MAIN_SHARE * total:
            return found[0]
    return None


def _meta(tree: Any) -> dict[str, str]:
    title = tree.css_first("title")
    found = {"title": title.text().strip() if title is not None else ""}
    for key, names in (("author", ("author",)), ("date", ("article:published_time", "date", "dcterms.date"))):
        for name in names:
            node = tree.css_first(f'meta[name="{name}"], meta[property="{name}"]')
            if node is not None and key not in found:
                found[key] = (node.attributes.get("content") or "").strip()
    if "T" in found.get("date", ""):
        found["date"] = found["date"][:10]
    return {key: value for key, value in found.items() if value}


class _Walker:
    """Goes through a tree without recursion; inline text gathers until a block begins or ends."""

    def __init__(self, flow: Flow, *, aside: bool) -> None:
        self.flow, self._aside = flow, aside
        self._buffer: list[str] = []
        self._stack: list[tuple[Any, bool]] = []
        self._tags: list[str] = []
        self._lists: list[tuple[int, Span | None]] = []
        self._term: Span | None = None

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
        attributes = node.attributes
        if "hidden" in attributes or attributes.get("aria-hidden") == "true":
            return True
        if self._aside and attributes.get("role") == "navigation":
            return True
        return bool(_HIDDEN.search(attributes.get("style") or ""))

    def _enter(self, node: Any) -> None:
        tag = node.tag
        if tag == "br":
            self._buffer.append("\n")
        elif tag == "table" and (rows := _data_rows(node)):
            self._flush()
            for caption in node.css("caption"):
                self.flow.add(_flat(caption), Kind.CAPTION)
            self.flow.table(rows, header=_has_header(node))
        else:
            if tag in _BLOCKS:
                self._flush()
                self._tags.append(tag)
                self._stack.append((node, True))
            elif tag in ("td", "th"):
                self._buffer.append(" ")
            if tag in _LISTS:
                self._lists.append(
                    (self._lists[0][0], self._lists[0][1])
                    if self._lists
                    else (self.flow.new_group(), self.flow.lead_in())
                )
            kids = []
            kid = node.child
            while kid is not None:
                kids.append((kid, False))
                kid = kid.next
            self._stack += reversed(kids)

    def _leave(self, tag: str) -> None:
        self._flush()
        self._tags.pop()
        if tag in _LISTS:
            self._lists.pop()

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
            text = re.sub(r" *\n *", "\n", re.sub(r" {2,}", " ", text))
        if kind is Kind.ITEM and self._lists:
            group, lead = self._lists[-1]
            goes_on = self.flow.last is not None and self.flow.last.group == group
            self.flow.add(
                text, kind, level=len(self._lists) - 1, lead=lead, group=group, gap=BELOW if goes_on else APART
            )
        elif tag in ("dt", "dd"):
            span = self.flow.add(
                text, kind, lead=self._term if tag == "dd" else None, gap=BELOW if tag == "dd" else APART
            )
            self._term = span if tag == "dt" else self._term
        else:
            self.flow.add(text, kind, level=_HEADINGS.get(tag, 0))


def _data_rows(table: Any) -> list[list[str]]:
    """Return the cells of a table that is one; none where it only arranges a page."""
    if table.css_first("table table, h1, h2, h3, pre, ul, ol, form") is not None:
        return []
    rows = [[_flat(cell) for cell in row.iter() if cell.tag in ("td", "th")] for row in table.css("tr")]
    if any(len(cell) > CELL_CHARS for row in rows for cell in row) or max(map(len, rows), default=0) < 2:
        return []
    return rows


def _has_header(table: Any) -> bool:
    first = table.css_first("tr")
    return table.css_first("thead") is not None or all(cell.tag == "th" for cell in first.iter())


def _flat(node: Any) -> str:
    return " ".join(node.text(separator=" ", skip_empty=True).split())
