"""Answers, hits and reports -> JSON for scripts.

In -> out: the records of qa/datatypes.py and qa/reports.py -> a dict ready for JSON, with the keys the README lists.
Does not: write it, or leave out what a record has none of (it is null).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from qa.datatypes import Answer, Citation, Hit, Place
from qa.formats.places import place_to_dict
from qa.reports import BuildReport, Status

if TYPE_CHECKING:
    from qa.answers.verifying import Verification

DECIMALS = 6
"""Digits kept of a score: beyond them the order of an addition may show."""


def answer_to_dict(answer: Answer) -> dict[str, Any]:
    """Return an answer as the JSON object of `qa ask --json`."""
    return {
        "question": answer.question,
        "searched": answer.searched,
        "corrections": dict(answer.corrections),
        "answered": answer.answered,
        "kind": answer.kind,
        "clear": answer.clear,
        "confidence": round(answer.confidence, DECIMALS),
        "reason": answer.reason,
        "stale": answer.stale,
        "citations": [citation_to_dict(citation) for citation in answer.citations],
        "hits": [hit_to_dict(hit) for hit in answer.hits],
    }


def citation_to_dict(citation: Citation) -> dict[str, Any]:
    """Return a citation as JSON; `text == document[start:end]`, in code points."""
    return {
        "label": citation.label,
        "doc_id": citation.doc_id,
        "title": citation.title,
        "start": citation.span.start,
        "end": citation.span.end,
        "line": citation.line,
        "column": citation.column,
        "sha256": citation.sha256,
        "text": citation.text,
        "score": round(citation.score, DECIMALS),
        "probability": round(citation.probability, DECIMALS),
        "answer": {"start": citation.answer.start, "end": citation.answer.end} if citation.answer else None,
        "kind": citation.kind.value,
        "also": [_place_to_dict(place) for place in citation.also],
        "stale": citation.stale,
        **place_to_dict(citation),
    }


def hit_to_dict(hit: Hit) -> dict[str, Any]:
    """Return a hit as JSON; `text == document[start:end]`, in code points."""
    return {
        "rank": hit.rank,
        "doc_id": hit.passage.doc_id,
        "title": hit.passage.title,
        "start": hit.passage.span.start,
        "end": hit.passage.span.end,
        "text": hit.passage.text,
        "score": round(hit.score, DECIMALS),
        "dense_score": round(hit.dense_score, DECIMALS),
        "lexical_score": round(hit.lexical_score, DECIMALS),
    }


def hits_to_dict(question: str, hits: Sequence[Hit]) -> dict[str, Any]:
    """Return ranked passages as the JSON object of `qa retrieve --json`."""
    return {"question": question, "hits": [hit_to_dict(hit) for hit in hits]}


def verification_to_dict(verification: Verification) -> dict[str, Any]:
    """Return as JSON whether and where the documents have a text word for word."""
    rows = zip(verification.places, verification.exact, verification.quotes, strict=True)
    places = [{**_place_to_dict(place), "text": quote, "exact": exact} for place, exact, quote in rows]
    return {"text": verification.text, "found": bool(places), "places": places, "more": verification.more}


def report_to_dict(report: BuildReport) -> dict[str, Any]:
    """Return a build report as the JSON object of `qa build --json`."""
    return {**asdict(report), "seconds": round(report.seconds, 3)}


def status_to_dict(status: Status) -> dict[str, Any]:
    """Return a status as the JSON object of `qa status --json`."""
    return {
        **asdict(status),
        "store": dict(status.store),
        "languages": dict(status.languages),
        "age_seconds": round(status.age_seconds),
        "stale": status.stale,
    }


def _place_to_dict(place: Place) -> dict[str, Any]:
    return {
        "doc_id": place.doc_id,
        "title": place.title,
        "start": place.span.start,
        "end": place.span.end,
        "line": place.line,
        "column": place.column,
        "sha256": place.sha256,
        **place_to_dict(place),
    }
