"""The questions an empty chat offers: only such as the documents answer.

In -> out: an Engine -> a few questions, of `examples` in seeds/sources.toml, headings that ask and names; their HTML.
Does not: offer a question whose answer is a refusal, or not clear.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from qa.datatypes import OVERVIEW
from qa.engine import Engine
from qa.errors import IndexMissing, QAError
from qa.text.sources import read_examples
from qa.text.tokens import content_words
from qa.ui import cards

SHOWN = 4
TRIED = 12
ABOUT = "What are these documents about?"
FROM_HEADINGS = 3
FEWEST_WORDS, LONGEST = 3, 70
"""A heading that asks is a question of its own with so many content words, and one to be offered up to so many characters."""
_ASKS = re.compile(
    r"(?:who|whose|what|which|when|where|why|how|is|are|can|does|do|did|should|will)\b[^?]*\?", re.IGNORECASE
)

_LEANS = re.compile(r"\b(?:this|these|that|those|it|its|they|them|their|he|she|such|above|below)\b", re.IGNORECASE)
"""A heading with such a word asks something only where it stands."""


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
        if question not in found and ((answer := engine.ask(question)).clear or answer.kind == OVERVIEW):
            found.append(question)
    return found


def _candidates(engine: Engine) -> Iterator[str]:
    yield from read_examples(engine.settings.seeds)
    yield ABOUT
    yield from asking_headings(engine)[:FROM_HEADINGS]
    for name in engine.names_offered(TRIED):
        yield f"What is said about {name}?"


def asking_headings(engine: Engine) -> list[str]:
    """Return headings that are questions, the first of each document before any second: what stands below answers them."""
    ranked = []
    for number, entry in enumerate(engine.parts()[0].entries):
        asking = [path[-1].strip() for path in entry["paths"] if path and _ASKS.fullmatch(path[-1].strip())]
        alone = [each for each in asking if len(each) <= LONGEST and not _LEANS.search(each)]
        whole = [each for each in alone if len(content_words(each)) >= FEWEST_WORDS]
        ranked += [(nth, number, heading) for nth, heading in enumerate(dict.fromkeys(whole))]
    return [heading for *_, heading in sorted(ranked)]
