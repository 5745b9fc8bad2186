"""How the documents of a snapshot are built: their blocks, markup, pages and parts, on disk and back.

In -> out: a `Parsed` -> rows of three arrays and a few words for documents.json; these -> `Block`, `Shown`, `Page`, `Mark`, boxes.
Does not: hold texts or sentences (qa/indexing/corpus.py), or find structure (the formats do).

    blocks.npy     (blocks, 9) int64: the columns of BLOCK_COLUMNS
    hidden.npy     (spans, 2) int64: characters of a document that are markup, as [start, end)
    boxes.u16      (characters, 5) uint16, of documents with pages: page from 1, left, top, right, bottom in 1/65535 of it
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.datatypes import Block, Kind, Mark, Page, Parsed, Span
from qa.errors import IndexCorrupt

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BLOCK_COLUMNS = ("document", "start", "end", "kind", "level", "lead_start", "lead_end", "group", "headings")
"""`kind` is a place in KINDS, `lead_start` -1 where there is no lead, `headings` a place in the document's `paths`."""
KINDS = tuple(Kind)
_BOX_COLUMNS = 5


class Structure:
    """The blocks, markup and places of an index' documents."""

    def __init__(self, entries: Sequence[Mapping[str, Any]], rows: Any, hidden: Any, boxes: Any) -> None:
        """Take what is read by row like an array; IndexCorrupt where it is not as long as the entries say."""
        self._entries = entries
        self.rows = rows
        self.hidden = hidden
        self.boxes = boxes
        ends = entries[-1] if entries else {"blocks": [0, 0], "hidden": [0, 0], "boxes": [0, 0]}
        if [len(rows), len(hidden), len(boxes)] != [ends[k][1] for k in ("blocks", "hidden", "boxes")]:
            raise IndexCorrupt("The index does not hold what its manifest says: run `qa build --full`.")
        self.block = lru_cache(maxsize=4096)(self._block)

    @classmethod
    def open(cls, folder: Path, entries: Sequence[Mapping[str, Any]]) -> Structure:
        """Map the files of a snapshot."""
        import numpy as np

        rows: NDArray[np.int64] = np.asarray(np.load(folder / "blocks.npy", mmap_mode="r"))
        hidden: NDArray[np.int64] = np.asarray(np.load(folder / "hidden.npy", mmap_mode="r"))
        path = folder / "boxes.u16"
        boxes: NDArray[np.uint16] = (
            np.asarray(np.memmap(path, np.uint16, "r").reshape(-1, _BOX_COLUMNS))
            if path.stat().st_size
            else np.empty((0, _BOX_COLUMNS), np.uint16)
        )
        return cls(entries, rows, hidden, boxes)

    def _block(self, number: int) -> Block:
        """Return one block."""
        document, start, end, kind, level, lead_start, lead_end, group, path = (int(x) for x in self.rows[number])
        lead = Span(lead_start, lead_end) if lead_start >= 0 else None
        headings = tuple(self._entries[document]["paths"][path])
        return Block(Span(start, end), KINDS[kind], headings, level, lead, group)

    def blocks_of(self, document: int) -> range:
        """Return the numbers of a document's blocks."""
        return range(*self._entries[document]["blocks"])

    def hidden_of(self, document: int) -> list[Span]:
        """Return the markup of a document."""
        first, end = self._entries[document]["hidden"]
        return [Span(a, b) for a, b in self.hidden[first:end].tolist()]

    def boxes_of(self, document: int) -> NDArray[np.uint16] | None:
        """Return a row for each character of a document with pages, else None."""
        first, end = self._entries[document]["boxes"]
        return self.boxes[first:end] if end > first else None

    def pages_of(self, document: int) -> tuple[Page, ...]:
        """Return the pages of a document."""
        return tuple(Page(*page) for page in self._entries[document]["pages"])

    def marks_of(self, document: int) -> tuple[Mark, ...]:
        """Return where the parts of a document begin."""
        return tuple(Mark(*mark) for mark in self._entries[document]["marks"])

    def slices(self, document: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint16]]:
        """Return a document's rows of the three arrays."""
        (b0, b1), (h0, h1), (x0, x1) = (self._entries[document][key] for key in ("blocks", "hidden", "boxes"))
        return self.rows[b0:b1], self.hidden[h0:h1], self.boxes[x0:x1]


class StructureWriter:
    """Appends the structure of documents, in their order."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._boxes = (folder / "boxes.u16").open("wb")
        self._blocks: list[NDArray[np.int64]] = []
        self._hidden: list[NDArray[np.int64]] = []
        self._at = {"blocks": 0, "hidden": 0, "boxes": 0}
        self._documents = 0

    def add(self, parsed: Parsed) -> dict[str, Any]:
        """Append a document; return its part of documents.json."""
        import numpy as np

        paths: dict[tuple[str, ...], int] = {(): 0}
        rows = [
            (
                self._documents, b.span.start, b.span.end, KINDS.index(b.kind), b.level,
                b.lead.start if b.lead else -1, b.lead.end if b.lead else -1, b.group,
                paths.setdefault(b.headings, len(paths)),
            )
            for b in parsed.blocks
        ]  # fmt: skip
        blocks = np.array(rows, np.int64).reshape(-1, len(BLOCK_COLUMNS))
        hidden = np.array([(span.start, span.end) for span in parsed.hidden], np.int64).reshape(-1, 2)
        boxes = np.empty((0, _BOX_COLUMNS), np.uint16) if parsed.boxes is None else parsed.boxes
        pages = [[page.label, page.width, page.height] for page in parsed.pages]
        marks = [[mark.start, mark.kind, mark.name] for mark in parsed.marks]
        told = {"paths": [list(path) for path in paths], "pages": pages, "marks": marks}
        return {**told, **self._append(blocks, hidden, boxes)}

    def copy(self, entry: Mapping[str, Any], stored: Structure, number: int) -> dict[str, Any]:
        """Append a document of the last snapshot; return its part of documents.json."""
        import numpy as np

        blocks, hidden, boxes = stored.slices(number)
        blocks = np.array(blocks)
        blocks[:, 0] = self._documents
        return {**{key: entry[key] for key in ("paths", "pages", "marks")}, **self._append(blocks, hidden, boxes)}

    def finish(self) -> None:
        """Write the rest."""
        import numpy as np

        self.close()
        np.save(self._folder / "blocks.npy", np.concatenate(self._blocks))
        np.save(self._folder / "hidden.npy", np.concatenate(self._hidden))

    def close(self) -> None:
        """Close the file that is open."""
        self._boxes.close()

    def _append(self, blocks: Any, hidden: Any, boxes: Any) -> dict[str, Any]:
        self._blocks.append(blocks)
        self._hidden.append(hidden)
        self._boxes.write(boxes.astype("<u2").tobytes())
        self._documents += 1
        found = {}
        for key, array in (("blocks", blocks), ("hidden", hidden), ("boxes", boxes)):
            found[key] = [self._at[key], self._at[key] + len(array)]
            self._at[key] += len(array)
        return found
