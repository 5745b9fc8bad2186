"""The process in which files from strangers are read; qa/formats/worker.py starts it.

In -> out: requests on stdin (a line of JSON, then the file's bytes) -> answers on stdout (a line of JSON, then a payload).
Does not: outlive its parent, take more memory or time than it was given, or touch a file.
"""

from __future__ import annotations

import json
import os
import struct
import sys
import zipfile
import zlib
from importlib import import_module
from typing import IO, Any
from xml.etree import ElementTree

from qa.formats.packing import pack
from qa.formats.reading import Unreadable

_DAMAGE = (
    ArithmeticError, AttributeError, EOFError, ElementTree.ParseError, LookupError, NotImplementedError, OSError, RecursionError,
    RuntimeError, TypeError, ValueError, struct.error, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What readers and the libraries below them raise for bytes that are not what they should be."""


def main() -> None:
    """Answer requests until stdin ends."""
    source, sink = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # a library that prints does not spoil an answer
    memory = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    _limit_memory(memory)
    while line := source.readline():
        request = json.loads(line)
        _limit_time(request["seconds"])
        described, payload = _answer(request, source)
        described["payload"] = len(payload)
        sink.write(json.dumps(described).encode("ascii") + b"\n")
        sink.write(payload)
        sink.flush()


def _answer(request: dict[str, Any], source: IO[bytes]) -> tuple[dict[str, Any], bytes]:
    data = source.read(request["size"])
    try:
        if request["task"] == "picture":
            from qa.formats.drawing import picture

            return {}, picture(data, request["page"], request["width"])
        return pack(import_module(f"qa.formats.{request['format']}").parse(data, request["name"]))
    except Unreadable as exc:
        return {"unreadable": str(exc)}, b""
    except MemoryError:
        return {"unreadable": "needs more memory to be read than a file may take: split it, or save it anew."}, b""
    except _DAMAGE as exc:
        return {"unreadable": f"is damaged ({type(exc).__name__}): open it in its program and save it again."}, b""


def _limit_memory(size: int) -> None:
    if sys.platform != "win32" and size:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (size, size))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _limit_time(seconds: int) -> None:
    """Let the system end this process when it has worked for so many seconds more."""
    if sys.platform != "win32":
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        _, most = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds, most))
