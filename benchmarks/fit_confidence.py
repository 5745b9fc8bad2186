"""Fit the weights of qa/answers/confidence.py to several sets of questions and show what they are worth on folds they were not fitted on.

    python benchmarks/fit_confidence.py --set SEEDS QUESTIONS.jsonl [--set SEEDS QUESTIONS.jsonl ...] [--most 1000]

Each set is a folder of documents and a file of questions as `qa eval` reads them. Sets weigh the same, and so do both answers
within a set; twins of a pair, and the questions of one SQuAD article, stay in one fold.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from dataclasses import fields
from pathlib import Path

from qa.answers.answering import Means
from qa.answers.confidence import Evidence
from qa.evals.calibration import Example, collect, fit, held_out, report, trade_off
from qa.evals.gold import read_gold
from qa.evals.runner import Bench
from qa.indexing.building import build_index
from qa.indexing.corpus import Corpus
from qa.indexing.embedding import Embedder, load_embedder
from qa.indexing.snapshots import open_snapshot
from qa.settings import Settings


def collect_set(seeds: Path, questions: Path, most: int, embedder: Embedder) -> list[Example]:
    with tempfile.TemporaryDirectory() as index:
        settings = Settings(seeds=seeds, index=Path(index))
        build_index(settings, lambda: embedder)
        corpus = Corpus(open_snapshot(settings.index))
        gold = read_gold(questions, lambda doc_id: d.text if (d := corpus.find_document(doc_id)) else None)
        if len(gold) > most:
            gold = random.Random(0).sample(gold, most)
        return collect(Bench(corpus, Means(embedder, settings)), gold)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", nargs=2, action="append", type=Path, required=True, metavar=("SEEDS", "QUESTIONS"))
    parser.add_argument("--most", type=int, default=1000, help="questions taken of one set (default 1000)")
    args = parser.parse_args()
    embedder = load_embedder("all-MiniLM-L6-v2")
    sets = [collect_set(seeds, questions, args.most, embedder) for seeds, questions in args.set]
    examples = [example for each in sets for example in each]
    importance: list[float] = []
    for each in sets:
        yes = sum(example.answerable for example in each)
        importance += [500 / yes if example.answerable else 500 / (len(each) - yes) for example in each]
    given = held_out(examples, importance)
    weights = fit(examples, importance)
    print("weights", dict(zip([f.name for f in fields(Evidence)], weights.evidence, strict=True)), "bias", weights.bias)
    print("all sets held out:", report(examples, given))
    start = 0
    for (_, questions), each in zip(args.set, sets, strict=True):
        p = given[start : start + len(each)]
        start += len(each)
        print(questions.name, "held out:", report(each, p))
        for row in trade_off(each, p)[2:10]:
            print("  ", row)


if __name__ == "__main__":
    main()
