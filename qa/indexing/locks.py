"""Locks of the operating system: one builder at a time, and snapshots that are not removed under a reader.

In -> out: a file -> a lock that ends with the process that has it, however it ends.
Does not: know what is built or read.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from qa.errors import BuildLocked, StoreUnavailable
from qa.opening import NotAFile, open_private


@contextmanager
def build_lock(index: Path) -> Iterator[None]:
    """Hold the right to build into `index`; the operating system gives it back when the process ends, however it ends.

    Raises BuildLocked, naming the process that has it, and StoreUnavailable when the folder cannot be written.
    """
    import sqlite3

    try:
        index.mkdir(mode=0o700, parents=True, exist_ok=True)  # it holds the documents' text, whoever may read these
        file = open_private(index / ".lock")
    except NotAFile as exc:
        raise StoreUnavailable(f"{index / '.lock'} {exc.strerror}, not a file of an index: remove it.") from exc
    except OSError as exc:
        raise unwritable(index, exc) from exc
    with file:
        try:
            _lock(file, shared=False)
        except BlockingIOError as exc:
            file.seek(0)
            process = file.read().strip() or "unknown"
            raise BuildLocked(
                f"Process {process} is building into {index}: wait until it has finished, or end it."
            ) from exc
        try:
            file.seek(0)
            file.truncate()
            file.write(str(os.getpid()))
            file.flush()
            yield
        except sqlite3.Error as exc:
            raise unwritable(index, OSError(str(exc))) from exc
        except OSError as exc:
            raise unwritable(index, exc) from exc
        finally:
            _unlock(file)


class Hold:
    """A shared lock; it ends with `close`, or with the object."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def close(self) -> None:
        """Give the lock back."""
        self._file.close()

    def __del__(self) -> None:
        self.close()


def hold(path: Path) -> Hold | None:
    """Share a lock with everybody else who holds the file; None where it cannot be locked."""
    try:
        file = path.open("rb")
    except OSError:
        return None
    try:
        _lock(file, shared=True)
    except OSError:
        file.close()
        return None
    return Hold(file)


@contextmanager
def unheld(path: Path) -> Iterator[bool]:
    """Yield whether nobody holds a lock; while the block runs, nobody can."""
    try:
        file = path.open("rb+")
    except OSError:
        yield True  # without the file nobody can hold it
        return
    with file:
        try:
            _lock(file, shared=False)
        except OSError:
            yield False
            return
        yield True


def unwritable(index: Path, exc: OSError) -> StoreUnavailable:
    """Return the error for an index folder that cannot be written."""
    return StoreUnavailable(
        f"The index folder {index} cannot be written ({exc.strerror or exc}): free space or correct its permissions, "
        "or name another with --index."
    )


def _lock(file: IO[Any], *, shared: bool) -> None:
    """Take a lock at once, or raise BlockingIOError. Where there is flock, a library over it would only cost its import."""
    if sys.platform == "win32":
        import portalocker

        try:
            portalocker.lock(file, (portalocker.LOCK_SH if shared else portalocker.LOCK_EX) | portalocker.LOCK_NB)
        except portalocker.LockException as exc:
            raise BlockingIOError(str(exc)) from exc
    else:
        import fcntl

        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)


def _unlock(file: IO[Any]) -> None:
    if sys.platform == "win32":
        import portalocker

        portalocker.unlock(file)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_UN)
