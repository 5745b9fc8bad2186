"""Fit how likely a sentence answers (qa/answers/weighing.py) and how likely the documents do (qa/answers/confidence.py), leaving one set out.

    python benchmarks/fit_answers.py --set SEEDS QUESTIONS.jsonl [--set SEEDS QUESTIONS.jsonl ...] [--many FOLDER] [--most 500] [--reader none]

Each set is a folder of documents and a file of questions as `qa eval` reads them, or many such as one (benchmarks/folders.py); sets over one folder
are left out together. Sentences are weighed so that of one question's the right one comes first (listwise: the log of the right ones' share in a
softmax over them), then scaled to chances that compare between questions. The first table is
measured on each set with weights fitted to the others; the lines after it give the weights fitted to all, as they stand in the code. Weights fitted
to some collections are too sure of others: the logit is multiplied by what would have been best on each set with weights fitted to the rest.
`--drop FEATURE` takes evidence out (what is it worth?); `--keep-sentences` fits only how likely the documents, and the best sentence, answer.
Sets weigh the same, and so do both answers within a set; questions about one folder asked of another, which no document answers, weigh as one
set more.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path

import numpy as np
from folders import asked as asked_of_many
from folders import gold_of
from scipy.optimize import minimize
from scipy.special import logsumexp, softmax

from qa.answers import confidence, quoting, weighing
from qa.answers.confidence import Evidence, Fitted, Weights
from qa.answers.followups import searched_for
from qa.answers.searching import look_for
from qa.answers.weighing import SentenceWeights, features
from qa.engine import Engine
from qa.evals.calibration import Example, balanced, fit, logistic
from qa.evals.metrics import auroc, calibration_error, is_right
from qa.settings import Settings

RIDGE_SENTENCES, RIDGE_ANSWERS = 3.0, 3.0
WEIGHT_OF_A_SET = 1000.0
TRAINED_SENTENCES = 30
STRANGERS = 60
RIDGE_ORDER = 0.001
ROUNDS = 3
NAMES = (*weighing.BY_MATCH, *weighing.BY_READER)
ABSOLUTE = (NAMES.index("score"), NAMES.index("margin"))
BEHIND_BEST = (NAMES.index("behind_best"), NAMES.index("margin_behind_best"))
FACTORS = np.arange(0.3, 1.25, 0.05)


@dataclass
class Asked:
    """One question: features of its sentences, what they lose for names they lack, which of them are right, and the evidence given their chances."""

    x: np.ndarray
    lacked: np.ndarray
    right: np.ndarray
    evidence_with: object
    answerable: bool
    group: str


def ask_all(engine, questions):
    corpus, means = engine.parts()
    asked = []
    for question in questions:
        found = look_for(corpus, means, searched_for(question.question, question.history, corpus.is_name))
        if found is None:
            continue
        by_match = replace(found.ranking, chances=None)
        by_match = by_match.in_order(np.lexsort((by_match.sentences, -by_match.scores)))
        x = features(corpus, by_match, found.reads, with_reader=means.reader is not None)
        places = [corpus.sentence(int(n)) for n in by_match.sentences[: len(x)]]
        right = np.array([is_right(question, d.doc_id, s) for d, s in places])

        known: dict[int, Evidence] = {}

        def judge_with(chances, corpus=corpus, found=found, by_match=by_match, known=known):
            order = np.lexsort((by_match.sentences[: len(chances)], -chances))
            ranking, first = replace(by_match.in_order(order), chances=chances[order]), int(order[0])
            if first not in known:
                known[first] = confidence.judge(corpus, found.query, found.match, ranking, found.reads).evidence
            best, ahead = confidence.standing(ranking)
            return replace(known[first], match=float(ranking.scores.max()), best=best, ahead=ahead)

        lacked = weighing.lacked(by_match, len(x))
        asked.append(Asked(x, lacked, right, judge_with, bool(question.places), question.group))
    return asked


def fit_sentences(sets):
    """Return weights: which sentence of a question comes first (listwise), and how likely it answers (a logistic model of that order)."""
    order = fit_order(sets)
    for _ in range(ROUNDS):  # what names and headings cost is in units of the chance's logit, which the scale changes
        scale, of_best, bias = fit_scale(sets, order)
        order = fit_order(sets, scale)
    scale, of_best, bias = fit_scale(sets, order)
    weights = scale * order
    for column, behind, extra in zip(ABSOLUTE, BEHIND_BEST, of_best, strict=False):
        weights[column] += extra  # of the best one's score: the own one's less how far it is behind
        weights[behind] -= extra
    return SentenceWeights(tuple(round(float(w), 4) for w in weights), round(float(bias), 4))


def fit_order(sets, scale=1.0):
    """Return `(f,)` weights under which the right sentences of each question have the most of a softmax over its first ones."""
    listed = [(a, 1 / len(asked) ** 0.5) for asked in sets for a in asked if a.right[:TRAINED_SENTENCES].any()]
    longest = max(len(a.x[:TRAINED_SENTENCES]) for a, _ in listed)
    x = np.zeros((len(listed), longest, listed[0][0].x.shape[1]))
    lost, right = np.full((len(listed), longest), -np.inf), np.zeros((len(listed), longest), bool)
    for row, (a, _) in enumerate(listed):
        count = len(a.x[:TRAINED_SENTENCES])
        x[row, :count], right[row, :count] = a.x[:count], a.right[:count]
        lost[row, :count] = a.lacked[:count] / scale
    spread = np.maximum(np.concatenate([a.x[:TRAINED_SENTENCES] for a, _ in listed]).std(axis=0), 1e-9)
    share = np.array([s for _, s in listed])
    share /= share.sum()
    x /= spread

    def loss(w):
        z = x @ w + lost
        of_right = np.where(right, z, -np.inf)
        told = share @ (logsumexp(of_right, axis=1) - logsumexp(z, axis=1))
        slope = np.einsum("q,qs,qsf->f", share, softmax(z, axis=1) - softmax(of_right, axis=1), x)
        return -told + RIDGE_ORDER * w @ w, slope + 2 * RIDGE_ORDER * w

    return minimize(loss, np.zeros(x.shape[2]), jac=True, method="L-BFGS-B").x / spread


def fit_scale(sets, order):
    """Return scale, weights of the best score (and with a reader of the best margin) and bias that make chances of the order."""
    xs, ys, importance = [], [], []
    for asked in sets:
        share = WEIGHT_OF_A_SET / max(len(asked), 1)
        for a in asked:
            first = a.x[:TRAINED_SENTENCES]
            best = [np.full(len(first), (first[:, c] - first[:, b]).max()) for c, b in bests(first)]
            xs.append(np.stack([first @ order, *best], axis=1))
            ys.append(a.right[:TRAINED_SENTENCES])
            importance += [share] * len(first)
    weights, bias = logistic(
        np.concatenate(xs), np.concatenate(ys).astype(float), np.array(importance), RIDGE_SENTENCES
    )
    return weights[0], weights[1:], bias


def bests(x):
    """Return the columns of what is absolute and of how far it is behind the best one's, as far as there are features."""
    return [(c, b) for c, b in zip(ABSOLUTE, BEHIND_BEST, strict=True) if b < x.shape[1]]


