"""What a build has embedded and not yet published: an interrupted build goes on where it was.

In -> out: the key of a text and its encoding -> a SQLite file in the index folder; the key -> the encoding, if it is whole.
Does not: outlive a publish, or serve another recipe (model, window) than the one it was made with.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from qa.errors import StoreUnavailable
from qa.indexing.corpus import StoredEncoding

FILE = ".embedded.sqlite"
COMMITTED_EVERY = 32
"""Encodings that are lost at most when the process is killed."""


@contextmanager
def resume_cache(index: Path, recipe: Mapping[str, Any]) -> Iterator[ResumeCache]:
    """Open the cache of `index`, empty where it was made with another recipe or cannot be read."""
    path, wanted = index / FILE, json.dumps(recipe, sort_keys=True)
    if path.is_symlink() or path.is_dir():
        raise StoreUnavailable(f"{path} is not a file of an index: remove it.")
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    try:
        cache = ResumeCache(path, wanted)
    except sqlite3.DatabaseError as exc:
        if _is_full(exc):
            raise
        discard_cache(index)
        cache = ResumeCache(path, wanted)
    try:
        yield cache
    except sqlite3.Error as exc:
        if _is_full(exc):
            raise
        cache.close()
        discard_cache(index)
        raise StoreUnavailable(f"{path} was damaged ({exc}) and has been removed: build again.") from exc
    except OSError as exc:
        if exc.errno == errno.ENOSPC:  # what it kept would keep the disk full
            cache.close()
            discard_cache(index)
        raise
    finally:
        cache.close()


def _is_full(exc: sqlite3.Error) -> bool:
    return getattr(exc, "sqlite_errorcode", None) in (
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_READONLY,
    )


def discard_cache(index: Path) -> None:
    """Remove what a build left that was killed after it had published."""
    for name in (FILE, f"{FILE}-journal"):
        (index / name).unlink(missing_ok=True)


class ResumeCache:
    """Encodings by sha256 of their text; each row carries a checksum of its own."""

    def __init__(self, path: Path, recipe: str) -> None:
        self._path = path
        self._connection = sqlite3.connect(path, check_same_thread=False)
        self._pending = 0
        made_with = json.loads(recipe)
        self._dim, self._width = made_with.get("dim"), made_with.get("state_bytes")
        self._connection.execute("create table if not exists recipe (text text)")
        self._connection.execute(
            "create table if not exists encodings (key blob primary key, digest blob, data blob, dim integer, width integer)"
        )
        found = self._connection.execute("select text from recipe").fetchone()
        if found != (recipe,):
            self._connection.execute("delete from encodings")
            self._connection.execute("delete from recipe")
            self._connection.execute("insert into recipe values (?)", (recipe,))
        self._connection.commit()

    def get(self, key: bytes) -> StoredEncoding | None:
        """Return the encoding kept under a key; None where there is none, or a damaged one."""
        import numpy as np

        row = self._connection.execute(
            "select digest, data, dim, width from encodings where key = ?", (key,)
        ).fetchone()
        if row is None or not _is_encoding(*row) or row[2] != self._dim or row[3] != self._width:
            return None
        _, data, dim, width = row
        count = (len(data) - 4 * dim) // (width + 8)  # a vector, then a state, a start and a piece for each token
        vector = np.frombuffer(data, np.float32, dim)
        states = np.frombuffer(data, np.int8, count * width, 4 * dim).reshape(count, width)
        places = np.frombuffer(data[4 * dim + count * width :], np.int32)
        return StoredEncoding(vector, states, places[:count], places[count:])

    def put(self, key: bytes, encoding: StoredEncoding) -> None:
        """Keep an encoding; committed with the next COMMITTED_EVERY."""
        parts = (encoding.vector, encoding.states, encoding.starts, encoding.pieces)
        data = b"".join(part.tobytes() for part in parts)
        row = (key, hashlib.sha256(data).digest(), data, len(encoding.vector), encoding.states.shape[1])
        self._connection.execute("insert or replace into encodings values (?, ?, ?, ?, ?)", row)
        self._pending += 1
        if self._pending >= COMMITTED_EVERY:
            self._connection.commit()
            self._pending = 0

    def clear(self) -> None:
        """Remove the cache: what it holds has been published."""
        self._connection.close()
        discard_cache(self._path.parent)

    def close(self) -> None:
        """Commit what is pending."""
        try:
            self._connection.commit()
            self._connection.close()
        except sqlite3.ProgrammingError:
            pass  # cleared
        except sqlite3.Error:
            self._connection.close()  # what was pending is lost: it is embedded again


def _is_encoding(digest: Any, data: Any, dim: Any, width: Any) -> bool:
    """Tell whether a row has the shape of what `put` writes, and its checksum."""
    if not (isinstance(data, bytes) and isinstance(dim, int) and isinstance(width, int) and dim > 0 and width > 0):
        return False
    rest = len(data) - 4 * dim
    return rest >= 0 and rest % (width + 8) == 0 and hashlib.sha256(data).digest() == digest
