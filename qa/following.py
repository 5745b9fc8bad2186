"""The seeds folder followed: a rebuild after every change that has settled (watchfiles).

In -> out: an Engine -> BuildReports, until it is told to stop.
Does not: index a file while it is being written, or end because a seed is wrong: it says so and tries again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

from qa.engine import Engine
from qa.errors import BuildLocked, QAError, SeedError
from qa.reports import BuildReport, Skipped
from qa.text.documents import look_at

SETTLED_SECONDS = 0.4
"""How long no file may have changed before the folder is read."""
RETRY_MS = 2000
"""After how long a build is tried again that a half-written or locked file stopped."""


def follow(
    engine: Engine,
    *,
    stop: threading.Event,
    on_build: Callable[[BuildReport], None],
    on_problem: Callable[[str], None],
    strict: bool = False,
) -> None:
    """Build now and after each change, until `stop` is set; reports of builds that changed nothing are left out.

    A problem is told once, in its one sentence; the snapshot before it answers meanwhile.
    """
    from watchfiles import watch

    problem, again = "", True
    told: set[Skipped] = set()
    seeds = engine.settings.seeds
    for changes in watch(
        seeds,
        stop_event=stop,
        watch_filter=_is_seed,
        rust_timeout=RETRY_MS,
        yield_on_timeout=True,
        raise_interrupt=True,
    ):
        if not changes and not again:
            continue
        _wait_until_settled(seeds, stop)
        try:
            report = engine.build(strict=strict)
        except QAError as exc:
            again = isinstance(exc, SeedError | BuildLocked)
            if str(exc) != problem:
                problem = str(exc)
                on_problem(problem)
            continue
        problem, again = "", any(each.again for each in report.skipped)
        for each in report.skipped:
            if each not in told:
                on_problem(each.reason)
        told = set(report.skipped)
        if report.added or report.changed or report.removed:
            on_build(report)


def _is_seed(change: object, path: str) -> bool:
    return not Path(path).name.startswith(".") and not path.endswith("~")


def _wait_until_settled(folder: Path, stop: threading.Event) -> None:
    before = look_at(folder)
    while not stop.is_set():
        time.sleep(SETTLED_SECONDS)
        now = look_at(folder)
        if now == before:
            return
        before = now
