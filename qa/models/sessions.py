"""The encoder with its weights, ready to run.

In -> out: the weights by their names in model.safetensors -> an onnxruntime session: "embedded" (t, 384) -> states (t, 384).
Does not: tokenize, look up word embeddings, or copy weights: the session uses the arrays it is given.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from qa.models.graph import make_graph, weight_shapes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from onnxruntime import InferenceSession


def encoder_session(weights: Mapping[str, NDArray[np.float32]]) -> InferenceSession:
    """Return the network with these weights; it may be run from several threads at once.

    One thread a run: passes side by side are faster than threads inside one, and on one machine give the same bits
    however many there are.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3  # it would tell of its optimizations on stderr
    names = list(weight_shapes())
    values = [onnxruntime.OrtValue.ortvalue_from_numpy(weights[name]) for name in names]
    options.add_external_initializers(names, values)
    session = onnxruntime.InferenceSession(make_graph(), options, providers=["CPUExecutionProvider"])
    session.kept = values, [weights[name] for name in names]  # the session reads this memory as long as it lives
    return session
