"""The questions an empty chat offers: only such as the documents answer.

In -> out: an Engine -> a few questions, from `examples` in seeds/sources.toml or made of the names the documents use most; their HTML.
Does not: offer a question whose answer is a refusal, or not clear.
"""

from __future__ import annotations

from collections.abc import Iterator

from qa.engine import Engine
from qa.errors import IndexMissing, QAError
from qa.text.documents import read_examples
from qa.ui import cards

SHOWN = 4
TRIED = 12
OVERVIEW = "What are these documents about?"


class Offered:
    """What an empty chat shows: questions to the snapshot that answers, whoever built it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._snapshot = self._html = ""
        self.questions: list[str] = []

    def welcome(self) -> str:
        """Return the HTML; it is made again, and each question asked, only for another snapshot."""
        engine = self._engine
        try:
            snapshot = engine.parts()[0].name
            if self._snapshot != snapshot:
                first = engine.documents(cards.TITLES_SHOWN)
                self.questions = answered_examples(engine)
                self._html = cards.welcome(self.questions, first, engine.document_count())
                self._snapshot = snapshot
        except IndexMissing:
            return self._html or cards.welcome([])
        except QAError as exc:
            return self._html or cards.error_card(str(exc))
        return self._html


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
    yield OVERVIEW
    for name in engine.frequent_names(TRIED):
        yield f"What is said about {name}?"
