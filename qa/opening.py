"""Files opened so that nothing else can stand in their place: no pipe that blocks, no device that never ends, no link swapped in.

In -> out: a path and the folder it has to lie in -> the bytes of a regular file, or an OSError that says why not.
Does not: know what a file holds, or follow a link out of its folder at any moment.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_NO_WAIT = getattr(os, "O_NONBLOCK", 0)
_BINARY = getattr(os, "O_BINARY", 0)
_FOLDER = getattr(os, "O_DIRECTORY", 0)
_BELOW = os.open in os.supports_dir_fd  # not on Windows, where links need a privilege
KINDS = (
    (stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"), (stat.S_ISDIR, "a folder"),
    (stat.S_ISCHR, "a device"), (stat.S_ISBLK, "a device"), (stat.S_ISLNK, "a link"),
)  # fmt: skip


class NotAFile(OSError):
    """A pipe, a device, a socket, a folder; `strerror` says which."""


class Outside(OSError):
    """It leads out of the folder it should lie in."""


class TooLarge(OSError):
    """It has more bytes than are allowed; `size` of them."""

    size = 0


class Unsettled(OSError):
    """It was written to while it was read."""


def read_regular(path: Path, root: Path, max_bytes: int) -> bytes:
    """Return the bytes of a regular file of at most `max_bytes` below `root`, as they were at one moment.

    A link is followed where it leads to a file below `root`. What is checked is the file that is open, so it does not help to put another
    in its place meanwhile. Raises NotAFile, Outside, TooLarge, Unsettled, or another OSError.
    """
    with _opened(path, root) as descriptor, os.fdopen(descriptor, "rb", closefd=False) as file:
        before = os.fstat(descriptor)
        if before.st_size > max_bytes:
            error = TooLarge(errno.EFBIG, "too large", str(path))
            error.size = before.st_size
            raise error
        data = file.read(before.st_size + 1)
        after = os.fstat(descriptor)
    if len(data) != before.st_size or (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
        raise Unsettled(errno.EBUSY, "being written", str(path))
    return data


def open_private(path: Path, *, append: bool = False) -> IO[str]:
    """Open a text file for reading and appending that only its owner can read, created where it is missing; never through a link.

    Without `append` it is opened for reading and writing from the start. Raises NotAFile, or another OSError.
    """
    flags = os.O_RDWR | os.O_CREAT | (os.O_APPEND if append else 0)
    try:
        descriptor = os.open(path, flags | _NO_LINK | _NO_WAIT, 0o600)
    except OSError as exc:
        if exc.errno == errno.ELOOP:
            raise NotAFile(errno.ELOOP, "is a link", str(path)) from exc
        raise
    try:
        _refuse_odd(os.fstat(descriptor), path)
    except OSError:
        os.close(descriptor)
        raise
    return os.fdopen(descriptor, "a+" if append else "r+", encoding="utf-8")


@contextmanager
def _opened(path: Path, root: Path) -> Iterator[int]:
    """Yield a descriptor of a regular file; every folder on the way is opened from the one before it, without following a link."""
    root, real = Path(os.path.realpath(root)), Path(os.path.realpath(path))
    if not real.is_relative_to(root) or real == root:
        raise Outside(errno.EPERM, "leads out of its folder", str(path))
    *folders, name = real.relative_to(root).parts if _BELOW else (str(real),)
    parent = os.open(root, os.O_RDONLY | _FOLDER) if _BELOW else None
    try:
        for folder in folders:
            before, parent = parent, os.open(folder, os.O_RDONLY | _FOLDER | _NO_LINK, dir_fd=parent)
            if before is not None:
                os.close(before)
        # Looked at before it is opened, because opening a device can do something; and after, because only then it stays what it is.
        _refuse_odd(os.stat(name, dir_fd=parent, follow_symlinks=False), path)
        descriptor = os.open(name, os.O_RDONLY | _NO_LINK | _NO_WAIT | _BINARY, dir_fd=parent)
    finally:
        if parent is not None:
            os.close(parent)
    try:
        _refuse_odd(os.fstat(descriptor), path)
        yield descriptor
    finally:
        os.close(descriptor)


def _refuse_odd(found: os.stat_result, path: Path) -> None:
    if not stat.S_ISREG(found.st_mode):
        kind = next((name for is_kind, name in KINDS if is_kind(found.st_mode)), "no file")
        raise NotAFile(errno.EINVAL, f"is {kind}", str(path))
