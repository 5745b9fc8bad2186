"""The network of all-MiniLM-L6-v2 (BERT, 6 layers) as an ONNX graph.

In -> out: where each weight begins in its file -> the bytes of a model from the summed embeddings of one text to its last hidden states.
Does not: hold a weight: the session maps the file (qa/models/sessions.py); or round (qa/models/rounded.py).

A product is computed as (matrix x column of each token): onnxruntime reads its left side as it lies in the file and arranges the right one for the
processor, so that it is the few numbers of a text that are arranged, at every run, and not 42 MB of weights at every start.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from enum import Enum

from qa.models.wire import FLOAT, INT64, Graph

LAYERS, HEADS, DIM, INNER = 6, 12, 384, 1536
EPSILON = 1e-12
SCALED = (DIM // HEADS) ** -0.5
"""What the product of a query and a key is multiplied by."""
NORM = ".LayerNorm."


def weight_shapes() -> dict[str, tuple[int, ...]]:
    """Return the weights of the encoder by their names in model.safetensors."""
    shapes: dict[str, tuple[int, ...]] = {"embeddings.LayerNorm.weight": (DIM,), "embeddings.LayerNorm.bias": (DIM,)}
    for layer in range(LAYERS):
        for name, shape in (
            ("attention.self.query", (DIM, DIM)), ("attention.self.key", (DIM, DIM)), ("attention.self.value", (DIM, DIM)),
            ("attention.output.dense", (DIM, DIM)), ("attention.output.LayerNorm", (DIM,)),
            ("intermediate.dense", (INNER, DIM)), ("output.dense", (DIM, INNER)), ("output.LayerNorm", (DIM,)),
        ):  # fmt: skip
            shapes[f"encoder.layer.{layer}.{name}.weight"] = shape
            shapes[f"encoder.layer.{layer}.{name}.bias"] = shape[:1]
    return shapes


class Source(Enum):
    """What a product is made of: the rows of a layer's input, what attention gives, or what a GELU does."""

    ROWS, ATTENDED, GROWN = 1, 2, 3


class Network(ABC):
    """The layers in their order; a kind of network says how it multiplies, and how its products lie."""

    def __init__(self) -> None:
        self.graph = Graph()
        self.graph.input("embedded", FLOAT, DIM)

    def add_layers(self) -> None:
        """Add everything from "embedded" (t, DIM) to "states" (t, DIM)."""
        x = self._norm("embedded", "embeddings.LayerNorm", "x")
        for number in range(LAYERS):
            here = f"encoder.layer.{number}."
            out = self.times(here + "attention.output.dense", self._attend(x, here), here + "attended", Source.ATTENDED)
            x = self._norm(self.added(out, x, here + "sum1"), here + "attention.output.LayerNorm", here + "y")
            inner = self.times(here + "intermediate.dense", x, here + "inner", Source.ROWS)
            grown = self.graph.add("Gelu", [inner], here + "gelu")
            out = self.times(here + "output.dense", grown, here + "outer", Source.GROWN)
            states = "states" if number == LAYERS - 1 else here + "x"
            x = self._norm(self.added(out, x, here + "sum2"), here + "output.LayerNorm", states)

    def _norm(self, source: str, weights: str, output: str) -> str:
        """Add a layer's normalization of each row."""
        inputs = [source, f"{weights}.weight", f"{weights}.bias"]
        return self.graph.add("LayerNormalization", inputs, output, axis=-1, epsilon=EPSILON)

    def _attend(self, x: str, here: str) -> str:
        """Add a layer's attention of each row to all."""
        query, key, value = (self._by_head(part, x, here) for part in ("query", "key", "value"))
        return self.graph.add("Reshape", [self.seen(query, key, value, here), "joined"], here + "joined")

    def _by_head(self, part: str, x: str, here: str) -> str:
        flat = self.times(f"{here}attention.self.{part}", x, here + part, Source.ROWS)
        return self.graph.add("Reshape", [flat, "heads"], flat + ".h")

    @abstractmethod
    def times(self, weights: str, source: str, output: str, kind: Source) -> str:
        """Add the product of a source and a matrix, and its bias."""

    @abstractmethod
    def seen(self, query: str, key: str, value: str, here: str) -> str:
        """Add what each head sees: the values by the shares of their keys."""

    @abstractmethod
    def added(self, product: str, rows: str, output: str) -> str:
        """Add a product to rows."""


def make_graph(file: str, firsts: Mapping[str, int]) -> bytes:
    """Return the serialized model: input "embedded" (t, DIM), output "states" (t, DIM).

    Its weights stand in a `file`, each from its byte in `firsts` on. KeyError where one is missing.
    """
    network = _Columns()
    network.add_layers()
    for name, shape in weight_shapes().items():
        as_column = len(shape) == 1 and NORM not in name
        network.graph.weight(name, FLOAT, (*shape, 1) if as_column else shape, file, firsts[name])
    return network.graph.model("minilm", "states", DIM)


class _Columns(Network):
    """Products in float32 that have a column a token."""

    def __init__(self) -> None:
        super().__init__()
        self.graph.constant("heads", INT64, [HEADS, DIM // HEADS, -1], (3,))
        self.graph.constant("joined", INT64, [DIM, -1], (2,))

    def times(self, weights: str, source: str, output: str, kind: Source) -> str:
        inputs = [f"{weights}.weight", source, f"{weights}.bias"]
        return self.graph.add("Gemm", inputs, output, transB=int(kind is Source.ROWS))

    def seen(self, query: str, key: str, value: str, here: str) -> str:
        scores = self.graph.add("FusedMatMul", [query, key], here + "qk", ours=False, transA=1, alpha=SCALED)
        shares = self.graph.add("Softmax", [scores], here + "softmax", axis=-1)
        return self.graph.add("FusedMatMul", [value, shares], here + "seen", ours=False, transB=1)

    def added(self, product: str, rows: str, output: str) -> str:
        turned = self.graph.add("Transpose", [product], product + ".t", perm=[1, 0])
        return self.graph.add("Add", [turned, rows], output)
