"""Train the reader on GPU or CPU; see benchmarks/reader/README.md.

    python benchmarks/reader/train.py PAIRS... --out reader.pt [--epochs 8] [--encoder FOLDER] [--frozen 2] [--taught LOGITS.npz] [--seed 5]
    python benchmarks/reader/train.py PAIRS... --out teacher0.pt --encoder LARGER --fold 0/2 --read logits.npz

PAIRS are .jsonl.gz files of the format that README describes. `--fold 0/2` leaves out every second article, and `--read` writes what the
trained network says of the pairs it has not seen; from such files of both halves another run learns with `--taught`. A checkpoint is kept
every five minutes beside `--out`, and a run that is started again with the same `--out` goes on from it; `OUT.curve.jsonl` is the loss by
pairs seen.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import time
import zlib
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from network import Pieces, Reader, halved, inputs_of, installed_encoder, read_all
from weights import read_weights

WEIGHTS = {"human-un": 2.5, "win-near": 1.2, "win-bm25": 0.6}
LEFT_OUT_RULES = {"tpl-speaker-in"}
SORTED_BATCHES, WARM_UP = 20, 100
AVERAGE = 0.999
EMBEDDINGS = ".embeddings."
"""In the names of weights that are not trained: they stay those of the encoder."""
UNKNOWN = -2
"""`answer` of a pair that nobody labelled: only what a teacher says of it is learnt."""


def main():
    args = read_arguments()
    torch.manual_seed(args.seed)
    chooser = random.Random(args.seed)
    device = args.device or ("cuda" if torch.cuda.is_available() else "cpu")
    everything = read_pairs(args.pairs)
    known = [p for p in everything if not args.fold or in_fold(p, *args.fold) is False]
    taught = read_taught(args.taught)
    pairs = [p for p in known if wanted(p, args, taught)]
    pieces = Pieces(args.encoder)
    inputs = inputs_of(pieces, pairs)
    targets = Targets(pairs, inputs, taught, args, device)
    print(len(pairs), "pairs of", len(everything), flush=True)
    reader = Reader(args.encoder, args.frozen).to(device).train()  # from_pretrained leaves the encoder without dropout
    if args.start:
        assert not reader.load_state_dict(read_weights(args.start), strict=False).unexpected_keys
    learn(reader, inputs, targets, chooser, device, args)
    if args.read:
        unseen = [p for p in everything if not args.fold or in_fold(p, *args.fold)]
        write_read(reader, pieces, unseen, device, args.read)
    for path, out in args.measure or ():
        write_read(reader, pieces, read_pairs([path]), device, out)


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pairs", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=float, default=8)
    parser.add_argument("--minutes", type=float, default=600, help="at most")
    parser.add_argument(
        "--encoder",
        type=Path,
        default=None,
        help="folder of the encoder to start from; without: the installed embedder",
    )
    parser.add_argument("--frozen", type=int, default=0, help="how many lower layers stay as they are")
    parser.add_argument("--start", type=Path, help="weights to start from instead of the encoder's alone")
    parser.add_argument("--taught", type=Path, nargs="*", default=(), help="what teachers said of pairs (see --read)")
    parser.add_argument("--trust", type=float, default=0.5, help="share of the teachers in the loss of a labelled pair")
    parser.add_argument(
        "--fold", type=lambda x: tuple(map(int, x.split("/"))), help="k/n: leave out every n-th article"
    )
    parser.add_argument("--read", type=Path, help="where to write what it says of the pairs it left out")
    parser.add_argument("--measure", nargs=2, type=Path, action="append", metavar=("PAIRS", "OUT"))
    parser.add_argument("--leave-out", default="", help="sources left out, with commas between them")
    parser.add_argument("--rules", default="", help="rules left out, with commas between them")
    parser.add_argument("--span", type=float, default=0.5, help="weight of the loss of the answering words")
    parser.add_argument("--plain", action="store_true", help="every pair weighs the same")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--decay", type=float, default=0.01)
    parser.add_argument("--device")
    parser.add_argument("--seed", type=int, default=5)
    args = parser.parse_args()
    args.encoder = args.encoder or installed_encoder()
    return args


def read_pairs(paths):
    pairs = []
    for path in paths:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            pairs += [json.loads(line) for line in lines]
    return pairs


def in_fold(pair, which, folds):
    """Tell whether the pair's article is of the part that is left out."""
    return zlib.crc32(pair["group"].encode()) % folds == which


