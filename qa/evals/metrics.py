"""Quotes compared with gold questions -> the numbers of `qa eval`, with bootstrap intervals.

In -> out: one `Outcome` a question -> hit@k, MRR, hits within N characters, refusals, quote precision, clear
answers that are right or wrong, selective risk, AUROC, calibration error; character recall.
Does not: ask questions or read files.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from qa.datatypes import Span
from qa.evals.gold import Counts, GoldQuestion

HITS_AT = (1, 3, 5)
WITHIN_CHARS = (300, 600)
MRR_DEPTH = 10
COVERAGES = (0.5, 0.8)
"""Shares of all questions, the most confident first, of which the risk is told."""
BINS = 10
RESAMPLES = 1000
"""Of the bootstrap; intervals hold 95 % of them."""

Quotes = Sequence[tuple[str, Span]]
"""(doc_id, span), best first."""
Row = dict[str, float]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one answer was worth."""

    kind: str
    pair: str
    answerable: bool
    answered: bool
    confidence: float
    rank: int
    """Of the first quote that hits, from 1; 0 where none does. Counted also where the answer was a refusal."""
    shown_chars: int
    """How many characters are read until the first hit is complete; 0 where there is none."""
    sources_met: bool | None
    """Whether the hits come from as many documents as the question needs; None where it needs none."""
    recall: float = 0.0
    precision: float = 0.0
    iou: float = 0.0
    """Of characters; only where the question counts them."""
    quotes: int = 0
    right_quotes: int = 0
    """How many quotes are shown, and how many of them hit."""
    clear: bool = False
    """Whether it is given as a clear answer."""


def compare(
    question: GoldQuestion, quotes: Quotes, *, answered: bool, confidence: float, clear: bool = False
) -> Outcome:
    """Return the outcome of one answer; `quotes` are what it would quote if it were not refused."""
    rank = shown = read = right = 0
    files = set()
    for number, (doc_id, span) in enumerate(quotes, 1):
        if is_right(question, doc_id, span):
            files.add(doc_id)
            right += 1
            if not rank:
                rank, shown = number, read + _needed_chars(doc_id, span, question)
        read += span.end - span.start
    met = answered and len(files) >= question.needs_files if question.needs_files else None
    characters = _characters(question, quotes) if question.counts is Counts.CHARACTERS else (0.0, 0.0, 0.0)
    return Outcome(
        question.kind, question.pair, bool(question.places), answered, confidence, rank, shown, met, *characters,
        quotes=len(quotes), right_quotes=right, clear=answered and clear,
    )  # fmt: skip


def is_right(question: GoldQuestion, doc_id: str, quote: Span) -> bool:
    """Tell whether a quote of a document hits a place that answers a question."""
    return any(doc_id == other and hits(quote, place, question.counts) for other, place in question.places)


def hits(quote: Span, gold: Span, counts: Counts = Counts.HALF) -> bool:
    """Tell whether a quote hits a gold quote."""
    if counts is Counts.START:
        return quote.start <= gold.start < quote.end
    shared = min(quote.end, gold.end) - max(quote.start, gold.start)
    return shared > 0 and 2 * shared >= min(quote.end - quote.start, gold.end - gold.start)


def summarize(outcomes: Sequence[Outcome]) -> Row:
    """Return the metrics of some outcomes; shares are 0..1, and missing where there is nothing to divide by.

    In hit@k, mrr and within_N_chars a refusal of an answerable question is a miss; in sentence_hit@k refusals do not count.
    """
    answerable = [o for o in outcomes if o.answerable]
    unanswerable = [o for o in outcomes if not o.answerable]
    refused = [o for o in outcomes if not o.answered]
    sources = [o for o in outcomes if o.sources_met is not None]
    row: Row = {"questions": len(outcomes)}
    if answerable:
        given = [o.rank if o.answered else 0 for o in answerable]
        for k in HITS_AT:
            row[f"hit@{k}"] = _share(0 < rank <= k for rank in given)
        row[f"mrr@{MRR_DEPTH}"] = sum(1 / rank for rank in given if 0 < rank <= MRR_DEPTH) / len(answerable)
        for chars in WITHIN_CHARS:
            row[f"within_{chars}_chars"] = _share(o.answered and 0 < o.shown_chars <= chars for o in answerable)
        for k in HITS_AT[:2]:
            row[f"sentence_hit@{k}"] = _share(0 < o.rank <= k for o in answerable)
        row["false_refusals"] = _share(not o.answered for o in answerable)
        shown = [o for o in answerable if o.answered]
        row["quote_precision"] = sum(o.right_quotes for o in shown) / max(sum(o.quotes for o in shown), 1)
        row["quotes_an_answer"] = sum(o.quotes for o in shown) / max(len(shown), 1)
        if any(o.clear for o in answerable):
            row["clear_right"] = _share(o.rank == 1 for o in answerable if o.clear)
        for coverage in COVERAGES:
            row[f"risk@{coverage}"] = risk(outcomes, coverage)
    if unanswerable:
        row["clear_wrong"] = _share(o.clear for o in unanswerable)
        row["refusal_recall"] = _share(not o.answered for o in unanswerable)
        if refused:
            row["refusal_precision"] = _share(not o.answerable for o in refused)
    if answerable and unanswerable:
        row["auroc"] = auroc([o.confidence for o in answerable], [o.confidence for o in unanswerable])
        row["calibration_error"] = calibration_error([(o.confidence, o.answerable) for o in outcomes])
    if pairs := _pairs(outcomes):
        row["pair_accuracy"] = _share(a > b for a, b in pairs)
    if sources:
        row["needs_files_met"] = _share(bool(o.sources_met) for o in sources)
    return rounded(row)


