"""Gold questions asked of an Engine -> a report.

In -> out: an ask function and gold questions -> metrics overall and per question type; the report -> a table.
Does not: compute a metric (qa/evals/metrics.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from qa.datatypes import Answer
from qa.evals.gold import GoldQuestion
from qa.evals.metrics import compare, summarize

Ask = Callable[[str, tuple[str, ...]], Answer]


def evaluate(ask: Ask, questions: Iterable[GoldQuestion]) -> dict[str, Any]:
    """Return `{"all": metrics, "by_type": {type: metrics}}`."""
    outcomes = [compare(question, ask(question.question, question.history)) for question in questions]
    kinds = list(dict.fromkeys(o.kind for o in outcomes))
    return {
        "all": summarize(outcomes),
        "by_type": {kind: summarize([o for o in outcomes if o.kind == kind]) for kind in kinds},
    }


def as_table(report: dict[str, Any]) -> str:
    """Return the report as lines of text, one a question type, a dash where a metric does not apply."""
    columns = list(report["all"])
    rows = [["type", *columns]]
    for name, metrics in [*report["by_type"].items(), ("all", report["all"])]:
        rows.append([name, *(_cell(metrics.get(column)) for column in columns)])
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    return "\n".join("  ".join(cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(zip(row, widths, strict=True)))
                     for row in rows)  # fmt: skip


def _cell(value: float | int | None) -> str:
    if value is None:
        return "-"
    return str(value) if isinstance(value, int) else f"{value:.3f}"
