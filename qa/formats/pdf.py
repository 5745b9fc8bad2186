"""PDF: the glyphs that PDFium reads on each page, in the order of the content (but for gaps, qa/formats/gaps.py, and notes at
the foot of a page, qa/formats/pdfnotes.py, which stand behind the paragraph that the page ends in), each with its page and box.

In -> out: bytes -> `Parsed` with pages and boxes; white space is the reader's.
Does not: replace or add a visible character, or reorder others; left out (and counted) are only hyphens that divide a word at a line's end,
lines that repeat in the margins, and glyphs outside of the visible page.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from qa.datatypes import Block, Kind, Page, Parsed
from qa.formats.aligned import Row
from qa.formats.gaps import in_gaps
from qa.formats.glyphs import Box, Drawn, Line, draw
from qa.formats.grids import with_rows
from qa.formats.pdfblocks import A_LITTLE_LARGER, blocks_of
from qa.formats.pdfnotes import set_apart
from qa.formats.reading import Unreadable, given_title
from qa.formats.wrapping import continues, count_words, furniture, goes_on_as_code, is_glued, keeps_hyphen, usual_size

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SUFFIXES = (".pdf",)
VERSION = 8
UNIT = 65535
SAID_CHARS = 150
"""What stands below a paragraph that is longer is no title."""
_NUMBERED = re.compile(r"\d{1,2}(?:\.\d{1,2})*\.? ")
"""The first of several chapters is no title."""


def parse(data: bytes, name: str) -> Parsed:
    """Read a PDF file; Unreadable where it is encrypted or damaged."""
    import pypdfium2 as pdfium

    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as exc:
        if "password" in str(exc).lower():
            raise Unreadable("is encrypted: save it without a password.") from exc
        raise Unreadable("is damaged, or no PDF: open it in a PDF program and save it again.") from exc
    try:
        return _read(document)
    finally:
        document.close()


def _read(document: Any) -> Parsed:
    drawn: list[Drawn] = []
    frames: list[_Frame] = []
    for i in range(len(document)):
        frame, page = _open_page(document, i)
        frames.append(frame)
        drawn.append(page)
    lines = [line for shown in drawn for line in shown.lines]
    _forget_code(lines)
    left_out = furniture(lines, [(frame.box[1], frame.box[3]) for frame in frames])
    kept = [line for i, line in enumerate(lines) if i not in left_out]
    running, notes = set_apart(in_gaps(kept))
    writer = _Writer(frames, count_words(kept), notes)
    usual = usual_size(kept)
    writer.write(with_rows(running, usual))
    text = "".join(writer.text)
    blocks = blocks_of(text, writer.starts, writer.rows_at, writer.notes_at)
    meta = _meta(document, writer, blocks, A_LITTLE_LARGER * usual)
    warnings = _warnings(drawn, len(left_out))
    pages = tuple(Page(frame.label, *frame.shown_size) for frame in frames)
    return Parsed(text, blocks, meta, pages=pages, boxes=writer.places(), warnings=warnings)


def _forget_code(lines: Sequence[Line]) -> None:
    """Take no line for code where most are set like it: they are a typewriter's."""
    if 2 * sum(len(line.chars) for line in lines if line.fixed) > sum(len(line.chars) for line in lines):
        for line in lines:
            line.fixed = False


class _Frame:
    """What of a page is shown: its crop box, turned."""

    def __init__(self, box: Box, turns: int, label: str) -> None:
        self.box, self.turns, self.label = box, turns, label
        self.width, self.height = (box[2] - box[0]) or 1.0, (box[3] - box[1]) or 1.0

    @property
    def shown_size(self) -> tuple[float, float]:
        return (self.height, self.width) if self.turns % 2 else (self.width, self.height)

    def on_page(self, box: Box) -> list[int]:
        """Return a box as left, top, right, bottom in 1/65535 of the page as shown."""
        left, _, _, top = self.box
        found = ((box[0] - left) / self.width, (top - box[3]) / self.height,
                 (box[2] - left) / self.width, (top - box[1]) / self.height)  # fmt: skip
        for _ in range(self.turns):
            found = (1 - found[3], found[0], 1 - found[1], found[2])
        return [min(UNIT, max(0, round(share * UNIT))) for share in found]


