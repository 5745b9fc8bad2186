"""A progress bar on stderr (tqdm), or a few plain lines where stderr is not a terminal.

In -> out: what is counted -> a function that is called with (done, total).
Does not: write to stdout, or appear before something is counted.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

QUIET_STEPS = 4
"""How many lines a run writes where there is no terminal."""


@contextmanager
def progress_bar(doing: str, unit: str) -> Iterator[Callable[[int, int], None]]:
    """Yield `progress(done, total)`; the bar shows rate and time left, and is closed whatever happens."""
    from tqdm import tqdm

    bar: Any = None

    def advance(done: int, total: int) -> None:
        nonlocal bar
        if not sys.stderr.isatty():
            if done == total or done % max(1, total // QUIET_STEPS) == 0:
                print(f"{doing}: {done} of {total} {unit}s", file=sys.stderr, flush=True)  # noqa: T201  # where there is no bar
            return
        if bar is None:
            size = shutil.get_terminal_size()  # tqdm would draw nothing where a terminal claims to have no size
            bar = tqdm(total=total, desc=doing, unit=f" {unit}", file=sys.stderr, ncols=size.columns, nrows=size.lines)
        bar.update(done - bar.n)

    try:
        yield advance
    finally:
        if bar is not None:
            bar.close()
