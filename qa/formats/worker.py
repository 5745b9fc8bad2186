"""Files are read in a process of their own, with limits: what crashes, hangs or swells there is a sentence here.

In -> out: a file's bytes -> `Parsed`, or the picture of a page; Unreadable with the reason.
Does not: read anything itself (qa/formats/child.py), or keep a process that has failed.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import threading
from typing import Any

from qa.datatypes import Parsed
from qa.formats.packing import unpack
from qa.formats.reading import Unreadable

MEMORY = 1_500_000_000
"""Address space of the process, in bytes."""
CPU_SECONDS = 60
WALL_SECONDS = 180
FILES_EACH = 500
"""A process that has read so many files is replaced: what libraries leak does not add up."""
MAX_ANSWER = 2_000_000_000
_START = "import json, sys; sys.path[:] = json.loads(sys.argv.pop(1)); from qa.formats.child import main; main()"
"""Modules are found where this process finds them, and never in the folder it happens to stand in."""
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
DAMAGED = "is damaged: the program that reads it ended in the middle. Open it in its own program and save it again."
SLOW = "takes too long to be read: split it, or save it anew in its own program."


class Worker:
    """One process, started when it is needed and again after a failure; one request at a time."""

    def __init__(
        self, *, cpu_seconds: int = CPU_SECONDS, wall_seconds: float = WALL_SECONDS, memory: int = MEMORY
    ) -> None:
        self._limits = cpu_seconds, wall_seconds, memory
        self._process: subprocess.Popen[bytes] | None = None
        self._answered = 0
        self._lock = threading.Lock()

    def parse(self, data: bytes, name: str, format_name: str) -> Parsed:
        """Read a file by the module of that name."""
        described, payload = self._ask({"task": "parse", "name": name, "format": format_name}, data)
        try:
            return unpack(described, payload)
        except (ValueError, KeyError, TypeError) as exc:
            self.close()  # what answers nonsense may have been taken over by what it read
            raise Unreadable(DAMAGED) from exc

    def picture(self, data: bytes, page: int, width: int) -> bytes:
        """Return a page of a PDF as a PNG."""
        return self._ask({"task": "picture", "page": page, "width": width}, data)[1]

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    def _ask(self, request: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
        seconds, wall, _ = self._limits
        with self._lock:
            process = self._running()
            late = threading.Event()
            timer = threading.Timer(wall, _end, (process, late))
            timer.start()
            try:
                described, payload = _exchange(process, {**request, "size": len(data), "seconds": seconds}, data)
            except (OSError, ValueError, EOFError) as exc:
                self.close()
                ran_out = late.is_set() or process.returncode == -24  # SIGXCPU: its time is up
                raise Unreadable(SLOW if ran_out else DAMAGED) from exc
            finally:
                timer.cancel()
        if "unreadable" in described:
            raise Unreadable(str(described["unreadable"]))
        return described, payload

    def _running(self) -> subprocess.Popen[bytes]:
        if self._answered >= FILES_EACH or (self._process is not None and self._process.poll() is not None):
            self.close()
        if self._process is None:
            self._answered = 0
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", _START, json.dumps([path for path in sys.path if path]), str(self._limits[2])],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                env={**os.environ, **_ONE_THREAD},
            )  # fmt: skip
        self._answered += 1
        return self._process


def _end(process: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    process.kill()


def _exchange(process: subprocess.Popen[bytes], request: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
    """Send a request and return the answer; EOFError where the process ends before it."""
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(json.dumps(request).encode("ascii") + b"\n")
    process.stdin.write(data)
    process.stdin.flush()
    described = json.loads(process.stdout.readline() or b"0")
    if not isinstance(described, dict):
        raise EOFError
    size = int(described.get("payload", 0))
    if not 0 <= size <= MAX_ANSWER:
        raise ValueError(size)
    payload = process.stdout.read(size)
    if len(payload) < size:
        raise EOFError
    return described, payload


READING = Worker()
"""Reads the files of a build, one after another."""
SHOWING = Worker(cpu_seconds=20, wall_seconds=30)
"""Draws pages for the chat page while it is served."""
atexit.register(READING.close)
atexit.register(SHOWING.close)
