"""The questions an empty chat offers: only such as the documents answer.

In -> out: an Engine -> a few questions, from `examples` in seeds/sources.toml or made of the names the documents use most.
Does not: offer a question whose answer is a refusal, or not clear.
"""

from __future__ import annotations

from collections.abc import Iterator

from qa.engine import Engine
from qa.text.documents import read_examples

SHOWN = 4
TRIED = 12


def answered_examples(engine: Engine) -> list[str]:
    """Return at most SHOWN questions to which the Engine has a clear answer."""
    found: list[str] = []
    for tried, question in enumerate(_candidates(engine)):
        if tried == TRIED or len(found) == SHOWN:
            break
        if question not in found and engine.ask(question).clear:
            found.append(question)
    return found


def _candidates(engine: Engine) -> Iterator[str]:
    yield from read_examples(engine.settings.seeds)
    for name in engine.frequent_names(TRIED):
        yield f"What is said about {name}?"
