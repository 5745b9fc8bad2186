"""Pairs drawn by chance out of several files, so many of each: what a run of train.py learns from.

    python benchmarks/reader/mix.py --out mixed.jsonl.gz [--longest 850] [--seed 61] COUNT:FILES[:RULE or :-RULE] ...
    python benchmarks/reader/mix.py --out mixed.jsonl.gz '9500:PAIRS/train-*.jsonl.gz:-human-un' 11000:everyday.jsonl.gz

In -> out: files of pairs, the names with stars as a shell reads them -> one file of pairs in an order of chance. RULE: of that rule alone;
-RULE: of every other. `--longest` is the most characters a passage may have.
Does not: draw a pair twice out of one part.
"""

import argparse
import gzip
import json
import random
from pathlib import Path

from train import read_pairs


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="+")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--longest", type=int, default=850)
    parser.add_argument("--seed", type=int, default=61)
    args = parser.parse_args()
    chooser = random.Random(args.seed)
    drawn = [pair for part in args.parts for pair in drawn_of(part, args.longest, chooser)]
    chooser.shuffle(drawn)
    with gzip.open(args.out, "wt", encoding="utf-8") as out:
        out.writelines(json.dumps(pair) + "\n" for pair in drawn)
    print(len(drawn), "pairs")


def drawn_of(part, longest, chooser):
    count, files, *rules = part.split(":", 2)
    pairs = read_pairs(sorted(Path(files).parent.glob(Path(files).name)))
    fitting = [pair for pair in pairs if len(pair["passage"]) <= longest and follows(pair["rule"], rules)]
    return chooser.sample(fitting, min(int(count), len(fitting)))


def follows(rule, rules):
    return all(rule != asked[1:] if asked.startswith("-") else rule == asked for asked in rules)


if __name__ == "__main__":
    main()
