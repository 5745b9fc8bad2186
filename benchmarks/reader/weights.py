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


def export(source, target):
    """Write matrices as int8, each row with its own float32 scale (largest value = 127), vectors as float32; those of the encoder turned.

    The encoder is written whole, as it runs: what was not trained of it is that of the installed embedder.
    """
    published = load_weights()
    whole = {ENCODER + name: torch.from_numpy(published[name].copy()) for name in weight_shapes()}
    kept = {}
    for name, value in {**whole, **read_weights(source)}.items():
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
    export(Path(sys.argv[1]), Path(sys.argv[2]))