def _open_page(document: Any, i: int) -> tuple[_Frame, Drawn]:
    """Read one page; one that PDFium cannot load has no text, and says so in the warnings."""
    import pypdfium2 as pdfium

    try:
        page = document[i]
    except pdfium.PdfiumError:
        return _Frame((0.0, 0.0, 612.0, 792.0), 0, ""), Drawn()
    label = document.get_page_label(i) or ""
    frame = _Frame(page.get_cropbox(), page.get_rotation() // 90, "" if label == str(i + 1) else label)
    drawn = draw(page, i + 1)
    page.close()
    return frame, drawn


class _Writer:
    """The text and the place of each of its characters, line by line."""

    def __init__(
        self, frames: Sequence[_Frame], words: Counter[str], notes: Mapping[int, Sequence[Sequence[Line]]]
    ) -> None:
        self.text: list[str] = []
        self.rows = array("H")
        self.starts: list[tuple[int, Line]] = []
        """Where each paragraph begins, and its first line."""
        self.rows_at: dict[int, Row] = {}
        """Rows of tables, by where they begin."""
        self.notes_at: set[int] = set()
        """Where notes begin."""
        self._frames, self._words = frames, words
        self._notes = list(notes.items())
        """Those not yet written, by their pages."""

    def write(self, items: Iterable[Line | Row]) -> None:
        """Append lines and rows in order, the notes of a page behind the paragraph or table that it ends in."""
        before: Line | Row | None = None
        for item in items:
            if isinstance(item, Row):
                below = isinstance(before, Row) and before.table == item.table
                if not below:
                    self._append_notes(_first_line(item).page)
                self._part("\n" if below else "\n\n")
                self._append_row(item)
            else:
                self._append_line(item, before if isinstance(before, Line) else None)
            before = item
        self._append_notes(len(self._frames) + 1)

    def _append_notes(self, page: int) -> None:
        """Append the notes of the pages before one."""
        while self._notes and self._notes[0][0] < page:
            for note in self._notes.pop(0)[1]:
                self._part("\n\n")
                self.starts.append((len(self.text), note[0]))
                self.notes_at.add(len(self.text))
                self._append_joined(note)

    def _part(self, gap: str) -> None:
        for char in gap if self.text else "":
            self._put(char, None)

    def _append_line(self, line: Line, before: Line | None) -> None:
        in_code = before is not None and bool(self.starts) and self.starts[-1][1].fixed
        if before is not None and in_code and goes_on_as_code(before, line):
            self._part("\n")
            for _ in range(round((line.left - self.starts[-1][1].left) / _advance(line))):
                self._put(" ", None)
        elif before is None or in_code or not continues(before, line):
            self._append_notes(line.page)
            self._part("\n\n")
            self.starts.append((len(self.text), line))
        else:
            self._join(before, line)
        self._append(line)

    def _append_row(self, row: Row) -> None:
        """Append a row, a tab between two cells."""
        last = max(n for n, cell in enumerate(row.cells) if cell)
        self.starts.append((len(self.text), _first_line(row)))
        self.rows_at[len(self.text)] = row
        for n, cell in enumerate(row.cells[: last + 1]):
            if n:
                self._put("\t", None)
            self._append_joined(cell.lines if cell else ())

    def _append_joined(self, lines: Iterable[Line]) -> None:
        """Append lines as those of one paragraph."""
        before = None
        for line in lines:
            if before is not None:
                self._join(before, line)
            self._append(line)
            before = line

    def _join(self, before: Line, line: Line) -> None:
        """Write what stands between two lines of one paragraph."""
        if before.hyphen:
            self._divide(line)
        elif not is_glued("".join(self.text[-2:]), line.chars.lstrip()[:1]):
            self._put(" ", None)

    def places(self) -> NDArray[np.uint16]:
        """Return page and box of each character."""
        import numpy as np

        return np.frombuffer(self.rows.tobytes(), np.uint16).reshape(-1, 5)

    def _put(self, char: str, place: list[int] | None) -> None:
        self.text.append(char)
        self.rows.extend(place or (0, 0, 0, 0, 0))

    def _append(self, line: Line) -> None:
        start = len(line.chars) - len(line.chars.lstrip())
        end = len(line.chars.rstrip())
        frame = self._frames[line.page - 1]
        for char, box in zip(line.chars[start:end], line.boxes[start:end], strict=True):
            if char != " ":
                self._put(char, [line.page, *frame.on_page(box)])
                self._turn_ligature()
            elif self.text[-1] != " ":
                self._put(char, None)

    def _turn_ligature(self) -> None:
        """Two Arabic letters of one glyph (lam-alef) come in the order they are seen in: give them that they are read in."""
        if self.rows[-5:] == self.rows[-10:-5] and all(
            unicodedata.bidirectional(char) == "AL" for char in self.text[-2:]
        ):
            self.text[-2:] = self.text[:-3:-1]

    def _divide(self, line: Line) -> None:
        """Leave out the hyphen just written where it only divides a word."""
        end = "".join(self.text[-60:])
        head = re.search(r"([^\W\d_]*).$", end, re.S)
        tail = re.match(r"[^\W\d_]*", line.chars.lstrip())
        if head and tail and not keeps_hyphen(head.group(1), tail.group(), self._words):
            self.text.pop()
            del self.rows[-5:]


def _first_line(row: Row) -> Line:
    return next(cell.lines[0] for cell in row.cells if cell)


def _advance(line: Line) -> float:
    """Return how much room each letter of a line of code takes."""
    return max(line.boxes[0][2] - line.boxes[0][0], 0.1)


def _meta(document: Any, writer: _Writer, blocks: Sequence[Block], least: float) -> dict[str, str]:
    """Return the title (what the file says, if it is a heading of the first page, else the largest of these, of `least` height), author and date."""
    said = document.get_metadata_dict(skip_empty=True)
    heads = [(i, writer.starts[i][1]) for i, block in enumerate(blocks) if block.kind is Kind.HEADING]
    text_from = next(
        (i for i, b in enumerate(blocks) if b.kind is Kind.PARAGRAPH and b.span.end - b.span.start > SAID_CHARS),
        len(blocks),
    )
    first = [i for i, line in heads if line.page == 1 and line.size >= least and i < text_from]
    title = given_title(said.get("Title", ""))
    text_of = {i: " ".join("".join(writer.text[blocks[i].span.start : blocks[i].span.end]).split()) for i in first}
    if (
        first and title not in text_of.values()
    ):  # what the file says is as often a file's name, or another document's title
        largest = text_of[max(first, key=lambda i: (round(writer.starts[i][1].size, 1), -i))]
        title = title if _NUMBERED.match(largest) else largest
    date = re.match(r"D:(\d{4})(\d\d)(\d\d)", said.get("CreationDate", ""))
    found = {"title": title, "author": said.get("Author", "").strip(), "date": "-".join(date.groups()) if date else ""}
    return {key: value for key, value in found.items() if value}


def _warnings(drawn: Sequence[Drawn], repeated: int) -> tuple[str, ...]:
    found = []
    silent = sum(not page.glyphs for page in drawn)
    if silent:
        whole = f"no text on {silent} of {len(drawn)} pages: they are pictures, empty, or damaged"
        found.append(f"{whole}; run OCR over them to make them searchable")
    recognised = sum(page.asked > 0 and page.invisible > page.asked / 2 for page in drawn)
    if recognised:
        found.append(
            f"the text of {recognised} of {len(drawn)} pages was recognised from pictures (OCR) and may differ from them"
        )
    outside = sum(page.outside for page in drawn)
    counts = [f"{repeated} lines in the margins"] * bool(repeated) + [
        f"{outside} characters outside of the pages"
    ] * bool(outside)
    if counts:
        found.append(f"left out: {' and '.join(counts)}")
    return tuple(found)
