"""The text of a quote -> HTML in which the answering words are bold and markup is not seen.

In -> out: a piece of a document and what is known of its characters -> `str` of HTML whose text is that piece, to the character.
Does not: leave a character out: what a reader does not see is there for whoever copies.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise

from qa.datatypes import Citation, Kind, Span
from qa.formats import format_of, parse_file
from qa.ui.escaping import inline

READ_ALONE = (".rst", ".org")
"""A quote of these is read like a file of its own to know its markup."""
_ITEM = re.compile(r"\s*([-*+•]|\d+|[a-zA-Z])(?:[.)]|(?<=[-*+•]))\s")
_BREAK = re.compile(r"\\(?=\r?\n)|(?<![ \t])[ \t]{2,}(?=\r?\n)")
_SPEAKER = re.compile(r"\**([^\W\d_][^\n:<>*]{0,40})\**:\**\s+(?=\S)")
"""The name that a turn begins with, and a colon."""
_BREAK_MARK, _BR = re.compile(r"\\|[ \t]{2,}"), re.compile(r"<br\s*/?>", re.IGNORECASE)
"""What breaks a line of Markdown."""
_TICKS = re.compile(r"[*_~\[!]*(`{1,2})(?:[*_~]*|\].*)", re.DOTALL)
"""A mark of code, with those that stand right beside it."""
_INNER = re.compile(r"(?![^\S\n]*+(?:[-*+•]|\d++[.)])\s)(?:[^\S\n]*+\S[^\n]*+\n)+?[ \t]{2,}+(?:[-*+•]|\d++[.)])\s")
"""An item without its mark, and the first item below it."""


def quoted_html(text: str, start: int, hidden: Sequence[Span] = (), answer: Span | None = None) -> str:
    """Return `text`, which begins at `start` of its document; `answer` is in the document's coordinates, `hidden` in those of `text`."""
    bold = [Span(max(answer.start - start, 0), max(answer.end - start, 0))] if answer else []
    code = code_in(text, hidden)
    edges = (edge for span in (*hidden, *bold) for edge in (span.start, span.end))
    cuts = sorted({0, len(text), *(min(edge, len(text)) for edge in edges)})
    return "".join(
        _piece(inline(text[a:b]), seen=not _within(hidden, a, b), bold=_within(bold, a, b), code=_within(code, a, b))
        + broken(text, a, b)
        for a, b in pairwise(cuts)
    )


def _piece(html: str, *, seen: bool, bold: bool, code: bool) -> str:
    if not seen:
        return f'<span class="mk" aria-hidden="true">{html}</span>'
    html = f"<code>{html}</code>" if code else html
    return f"<b>{html}</b>" if bold else html


def code_in(text: str, hidden: Sequence[Span]) -> list[Span]:
    """Return what stands between two marks of code, as `hidden` has these marks."""
    found: list[Span] = []
    opened: tuple[int, str] | None = None
    for each in sorted(hidden, key=lambda each: each.start) if "`" in text else ():
        if not (mark := _TICKS.fullmatch(each.of(text))):
            continue
        if opened and opened[1] == mark[1]:
            found.append(Span(opened[0], each.start))
            opened = None
        else:
            opened = each.end, mark[1]
    return found


def broken(text: str, start: int, end: int) -> str:
    """Return a break of the line after markup that breaks it: a tag, or what ends a line of Markdown in that way."""
    piece, ends = text[start:end], text[end : end + 2].startswith(("\n", "\r\n"))
    return "<br>" if _BR.fullmatch(piece) or (ends and _BREAK_MARK.fullmatch(piece)) else ""


def _within(spans: Sequence[Span], start: int, end: int) -> bool:
    return any(span.start <= start and end <= span.end for span in spans)


@lru_cache(maxsize=4096)
def hidden_in(text: str, doc_id: str) -> tuple[Span, ...]:
    """Return which characters of a quote are markup, as the format of its document writes it."""
    if ending := next((each for each in READ_ALONE if doc_id.lower().endswith(each)), ""):
        return parse_file(text.encode("utf-8"), f"quote{ending}").hidden
    if not flows_in(doc_id):
        return ()
    blocks, hidden = _read(text)
    code = [span for span, kind in blocks if kind is Kind.CODE]
    return (*hidden, *(each for each in breaks_in(text) if not _within(code, each.start, each.end)))


@lru_cache(maxsize=4096)
def _read(text: str) -> tuple[tuple[tuple[Span, Kind], ...], tuple[Span, ...]]:
    """Return the blocks and the markup of Markdown. An item whose mark is not quoted is read with one: what is below it is no code."""
    mark = "- " if _INNER.match(text) else ""
    read = parse_file((mark + text).encode("utf-8"), "quote.md")
    blocks = [(each.span, each.kind) for each in read.blocks]
    spans = [
        Span(max(each.start - len(mark), 0), each.end - len(mark)) for each in (*(b for b, _ in blocks), *read.hidden)
    ]
    at = len(blocks)
    return (
        tuple(zip(spans[:at], (kind for _, kind in blocks), strict=True)),
        tuple(each for each in spans[at:] if each.end > each.start),
    )


def hidden_after(hidden: Iterable[Span], start: int) -> list[Span]:
    """Return what is markup in the rest of a text from `start` on, counted from there."""
    return [Span(max(each.start - start, 0), each.end - start) for each in hidden if each.end > start]


