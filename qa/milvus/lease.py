"""One builder at a time into an index of a store, which has no locks: a row that says who builds and until when.

In -> out: a client and the name of an index -> a lease that is renewed while its holder works; BuildLocked where another has it.
Does not: protect what is published: generations are whole, and the swap of an alias is one step, whoever makes it.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from qa.errors import BuildLocked, StoreUnavailable
from qa.milvus.client import Client
from qa.milvus.layout import pages_name

LEASE_ID = "lease"
LEASE_SECONDS = 60
SETTLED_SECONDS = 0.2
"""After so long a row that was written at the same time by another would have been seen."""
_held: set[str] = set()
"""The leases of this process."""


class Lease:
    """The right to build; lost where it is not renewed in LEASE_SECONDS."""

    def __init__(self, client: Client, name: str) -> None:
        self._client = client
        self._name = name
        self._key = secrets.token_hex(8)
        self._owner = {"host": socket.gethostname(), "space": _space(), "process": os.getpid(), "key": self._key}
        self._renewed = 0.0

    def take(self) -> None:
        """Write down that we build; BuildLocked where another does, or did until a moment ago on another machine."""
        found = self._read()
        if found and found["key"] != self._key and found["until"] > time.time() and not _has_ended(found):
            left = max(int(found["until"] - time.time()), 1)
            raise BuildLocked(
                f"Process {found['process']} on {found['host']} is building {self._name} in {self._client.address.shown}: "
                f"wait until it has finished, or {left} s if it has died."
            )
        _held.add(self._key)
        self._write(time.time() + LEASE_SECONDS)
        time.sleep(SETTLED_SECONDS)
        self.confirm()

    def renew(self) -> None:
        """Go on holding it; to be called between any two steps."""
        if time.monotonic() - self._renewed > LEASE_SECONDS / 6:
            self.confirm()
            self._write(time.time() + LEASE_SECONDS)

    def confirm(self) -> None:
        """Raise BuildLocked where another builder has it by now."""
        found = self._read()
        if not found or found["key"] != self._key:
            _held.discard(self._key)
            raise BuildLocked(
                f"Another process began to build {self._name} meanwhile: nothing was published, run it again later."
            )

    def give_back(self) -> None:
        """Let the next one build; does nothing where it is lost."""
        if self._key in _held:
            _held.discard(self._key)
            with suppress(StoreUnavailable):  # it ends by itself
                self._write(0)

    def _read(self) -> dict[str, Any] | None:
        rows = self._client.tell(
            "query", pages_name(self._name), filter=f'id == "{LEASE_ID}"', output_fields=["id", "data"]
        )
        return dict(json.loads(rows[0]["data"])) if rows else None

    def _write(self, until: float) -> None:
        row = {"id": LEASE_ID, "data": json.dumps({**self._owner, "until": until}), "born": -1, "flat": [0.0, 0.0]}
        self._client.tell("upsert", pages_name(self._name), [row])
        self._renewed = time.monotonic()


@contextmanager
def build_lease(client: Client, name: str) -> Iterator[Lease]:
    """Hold the right to build the index `name`."""
    lease = Lease(client, name)
    try:
        lease.take()
        yield lease
    finally:
        lease.give_back()


def _has_ended(holder: dict[str, Any]) -> bool:
    """Tell whether the holder was a build of this machine that is no more: its process ended, or it could not give back for want of a server."""
    if (holder["host"], holder.get("space")) != (socket.gethostname(), _space()):
        return False
    if holder["process"] == os.getpid():
        return holder["key"] not in _held
    if os.name == "nt":
        return False
    try:
        os.kill(int(holder["process"]), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _space() -> str:
    """Return within what a process id means something: containers may share a host's name."""
    with suppress(OSError):
        return str(Path("/proc/self/ns/pid").readlink())
    return ""
