"""`qa VERB`: the shell's way to an Engine.

In -> out: arguments and stdin -> results on stdout (text, or JSON with --json), progress and warnings on stderr, an exit status.
Does not: compute anything, or know what a verb does (qa/verbs.py).

Exit status: 0 done or answered, 1 an error with its fix, 2 wrong usage, 3 not in the documents, 4 the index is out of date.
"""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress

from qa.errors import QAError
from qa.options import DONE, FAILED, INTERRUPTED, make_parser

TYPE_CHECKING = False
if TYPE_CHECKING:  # `qa --help` needs nothing, not even `typing`
    from collections.abc import Sequence
    from typing import NoReturn

LEFT_AT_ONCE = ("ask", "retrieve", "status", "text", "-h", "--help")
"""After these nothing is left to be done: no file is open, no child or thread at work."""


def run() -> NoReturn:
    """Be the program `qa`: run the verb of the command line and end the process with its exit status."""
    if _ends_at_once():
        gc.disable()  # the collector would look a dozen times through what libraries bring, and free nothing
    try:
        status = main()
    except SystemExit as end:  # --help, or wrong usage
        if not isinstance(end.code, int):
            raise
        status = end.code
    if not _ends_at_once():
        sys.exit(status)
    with suppress(BrokenPipeError):
        sys.stdout.flush()
        sys.stderr.flush()
    # Taking libraries and models apart, which the system frees as a whole, would be a sixth of a question's time.
    os._exit(status)


def _ends_at_once() -> bool:
    return not sys.argv[1:2] or sys.argv[1] in LEFT_AT_ONCE


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb and return its exit status; a user's mistake is one line on stderr, never a traceback."""
    parser = make_parser()
    options = parser.parse_args(arguments)
    _speak_utf8()
    from qa.engine import Engine
    from qa.settings import from_env
    from qa.verbs import run_verb

    try:
        flags = ("seeds", "index", "store", "host", "port", "public_url")
        engine = Engine(from_env(**{name: getattr(options, name, None) for name in flags}))
        return run_verb(engine, options)
    except QAError as exc:
        from qa.rendering import printable

        print(f"error: {printable(str(exc))}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output has gone, as with `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE


def _speak_utf8() -> None:
    """Quotes have characters that a C locale cannot write; stdin may hold bytes that are not UTF-8."""
    for stream, errors in ((sys.stdin, "replace"), (sys.stdout, "backslashreplace"), (sys.stderr, "backslashreplace")):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(encoding="utf-8", errors=errors)
