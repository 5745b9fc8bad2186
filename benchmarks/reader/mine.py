"""Put questions beside passages that are near and were written for something else: pairs nobody labelled, from which teachers teach.

    python benchmarks/reader/mine.py PAIRS... --out mined.jsonl.gz [--each 2]

In -> out: .jsonl.gz files of pairs -> one of pairs without a label (`answer` -2): each question with the best passages by BM25 among those
of other articles, and the best of its own article that no pair puts it beside.
Does not: know what answers; see `train.py --read` and `--taught`.
"""

import argparse
import gzip
import json
from collections import defaultdict
from pathlib import Path

import bm25s
import numpy as np
from train import UNKNOWN, read_pairs

NEAREST = 40


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pairs", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--each", type=int, default=2, help="passages of other articles for each question")
    args = parser.parse_args()
    pairs = read_pairs(args.pairs)
    passages = list({p["passage"]: p for p in pairs}.values())
    beside = defaultdict(set)
    for pair in pairs:
        beside[pair["question"]].add(pair["passage"])
    questions = list({p["question"]: p for p in pairs}.values())
    index = bm25s.BM25()
    index.index(
        bm25s.tokenize([p["passage"] for p in passages], stopwords="en", show_progress=False), show_progress=False
    )
    asked = bm25s.tokenize([p["question"] for p in questions], stopwords="en", show_progress=False)
    found, scores = index.retrieve(asked, k=NEAREST, show_progress=False)
    count = 0
    with gzip.open(args.out, "wt", encoding="utf-8") as out:
        for question, rows, marks in zip(questions, found.tolist(), np.asarray(scores).tolist(), strict=True):
            near = [
                passages[r]
                for r, m in zip(rows, marks, strict=True)
                if m > 0 and passages[r]["passage"] not in beside[question["question"]]
            ]
            own = [p for p in near if p["group"] == question["group"]][:1]
            for passage in [*own, *[p for p in near if p["group"] != question["group"]][: args.each]]:
                pair = {"id": f"mined-{count}", "source": question["source"], "lic": question["lic"], "group": question["group"],
                        "question": question["question"], "passage": passage["passage"], "sents": passage["sents"],
                        "answer": UNKNOWN, "all_answers": [], "span": None, "rule": "mined", "form": question["form"]}  # fmt: skip
                out.write(json.dumps(pair, ensure_ascii=False) + "\n")
                count += 1
    print(count, "pairs of", len(questions), "questions")


if __name__ == "__main__":
    main()
