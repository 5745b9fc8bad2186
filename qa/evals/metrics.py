"""Answers compared with gold questions -> the numbers of `qa eval`.

In -> out: one `Outcome` a question -> hit@k, MRR@10, hits within N characters, refusal precision and recall.
Does not: ask questions or read files.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qa.datatypes import Answer, Citation, Span
from qa.evals.gold import GoldQuestion

HITS_AT = (1, 3, 5)
WITHIN_CHARS = (300, 600)
MRR_DEPTH = 10


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one answer was worth."""

    kind: str
    answerable: bool
    answered: bool
    confidence: float
    rank: int
    """Of the first quote that hits, from 1; 0 where none does (a refusal quotes nothing)."""
    shown_chars: int
    """How many characters are read until the first hit is complete; 0 where there is none."""
    sources_met: bool | None
    """Whether the hits come from as many documents as the question needs; None where it needs none."""


def compare(question: GoldQuestion, answer: Answer) -> Outcome:
    """Return the outcome of one answer."""
    rank = shown = read = 0
    files = set()
    for citation in answer.citations:
        if any(doc_id == citation.doc_id and hits(citation.span, place) for doc_id, place in question.places):
            files.add(citation.doc_id)
            if not rank:
                rank, shown = citation.label, read + _needed_chars(citation, question)
        read += len(citation.text)
    met = len(files) >= question.needs_files if question.needs_files else None
    return Outcome(question.kind, bool(question.places), answer.answered, answer.confidence, rank, shown, met)


def hits(quote: Span, gold: Span) -> bool:
    """Tell whether a quote shares at least half of the shorter of the two with a gold quote."""
    shared = min(quote.end, gold.end) - max(quote.start, gold.start)
    return shared > 0 and 2 * shared >= min(quote.end - quote.start, gold.end - gold.start)


def summarize(outcomes: Sequence[Outcome]) -> dict[str, float | int]:
    """Return the metrics of some outcomes; shares are 0..1, and missing where there is nothing to divide by."""
    answerable = [o for o in outcomes if o.answerable]
    unanswerable = [o for o in outcomes if not o.answerable]
    refused = [o for o in outcomes if not o.answered]
    sources = [o for o in outcomes if o.sources_met is not None]
    row: dict[str, float | int] = {"questions": len(outcomes)}
    if answerable:
        for k in HITS_AT:
            row[f"hit@{k}"] = _share(0 < o.rank <= k for o in answerable)
        row[f"mrr@{MRR_DEPTH}"] = sum(1 / o.rank for o in answerable if 0 < o.rank <= MRR_DEPTH) / len(answerable)
        for chars in WITHIN_CHARS:
            row[f"within_{chars}_chars"] = _share(0 < o.shown_chars <= chars for o in answerable)
        row["false_refusals"] = _share(not o.answered for o in answerable)
    if unanswerable:
        row["refusal_recall"] = _share(not o.answered for o in unanswerable)
        if refused:
            row["refusal_precision"] = _share(not o.answerable for o in refused)
    if sources:
        row["needs_files_met"] = _share(bool(o.sources_met) for o in sources)
    return {key: round(value, 4) for key, value in row.items()}


def _needed_chars(citation: Citation, question: GoldQuestion) -> int:
    """Fewest characters of a citation to read until it shares half of the shorter text with a gold quote."""
    needed = []
    for doc_id, place in question.places:
        if doc_id == citation.doc_id and hits(citation.span, place):
            half = -(-min(len(citation.text), place.end - place.start) // 2)
            needed.append(max(citation.span.start, place.start) - citation.span.start + half)
    return min(needed)


def _share(values: Iterable[bool]) -> float:
    flags = list(values)
    return sum(flags) / len(flags)