def told_of(a, weights, dropped):
    """Return the evidence for a question, the chances of its sentences and their order by these, the likeliest first."""
    chances = weighing.chances_of(a.x, a.lacked, weights)
    evidence = replace(a.evidence_with(chances), **dict.fromkeys(dropped, 0.0))
    return evidence, chances, np.argsort(-chances, kind="stable")


def examples_of(asked, weights, dropped):
    told = [told_of(a, weights, dropped) for a in asked]
    return [
        Example(astuple(evidence), a.answerable, a.group, bool(a.right[order[0]]))
        for a, (evidence, _, order) in zip(asked, told, strict=True)
    ]


def of_documents(examples):
    """Return them without how far the best sentence is ahead of the next, which says little of whether the documents answer."""
    at = [field.name for field in fields(Evidence)].index("ahead")
    return [replace(e, evidence=(*e.evidence[:at], 0.0, *e.evidence[at + 1 :])) for e in examples]


def of_first(examples):
    return [replace(e, answerable=e.right) for e in examples]


def fit_weights(sets):
    """Return the weights for sets of examples, in each of which both answers count the same."""
    everything, importance = [], []
    for of_set in filter(None, sets):
        yes = sum(e.answerable for e in of_set)
        if yes in (0, len(of_set)):
            importance += [WEIGHT_OF_A_SET / 2 / len(of_set)] * len(of_set)
        else:
            importance += balanced(of_set, WEIGHT_OF_A_SET)
        everything += of_set
    return fit(everything, importance, RIDGE_ANSWERS)


