"""The same network with matrices in eight bits, as an ONNX graph: what the reader runs.

In -> out: where each weight begins in its file -> the bytes of a model from the summed embeddings of one text to its last hidden states.
Does not: round a matrix, or hold one: the session maps the file (qa/models/sessions.py).

Each token's numbers are rounded by a scale of their own before they meet a matrix, whose rows were rounded each by theirs: the
vector-wise quantization of Dettmers et al., *LLM.int8()*, NeurIPS 2022, section 3.1. A token takes seven bits, not eight: processors
without VNNI add two products of an unsigned and a signed byte in 16 bits, which holds 2 x 127 x 127 but not 2 x 255 x 127. So all multiply exactly.
"""

from __future__ import annotations

from collections.abc import Mapping

from qa.models.graph import DIM, HEADS, SCALED, Network, Source, weight_shapes
from qa.models.wire import FLOAT, INT8, INT64, UINT8

MIDDLE, LOW, TOP = 64, 10, 127
"""What 0 becomes in seven bits: the middle, but after a GELU, which gives nothing below -.17, a low one. The largest number is TOP."""
LEAST_GELU = 0.17
MATRIX, TURNED, SCALE = ".weight", ".turned", ".weight.scale"
"""How a matrix (n, k) is called as it was published, and its eight bits turned (k, n), and the scales of its rows (n,)."""


def rounded_shapes() -> dict[str, tuple[int, ...]]:
    """Return the weights of the graph by their names: of each matrix its turned eight bits and its scales."""
    shapes: dict[str, tuple[int, ...]] = {}
    for name, shape in weight_shapes().items():
        if len(shape) == 1:
            shapes[name] = shape
        else:
            own = name.removesuffix(MATRIX)
            shapes[own + TURNED], shapes[own + SCALE] = shape[::-1], shape[:1]
    return shapes


def make_rounded_graph(file: str, firsts: Mapping[str, int]) -> bytes:
    """Return the serialized model: input "embedded" (t, DIM), output "states" (t, DIM); "middles" and "lows" (t,) say MIDDLE and LOW for each token.

    Its weights stand in a `file`, each from its byte in `firsts` on. KeyError where one is missing.
    """
    network = _Rounded()
    network.add_layers()
    for name, shape in rounded_shapes().items():
        network.graph.weight(name, INT8 if name.endswith(TURNED) else FLOAT, shape, file, firsts[name])
    return network.graph.model("minilm in eight bits", "states", DIM)


class _Rounded(Network):
    """Products of rounded numbers, exact in 32 bits; scaled back and the bias added in float32; a row a token."""

    def __init__(self) -> None:
        super().__init__()
        graph = self.graph
        graph.input("middles", UINT8)
        graph.input("lows", UINT8)
        for name, value in (
            ("to_middle", 1 / (MIDDLE - 1)), ("to_low", 1 / (TOP - LOW)), ("least", LEAST_GELU / LOW), ("one", 1.0),
        ):  # fmt: skip
            graph.constant(name, FLOAT, [value])
        graph.constant("middle", UINT8, [MIDDLE])
        graph.constant("low", UINT8, [LOW])
        graph.constant("zero", INT8, [0])
        graph.constant("columns", INT64, [1], (1,))
        graph.constant("flat", INT64, [-1], (1,))
        graph.constant("heads", INT64, [0, HEADS, DIM // HEADS], (3,))
        graph.constant("joined", INT64, [0, DIM], (2,))
        self._done: dict[str, tuple[str, str]] = {}

    def times(self, weights: str, source: str, output: str, kind: Source) -> str:
        rounded, scale = self._round(source, kind)
        zeros = ["low" if kind is Source.GROWN else "middle", "zero"]
        inputs = [rounded, weights + TURNED, "one", weights + SCALE, *zeros]
        product = self.graph.add("MatMulIntegerToFloat", inputs, output + ".p", ours=False)
        scaled = self.graph.add("Mul", [product, scale], output + ".s")
        return self.graph.add("Add", [scaled, f"{weights}.bias"], output)

    def seen(self, query: str, key: str, value: str, here: str) -> str:
        graph, turned = self.graph, {"transB": 1, "transBatchA": 1, "transBatchB": 1, "alpha": SCALED}
        scores = graph.add("FusedMatMul", [query, key], here + "qk", ours=False, **turned)
        shares = graph.add("Softmax", [scores], here + "softmax", axis=-1)
        by_head = graph.add("Transpose", [value], here + "value.t", perm=[1, 0, 2])
        found = graph.add("MatMul", [shares, by_head], here + "seen")
        return graph.add("Transpose", [found], here + "seen.t", perm=[1, 0, 2])

    def added(self, product: str, rows: str, output: str) -> str:
        return self.graph.add("Add", [product, rows], output)

    def _round(self, source: str, kind: Source) -> tuple[str, str]:
        """Return the names of a rounded input and of its scales (t, 1); one that several matrices take is rounded once."""
        if source not in self._done:
            add, after_gelu = self.graph.add, kind is Source.GROWN
            sizes = source if after_gelu else add("Abs", [source], source + ".abs")
            largest = add("ReduceMax", [sizes, "columns"], source + ".max", keepdims=1)
            scale = add("Mul", [largest, "to_low" if after_gelu else "to_middle"], source + ".scale")
            if after_gelu:
                scale = add("Max", [scale, "least"], source + ".least")
            by_row = [source, add("Reshape", [scale, "flat"], source + ".flat"), "lows" if after_gelu else "middles"]
            self._done[source] = add("QuantizeLinear", by_row, source + ".rounded", axis=0), scale
        return self._done[source]