def summarize_characters(outcomes: Sequence[Outcome]) -> Row:
    """Return recall, precision and IoU of characters, each the mean over questions (Smith and Troynikov, Chroma, 2024)."""
    count = len(outcomes)
    sums = {name: sum(getattr(o, name) for o in outcomes) / count for name in ("recall", "precision", "iou")}
    return rounded({"questions": count, **sums})


def intervals(
    outcomes: Sequence[Outcome], summary: Callable[[Sequence[Outcome]], Row]
) -> dict[str, tuple[float, float]]:
    """Return for each metric the bounds of 95 % of RESAMPLES bootstrap samples of the questions (pairs stay together)."""
    groups: dict[str, list[Outcome]] = {}
    for number, outcome in enumerate(outcomes):
        groups.setdefault(outcome.pair or str(number), []).append(outcome)
    chooser, units = random.Random(0), list(groups.values())
    rows = [summary([o for unit in chooser.choices(units, k=len(units)) for o in unit]) for _ in range(RESAMPLES)]
    bounds = {}
    for name in rows[0]:
        values = sorted(row[name] for row in rows if name in row)
        cut = len(values) // 40
        bounds[name] = (values[cut], values[-cut - 1])
    return {name: bound for name, bound in bounds.items() if name != "questions"}


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """Return the probability that a positive scores above a negative, ties counting half (Mann-Whitney)."""
    from bisect import bisect_left, bisect_right

    below = sorted(negative)
    return sum(bisect_left(below, p) + bisect_right(below, p) for p in positive) / (2 * len(positive) * len(below))


def calibration_error(judged: Sequence[tuple[float, bool]]) -> float:
    """Return the expected calibration error over BINS bins of equal width (Naeini, Cooper and Hauskrecht, AAAI 2015).

    Answerable and unanswerable questions count the same in total, as in the fit: how many of each a set has says nothing of life.
    """
    share = {kind: 1 / (2 * max(sum(k is kind for _, k in judged), 1)) for kind in (True, False)}
    gaps = [0.0] * BINS
    for confidence, is_right in judged:
        gaps[min(int(confidence * BINS), BINS - 1)] += share[is_right] * (confidence - is_right)
    return sum(map(abs, gaps))


def risk(outcomes: Sequence[Outcome], coverage: float) -> float:
    """Return the share of the most confident `coverage` of all questions whose first quote does not answer (selective risk).

    El-Yaniv and Wiener, *On the Foundations of Noise-free Selective Classification*, JMLR 2010.
    """
    surest = sorted(outcomes, key=lambda o: -o.confidence)[: max(round(coverage * len(outcomes)), 1)]
    return _share(o.rank != 1 for o in surest)


def rounded(row: Row) -> Row:
    """Return the metrics with four digits."""
    return {name: value if isinstance(value, int) else round(value, 4) for name, value in row.items()}


def _pairs(outcomes: Sequence[Outcome]) -> list[tuple[float, float]]:
    """The confidence of each answerable question beside that of its twin."""
    named: dict[str, dict[bool, float]] = {}
    for outcome in outcomes:
        if outcome.pair:
            named.setdefault(outcome.pair, {})[outcome.answerable] = outcome.confidence
    return [(both[True], both[False]) for both in named.values() if len(both) == 2]


def _characters(question: GoldQuestion, quotes: Quotes) -> tuple[float, float, float]:
    wanted = {(doc_id, i) for doc_id, span in question.places for i in range(span.start, span.end)}
    given = {(doc_id, i) for doc_id, span in quotes for i in range(span.start, span.end)}
    shared = len(wanted & given)
    return shared / max(len(wanted), 1), shared / max(len(given), 1), shared / max(len(wanted | given), 1)


def _needed_chars(doc_id: str, span: Span, question: GoldQuestion) -> int:
    """Fewest characters of a quote to read until it hits."""
    needed = []
    for other, place in question.places:
        if doc_id == other and hits(span, place, question.counts):
            half = -(-min(span.end - span.start, place.end - place.start) // 2)
            needed.append(max(span.start, place.start) - span.start + half)
    return min(needed)


def _share(values: Iterable[bool]) -> float:
    flags = list(values)
    return sum(flags) / len(flags)
