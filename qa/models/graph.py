"""The network of all-MiniLM-L6-v2 (BERT, 6 layers) as an ONNX graph.

In -> out: nothing -> the bytes of a model from the summed embeddings of one text to its last hidden states; the names its weights have.
Does not: hold a weight: the session is given them from the mapped safetensors (qa/models/sessions.py).

In eight bits, each token's numbers are rounded by a scale of their own before they meet a matrix, whose rows were rounded each by theirs: the
vector-wise quantization of Dettmers et al., *LLM.int8()*, NeurIPS 2022, section 3.1. A token takes seven bits, not eight: processors
without VNNI add two products of an unsigned and a signed byte in 16 bits, which holds 2 x 127 x 127 but not 2 x 255 x 127. So all multiply exactly.
"""

from __future__ import annotations

from collections.abc import Mapping

from qa.models.wire import FLOAT, INT8, INT64, UINT8, Graph

LAYERS, HEADS, DIM, INNER = 6, 12, 384, 1536
EPSILON = 1e-12
MIDDLE, LOW, TOP = 64, 10, 127
"""What 0 becomes in seven bits: the middle, but after a GELU, which gives nothing below -.17, a low one. The largest number is TOP."""
LEAST_GELU = 0.17


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


def make_graph(*, eight_bits: bool = False, file: str = "", firsts: Mapping[str, int] | None = None) -> bytes:
    """Return the serialized model: input "embedded" (t, DIM), output "states" (t, DIM).

    Its weights are given to the session, or stand in a `file` from their `firsts` bytes on.
    With `eight_bits`, a matrix `name.weight` (n, k) is wanted as `name.rounded`, int8 and turned (k, n), with `name.scale` (n,), and the
    inputs "middles" and "lows" say MIDDLE and LOW for each token.
    """
    graph = Graph()
    graph.input("embedded", FLOAT, DIM)
    dense: _Dense = _Rounded(graph) if eight_bits else _Dense(graph)
    graph.constant("heads", INT64, [0, HEADS, DIM // HEADS], (3,))
    graph.constant("joined", INT64, [0, DIM], (2,))
    x = _norm(graph, "embedded", "embeddings.LayerNorm", "x")
    for number in range(LAYERS):
        here, last = f"encoder.layer.{number}.", number == LAYERS - 1
        out = dense.apply(_attend(graph, dense, x, here), here + "attention.output.dense", here + "attended")
        x = _norm(graph, graph.add("Add", [out, x], here + "sum1"), here + "attention.output.LayerNorm", here + "y")
        inner = dense.apply(x, here + "intermediate.dense", here + "inner")
        grown = graph.add("Gelu", [inner], here + "gelu")
        out = dense.apply(grown, here + "output.dense", here + "outer", after_gelu=True)
        states = "states" if last else here + "x"
        x = _norm(graph, graph.add("Add", [out, x], here + "sum2"), here + "output.LayerNorm", states)
    for name, shape in weight_shapes().items():
        if firsts is None:
            dense.keep(name, shape)
        else:
            graph.weight(name, FLOAT, shape, file, firsts[name])
    return graph.model("minilm", "states", DIM)


def _norm(graph: Graph, source: str, weights: str, output: str) -> str:
    inputs = [source, f"{weights}.weight", f"{weights}.bias"]
    return graph.add("LayerNormalization", inputs, output, axis=-1, epsilon=EPSILON)


def _attend(graph: Graph, dense: _Dense, x: str, here: str) -> str:
    split = {}
    for part in ("query", "key", "value"):
        flat = dense.apply(x, f"{here}attention.self.{part}", f"{here}{part}")
        split[part] = graph.add("Reshape", [flat, "heads"], flat + ".h")
    turned = {"transB": 1, "transBatchA": 1, "transBatchB": 1, "alpha": (DIM // HEADS) ** -0.5}
    scores = graph.add("FusedMatMul", [split["query"], split["key"]], here + "qk", ours=False, **turned)
    shares = graph.add("Softmax", [scores], here + "softmax", axis=-1)
    value = graph.add("Transpose", [split["value"]], here + "value.t", perm=[1, 0, 2])
    seen = graph.add("MatMul", [shares, value], here + "seen")
    by_token = graph.add("Transpose", [seen], here + "seen.t", perm=[1, 0, 2])
    return graph.add("Reshape", [by_token, "joined"], here + "joined")


class _Dense:
    """Products with the matrices as they were published, in float32."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph

    def apply(self, source: str, weights: str, output: str, *, after_gelu: bool = False) -> str:
        return self.graph.add("Gemm", [source, f"{weights}.weight", f"{weights}.bias"], output, transB=1)

    def keep(self, name: str, shape: tuple[int, ...]) -> None:
        self.graph.weight(name, FLOAT, shape)


class _Rounded(_Dense):
    """Products of rounded numbers, exact in 32 bits; scaled back and the bias added in float32."""

    def __init__(self, graph: Graph) -> None:
        super().__init__(graph)
        graph.input("middles", UINT8)
        graph.input("lows", UINT8)
        for name, value in (
            ("to_middle", 1 / (MIDDLE - 1)),
            ("to_low", 1 / (TOP - LOW)),
            ("least", LEAST_GELU / LOW),
            ("one", 1.0),
        ):
            graph.constant(name, FLOAT, [value])
        graph.constant("middle", UINT8, [MIDDLE])
        graph.constant("low", UINT8, [LOW])
        graph.constant("zero", INT8, [0])
        graph.constant("columns", INT64, [1], (1,))
        graph.constant("flat", INT64, [-1], (1,))
        self._done: dict[str, tuple[str, str]] = {}

    def apply(self, source: str, weights: str, output: str, *, after_gelu: bool = False) -> str:
        rounded, scale = self._round(source, after_gelu)
        inputs = [rounded, f"{weights}.rounded", "one", f"{weights}.scale", "low" if after_gelu else "middle", "zero"]
        product = self.graph.add("MatMulIntegerToFloat", inputs, output + ".p", ours=False)
        scaled = self.graph.add("Mul", [product, scale], output + ".s")
        return self.graph.add("Add", [scaled, f"{weights}.bias"], output)

    def keep(self, name: str, shape: tuple[int, ...]) -> None:
        if len(shape) == 1:
            super().keep(name, shape)
            return
        own = name.removesuffix(".weight")
        self.graph.weight(own + ".rounded", INT8, shape[::-1])
        self.graph.weight(own + ".scale", FLOAT, shape[:1])

    def _round(self, source: str, after_gelu: bool) -> tuple[str, str]:
        """Return the names of a rounded input and of its scales (t, 1); one that several matrices take is rounded once."""
        if source not in self._done:
            add = self.graph.add
            sizes = source if after_gelu else add("Abs", [source], source + ".abs")
            largest = add("ReduceMax", [sizes, "columns"], source + ".max", keepdims=1)
            scale = add("Mul", [largest, "to_low" if after_gelu else "to_middle"], source + ".scale")
            if after_gelu:
                scale = add("Max", [scale, "least"], source + ".least")
            by_row = [source, add("Reshape", [scale, "flat"], source + ".flat"), "lows" if after_gelu else "middles"]
            self._done[source] = add("QuantizeLinear", by_row, source + ".rounded", axis=0), scale
        return self._done[source]
