"""The encoder with its weights, ready to run.

In -> out: the weights by their names in model.safetensors -> an onnxruntime session: "embedded" (t, 384) -> states (t, 384).
Does not: tokenize, look up word embeddings, or check the weights.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.models.graph import LOW, MIDDLE, make_graph, weight_shapes
from qa.models.weights import first_bytes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from onnxruntime import InferenceSession

STRIP = 64
"""Rows of a matrix that are turned at once: what fits in the nearest cache."""


def encoder_session(weights: Mapping[str, NDArray[np.float32]]) -> InferenceSession:
    """Return the network with these weights; it may be run from several threads at once."""
    return _session(make_graph(), {name: weights[name] for name in weight_shapes()})


def mapped_session(path: Path) -> InferenceSession:
    """Return the network with the weights of a safetensors file, which the session maps itself: nothing is copied to be given away."""
    graph = make_graph(file=path.name, firsts=first_bytes(path))
    return _session(graph, {}, path.parent)


class EightBitEncoder:
    """The network with matrices in eight bits: near what the weights in 32 bits give, in less than half the time. Safe to share between threads."""

    def __init__(
        self,
        weights: Mapping[str, NDArray[np.float32]],
        rounded: Mapping[str, tuple[NDArray[np.int8], NDArray[np.float32]]],
    ) -> None:
        """Take weights by name, and the matrices (n, k) that are rounded already with their rows' scales (n,); others are rounded here."""
        given: dict[str, NDArray[Any]] = {}
        for name, shape in weight_shapes().items():
            if len(shape) == 1:
                given[name] = weights[name]
                continue
            matrix, scale = rounded[name] if name in rounded else round_rows(weights[name])
            own = name.removesuffix(".weight")
            given[own + ".rounded"], given[own + ".scale"] = _turned(matrix), scale
        self._session = _session(make_graph(eight_bits=True), given)

    def run(self, embedded: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the last hidden states (t, 384) of the summed embeddings (t, 384) of one text."""
        import numpy as np

        zeros = {"middles": np.full(len(embedded), MIDDLE, np.uint8), "lows": np.full(len(embedded), LOW, np.uint8)}
        states: NDArray[np.float32] = self._session.run(None, {"embedded": embedded, **zeros})[0]
        return states


def round_rows(matrix: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Return a matrix (n, k) in -127..127 and the scale of each row (n,), with which it is about the matrix again."""
    import numpy as np

    scale = np.maximum(np.maximum(matrix.max(1), -matrix.min(1)), np.float32(1e-8)) / 127
    return np.rint(matrix / scale[:, None]).astype(np.int8), scale


def _turned(matrix: NDArray[np.int8]) -> NDArray[np.int8]:
    import numpy as np

    turned = np.empty(matrix.shape[::-1], np.int8)
    for first in range(0, len(matrix), STRIP):
        turned[:, first : first + STRIP] = matrix[first : first + STRIP].T
    return turned


def _session(graph: bytes, weights: Mapping[str, NDArray[Any]], folder: Path | None = None) -> InferenceSession:
    """One thread a run: passes side by side are faster than threads inside one, and on one machine give the same bits however many there are."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3  # it would tell of its optimizations on stderr
    # The graph has its fused operators already: looking for more takes time and finds nothing.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    if folder:
        options.add_session_config_entry("session.model_external_initializers_file_folder_path", str(folder))
    values = [onnxruntime.OrtValue.ortvalue_from_numpy(value) for value in weights.values()]
    if values:
        options.add_external_initializers(list(weights), values)
    session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    session.kept = values, list(weights.values())  # the session reads this memory as long as it lives
    return session
