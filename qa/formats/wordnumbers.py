"""The numbers that Word sets before paragraphs when it shows a file: "2.1", "(a)", "Article IV".

In -> out: word/numbering.xml, styles and the text's tree -> of each numbered paragraph its `Place` in its list, with what stands before it.
Does not: show bullets (a sign says nothing), or count in words ("First").
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from xml.etree.ElementTree import Element

from qa.formats.wordlook import style_of
from qa.formats.wordstyles import Style, W, number_of, value_of
from qa.patterns import pattern
from qa.records import record

_DEEPEST = 9
_PLACEHOLDER = pattern(r"%([1-9])")
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"),
          (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip


@record
class Place:
    """How deep in its list a paragraph stands, and what Word shows before it: "" of a bullet."""

    level: int
    shown: str = ""
    name: str = ""
    """What its list is called."""
    is_first: bool = True


@record
class _Level:
    """How the paragraphs of one level are numbered; `shown` is "" where they are not."""

    start: int
    form: str
    shown: str
    in_figures: bool
    """Whether the levels above are shown in figures, too, whatever they have themselves."""


@dataclass
class _List:
    """A list's levels, and how far each was counted."""

    levels: Mapping[int, _Level]
    by_style: Mapping[str, int]
    counts: dict[int, int] = field(default_factory=dict)

    @property
    def start(self) -> int:
        """What its first paragraph has."""
        return self.levels[0].start if 0 in self.levels else 1

    def next(self, level: int) -> str:
        """Count a paragraph, and return what stands before it."""
        if level not in self.levels:
            return ""
        for above in range(level):
            self.counts.setdefault(above, self.levels[above].start if above in self.levels else 1)
        self.counts[level] = self.counts[level] + 1 if level in self.counts else self.levels[level].start
        self.counts = {each: count for each, count in self.counts.items() if each <= level}
        own = self.levels[level]

        def number(n: int) -> str:
            other = self.levels.get(n)
            return _FORMS.get("decimal" if own.in_figures or other is None else other.form, str)(self.counts.get(n, 1))

        return _PLACEHOLDER.sub(lambda found: number(int(found[1]) - 1), own.shown).strip()


def places_of(root: Element, styles: Mapping[str, Style], numbering: Element | None) -> dict[Element, Place]:
    """Return the paragraphs below `root` that are numbered or have a bullet, in the order of the file; empty ones are counted, too."""
    lists = _lists(numbering) if numbering is not None else {}
    found: dict[Element, Place] = {}
    for paragraph in root.iter(f"{W}p"):
        if paragraph.find(f"{W}pPr/{W}rPr/{W}del") is not None:
            continue  # it was deleted as a paragraph, and is not counted
        style = style_of(paragraph, styles)
        name = value_of(paragraph, "pPr/numPr/numId") or style.list_name
        if not name or name == "0":
            continue
        held = lists.get(name)
        by_style = held.by_style.get(value_of(paragraph, "pPr/pStyle"), 0) if held else 0
        deep = value_of(paragraph, "pPr/numPr/ilvl") or style.list_level
        level = min(int(deep) if deep.isdecimal() else by_style, _DEEPEST - 1)
        found[paragraph] = (
            Place(level, held.next(level), name, held.counts == {0: held.start}) if held else Place(level)
        )
    return found


def _lists(numbering: Element) -> dict[str, _List]:
    """Return the lists by the names that paragraphs call them by; of several names one list may be counted on."""
    kinds = {element.get(f"{W}abstractNumId", ""): element for element in numbering.iter(f"{W}abstractNum")}
    styled = {value_of(kind, "styleLink"): kind for kind in kinds.values()}
    counted: dict[str, _List] = {}
    lists: dict[str, _List] = {}
    for number in numbering.iter(f"{W}num"):
        name = value_of(number, "abstractNumId")
        kind = kinds.get(name)
        if kind is not None and (linked := value_of(kind, "numStyleLink")):
            kind = styled.get(linked, kind)
        if kind is None:
            continue
        own = list(number.iter(f"{W}lvlOverride"))
        levels = {**_levels(kind), **_levels(number)}
        for each in own:
            n, start = _level_of(each), value_of(each, "startOverride")
            if start.isdecimal() and n in levels:
                levels[n] = replace(levels[n], start=int(start[:6]))
        by_style = {said: _level_of(level) for level in kind.iter(f"{W}lvl") if (said := value_of(level, "pStyle"))}
        fresh = _List(levels, by_style)
        lists[number.get(f"{W}numId", "")] = fresh if own else counted.setdefault(name, fresh)
    return lists


def _levels(element: Element) -> dict[int, _Level]:
    found = {}
    for level in element.iter(f"{W}lvl"):
        form, shown = value_of(level, "numFmt") or "decimal", value_of(level, "lvlText")
        is_numbered = form in _FORMS and _PLACEHOLDER.search(shown) is not None
        start = number_of(level.find(f"{W}start"), 1)
        found[_level_of(level)] = _Level(start, form, shown if is_numbered else "", level.find(f"{W}isLgl") is not None)
    return found


def _level_of(element: Element) -> int:
    """Return which level an element is said of."""
    said = element.get(f"{W}ilvl", "0")
    return int(said) if said.isdecimal() and len(said) == 1 else 0


def _letters(number: int) -> str:
    """Return a letter, doubled after z as Word does it."""
    return chr(ord("a") + (number - 1) % 26) * min((number - 1) // 26 + 1, 9) if number > 0 else "0"


def _roman(number: int) -> str:
    said = ""
    for size, sign in _ROMAN:
        said += sign * min(number // size, 9)
        number %= size
    return said or "0"


_FORMS: Mapping[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalZero": lambda number: f"{number:02}",
    "lowerLetter": _letters,
    "upperLetter": lambda number: _letters(number).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda number: _roman(number).upper(),
    "ordinal": str,
}