def turn_html(citation: Citation) -> str:
    """Return what a speaker says that the quote itself names, the name above it as it stands above other quotes; "" where it names none."""
    if citation.kind is not Kind.TURN or citation.lead is not None:
        return ""
    return _said_html(citation, Span(0, len(citation.text)), hidden_in(citation.text, citation.doc_id))


def _said_html(citation: Citation, span: Span, hidden: Sequence[Span]) -> str:
    """Return a piece of a quote that begins with the name of who says it, the name above it; "" where it begins with none."""
    text, start = span.of(citation.text), citation.span.start + span.start
    said = _SPEAKER.match(text)
    if said is None:
        return ""
    name = Span(*said.span(1))
    marks = [Span(0, name.start), Span(name.end, said.end())]
    who = quoted_html(text[: said.end()], start, [each for each in marks if each.start < each.end])
    rest = quoted_html(text[said.end() :], start + said.end(), hidden_after(hidden, said.end()), citation.answer)
    return f'<span class="who">{who}</span>{rest}'


def flows_in(doc_id: str) -> bool:
    """Tell whether a line of a document may end anywhere, and means no more than a space."""
    return format_of(doc_id) == "markdown"


def breaks_in(text: str) -> list[Span]:
    """Return what breaks a line of running text in Markdown, a backslash or blanks at its end; none within code."""
    marks = (match.span() for match in _BREAK.finditer(text))
    return [Span(*edges) for edges in marks if not text.count("`", 0, edges[0]) % 2]


def pieces_of(citation: Citation) -> tuple[tuple[Span, Kind], ...]:
    """Return the pieces of a quote that is code, or more than one paragraph or item; none of a sentence or of one item."""
    if citation.kind is Kind.ROW:
        return ()
    pieces = _blocks_in(citation.text, citation.doc_id, citation.kind)
    return pieces if citation.kind is Kind.CODE or len(pieces) > 1 else ()


def piece_html(citation: Citation, span: Span, kind: Kind) -> str:
    """Return code and items as such, what is no text unseen, and all else as text."""
    code = kind is Kind.CODE
    hidden = hidden_in(citation.text, citation.doc_id)
    inside = hidden_after([each for each in hidden if each.start < span.end], span.start)
    mark = _ITEM.match(span.of(citation.text)) if kind is Kind.ITEM else None
    if mark and mark[1].isalnum():  # a number is seen
        inside = [Span(max(each.start, mark.end()), each.end) for each in inside if each.end > mark.end()]
    inside += blank_edges(span.of(citation.text), inside) if code else _blank_ends(span.of(citation.text), inside)
    said = _said_html(citation, span, inside) if citation.kind is Kind.TURN and not code else ""
    text = said or quoted_html(span.of(citation.text), citation.span.start + span.start, inside, citation.answer)
    if kind is Kind.FURNITURE:
        return f'<span class="mk" aria-hidden="true">{text}</span>'
    return f"<pre>{text}</pre>" if code else f'<span class="{_class(mark)}">{text}</span>'


def _class(mark: re.Match[str] | None) -> str:
    return "says" if mark is None else "num" if mark[1].isalnum() else "dot"


def blank_edges(text: str, fences: Sequence[Span]) -> list[Span]:
    """Return the white space at the end of a piece, and that beside the marks around code: empty lines to nobody's use."""
    found = [Span(len(text.rstrip()), len(text))]
    for fence in fences:
        if not fence.of(text).lstrip(" >\t").startswith(("`", "~")):
            continue  # it is indented
        before, after = text[: fence.start], text[fence.end :]
        found += [Span(len(before.rstrip()), fence.start), Span(fence.end, len(text) - len(after.lstrip("\r\n")))]
    return [each for each in found if each.start < each.end]


def _blank_ends(text: str, hidden: Sequence[Span]) -> list[Span]:
    """Return the white space at the end of a text, and that at its beginning behind what is not seen."""
    at = 0
    for each in sorted(hidden, key=lambda each: each.start):
        if text[at : each.start].strip():
            break
        at = max(at, each.end)
    first = len(text) - len(text[at:].lstrip()) if at else 0
    return [each for each in (Span(0, first), Span(len(text.rstrip()), len(text))) if each.start < each.end]


@lru_cache(maxsize=4096)
def _blocks_in(text: str, doc_id: str, kind: Kind) -> tuple[tuple[Span, Kind], ...]:
    """Return the pieces of a quote, in order, and of each what it is: code and what announces it, items and what leads to them."""
    one = ((Span(0, len(text)), kind),)
    if not flows_in(doc_id):
        return one
    blocks, _ = _read(text)
    starts = [0, *(span.start for span, _ in blocks[1:]), len(text)]
    if kind is Kind.CODE and all(each is not kind for _, each in blocks):
        return one
    return tuple((Span(*edges), each) for edges, (_, each) in zip(pairwise(starts), blocks, strict=True)) or one


def seen_text(text: str, doc_id: str) -> str:
    """Return a text without its markup, for headings and leads."""
    gone = {at for span in hidden_in(text, doc_id) for at in range(span.start, span.end)}
    return "".join(c for at, c in enumerate(text) if at not in gone).strip()
