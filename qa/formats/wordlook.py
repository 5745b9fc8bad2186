"""What a reader of a Word file sees of a paragraph: its characters, how they are set, and whether that is as a heading is.

In -> out: paragraphs and styles -> characters; the levels of short paragraphs in bold or larger letters that have no style of a heading.
Does not: make blocks (qa/formats/docx.py), leave out what nobody sees (qa/formats/wordunseen.py did), or take a bold paragraph among bold ones
for a heading.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from xml.etree.ElementTree import Element

from qa.formats.styled import is_table_head
from qa.formats.wordstyles import NO_LEVEL, Style, W, set_as, value_of
from qa.records import record

LONGEST = 80
LARGER = 1.15
_LETTERS_LEAST = 3
_ENDS = (".", ",", ";", ":", "!", "?", "…")
_NO_TEXT = frozenset(f"{W}{tag}" for tag in ("instrText", "delText", "pPr", "txbxContent", "p", "tbl"))
_SIGNS = {f"{W}tab": " ", f"{W}cr": " ", f"{W}br": "\n", f"{W}noBreakHyphen": "\u2011"}
_APART = frozenset((f"{W}tbl", f"{W}txbxContent"))
"""In these a bold line is more often a name than a heading."""


@record
class _Seen:
    """A paragraph with text: may it be a heading, and how is it set?"""

    element: Element
    chars: int
    may: bool
    style: Style


def pieces(paragraph: Element) -> Iterator[tuple[str, Element | None]]:
    """Yield a paragraph's own characters, each piece with the run it is in; of text boxes anchored in it, none."""
    stack: list[tuple[Element, Element | None]] = [(element, None) for element in reversed(paragraph)]
    while stack:
        element, run = stack.pop()
        tag = element.tag
        run = element if tag == f"{W}r" else run
        if tag in _NO_TEXT:
            continue
        if tag == f"{W}t" or tag.endswith("/math}t"):
            yield element.text or "", run
        elif tag in _SIGNS:
            yield _SIGNS[tag], run
        stack += ((child, run) for child in reversed(element))


def text_of(paragraph: Element) -> str:
    """Return a paragraph's own characters."""
    return "".join(text for text, _ in pieces(paragraph))


def style_of(paragraph: Element, styles: Mapping[str, Style]) -> Style:
    """Return the style a paragraph has by its name."""
    name = value_of(paragraph, "pPr/pStyle")
    return styles.get(name, Style(name))


def headings_by_look(root: Element, styles: Mapping[str, Style]) -> dict[Element, int]:
    """Return the paragraphs that are set like headings, with their levels: below all that are headings by their style."""
    seen = list(_seen(root, styles))
    sizes: Counter[int] = Counter()
    for each in seen:
        sizes[each.style.size] += each.chars
    usual = sizes.most_common(1)[0][0] if sizes else 0
    found = [each for i, each in enumerate(seen) if each.may and _stands_out(each, usual) and _is_alone(seen, i, usual)]
    above = max((each.style.level for each in seen if each.style.level < NO_LEVEL), default=0)
    order = sorted({each.style.size for each in found}, reverse=True)
    return {each.element: min(above + 1 + order.index(each.style.size), NO_LEVEL - 1) for each in found}


def _seen(root: Element, styles: Mapping[str, Style]) -> Iterator[_Seen]:
    """Yield every paragraph with text, in the order of the file."""
    stack = [(root, True)]
    while stack:
        element, may = stack.pop()
        if element.tag == f"{W}p" and (text := text_of(element)).strip():
            style = style_of(element, styles)
            short = len(text) <= LONGEST and ":" not in text and not text.rstrip().endswith(_ENDS)
            may_be = may and short and not style.in_contents and sum(map(str.isalpha, text)) >= _LETTERS_LEAST
            yield _Seen(element, len(text), may_be, _look(element, styles, style))
        may = may and element.tag not in _APART
        stack += ((child, may) for child in reversed(element))


def _look(paragraph: Element, styles: Mapping[str, Style], style: Style) -> Style:
    """Return how the letters of a paragraph are set: bold where all of them are, as large as the smallest."""
    looks = []
    for run in {id(run): run for text, run in pieces(paragraph) if run is not None and text.strip()}.values():
        own = styles.get(value_of(run, "rPr/rStyle"), Style())
        base = set_as(run.find(f"{W}rPr"), style)
        looks.append((base.bold or own.bold, base.size))
    if not looks:
        return style
    bold, size = all(bold for bold, _ in looks), min(size for _, size in looks)
    return Style(style.name, style.level, bold, size, style.in_contents)


def heads_by_look(table: Element, styles: Mapping[str, Style]) -> int:
    """Return how many rows at the top of a table have nothing but bold cells, 0 where all have or only one cell is filled."""
    rows = [list(row.iter(f"{W}tc")) for row in table.iter(f"{W}tr")]
    named = next((n for n, cells in enumerate(rows) if not _names(cells, styles)), len(rows))
    return named if named < len(rows) and sum(any(map(text_of, cell.iter(f"{W}p"))) for cell in rows[0]) > 1 else 0


def _names(cells: Iterable[Element], styles: Mapping[str, Style]) -> bool:
    """Tell whether all that stands in some cells is bold, or in the style of a table's heads."""
    said = [each for cell in cells for each in cell.iter(f"{W}p") if text_of(each).strip()]
    return bool(said) and all(
        is_table_head((style := style_of(each, styles)).name) or _look(each, styles, style).bold for each in said
    )


def _stands_out(each: _Seen, usual: int) -> bool:
    return each.style.level == NO_LEVEL and (each.style.bold or each.style.size > LARGER * usual > 0)


def _is_alone(seen: Sequence[_Seen], i: int, usual: int) -> bool:
    """Tell whether something follows that is set otherwise, and what is before is, too."""
    return i + 1 < len(seen) and not any(
        _stands_out(other, usual) and other.style.size == seen[i].style.size
        for other in (*seen[max(i - 1, 0) : i], seen[i + 1])
    )
