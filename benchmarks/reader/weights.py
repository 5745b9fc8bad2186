"""The trained weights on disk: as train.py keeps them (float16), or exported in eight bits with a scale a row.

    python benchmarks/reader/weights.py reader.pt qa/models/reader.safetensors [--before earlier.pt --share 0.65]

In -> out: a file of either kind -> float32 tensors by name; what train.py wrote -> the file that travels with the product. With `--before`
the mean of it and of what it was trained on from: `--share` of the later one, so that what is new costs less of what was known.
Does not: know what the tensors are for.
"""

import argparse
import hashlib
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from qa.models.graph import weight_shapes
from qa.models.minilm import load_weights
from qa.models.rounded import MATRIX, SCALE, TURNED
from qa.models.sessions import ENCODER


def read_weights(path):
    """Return every tensor as float32."""
    kept = load_file(path) if path.suffix == ".safetensors" else torch.load(path)
    found = {}
    for name, value in kept.items():
        if not name.endswith(SCALE):
            name, value = (name.removesuffix(TURNED) + MATRIX, value.T) if name.endswith(TURNED) else (name, value)
            scale = kept.get(name.removesuffix(MATRIX) + SCALE)
            found[name] = value.float() if scale is None else value.float() * scale.float()[:, None]
    return found


def export(source, target, before=None, share=1.0):
    """Write matrices as int8, each row with its own float32 scale (largest value = 127), vectors as float32; those of the encoder turned.

    The encoder is written whole, as it runs: what was not trained of it is that of the installed embedder.
    """
    published = load_weights()
    whole = {ENCODER + name: torch.from_numpy(published[name].copy()) for name in weight_shapes()}
    kept = {}
    trained = read_weights(source)
    if before:
        earlier = read_weights(before)
        later = {name: share * value + (1 - share) * earlier[name] for name, value in trained.items()}
        trained = {**earlier, **later}
    for name, value in {**whole, **trained}.items():
        if value.ndim < 2:
            kept[name] = value.contiguous()
            continue
        scale = value.abs().amax(1).clamp(min=1e-8) / 127
        rounded, own = (value / scale[:, None]).round().to(torch.int8), name.removesuffix(MATRIX)
        if name.startswith(ENCODER):
            kept[own + TURNED] = rounded.T.contiguous()
        else:
            kept[name] = rounded
        kept[own + SCALE] = scale
    save_file(kept, target)
    print(target, target.stat().st_size, hashlib.sha256(target.read_bytes()).hexdigest())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--before", type=Path)
    parser.add_argument("--share", type=float, default=1.0)
    args = parser.parse_args()
    export(args.source, args.target, args.before, args.share)
