"""A progress bar on stderr (tqdm), or a few plain lines where stderr is not a terminal.

In -> out: what is done -> a function that is called with (done, total, a note).
Does not: write to stdout, or appear before it is first called.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

QUIET_STEPS = 4
"""How many lines a run writes where there is no terminal."""
_TIMED = "{desc}: {percentage:3.0f} %|{bar}| {remaining} left{postfix}"
"""A bar over bytes, of which nobody wants to read the number; the note counts what is done."""


@contextmanager
def progress_bar(doing: str, unit: str) -> Iterator[Callable[[int, int, str], None]]:
    """Yield `progress(done, total, note)`; the bar shows the note and the time left, and is closed whatever happens."""
    from tqdm import tqdm

    bar: Any = None
    told = 0

    def advance(done: int, total: int, note: str = "") -> None:
        nonlocal bar, told
        if not sys.stderr.isatty():
            step = done * QUIET_STEPS // max(total, 1)
            if step > told:
                told = step
                shown = note or f"{done} of {total} {unit}s"
                print(f"{doing}: {100 * done // total} % ({shown})", file=sys.stderr, flush=True)  # noqa: T201  # no bar there
            return
        if bar is None:
            size = shutil.get_terminal_size()  # tqdm would draw nothing where a terminal claims to have no size
            bar = tqdm(
                total=total,
                desc=doing,
                unit=unit,
                bar_format=_TIMED if unit == "B" else None,
                file=sys.stderr,
                ncols=size.columns,
                nrows=size.lines,
            )
        bar.set_postfix_str(note, refresh=done == 0)
        bar.update(done - bar.n)

    try:
        yield advance
    finally:
        if bar is not None:
            bar.close()