def fit_all(sets, dropped, kept):
    """Return the weights of sentences (those `kept`, if any), and the examples they make, of sets that are (folder, questions, strangers)."""
    by_sentence = kept or fit_sentences([asked for _, asked, _ in sets])
    strangers = {folder: strange for folder, _, strange in sets}
    all_asked = [*(asked for _, asked, _ in sets), [a for each in strangers.values() for a in each]]
    return by_sentence, [examples_of(asked, by_sentence, dropped) for asked in all_asked]


def tempered(sets, dropped, kept):
    """Return the weights of sentences, and of both probabilities, as sure as weights fitted to the rest may be of a set that is left out (least
    balanced log loss); and by how much they were scaled for it."""
    held_out = []
    for folder, asked, _ in sets:
        by_sentence, rest = fit_all([each for each in sets if each[0] != folder], dropped, kept)
        held_out.append((rest, examples_of(asked, by_sentence, dropped)))
    by_sentence, examples = fit_all(sets, dropped, kept)
    fitted, factors = [], []
    for seen_as in (of_documents, of_first):
        found = []
        for rest, of_set in held_out:
            weights = fit_weights(map(seen_as, rest))
            found += [(weights, e, share) for e, share in zip(seen_as(of_set), shares(seen_as(of_set)), strict=True)]
        p = np.array([weights.probability(Evidence(*e.evidence)) for weights, e, _ in found])
        sign = np.array([1 if e.answerable else -1 for _, e, _ in found])
        x, share = np.log(p / (1 - p)), np.array([s for _, _, s in found])
        factor = min(FACTORS, key=lambda f, x=x, s=sign, w=share: float(w @ np.log1p(np.exp(-f * s * x))))
        weights = fit_weights(map(seen_as, examples))
        scaled = tuple(round(float(w * factor), 4) for w in weights.evidence)
        fitted.append(Weights(scaled, round(float(weights.bias * factor), 4)))
        factors.append(factor)
    return by_sentence, Fitted(*fitted), factors


def told(factors):
    return " ".join(f"x{factor:.2f}" for factor in factors)


def shares(examples):
    yes = sum(e.answerable for e in examples)
    return balanced(examples, 1.0) if 0 < yes < len(examples) else [1 / len(examples)] * len(examples)


