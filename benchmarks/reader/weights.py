"""The trained weights on disk: as train.py keeps them (float16), or exported in eight bits with a scale a row.

    python benchmarks/reader/weights.py reader.pt qa/models/reader.safetensors

In -> out: a file of either kind -> float32 tensors by name; what train.py wrote -> the file that travels with the product.
Does not: know what the tensors are for.
"""

import hashlib
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

SCALE = ".scale"


def read_weights(path):
    """Return every tensor as float32."""
    kept = load_file(path) if path.suffix == ".safetensors" else torch.load(path)
    found = {name: value.float() for name, value in kept.items() if not name.endswith(SCALE)}
    for name, value in kept.items():
        if name.endswith(SCALE):
            found[name.removesuffix(SCALE)] *= value.float()[:, None]
    return found


def export(source, target):
    """Write matrices as int8, each row with its own float32 scale (largest value = 127), vectors as float32."""
    kept = {}
    for name, value in read_weights(source).items():
        if value.ndim < 2:
            kept[name] = value.contiguous()
            continue
        scale = value.abs().amax(1).clamp(min=1e-8) / 127
        kept[name] = (value / scale[:, None]).round().to(torch.int8)
        kept[name + SCALE] = scale
    save_file(kept, target)
    print(target, target.stat().st_size, hashlib.sha256(target.read_bytes()).hexdigest())


if __name__ == "__main__":
    export(Path(sys.argv[1]), Path(sys.argv[2]))
