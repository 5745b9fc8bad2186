"""AUROC of answerable against not, and the right sentence first, on validation pairs.

    python benchmarks/reader/measure.py WEIGHTS VALID.jsonl.gz...

WEIGHTS: what train.py writes, or the exported qa/models/reader.safetensors, both in 32 bits; "shipped": the reader as the product runs it, in
eight. Printed are all pairs, each source, and each rule of unanswerable pairs
against the answerable of its sources; `sentence` is the share of answerable pairs of two and more sentences whose right one is first.
"""

import argparse
import gzip
import json
from pathlib import Path

import numpy as np
import torch
from network import Reader, collate, featurize, load_tokenizer
from weights import read_weights

from qa.datatypes import Span
from qa.models.reader import MiniLMReader

BATCH = 32


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weights")
    parser.add_argument("pairs", nargs="+", type=Path)
    args = parser.parse_args()
    pairs = [json.loads(line) for path in args.pairs for line in gzip.decompress(path.read_bytes()).splitlines()]
    margins, first = read_shipped(pairs) if args.weights == "shipped" else read_trained(Path(args.weights), pairs)
    answerable = np.array([p["answer"] >= 0 for p in pairs])
    report("all", margins, answerable)
    right = [
        first[i] in (p["all_answers"] or [p["answer"]])
        for i, p in enumerate(pairs)
        if answerable[i] and len(p["sents"]) > 1
    ]
    print(f"sentence {np.mean(right):.3f} of {len(right)}")
    for source in sorted({p["source"] for p in pairs}):
        report(f"source {source}", margins, answerable, np.array([p["source"] == source for p in pairs]))
    for rule in sorted({p["rule"] for p in pairs if p["answer"] < 0}):
        sources = {p["source"] for p in pairs if p["rule"] == rule}
        chosen = [p["rule"] == rule or (p["answer"] >= 0 and p["source"] in sources) for p in pairs]
        report(f"rule {rule}", margins, answerable, np.array(chosen))


def read_shipped(pairs):
    """The same as `read_trained` from the reader that travels with the product, as it runs there."""
    reader = MiniLMReader()
    read = (reader.read(p["question"], [(p["passage"], [Span(*s) for s in p["sents"]])])[0].margins for p in pairs)
    margins = [np.array(each) for each in read]
    return np.array([each.max() for each in margins]), np.array([each.argmax() for each in margins])


@torch.inference_mode()
def read_trained(weights, pairs):
    """Return the largest margin of a sentence over none, and which sentence that is, for every pair."""
    reader = Reader().eval()
    assert not reader.load_state_dict(read_weights(weights), strict=False).unexpected_keys
    features = featurize(load_tokenizer(), [(p["question"], p["passage"], p["sents"]) for p in pairs])
    margins, first = np.zeros(len(features)), np.zeros(len(features), int)
    order = sorted(range(len(features)), key=lambda i: len(features[i].ids))
    for start in range(0, len(order), BATCH):
        part = order[start : start + BATCH]
        *tensors, count = collate([features[i] for i in part])
        logits, _ = reader(*tensors, count)
        best = logits[:, 1:].max(1)
        margins[part], first[part] = (best.values - logits[:, 0]).numpy(), best.indices.numpy()
    return margins, first


def report(name, margins, answerable, chosen=slice(None)):
    yes, no = margins[chosen][answerable[chosen]], margins[chosen][~answerable[chosen]]
    if len(yes) and len(no):
        above = (yes[:, None] > no[None]).mean() + 0.5 * (yes[:, None] == no[None]).mean()
        print(f"{name:24} {above:.3f}  ({len(yes)} / {len(no)})")


if __name__ == "__main__":
    main()
