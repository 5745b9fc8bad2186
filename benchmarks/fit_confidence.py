"""Fit the weights of qa/answers/confidence.py to several sets of questions and show what they are worth on folds they were not fitted on.

    python benchmarks/fit_confidence.py --set SEEDS QUESTIONS.jsonl [--set SEEDS QUESTIONS.jsonl ...] [--most 5000]

Each set is a folder of documents and a file of questions as `qa eval` reads them. Sets weigh the same, and so do both answers
within a set; as much as one answer of one set weigh questions about one folder that are asked of another: those no document answers.
Twins of a pair, and the questions of one SQuAD article, stay in one fold.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path

from qa.answers.confidence import Evidence
from qa.engine import Engine
from qa.evals.calibration import Example, balanced, collect, fit, held_out, report, trade_off
from qa.evals.gold import GoldQuestion, read_gold
from qa.evals.runner import Bench
from qa.models.embedding import load_embedder
from qa.settings import Settings

RIDGE = 3.0
"""Stronger than for one set: where sets disagree, weights between them are off by less on questions not seen."""
WEIGHT_OF_A_SET = 1000.0
STRANGERS = 400
"""Questions at most that each folder is asked about others."""


def read_some(engine: Engine, questions: Path, most: int) -> list[GoldQuestion]:
    gold = read_gold(questions, lambda doc_id: d.text if (d := engine.document(doc_id)) else None)
    return random.Random(0).sample(gold, most) if len(gold) > most else gold


def collect_strangers(engines: dict[Path, Engine], sets: Sequence[tuple[Path, list[GoldQuestion]]]) -> list[Example]:
    found: list[Example] = []
    for folder, engine in engines.items():
        others = [replace(q, places=(), history=()) for other, gold in sets if other != folder for q in gold]
        asked = random.Random(1).sample(others, min(STRANGERS, len(others)))
        found += collect(Bench(*engine.parts()), asked)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", nargs=2, action="append", type=Path, required=True, metavar=("SEEDS", "QUESTIONS"))
    parser.add_argument("--most", type=int, default=5000, help="questions taken of one set (default 5000)")
    args = parser.parse_args()
    embedder = load_embedder("all-MiniLM-L6-v2")
    with tempfile.TemporaryDirectory() as index:
        folders = dict.fromkeys(seeds for seeds, _ in args.set)
        engines = {
            seeds: Engine(Settings(seeds=seeds, index=Path(index) / str(i)), embedder=embedder)
            for i, seeds in enumerate(folders)
        }
        for engine in engines.values():
            engine.build()
        sets = [(seeds, read_some(engines[seeds], questions, args.most)) for seeds, questions in args.set]
        collected = [collect(Bench(*engines[seeds].parts()), gold) for seeds, gold in sets]
        strangers = collect_strangers(engines, sets)
    collected.append(strangers)
    examples = [example for each in collected for example in each]
    importance = [weight for each in collected for weight in balanced(each, WEIGHT_OF_A_SET)]
    given = held_out(examples, importance, RIDGE)
    weights = fit(examples, importance, RIDGE)
    print("weights", dict(zip([f.name for f in fields(Evidence)], weights.evidence, strict=True)), "bias", weights.bias)
    start = 0
    for (_, questions), each in zip(args.set, collected[:-1], strict=True):
        p = given[start : start + len(each)]
        start += len(each)
        print(questions.name, "held out:", report(each, p))
        for row in trade_off(each, p)[2:10]:
            print("  ", row)
    print("all sets held out:", report(examples[:start], given[:start]))
    if strangers:
        refused, clear = (
            sum(low <= x < high for x in given[start:]) / len(strangers) for low, high in ((0, 0.2), (0.5, 1))
        )
        print(
            f"{len(strangers)} asked of another folder, held out: {refused:.3f} refused (below .2), {clear:.3f} clear (from .5)"
        )


if __name__ == "__main__":
    main()