def wanted(pair, args, taught):
    left_out = pair["rule"] in LEFT_OUT_RULES | set(args.rules.split(",")) or pair["source"] in args.leave_out.split(
        ","
    )
    return not left_out and (pair["answer"] != UNKNOWN or pair["id"] in taught)


def read_taught(paths):
    """Return of each pair's id the logits of none and its sentences, start and end of the answer and how likely it is: means over teachers."""
    found = {}
    for path in paths:
        with np.load(path) as kept:
            ends = np.cumsum(kept["sizes"])
            parts = np.split(kept["logits"].astype(np.float32), ends[:-1])
            for name, logits, span in zip(kept["ids"].tolist(), parts, kept["spans"].tolist(), strict=True):
                found.setdefault(name, []).append((logits, span))
    return {
        name: (np.mean([a for a, _ in each], 0), max((b for _, b in each), key=lambda b: b[2]))
        for name, each in found.items()
    }


def write_read(reader, pieces, pairs, device, path):
    inputs = inputs_of(pieces, pairs)
    logits, spans = read_all(reader, inputs, device)
    spans[:, :2] -= inputs.first[:, None].numpy()  # from the passage on; "no answer" stands before it
    np.savez_compressed(
        path, ids=np.array([p["id"] for p in pairs]), sizes=[len(x) for x in logits],
        logits=np.concatenate(logits).astype(np.float16), spans=spans.astype(np.float16),
    )  # fmt: skip


class Targets:
    """What is to be learnt of each pair, as tensors on the device."""

    def __init__(self, pairs, inputs, taught, args, device):
        n, most = len(pairs), 1 + int(inputs.counts.max())
        right, soft = np.zeros((n, most), bool), np.full((n, most), -1e4, np.float32)
        words, sure = np.zeros((n, 2), np.int64), np.zeros(n, np.float32)
        hard, trust = np.ones(n, np.float32), np.zeros(n, np.float32)
        weights = np.ones(n, np.float32)
        for i, pair in enumerate(pairs):
            count, first = int(inputs.counts[i]), int(inputs.first[i])
            gold = (pair["all_answers"] or [pair["answer"]]) if pair["answer"] >= 0 else []
            gold = [k for k in gold if k < count]
            right[i, [k + 1 for k in gold] or [0]] = True
            weights[i] = 1.0 if args.plain else WEIGHTS.get(pair["rule"], 1.0)
            if pair["answer"] == UNKNOWN or (pair["answer"] >= 0 and not gold):
                hard[i] = 0.0
            elif not gold:
                sure[i] = 1.0
            elif pair["span"]:
                inside = [
                    k for k, (a, b) in enumerate(inputs.offsets[i]) if b > pair["span"][0] and a < pair["span"][1]
                ]
                if inside:
                    words[i], sure[i] = (first + inside[0], first + inside[-1]), 1.0
            if pair["id"] in taught:
                logits, (start, end, likely) = taught[pair["id"]]
                logits = logits[: count + 1]
                soft[i, : len(logits)] = logits
                trust[i] = args.trust if hard[i] else 1.0
                if not hard[i] and first + max(start, end) < inputs.lengths[i]:
                    words[i], sure[i] = [first + int(k) if k >= 0 else 0 for k in (start, end)], likely
        hard = np.where(hard > 0, 1 - trust, 0.0).astype(np.float32)
        self.right, self.hard, self.trust = (torch.from_numpy(x).to(device) for x in (right, hard, trust))
        self.soft = torch.from_numpy(soft).to(device)
        self.words, self.sure, self.weights = (torch.from_numpy(x).to(device) for x in (words, sure, weights))

    def losses(self, rows, of_sentences, of_spans):
        """Minus the log of the share of all right sentences, or what parts the share from the teachers'; and the words' cross entropy."""
        rows, width = rows.to(self.right.device), of_sentences.shape[1]
        logs = F.log_softmax(of_sentences.float(), 1)
        own = -torch.logsumexp(logs.masked_fill(~self.right[rows, :width], -1e4), 1)
        teachers = torch.softmax(self.soft[rows, :width], 1)
        apart = -(teachers * logs).sum(1)
        of_sentences = ((own * self.hard[rows] + apart * self.trust[rows]) * self.weights[rows]).mean()
        spans, words, sure = of_spans.float(), self.words[rows], self.sure[rows]
        each = (F.cross_entropy(spans[:, :, k], words[:, k], reduction="none") for k in (0, 1))
        return of_sentences, (sum(each) / 2 * sure).sum() / sure.sum().clamp(min=1)


