"""The same network with matrices in eight bits, in numpy: what runs the reader where onnxruntime has no wheel.

In -> out: the weights of a reader's encoder -> from the summed embeddings of one text (t, 384) its last hidden states (t, 384).
Does not: read a file, or run where onnxruntime does: that takes a fraction of the time.

It rounds as qa/models/rounded.py does, and so gives what onnxruntime gives but for the last digits of what is not whole numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from qa.models.graph import EPSILON, HEADS, LAYERS, NORM, SCALED
from qa.models.rounded import LEAST_GELU, LOW, MIDDLE, SCALE, TOP, TURNED

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Rows = NDArray[np.float32]


class PlainEncoder:
    """The encoder of a reader. The same text gives the same bits every time; safe to share between threads."""

    def __init__(self, weights: Mapping[str, NDArray[Any]]) -> None:
        """Take the encoder's arrays by their names; KeyError where one is missing, when a text is read."""
        import numpy as np

        # In 32 bits: sums of these whole numbers stay exact in them, and numpy multiplies no others quickly.
        self._weights = {name: np.asarray(value, np.float32) for name, value in weights.items()}

    def run(self, embedded: Rows) -> Rows:
        """Return the last hidden states (t, 384) of the summed embeddings (t, 384) of one text."""
        x = self._norm(embedded, "embeddings")
        for number in range(LAYERS):
            here = f"encoder.layer.{number}."
            out = self._times(self._attended(x, here), here + "attention.output.dense")
            x = self._norm(out + x, here + "attention.output")
            grown = gelu(self._times(x, here + "intermediate.dense"))
            x = self._norm(self._times(grown, here + "output.dense", after_gelu=True) + x, here + "output")
        return x

    def _attended(self, x: Rows, here: str) -> Rows:
        import numpy as np

        parts = (self._times(x, f"{here}attention.self.{part}") for part in ("query", "key", "value"))
        query, key, value = (part.reshape(len(x), HEADS, -1).transpose(1, 0, 2) for part in parts)
        scores = query @ key.transpose(0, 2, 1) * np.float32(SCALED)
        shares = np.exp(scores - scores.max(-1, keepdims=True))
        shares /= shares.sum(-1, keepdims=True)
        return np.asarray((shares @ value).transpose(1, 0, 2).reshape(len(x), -1))

    def _times(self, x: Rows, name: str, *, after_gelu: bool = False) -> Rows:
        """Return the product with a matrix, each row rounded by a scale of its own, and the bias."""
        import numpy as np

        zero, scale = MIDDLE, np.abs(x).max(1, keepdims=True) * np.float32(1 / (MIDDLE - 1))
        if after_gelu:
            zero, scale = (
                LOW,
                np.maximum(x.max(1, keepdims=True) * np.float32(1 / (TOP - LOW)), np.float32(LEAST_GELU / LOW)),
            )
        rounded = np.clip(np.rint(x / scale), -zero, 255 - zero)
        product = rounded @ self._weights[name + TURNED] * self._weights[name + SCALE] * scale
        return np.asarray(product + self._weights[name + ".bias"])

    def _norm(self, x: Rows, name: str) -> Rows:
        import numpy as np

        off = x - x.mean(1, keepdims=True)
        unit = off / np.sqrt((off * off).mean(1, keepdims=True) + np.float32(EPSILON))
        return np.asarray(unit * self._weights[f"{name}{NORM}weight"] + self._weights[f"{name}{NORM}bias"])


def gelu(x: Rows) -> Rows:
    """Return x times the normal distribution function of x (Hendrycks and Gimpel, 2016); erf by Abramowitz and Stegun 7.1.26, off by 1.5e-7."""
    import numpy as np

    z = np.abs(x.astype(np.float64)) / 2**0.5
    t = 1 / (1 + 0.3275911 * z)
    tail = (
        t
        * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
        * np.exp(-z * z)
    )
    return (x * (1 + np.sign(x) * (1 - tail)) / 2).astype(np.float32)
