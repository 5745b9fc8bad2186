"""What a build has embedded and not yet published: an interrupted build goes on where it was.

In -> out: the key of a text and its encoding -> a SQLite file in the index folder; the key -> the encoding, if it is whole.
Does not: outlive a publish, or serve another recipe (model, window) than the one it was made with.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from qa.indexing.corpus import StoredEncoding

FILE = ".embedded.sqlite"
COMMITTED_EVERY = 32
"""Encodings that are lost at most when the process is killed."""


@contextmanager
def resume_cache(index: Path, recipe: Mapping[str, Any]) -> Iterator[ResumeCache]:
    """Open the cache of `index`, empty where it was made with another recipe or cannot be read."""
    path, wanted = index / FILE, json.dumps(recipe, sort_keys=True)
    try:
        cache = ResumeCache(path, wanted)
    except sqlite3.DatabaseError:
        path.unlink(missing_ok=True)
        cache = ResumeCache(path, wanted)
    try:
        yield cache
    finally:
        cache.close()


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
        if row is None or hashlib.sha256(row[1]).digest() != row[0]:
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
