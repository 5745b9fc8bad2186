"""AUROC of answerable against not, and the right sentence first, on validation pairs.

    python benchmarks/reader/measure.py WEIGHTS VALID.jsonl.gz...

WEIGHTS: what train.py writes, or the exported qa/models/reader.safetensors, both in 32 bits; what `train.py --measure` wrote (.npz); or
"shipped": the reader as the product runs it, in eight. Printed are all pairs, each source, and each rule of unanswerable pairs against
the answerable of its sources; `sentence` is the share of answerable pairs of two and more sentences whose right one is first.
"""

import argparse
from pathlib import Path

import numpy as np
from network import Pieces, Reader, inputs_of, installed_encoder, read_all
from train import read_pairs, read_taught
from weights import read_weights

from qa.datatypes import Span
from qa.models.reader import MiniLMReader


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weights")
    parser.add_argument("pairs", nargs="+", type=Path)
    args = parser.parse_args()
    pairs = read_pairs(args.pairs)
    said = read_shipped(pairs) if args.weights == "shipped" else read_trained(Path(args.weights), pairs)
    margins, first = np.array([m.max() for m in said]), [int(m.argmax()) for m in said]
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
    """Return of each pair the margins of its sentences over none, from the reader that travels with the product, as it runs there."""
    reader = MiniLMReader()
    said = (reader.read(p["question"], [(p["passage"], [Span(*s) for s in p["sents"]])])[0] for p in pairs)
    return [np.array(each.margins) for each in said]


def read_trained(weights, pairs):
    """The same from trained weights, or from what was written when they were trained."""
    if weights.suffix == ".npz":
        taught = read_taught([weights])
        logits = [taught[p["id"]][0] for p in pairs]
    else:
        reader = Reader(installed_encoder())
        assert not reader.load_state_dict(read_weights(weights), strict=False).unexpected_keys
        logits, _ = read_all(reader, inputs_of(Pieces(installed_encoder()), pairs), "cpu")
    return [each[1:] - each[0] for each in logits]


def report(name, margins, answerable, chosen=slice(None)):
    yes, no = margins[chosen][answerable[chosen]], margins[chosen][~answerable[chosen]]
    if len(yes) and len(no):
        above = (yes[:, None] > no[None]).mean() + 0.5 * (yes[:, None] == no[None]).mean()
        print(f"{name:24} {above:.3f}  ({len(yes)} / {len(no)})")


if __name__ == "__main__":
    main()
