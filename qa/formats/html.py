"""HTML: what a browser shows of a page as text, block by block; of a page with one main part, that part.

A menu above the page and links to its own places are furniture; a summary heads what it unfolds.

In -> out: bytes -> `Parsed`; `read_into` adds a page to a text that has begun (chapters of a book, bodies of mail).
Does not: run scripts, load anything, or keep the file's markup.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

from qa.datatypes import Kind, Parsed, Span
from qa.formats.flow import APART, BELOW, Flow
from qa.formats.htmlblocks import SUMMARY_LEVEL
from qa.formats.htmltables import BLOCKS, data_rows, flat, heads_of
from qa.formats.page import address_of, decode, main_of, meta_of, refuse_depth
from qa.formats.terms import Terms
from qa.formats.unseen import is_unseen, leads_about

SUFFIXES = (".html", ".htm", ".xhtml")
VERSION = 5
_ASIDE = frozenset(("nav", "footer", "navigation", "contentinfo", "search"))
"""Tags and roles of what stands beside the text of a page."""
_HEADINGS = {**{f"h{level}": level for level in range(1, 7)}, "summary": SUMMARY_LEVEL}
_LISTS = frozenset(("ul", "ol", "menu"))
_DEFINING = frozenset(("dl", "dt", "dd"))
_KINDS = {
    **{"li": Kind.ITEM, "pre": Kind.CODE, "dd": Kind.DEFINITION, "figcaption": Kind.CAPTION, "caption": Kind.CAPTION},
    **dict.fromkeys(_HEADINGS, Kind.HEADING),
}
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
        headed = tree.css_first("h1, h2, h3") is not None
        _Walker(flow, aside=main is None, headed=headed, own=address_of(tree, text)).walk(main or body)
    return meta_of(tree)


class _Walker:
    """Goes through a tree without recursion; inline text gathers until a block begins or ends."""

    def __init__(self, flow: Flow, *, aside: bool, headed: bool, own: str) -> None:
        self.flow, self._aside, self._own = flow, aside, own
        self._before_heading = headed
        self._leads: list[bool] = []
        """Of each link that is open, whether it leads about the page."""
        self._led: set[bool | None] = set()
        """Where the words that have gathered lead: about the page, elsewhere, or (None) nowhere."""
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
        beside = self._aside and (node.tag in _ASIDE or node.attributes.get("role") in _ASIDE)
        return beside or is_unseen(node)

    def _enter(self, node: Any) -> None:
        tag = node.tag
        if tag == "br":
            self._buffer.append("\n")
        elif tag == "table" and (rows := data_rows(node)):
            self._flush()
            self._settle_terms()
            for caption in node.css("caption"):
                self.flow.add(flat(caption), Kind.CAPTION)
            self.flow.table(rows, heads=heads_of(node))
        else:
            if tag in BLOCKS:
                self._flush()
                self._tags.append(tag)
                self._stack.append((node, True))
            elif tag in ("td", "th"):
                self._buffer.append(" ")
            elif tag == "a" and node.attributes.get("href"):
                self._leads.append(leads_about(node, self._own))
                self._stack.append((node, True))
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
        around = islice(reversed(self._tags), 1, None)
        outer = next((held for held in around if held in _LISTS or held in _DEFINING), "")
        if outer == "dd":
            return self.flow.new_group(), self._terms.explain()
        if self._lists:
            return self._lists[-1]
        self._settle_terms()
        return self.flow.new_group(), self.flow.lead_in()

    def _leave(self, tag: str) -> None:
        if tag == "a":
            self._leads.pop()
            return
        self._flush()
        self._tags.pop()
        if tag in _LISTS:
            self._lists.pop()
        elif tag == "details":
            self.flow.close_headings(SUMMARY_LEVEL)
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
        if any(map(str.isalnum, text)):
            self._led.add(self._leads[-1] if self._leads else None)

    def _flush(self) -> None:
        """Append what has gathered as one block, of the kind that the innermost telling tag gives."""
        text, led = "".join(self._buffer), self._led
        self._buffer, self._led = [], set()
        if not text.strip():
            return
        tag = next((tag for tag in reversed(self._tags) if tag in _KINDS or tag == "dt"), "")
        kind = _KINDS.get(tag, Kind.PARAGRAPH)
        if kind is Kind.HEADING:
            self._before_heading = False
        elif led == {True} or (self._before_heading and led and None not in led):
            kind = Kind.FURNITURE  # contents, "back to the top", a menu above the page
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
