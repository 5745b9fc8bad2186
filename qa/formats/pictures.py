"""Pictures of pages, drawn when they are asked for, the last ones kept.

In -> out: the sha256 of a PDF, a page, a width and a way to its bytes -> a PNG.
Does not: decide whether the file is still the one that was indexed (qa/engine.py), or write anything to disk.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

WIDTHS = (700, 1000, 1400)
KEPT = 32


class Pictures:
    """Draws one page at a time, in the process that is kept for it; safe to share between threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, int, int], bytes] = OrderedDict()
        self._lock = threading.Lock()

    def page(self, sha256: str, page: int, width: int, read: Callable[[], bytes]) -> bytes:
        """Return a page as a PNG, `width` (one of WIDTHS) pixels wide; Unreadable where it cannot be drawn."""
        if width not in WIDTHS:
            raise ValueError(f"width has to be one of {WIDTHS}, got {width}")
        key = sha256, page, width
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        from qa.formats.worker import SHOWING  # only who looks at a page needs processes

        found = SHOWING.picture(read(), page, width)
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return found
