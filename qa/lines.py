"""Questions a line -> answers a line: what `-` stands for in the shell.

In -> out: lines of text or JSON objects -> JSON Lines, in order, one for each line that is not blank.
Does not: end because of a line that cannot be used; it gets an object with `error`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import IO, Any

from qa.errors import SettingsError
from qa.records import record
from qa.rendering import printable


@record
class Request:
    """One question as it came from the arguments or from a line."""

    question: str
    history: tuple[str, ...]
    k: int


Handle = Callable[[Request], tuple[dict[str, Any], str, int]]
"""A request -> its result as JSON and as text, and the exit status it would have alone."""


def answer_lines(handle: Handle, lines: Iterable[str], out: IO[str], k: int, history: Sequence[str]) -> int:
    """Write a JSON object for each line; `k` and `history` are for lines without their own. Return how many failed."""
    failed = 0
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                content = handle(_request(line, number, k, history))[0]
            except SettingsError as exc:
                failed += 1
                content = {"error": str(exc)}
                print(f"error: {printable(str(exc))}", file=sys.stderr)  # noqa: T201
            print(json.dumps(content, ensure_ascii=False), file=out, flush=True)
    return failed


def _request(line: str, number: int, k: int, history: Sequence[str]) -> Request:
    """Read one line: a JSON object when it starts with a brace, else the question itself."""
    if not line.lstrip().startswith("{"):
        return Request(line.strip(), tuple(history), k)
    try:
        entry = json.loads(line)
    except ValueError as exc:
        raise SettingsError(
            f'Line {number} is no JSON object ({exc}): write {{"question": "..."}} or the bare question.'
        ) from exc
    question, earlier, wanted = entry.get("question"), entry.get("history") or list(history), entry.get("k", k)
    if (
        not isinstance(question, str)
        or not isinstance(earlier, list)
        or not all(isinstance(text, str) for text in earlier)
    ):
        raise SettingsError(f"Line {number} needs `question` (a string) and may have `history` (a list of strings).")
    if not isinstance(wanted, int) or isinstance(wanted, bool) or wanted < 1:
        raise SettingsError(f"Line {number} has k {wanted!r}: give a whole number from 1.")
    return Request(question, tuple(earlier), wanted)
