"""The weights of the confidence that were fitted to a user's own questions, kept beside the index.

In -> out: the index folder and a model's and a reader's name -> `Weights`, None where none were fitted with these.
Does not: fit them (qa/evals/calibration.py).
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from qa.answers.confidence import MATCH_ONLY, Weights
from qa.errors import IndexCorrupt
from qa.opening import read_regular

FILE = "calibration.json"
MOST_BYTES = 1024 * 1024


class Calibration:
    """What one index folder keeps for one reader; safe to share between threads."""

    def __init__(self, index: Path, reader: str) -> None:
        self._index, self._reader = index, reader
        self._read: tuple[object, Weights | None] = None, None

    def weights(self, fingerprint: str) -> Weights | None:
        """Return what was fitted with the model of this fingerprint, read again only where it was touched; the errors of `read_weights`."""
        try:
            touched = (self._index / FILE).stat().st_mtime_ns
        except OSError:
            return None
        if self._read[0] != (touched, fingerprint):
            self._read = (touched, fingerprint), read_weights(self._index, self._fitted_for(fingerprint))
        return self._read[1]

    def keep(self, fingerprint: str, weights: Weights) -> Path:
        """Let them be used from now on; return the file they are kept in."""
        return keep_weights(self._index, self._fitted_for(fingerprint), weights)

    def _fitted_for(self, fingerprint: str) -> str:
        """Name the model and the reader that a calibration holds for."""
        return f"{fingerprint} {self._reader}"


def read_weights(index: Path, fitted_for: str) -> Weights | None:
    """Return the weights kept in `index` for this model and reader, None where there are none; IndexCorrupt where they cannot be read."""
    path = index / FILE
    try:
        kept = json.loads(read_regular(path, index, MOST_BYTES))
        weights = Weights(tuple(float(w) for w in kept["evidence"]), float(kept["bias"]))
        if kept["model"] != fitted_for or len(weights.evidence) != len(MATCH_ONLY.evidence):
            return None
    except FileNotFoundError:
        return None
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as exc:
        raise IndexCorrupt(f"{path} cannot be read ({exc}): delete it, or run `qa eval --calibrate` again.") from exc
    return weights


def keep_weights(index: Path, fitted_for: str, weights: Weights) -> Path:
    """Write the weights, whole or not at all, and return where."""
    path, draft = index / FILE, index / f".{FILE}.{os.getpid()}"
    content = {"model": fitted_for, "evidence": weights.evidence, "bias": weights.bias}
    draft.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    draft.replace(path)
    return path