def report(name, asked, sentence_weights, fitted, dropped):
    least, share = quoting.LEAST_CHANCE, quoting.SHARE_OF_BEST
    first = third = shown_all = right_all = 0
    clear, low = (
        Settings.__dataclass_fields__["clear_threshold"].default,
        Settings.__dataclass_fields__["threshold"].default,
    )
    judged = []
    for a in asked:
        evidence, chances, order = told_of(a, sentence_weights, dropped)
        right = bool(a.right[order[0]])
        judged.append((fitted.answers.probability(evidence), fitted.first.probability(evidence), a.answerable, right))
        if a.answerable:
            shown = [i for i in order[:5] if chances[i] >= max(least, share * chances[order[0]])] or [order[0]]
            first += a.right[order[0]]
            third += any(a.right[i] for i in shown[:3])
            shown_all, right_all = shown_all + len(shown), right_all + sum(a.right[i] for i in shown)
    yes, no = [p for p, _, a, _ in judged if a], [p for p, _, a, _ in judged if not a]
    count = max(len(yes), 1)
    sure = [(s >= clear, a, r) for _, s, a, r in judged]
    row = {
        "hit@1": first / count, "hit@3": third / count, "precision": right_all / max(shown_all, 1), "quotes": shown_all / count,
        "auroc": auroc(yes, no) if yes and no else float("nan"),
        "calibration": calibration_error([(p, a) for p, _, a, _ in judged]), "of first": calibration_error([(s, r) for _, s, _, r in judged]),
        "answerable refused": np.mean([p < low for p in yes]) if yes else float("nan"), "unanswerable refused": np.mean([p < low for p in no]),
        "unanswerable clear": sum(s for s, a, _ in sure if not a), "right clear": sum(s and r for s, a, r in sure if a),
        "wrong clear": sum(s and not r for s, a, r in sure if a),
    }  # fmt: skip
    print(
        f"{name:28}",
        " ".join(f"{k} {v:.2f}" if isinstance(v, float) else f"{k} {v}" for k, v in row.items()),
        flush=True,
    )
    return [(p, a) for p, _, a, _ in judged]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", nargs=2, action="append", type=Path, required=True, metavar=("SEEDS", "QUESTIONS"))
    parser.add_argument(
        "--many", action="append", type=Path, default=[], metavar="FOLDER", help="many collections, as one set"
    )
    parser.add_argument("--most", type=int, default=500, help="questions taken of one set (default 500)")
    parser.add_argument("--reader", default="default")
    parser.add_argument("--indexes", type=Path, help="folder in which the indexes are kept (default: a temporary one)")
    parser.add_argument("--drop", action="append", default=[], choices=[f.name for f in fields(Evidence)])
    parser.add_argument(
        "--keep-sentences", action="store_true", help="weights of sentences as they stand in the code: fit the others"
    )
    args = parser.parse_args()
    in_code = weighing.MATCH_ONLY if args.reader == "none" else weighing.WITH_READER
    sentences = in_code if args.keep_sentences else None
    names, sets, folders, golds, pooled = [], [], [], [], []
    with tempfile.TemporaryDirectory() as temporary:
        engines = {}
        for seeds, questions in args.set:
            if seeds not in engines:
                engines[seeds] = Engine(
                    Settings(
                        seeds=seeds, index=(args.indexes or Path(temporary)) / str(len(engines)), reader=args.reader
                    )
                )
                engines[seeds].build()
            engine = engines[seeds]
            gold = gold_of(engine, questions)
            gold = random.Random(0).sample(gold, args.most) if len(gold) > args.most else gold
            names.append(f"{seeds.parent.name}/{questions.stem}")
            folders.append(seeds)
            golds.append(gold)
            sets.append(ask_all(engine, gold))
            print(names[-1], len(sets[-1]), flush=True)
        for folder in args.many:
            kept = (args.indexes or Path(temporary)) / folder.name
            of_many = [(ask_all(e, gold), gold) for _, e, gold in asked_of_many(folder, kept, args.reader)]
            names.append(folder.name)
            folders.append(folder)
            golds.append([q for _, gold in of_many for q in gold])
            sets.append([a for asked, _ in of_many for a in asked])
            print(names[-1], len(sets[-1]), flush=True)
        strangers = []
        for seeds, engine in engines.items():
            others = [
                replace(q, places=(), history=(), pair="")
                for s, g in zip(folders, golds, strict=True)
                if s != seeds
                for q in g
            ]
            strangers.append(ask_all(engine, random.Random(1).sample(others, min(STRANGERS, len(others)))))
        strange = dict(zip(engines, strangers, strict=True))
    whole = [(folder, asked, strange.get(folder, [])) for folder, asked in zip(folders, sets, strict=True)]
    print("fitted to the others:")
    for name, (folder, asked, _) in zip(names, whole, strict=True):
        by_sentence, weights, factors = tempered([each for each in whole if each[0] != folder], args.drop, sentences)
        pooled += report(f"{name} ({told(factors)})", asked, by_sentence, weights, args.drop)
    print(f"all together: calibration {calibration_error(pooled):.3f}")
    by_sentence, weights, factors = tempered(whole, args.drop, sentences)
    print(f"fitted to all ({told(factors)}):")
    for name, asked in zip(names, sets, strict=True):
        report(name, asked, by_sentence, weights, args.drop)
    for seeds, asked in strange.items():
        report(f"strangers to {seeds.parent.name}", asked, by_sentence, weights, args.drop)
    print(by_sentence)
    print(weights)


if __name__ == "__main__":
    main()
