"""Train the reader on CPU or GPU; see benchmarks/reader/README.md.

    python benchmarks/reader/train.py PAIRS... --out reader.pt --minutes 180 [--start earlier.safetensors] [--seed 5]

PAIRS are .jsonl.gz files of the format that README describes. A checkpoint is kept every five minutes beside `--out`, and a run that is
started again with the same `--out` goes on from it; `OUT.curve.jsonl` is the loss by pairs seen.
"""

import argparse
import gzip
import json
import random
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from network import Reader, collate, featurize, load_tokenizer
from weights import read_weights

WEIGHTS = {"human-un": 2.5, "win-near": 1.2, "win-bm25": 0.6}
LEFT_OUT_RULES = {"tpl-speaker-in"}
BATCH, SORTED_BATCHES, WARM_UP = 32, 20, 100
AVERAGE = 0.999


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pairs", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=180)
    parser.add_argument("--start", type=Path, help="weights to start from instead of the embedder's alone")
    parser.add_argument("--leave-out", default="", help="sources left out, with commas between them")
    parser.add_argument("--rate", type=float, default=1.5e-4)
    parser.add_argument("--seed", type=int, default=5)
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    chooser = random.Random(args.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    pairs, features = load_pairs(args.pairs, set(args.leave_out.split(",")))
    reader = Reader().to(device).train()  # from_pretrained leaves the encoder without dropout
    if args.start:
        missing = reader.load_state_dict(read_weights(args.start), strict=False)
        assert not missing.unexpected_keys, missing.unexpected_keys
    trained = {n: p for n, p in reader.named_parameters() if p.requires_grad}
    groups = [
        {"params": [p for n, p in trained.items() if n.startswith("enc") == is_encoder], "base": args.rate * factor}
        for is_encoder, factor in ((True, 1), (False, 3))
    ]
    optimizer = torch.optim.AdamW(groups, lr=args.rate, weight_decay=0.01)
    average = {n: p.detach().clone() for n, p in trained.items()}
    seen = step = 0
    spent = 0.0
    checkpoint = args.out.with_suffix(".checkpoint")
    if checkpoint.exists():
        kept = torch.load(checkpoint, map_location=device)
        reader.load_state_dict(kept["reader"], strict=False)
        optimizer.load_state_dict(kept["optimizer"])
        average, seen, step, spent = kept["average"], kept["seen"], kept["step"], kept["spent"]
        chooser = random.Random(args.seed + seen)  # another order than that of the pairs it has seen
    curve = args.out.with_suffix(".curve.jsonl").open("a")
    began, saved, losses = time.time() - spent, time.time(), []
    budget = args.minutes * 60
    for batch in batches(features, chooser):
        share = (time.time() - began) / budget
        if share >= 1:
            break
        for group in optimizer.param_groups:
            group["lr"] = group["base"] * min(1, (step + 1) / WARM_UP) * max(0.02, 1 - share)
        with torch.autocast(device, dtype=torch.bfloat16):  # twice the pairs a second where the processor knows it
            of_sentences, of_spans = loss_of(reader, [pairs[i] for i in batch], [features[i] for i in batch], device)
        (of_sentences + 0.5 * of_spans).backward()
        torch.nn.utils.clip_grad_norm_(trained.values(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        step, seen = step + 1, seen + len(batch)
        keep = min(AVERAGE, (step + 1) / (step + 10))
        with torch.no_grad():
            for name, value in average.items():
                value.lerp_(trained[name], 1 - keep)
        losses.append((of_sentences.item(), of_spans.item()))
        if step % 50 == 0:
            recent = losses[-200:]
            row = {"seen": seen, "seconds": round(time.time() - began), "sentences": sum(a for a, _ in recent) / len(recent),
                   "spans": sum(b for _, b in recent) / len(recent)}  # fmt: skip
            curve.write(json.dumps(row) + "\n")
            curve.flush()
            print(row, flush=True)
        if time.time() - saved > 300:
            saved = time.time()
            state = {"reader": dict(trained), "optimizer": optimizer.state_dict(), "average": average, "seen": seen,
                     "step": step, "spent": time.time() - began}  # fmt: skip
            torch.save(state, checkpoint)
    torch.save({name: value.half().cpu() for name, value in average.items()}, args.out)
    print("done", step, seen, round(time.time() - began))


def load_pairs(paths, left_out):
    """Return the pairs that can be trained on, each with `targets` (sentences) and `pieces` (of the span, None: unknown)."""
    pairs = []
    for path in paths:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            pairs += [
                p for p in map(json.loads, lines) if p["rule"] not in LEFT_OUT_RULES and p["source"] not in left_out
            ]
    features = featurize(load_tokenizer(), [(p["question"], p["passage"], p["sents"]) for p in pairs])
    kept = []
    for pair, f in zip(pairs, features, strict=True):
        gold = (pair["all_answers"] or [pair["answer"]]) if pair["answer"] >= 0 else []
        pair["targets"] = [n for n in gold if n <= max(f.sentences, default=-1)]
        pair["pieces"] = None if gold else (0, 0)
        if gold and pair["span"]:
            start, end = pair["span"]
            inside = [i for i, (a, b) in enumerate(f.offsets) if b > start and a < end]
            pair["pieces"] = (f.first + inside[0], f.first + inside[-1]) if inside else None
        kept.append(bool(f.sentences) and (not gold or bool(pair["targets"])))
    print(sum(kept), "pairs of", len(pairs), flush=True)
    return [p for p, k in zip(pairs, kept, strict=True) if k], [f for f, k in zip(features, kept, strict=True) if k]


def batches(features, chooser):
    order = list(range(len(features)))
    while True:
        chooser.shuffle(order)
        for first in range(0, len(order), BATCH * SORTED_BATCHES):
            part = sorted(order[first : first + BATCH * SORTED_BATCHES], key=lambda i: len(features[i].ids))
            cut = [part[k : k + BATCH] for k in range(0, len(part), BATCH)]
            chooser.shuffle(cut)
            yield from cut


def loss_of(reader, pairs, features, device):
    *tensors, count = collate(features)
    sentences, spans = reader(*(t.to(device) for t in tensors), count)
    right = torch.zeros_like(sentences, dtype=torch.bool)
    for i, pair in enumerate(pairs):
        right[i, [n + 1 for n in pair["targets"]] or [0]] = True
    weights = torch.tensor([WEIGHTS.get(pair["rule"], 1.0) for pair in pairs], device=device)
    logs = F.log_softmax(sentences.float(), 1)
    spans = spans.float()
    of_sentences = (-torch.logsumexp(logs.masked_fill(~right, -1e4), 1) * weights).mean()
    known = [i for i, pair in enumerate(pairs) if pair["pieces"] is not None]
    if not known:
        return of_sentences, torch.zeros((), device=device)
    starts, ends = (torch.tensor([pairs[i]["pieces"][side] for i in known], device=device) for side in (0, 1))
    return of_sentences, (F.cross_entropy(spans[known, :, 0], starts) + F.cross_entropy(spans[known, :, 1], ends)) / 2


if __name__ == "__main__":
    torch.set_num_threads(2)
    main()
