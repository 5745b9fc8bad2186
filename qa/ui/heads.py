"""The first line of an answer: what it is, said once and always in the same place, and how many documents it is from.

In -> out: an Answer -> one heading of HTML.
Does not: decide how sure an answer is (qa/answers/confidence.py); where nobody has measured it on these documents, it says less.
"""

from __future__ import annotations

from html import escape

from qa.answers.parts import asks_two
from qa.answers.wanted import is_answer, likely_of, may_be_answer
from qa.datatypes import OVERVIEW, Answer
from qa.rendering import CLOSEST, NONE_CLEAR, NOT_CERTAIN, POSSIBLY
from qa.text.numbers import counted
from qa.ui.escaping import shown

CALIBRATED = ((0.75, "Very likely the answer"), (0.0, "Likely the answer"))
"""From which confidence a clear answer is called what, where the confidence was fitted to these documents."""
ANSWER, SAID, OVERVIEW_WORD = "Answer", "What the documents say", "Overview"


def head_of(answer: Answer, *, calibrated: bool) -> str:
    """Return the heading above the quotes of an answer or an overview."""
    if answer.kind == OVERVIEW:
        return _head(OVERVIEW_WORD, f": {answer.reason}")
    if not is_answer(answer):
        return _head(POSSIBLY, f", {NOT_CERTAIN}") if may_be_answer(answer) else _head(NONE_CLEAR, f" {CLOSEST}:")
    sources = len({citation.doc_id for citation in likely_of(answer)})
    title = f"Estimated probability that this answers: {answer.confidence:.0%}" if calibrated else ""
    return _head(_word(answer, calibrated=calibrated), f", word for word from {counted(sources, 'document')}", title)


def _word(answer: Answer, *, calibrated: bool) -> str:
    """Return what it is called: an answer only where it was measured, or where the very words that answer all of it can be told."""
    if calibrated:
        return next(word for least, word in CALIBRATED if answer.confidence >= least)
    return ANSWER if answer.citations[0].answer and not asks_two(answer.question) else SAID


def _head(word: str, rests: str, title: str = "") -> str:
    told = f' title="{escape(title)}"' if title else ""
    return f'<h3 class="lead"><strong{told}>{word}</strong><span class="rests">{shown(rests)}</span></h3>'
