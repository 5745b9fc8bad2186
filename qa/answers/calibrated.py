"""The weights of the confidence that were fitted to a user's own questions, kept beside the index.

In -> out: the index folder and a model's and a reader's name -> `Fitted` weights, None where none were fitted with these.
Does not: fit them (qa/evals/calibration.py).
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from qa.answers.confidence import MATCH_ONLY, Fitted, Weights
from qa.errors import IndexCorrupt
from qa.opening import read_regular

FILE = "calibration.json"
MOST_BYTES = 1024 * 1024


class Calibration:
    """What one index folder keeps for one reader; safe to share between threads."""

    def __init__(self, index: Path, reader: str) -> None:
        self._index, self._reader = index, reader
        self._read: tuple[object, Fitted | None] = None, None

    def weights(self, fingerprint: str) -> Fitted | None:
        """Return what was fitted with the model of this fingerprint, read again only where it was touched; the errors of `read_weights`."""
        try:
            touched = (self._index / FILE).stat().st_mtime_ns
        except OSError:
            return None
        if self._read[0] != (touched, fingerprint):
            self._read = (touched, fingerprint), read_weights(self._index, self._fitted_for(fingerprint))
        return self._read[1]

    def keep(self, fingerprint: str, weights: Fitted) -> Path:
        """Let them be used from now on; return the file they are kept in."""
        return keep_weights(self._index, self._fitted_for(fingerprint), weights)

    def _fitted_for(self, fingerprint: str) -> str:
        """Name the model and the reader that a calibration holds for."""
        return f"{fingerprint} {self._reader}"


def read_weights(index: Path, fitted_for: str) -> Fitted | None:
    """Return the weights kept in `index` for this model and reader, None where there are none; IndexCorrupt where they cannot be read."""
    path = index / FILE
    try:
        kept = json.loads(read_regular(path, index, MOST_BYTES))
        if kept["model"] != fitted_for or "answers" not in kept:  # it was fitted to other evidence once
            return None
        weights = Fitted(_weights(kept["answers"]), _weights(kept["first"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as exc:
        raise IndexCorrupt(f"{path} cannot be read ({exc}): delete it, or run `qa eval --calibrate` again.") from exc
    return weights


def _weights(kept: dict[str, Any]) -> Weights:
    weights = Weights(tuple(float(w) for w in kept["evidence"]), float(kept["bias"]))
    if len(weights.evidence) != len(MATCH_ONLY.first.evidence):
        raise ValueError("it has weights of other evidence")
    return weights


def keep_weights(index: Path, fitted_for: str, weights: Fitted) -> Path:
    """Write the weights, whole or not at all, and return where."""
    path, draft = index / FILE, index / f".{FILE}.{os.getpid()}"
    content = {"model": fitted_for, "answers": asdict(weights.answers), "first": asdict(weights.first)}
    draft.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    draft.replace(path)
    return path
