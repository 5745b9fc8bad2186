"""The verbs a script imports, over one default Engine with the settings of the environment.

In -> out: `ask`, `retrieve`, `build` -> the records of qa/datatypes.py.
Does not: take settings (make an `Engine(Settings(...))` for that), or print.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from qa.datatypes import Answer, Hit
from qa.defaults import HITS_SHOWN
from qa.engine import Engine
from qa.reports import BuildReport


@cache
def default_engine() -> Engine:
    """Return the Engine the verbs share; `QA_*` are read when it is first asked for."""
    return Engine()


def retrieve(
    question: str,
    k: int = HITS_SHOWN,
    *,
    history: Sequence[str] = (),
    max_tokens: int | None = None,
    within: Sequence[str] = (),
) -> list[Hit]:
    """Return the k best passages for a question, best first; see `Engine.retrieve`."""
    return default_engine().retrieve(question, k, history=history, max_tokens=max_tokens, within=within)


def ask(
    question: str,
    *,
    history: Sequence[str] = (),
    k: int = HITS_SHOWN,
    as_typed: bool = False,
    within: Sequence[str] = (),
) -> Answer:
    """Return the Answer to a question: quotes, or a refusal with its reason; see `Engine.ask`."""
    return default_engine().ask(question, history=history, k=k, as_typed=as_typed, within=within)


def build(*, full: bool = False, strict: bool = False) -> BuildReport:
    """Bring the index in line with the seeds; see `Engine.build`."""
    return default_engine().build(full=full, strict=strict)
