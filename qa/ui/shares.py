"""Whose question is answered next: fair shares of the server among those who ask, what is only restored behind all that is new.

In -> out: a question that may have to wait -> its turn, or `Busy` where too many wait.
Does not: answer, or know who somebody is: a share is that of an address (`CLIENT`, which the Guard sets for each request).
"""

from __future__ import annotations

import ipaddress
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

CLIENT: ContextVar[str] = ContextVar("CLIENT", default="")
"""Whose request is worked on; empty for this machine's own, which share nothing with strangers."""
SHARE = 4
"""The part of the queue one address may fill: one in so many."""
MOST_BEHIND = 16
"""Of remembered questions that wait; the page asks again for the others."""
MOST_BEHIND_EACH = 2
_NETWORK = 64
"""Bits of an IPv6 address that name one customer; the others they choose themselves."""


class Refused(Exception):
    """What a caller sent cannot be used, or there is no index; the message says which."""


class Busy(Refused):
    """As many questions wait as may."""


def client_name(host: str) -> str:
    """Return under which name an address has its share: itself, of IPv6 its network, "" for this machine."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.version == 6:
        mapped = address.ipv4_mapped
        address = mapped or address
    if address.is_loopback:
        return ""
    return str(address) if address.version == 4 else str(ipaddress.ip_network((int(address), _NETWORK), strict=False))


class Shares:
    """Places for work: `at_once` run, `most_waiting` wait in lines, one line an address, and the lines take turns."""

    def __init__(self, at_once: int, most_waiting: int) -> None:
        self._lock = threading.Lock()
        self._free = at_once
        self._most = most_waiting
        self._lines: dict[tuple[bool, str], deque[threading.Event]] = {}

    @contextmanager
    def turn(self, *, behind: bool = False) -> Iterator[None]:
        """Wait for a place, in the line of CLIENT; with `behind`, until nothing else waits. Raises Busy."""
        ticket = self._join(CLIENT.get(), behind)
        if ticket:
            ticket.wait()
        try:
            yield
        finally:
            self._leave()

    def waiting(self, *, behind: bool = False) -> int:
        """Return how many wait."""
        return sum(len(line) for (late, _), line in self._lines.items() if late == behind)

    def _join(self, client: str, behind: bool) -> threading.Event | None:
        with self._lock:
            if self._free and not self._lines:
                self._free -= 1
                return None
            mine = self._lines.get((behind, client), ())
            if self.waiting(behind=behind) >= (MOST_BEHIND if behind else self._most):
                raise Busy("Too many questions are waiting: ask again in a moment")
            if client and len(mine) >= (MOST_BEHIND_EACH if behind else max(1, self._most // SHARE)):
                raise Busy("Too many questions from your address are waiting: ask again in a moment")
            ticket = threading.Event()
            self._lines.setdefault((behind, client), deque()).append(ticket)
            return ticket

    def _leave(self) -> None:
        with self._lock:
            if not self._lines:
                self._free += 1
                return
            key = min(self._lines, key=lambda line: line[0])  # the first that is not behind: they stand in turn
            line = self._lines.pop(key)
            line.popleft().set()
            if line:
                self._lines[key] = line  # at the end
