"""A Milvus server for tests: `milvus-lite server`, a process of its own on a free port of this machine, ended by its process id.

TEST_MILVUS_URI (host:port) names a running one instead: a standalone server or a cluster.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

STARTED_SECONDS = 60


class Server:
    """Started with `start`, killed with `kill` and started again on the same data and port."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.is_elsewhere = "TEST_MILVUS_URI" in os.environ

    def store(self, name: str) -> str:
        """Return the address of an index."""
        return f"milvus://{os.environ.get('TEST_MILVUS_URI') or f'127.0.0.1:{self._port}'}/{name}"

    def start(self) -> "Server":
        program = Path(sys.executable).with_name("milvus-lite")
        arguments = ["--data-dir", str(self._folder / "data"), "--host", "127.0.0.1", "--port", str(self._port)]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen([program, "server", *arguments], stdout=log, stderr=log)
        end = time.monotonic() + STARTED_SECONDS
        while not _is_open(self._port):
            if self._process.poll() is not None or time.monotonic() > end:
                raise RuntimeError((self._folder / "log").read_text(errors="replace"))
            time.sleep(0.05)
        return self

    def kill(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _is_open(port: int) -> bool:
    with socket.socket() as asked:
        return asked.connect_ex(("127.0.0.1", port)) == 0
