"""Gold questions -> the weights of the confidence, fitted to them, and what they are worth on folds they were not fitted on.

In -> out: a Bench and questions -> `Calibration`; it is kept beside the index, for the model it was fitted with.
Does not: choose the evidence (qa/answers/confidence.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from qa.answers.confidence import Evidence, Fitted, Weights, judge
from qa.answers.followups import searched_for
from qa.answers.searching import look_for
from qa.errors import SettingsError
from qa.evals.gold import GoldQuestion
from qa.evals.metrics import Row, auroc, calibration_error, is_right, rounded
from qa.evals.runner import Bench

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FOLDS = 5
RIDGE = 0.1
"""Pull of the weights (bias excepted) towards 0; the likelihood of 1,000 questions is on the other side."""
FEWEST = 10
"""Answerable and unanswerable questions that a calibration needs of each."""


@dataclass(frozen=True, slots=True)
class Example:
    """The evidence for one question, whether it has an answer, what it stays together with, and whether the best sentence is one."""

    evidence: tuple[float, ...]
    answerable: bool
    group: str
    right: bool = False


def collect(bench: Bench, questions: Sequence[GoldQuestion]) -> list[Example]:
    """Return the evidence of every question that holds a word."""
    examples = []
    for question in questions:
        found = look_for(
            bench.corpus, bench.means, searched_for(question.question, question.history, bench.corpus.is_name)
        )
        if found is not None:
            evidence = judge(bench.corpus, found.query, found.match, found.ranking, found.reads).evidence
            document, span = bench.corpus.sentence(int(found.ranking.sentences[0]))
            right = is_right(question, document.doc_id, span)
            examples.append(Example(astuple(evidence), bool(question.places), question.group, right))
    return examples


def fit(examples: Sequence[Example], importance: Sequence[float] | None = None, ridge: float = RIDGE) -> Weights:
    """Return the weights of a logistic regression with a ridge; both answers count the same unless `importance` is given."""
    import numpy as np

    x = np.array([example.evidence for example in examples])
    y = np.array([example.answerable for example in examples], float)
    share = np.array(balanced(examples, len(examples)) if importance is None else importance)
    return Weights(*logistic(x, y, share, ridge))


def logistic(
    x: NDArray[np.float64], y: NDArray[np.float64], share: NDArray[np.float64], ridge: float
) -> tuple[tuple[float, ...], float]:
    """Return weights and bias of a logistic regression of y (n,) on x (n, f), each row counting `share` times.

    Newton's method (iteratively reweighted least squares); the ridge pulls at the weights of features scaled to variance 1.
    """
    import numpy as np

    scale = np.maximum(x.std(axis=0), 1e-9)
    rows = np.concatenate([x / scale, np.ones((len(x), 1))], axis=1)
    pull = np.diag([*[ridge] * x.shape[1], 1e-9])
    w = np.zeros(rows.shape[1])
    for _ in range(100):
        p = 1 / (1 + np.exp(-np.clip(rows @ w, -30, 30)))
        gradient = rows.T @ (share * (p - y)) + pull @ w
        step = np.linalg.solve((rows * (share * p * (1 - p))[:, None]).T @ rows + pull, gradient)
        w -= step
        if float(np.abs(step).max()) < 1e-8:
            break
    return tuple(round(float(v), 4) for v in w[:-1] / scale), round(float(w[-1]), 4)


def balanced(examples: Sequence[Example], total: float) -> list[float]:
    """Return the importance of each example: `total` together, half of it for each answer."""
    yes = sum(example.answerable for example in examples)
    return [total / 2 / (yes if example.answerable else len(examples) - yes) for example in examples]


def held_out(
    examples: Sequence[Example], importance: Sequence[float] | None = None, ridge: float = RIDGE
) -> list[float]:
    """Return for each example the probability that weights fitted on the other folds give it."""
    names = {group: i for i, group in enumerate(dict.fromkeys(example.group for example in examples))}
    fold = [names[example.group] % FOLDS for example in examples]
    given = [0.0] * len(examples)
    for left_out in range(FOLDS):
        kept = [i for i in range(len(examples)) if fold[i] != left_out]
        weights = fit([examples[i] for i in kept], None if importance is None else [importance[i] for i in kept], ridge)
        for i in range(len(examples)):
            if fold[i] == left_out:
                given[i] = weights.probability(Evidence(*examples[i].evidence))
    return given


def report(examples: Sequence[Example], given: Sequence[float]) -> Row:
    """Return what held-out probabilities are worth."""
    yes = [p for p, e in zip(given, examples, strict=True) if e.answerable]
    no = [p for p, e in zip(given, examples, strict=True) if not e.answerable]
    judged = [(p, e.answerable) for p, e in zip(given, examples, strict=True)]
    return rounded(
        {"questions": len(examples), "auroc": auroc(yes, no), "calibration_error": calibration_error(judged)}
    )


def fit_first(examples: Sequence[Example]) -> Weights:
    """Return weights of the probability that the best sentence answers; of too few that do, those of the probability that the documents do."""
    if sum(example.right for example in examples) < FEWEST:
        return fit(examples)
    return fit([replace(example, answerable=example.right) for example in examples])


def calibrate(bench: Bench, questions: Sequence[GoldQuestion]) -> tuple[Fitted, dict[str, Any]]:
    """Return weights fitted to all questions, and the report of held-out folds with the trade-off of the threshold.

    Raises SettingsError where there are too few questions of one kind.
    """
    examples = collect(bench, questions)
    answerable = sum(example.answerable for example in examples)
    if min(answerable, len(examples) - answerable) < FEWEST:
        here = f"{answerable} and {len(examples) - answerable}"
        raise SettingsError(
            f"A calibration needs at least {FEWEST} questions with an answer and {FEWEST} without; here are {here}."
        )
    given = held_out(examples)
    weights = Fitted(fit(examples), fit_first(examples))
    return weights, {
        "held_out": report(examples, given),
        "trade_off": trade_off(examples, given),
        "weights": _named(weights.answers),
        "weights_of_first": _named(weights.first),
    }


def _named(weights: Weights) -> dict[str, float]:
    names = [field.name for field in fields(Evidence)]
    return dict(zip([*names, "bias"], [*weights.evidence, weights.bias], strict=True))


def trade_off(examples: Sequence[Example], given: Sequence[float]) -> list[Row]:
    """Return for thresholds from .05 to .95 which share of the unanswerable and of the answerable is refused."""
    yes = [p for p, e in zip(given, examples, strict=True) if e.answerable]
    no = [p for p, e in zip(given, examples, strict=True) if not e.answerable]
    cuts = [step / 20 for step in range(1, 20)]
    return [
        rounded(
            {
                "threshold": t,
                "refusal_recall": sum(p < t for p in no) / len(no),
                "false_refusals": sum(p < t for p in yes) / len(yes),
            }
        )
        for t in cuts
    ]
