"""Gold questions asked of an index -> a report.

In -> out: a `Bench` and gold questions -> metrics with intervals, overall and per type, beside simpler rankings; the report -> a table.
Does not: compute a metric (qa/evals/metrics.py) or fit anything (qa/evals/calibration.py).
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from qa.answers.answering import answer_question
from qa.answers.followups import searched_for
from qa.answers.retrieval import make_query, rank_passages
from qa.answers.searching import Means, find_hits
from qa.defaults import HITS_SHOWN
from qa.evals.gold import Counts, GoldQuestion
from qa.evals.metrics import Outcome, Quotes, Row, compare, intervals, summarize, summarize_characters
from qa.indexing.contract import Corpus

BASELINES = {"bm25": 1.0, "dense": 0.0}
"""Share of BM25 of each simpler ranking; "fused" takes the settings'. All show whole passages and refuse nothing."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What questions are asked of (`Bench(*engine.parts())`)."""

    corpus: Corpus
    means: Means


def evaluate(bench: Bench, questions: Sequence[GoldQuestion], *, baselines: bool = False) -> dict[str, Any]:
    """Return `{"all": metrics, "intervals": bounds, "by_type": {type: metrics}, "baselines": {ranking: metrics}}`."""
    summary = _summary(questions)
    report = report_of(outcomes_of(bench, questions), summary)
    if baselines:
        shares = {**BASELINES, "fused": bench.means.settings.lexical_weight}
        report["baselines"] = {name: summary(list(_simply(bench, questions, share))) for name, share in shares.items()}
    return report


def outcomes_of(bench: Bench, questions: Sequence[GoldQuestion]) -> list[Outcome]:
    """Return what came of each question; questions about passages are asked of `retrieve`."""
    passages = questions[0].counts is Counts.CHARACTERS
    return [_retrieved(bench, question) if passages else _answered(bench, question) for question in questions]


def report_of(outcomes: Sequence[Outcome], summary: Callable[[Sequence[Outcome]], Row] = summarize) -> dict[str, Any]:
    """Return metrics of outcomes, of one collection or of many, with intervals and by type."""
    kinds = list(dict.fromkeys(o.kind for o in outcomes))
    return {
        "all": summary(outcomes),
        "intervals": intervals(outcomes, summary),
        "by_type": {kind: summary([o for o in outcomes if o.kind == kind]) for kind in kinds},
    }


def as_table(report: dict[str, Any]) -> str:
    """Return the report as lines of text, one a question type, a dash where a metric does not apply."""
    columns = list(report["all"])
    rows = [["type", *columns]]
    named = [
        *report["by_type"].items(),
        ("all", report["all"]),
        *((f"({n})", m) for n, m in report.get("baselines", {}).items()),
    ]
    for name, metrics in named:
        rows.append([name, *(_cell(metrics.get(column)) for column in columns)])
    bounds = report.get("intervals", {})
    rows.append(["from", *(_cell(bounds[c][0] if c in bounds else None) for c in columns)])
    rows.append(["to", *(_cell(bounds[c][1] if c in bounds else None) for c in columns)])
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    return "\n".join("  ".join(cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(zip(row, widths, strict=True)))
                     for row in rows)  # fmt: skip


def provenance(bench: Bench) -> dict[str, Any]:
    """Return what the numbers were measured with: the commit of this clone ("" outside one), the settings but for folders, the weights."""
    git = ["git", "-C", str(Path(__file__).parent), "rev-parse", "HEAD"]
    try:
        commit = subprocess.run(git, capture_output=True, text=True, timeout=10, check=False).stdout.strip()
    except OSError:
        commit = ""
    settings = {f.name: getattr(bench.means.settings, f.name) for f in fields(bench.means.settings)}
    kept = {
        name: value for name, value in settings.items() if not isinstance(value, Path) and name not in ("host", "port")
    }
    weights = bench.means.weights
    return {
        "commit": commit,
        "settings": kept,
        "weights": [*weights.answers.evidence, weights.answers.bias, *weights.first.evidence, weights.first.bias],
    }


def _summary(questions: Sequence[GoldQuestion]) -> Callable[[Sequence[Outcome]], Row]:
    return summarize_characters if questions[0].counts is Counts.CHARACTERS else summarize


def _answered(bench: Bench, question: GoldQuestion) -> Outcome:
    """Ask as `ask` does, but look at the quotes of a refusal, too."""
    settings = bench.means.settings
    never_silent = replace(bench.means, settings=replace(settings, threshold=0.0))
    answer = answer_question(bench.corpus, never_silent, question.question, history=question.history)
    answered = answer.answered and answer.confidence >= settings.threshold
    quotes = [(citation.doc_id, citation.span) for citation in answer.citations]
    return compare(question, quotes, answered=answered, confidence=answer.confidence, clear=answer.clear)


def _retrieved(bench: Bench, question: GoldQuestion) -> Outcome:
    hits = find_hits(bench.corpus, bench.means, question.question, HITS_SHOWN)
    quotes = [(hit.passage.doc_id, hit.passage.span) for hit in hits]
    return compare(question, quotes, answered=True, confidence=1.0)


def _simply(bench: Bench, questions: Iterable[GoldQuestion], share: float) -> Iterable[Outcome]:
    for question in questions:
        query = make_query(
            searched_for(question.question, question.history, bench.corpus.is_name), bench.means.embedder
        )
        ranked = rank_passages(bench.corpus, query, HITS_SHOWN, lexical_weight=share)
        passages = [bench.corpus.passage(passage.row) for passage in ranked]
        quotes: Quotes = [(passage.doc_id, passage.span) for passage in passages]
        yield compare(question, quotes, answered=True, confidence=1.0)


def _cell(value: float | int | None) -> str:
    if value is None:
        return "-"
    return str(value) if isinstance(value, int) else f"{value:.3f}"
