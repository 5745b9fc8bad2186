"""A rebuild that is watched: lines of HTML while it runs, the old index answering meanwhile.

In -> out: an Engine -> the status line, again and again, and at last what became of it.
Does not: stop when the page is closed: the build runs in a thread of its own and publishes whole or not at all.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator

from qa.engine import Engine
from qa.errors import QAError
from qa.ui import sources

SHOWN_EVERY_SECONDS = 0.25


def rebuild_steps(engine: Engine) -> Iterator[str]:
    """Yield HTML until the build has ended; the last one is the new state, or why there is none."""
    progress, problem, ended = [0, 0], [""], threading.Event()

    def note(done: int, total: int, _: str) -> None:
        progress[:] = done, total

    def build() -> None:
        try:
            engine.build(progress=note)
        except QAError as exc:
            problem[0] = str(exc)
        except Exception:
            problem[0] = "The rebuild ended unexpectedly: see the server's log, or run `qa build`."
            raise
        finally:
            ended.set()

    threading.Thread(target=build, daemon=True).start()
    yield sources.rebuilding(0, 0)
    while not ended.wait(SHOWN_EVERY_SECONDS):
        yield sources.rebuilding(*progress)
    if problem[0]:
        yield sources.rebuild_failed(problem[0])
        return
    yield sources.index_status(engine.status())
