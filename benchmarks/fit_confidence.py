"""Fit the weights of qa/confidence.py and show what they are worth on folds they were not fitted on.

    python benchmarks/fit_confidence.py --set SEEDS QUESTIONS.jsonl [--set SEEDS QUESTIONS.jsonl ...] [--most 1000]

Each set is a folder of documents and a file of questions with `question`, `answers` (empty: unanswerable), optionally
`history` and `pair` (twins stay in one fold). Sets weigh the same, and so do both answers within a set.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from dataclasses import astuple, fields
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from qa.building import build_index
from qa.confidence import Evidence, judge
from qa.corpus import Corpus
from qa.embedding import Embedder, load_embedder
from qa.followups import searched_for
from qa.quoting import rank_sentences
from qa.retrieval import make_query, rank_passages
from qa.settings import Settings
from qa.snapshots import open_snapshot

FOLDS = 5


def collect(seeds: Path, questions: Path, most: int, embedder: Embedder) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the evidence `(n, 5)`, whether each question is answerable, and its fold."""
    with tempfile.TemporaryDirectory() as index:
        settings = Settings(seeds=seeds, index=Path(index))
        build_index(settings, lambda: embedder)
        corpus = Corpus(open_snapshot(settings.index))
        entries = [json.loads(line) for line in questions.read_text(encoding="utf-8").splitlines()]
        if len(entries) > most:
            entries = random.Random(0).sample(entries, most)
        rows = []
        for entry in entries:
            query = make_query(searched_for(entry["question"], entry.get("history") or ()), embedder)
            ranked = rank_passages(corpus, query, settings.candidates, lexical_weight=settings.lexical_weight)
            ranking = rank_sentences(corpus, query, [passage.row for passage in ranked])
            rows.append(astuple(judge(corpus, query, ranking).evidence))
    groups = {name: i for i, name in enumerate(dict.fromkeys(e.get("pair", e["id"]) for e in entries))}
    folds = np.array([groups[e.get("pair", e["id"])] % FOLDS for e in entries])
    return np.array(rows), np.array([bool(e["answers"]) for e in entries]), folds


def fit(evidence: np.ndarray, answerable: np.ndarray, weights: np.ndarray) -> LogisticRegression:
    return LogisticRegression(C=10, max_iter=5000).fit(evidence, answerable, sample_weight=weights)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", nargs=2, action="append", type=Path, required=True, metavar=("SEEDS", "QUESTIONS"))
    parser.add_argument("--most", type=int, default=1000, help="questions taken of one set (default 1000)")
    args = parser.parse_args()
    embedder = load_embedder("all-MiniLM-L6-v2")
    sets = [collect(seeds, questions, args.most, embedder) for seeds, questions in args.set]
    evidence, answerable, folds = (np.concatenate(parts) for parts in zip(*sets, strict=True))
    weights = np.concatenate([np.where(y, 50 / y.sum(), 50 / (~y).sum()) for _, y, _ in sets])
    held_out = np.zeros(len(answerable))
    for fold in range(FOLDS):
        kept = folds != fold
        held_out[~kept] = fit(evidence[kept], answerable[kept], weights[kept]).predict_proba(evidence[~kept])[:, 1]
    model = fit(evidence, answerable, weights)
    print("weights", dict(zip([f.name for f in fields(Evidence)], model.coef_[0].round(2).tolist(), strict=True)))
    print("bias", round(float(model.intercept_[0]), 2))
    start = 0
    for (_, questions), (_, y, _) in zip(args.set, sets, strict=True):
        p = held_out[start : start + len(y)]
        start += len(y)
        print(f"{questions.name}: {len(y)} questions, held-out AUROC {roc_auc_score(y, p):.3f}")
        for threshold in (0.2, 0.25, 0.3, 0.35, 0.4):
            print(f"  threshold {threshold:.2f}: refused {np.mean(p[~y] < threshold):.2f} of the unanswerable, "
                  f"{np.mean(p[y] < threshold):.2f} of the answerable")  # fmt: skip


if __name__ == "__main__":
    main()
