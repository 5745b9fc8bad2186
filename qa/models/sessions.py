"""The encoder with its weights, ready to run.

In -> out: a safetensors file -> an onnxruntime session: the summed embeddings of one text (t, 384) -> states (t, 384).
Does not: tokenize, look up word embeddings, or check the weights.
"""

from __future__ import annotations

from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from qa.models.graph import make_graph
from qa.models.rounded import LOW, MIDDLE, make_rounded_graph
from qa.models.weights import first_bytes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from onnxruntime import InferenceSession

ENCODER = "enc."
"""Begins the names of the encoder's weights in a reader's file."""
PACKED_AFTER = 24
"""Arranging the rounded matrices for the processor takes as long as so many passes then save: one question from the shell reads fewer passages."""


def mapped_session(path: Path) -> InferenceSession:
    """Return the network with the weights of a safetensors file, which the session maps: nothing is copied, arranged or read before it is used.

    It may be run from several threads at once.
    """
    return _session(make_graph(path.name, first_bytes(path)), path.parent, packed=False)


class EightBitEncoder:
    """The network with the rounded matrices of a reader's file: near what 32 bits give, in less than half the time. Safe to share between threads."""

    def __init__(self, path: Path) -> None:
        """Take a safetensors file as benchmarks/reader/weights.py writes it; KeyError where a weight is missing."""
        found = first_bytes(path)
        firsts = {name.removeprefix(ENCODER): first for name, first in found.items() if name.startswith(ENCODER)}
        self._graph, self._folder = make_rounded_graph(path.name, firsts), path.parent
        self._session = _session(self._graph, self._folder, packed=False)
        self._lock, self._passes = Lock(), 0

    def run(self, embedded: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the last hidden states (t, 384) of the summed embeddings (t, 384) of one text; the same bits at every run."""
        import numpy as np

        zeros = {"middles": np.full(len(embedded), MIDDLE, np.uint8), "lows": np.full(len(embedded), LOW, np.uint8)}
        states: NDArray[np.float32] = self._chosen().run(None, {"embedded": embedded, **zeros})[0]
        return states

    def _chosen(self) -> InferenceSession:
        """Return the session; one with its matrices arranged once that is worth it, which changes no bit: whole numbers are added up exactly."""
        with self._lock:
            self._passes += 1
            if self._passes == PACKED_AFTER:
                self._session = _session(self._graph, self._folder, packed=True)
            return self._session


def _session(graph: bytes, folder: Path, *, packed: bool) -> InferenceSession:
    """One thread a run: passes side by side are faster than threads inside one, and on one machine give the same bits however many there are."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3  # it would tell of its optimizations on stderr
    # The graph has its fused operators already: looking for more takes time and finds nothing.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.add_session_config_entry("session.model_external_initializers_file_folder_path", str(folder))
    if not packed:
        options.add_session_config_entry("session.disable_prepacking", "1")
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