def learn(reader, inputs, targets, chooser, device, args):
    trained = {n: p for n, p in reader.named_parameters() if p.requires_grad}
    groups = [
        {"params": [p for n, p in trained.items() if n.startswith("enc") == is_encoder], "base": args.rate * factor}
        for is_encoder, factor in ((True, 1), (False, 3))
    ]
    optimizer = torch.optim.AdamW(groups, lr=args.rate, weight_decay=args.decay, fused=device == "cuda")
    average = {n: p.detach().clone() for n, p in trained.items()}
    n, seen, step, spent = len(inputs.lengths), 0, 0, 0.0
    checkpoint = args.out.with_suffix(".checkpoint")
    if checkpoint.exists():
        kept = torch.load(checkpoint, map_location=device)
        reader.load_state_dict(kept["reader"], strict=False)
        optimizer.load_state_dict(kept["optimizer"])
        average, seen, step, spent = kept["average"], kept["seen"], kept["step"], kept["spent"]
        chooser = random.Random(args.seed + seen)  # another order than that of the pairs it has seen
    began, saved, losses = time.time() - spent, time.time(), []
    with args.out.with_suffix(".curve.jsonl").open("a") as curve:
        for rows in batches(inputs.lengths, chooser, args.batch):
            share = max(seen / (args.epochs * n), (time.time() - began) / (args.minutes * 60))
            if share >= 1:
                break
            for group in optimizer.param_groups:
                group["lr"] = group["base"] * min(1, (step + 1) / WARM_UP) * max(0.01, 1 - share)
            with halved(device):
                said = reader(*inputs.batch(rows, device))
            of_sentences, of_spans = targets.losses(rows, *said)
            (of_sentences + args.span * of_spans).backward()
            torch.nn.utils.clip_grad_norm_(trained.values(), 1.0)
            optimizer.step()
            optimizer.zero_grad()
            step, seen = step + 1, seen + len(rows)
            keep = min(AVERAGE, (step + 1) / (step + 10))
            with torch.no_grad():
                torch._foreach_lerp_(list(average.values()), list(trained.values()), 1 - keep)
            losses.append(torch.stack([of_sentences.detach(), of_spans.detach()]))
            if step % 200 == 0:
                row = dict(zip(("sentences", "spans"), torch.stack(losses).mean(0).tolist(), strict=True))
                row, losses = {"seen": seen, "seconds": round(time.time() - began), **row}, []
                curve.write(json.dumps(row) + "\n")
                curve.flush()
                print(args.out.stem, row, flush=True)
            if time.time() - saved > 300:
                saved = time.time()
                state = {"reader": dict(trained), "optimizer": optimizer.state_dict(), "average": average, "seen": seen,
                         "step": step, "spent": time.time() - began}  # fmt: skip
                torch.save(state, checkpoint)
    reader.load_state_dict(average, strict=False)
    # The layers that were frozen as well: the next training starts from this file.
    torch.save(
        {name: value.detach().half().cpu() for name, value in reader.named_parameters() if EMBEDDINGS not in name},
        args.out,
    )
    print("done", args.out.stem, step, seen, round(time.time() - began), flush=True)


def batches(lengths, chooser, size):
    """Yield rows for ever, in batches of like lengths."""
    order = list(range(len(lengths)))
    while True:
        chooser.shuffle(order)
        for first in range(0, len(order), size * SORTED_BATCHES):
            part = sorted(order[first : first + size * SORTED_BATCHES], key=lambda i: int(lengths[i]))
            cut = [part[k : k + size] for k in range(0, len(part), size)]
            chooser.shuffle(cut)
            yield from (torch.tensor(each) for each in cut)


if __name__ == "__main__":
    main()
