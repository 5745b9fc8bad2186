"""The network of all-MiniLM-L6-v2 (BERT, 6 layers) as an ONNX graph.

In -> out: where each weight begins in its file -> the bytes of a model from the summed embeddings of one text to its last hidden states.
Does not: hold a weight: the session maps the file (qa/models/sessions.py); or round (qa/models/rounded.py).

A product is computed as (matrix x column of each token): onnxruntime reads its left side as it lies in the file and arranges the right one for the
processor, so that it is the few numbers of a text that are arranged, at every run, and not 42 MB of weights at every start.
"""

from __future__ import annotations

from collections.abc import Mapping

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


def make_graph(file: str, firsts: Mapping[str, int]) -> bytes:
    """Return the serialized model: input "embedded" (t, DIM), output "states" (t, DIM).

    Its weights stand in a `file`, each from its byte in `firsts` on. KeyError where one is missing.
    """
    graph = Graph()
    graph.input("embedded", FLOAT, DIM)
    graph.constant("heads", INT64, [HEADS, DIM // HEADS, -1], (3,))
    graph.constant("joined", INT64, [DIM, -1], (2,))
    x = norm(graph, "embedded", "embeddings.LayerNorm", "x")
    for number in range(LAYERS):
        here = f"encoder.layer.{number}."
        out = _columns(graph, here + "attention.output.dense", _attend(graph, x, here), here + "attended")
        x = _added(graph, out, x, here + "attention.output.LayerNorm", here + "y")
        inner = _columns(graph, here + "intermediate.dense", x, here + "inner", of_rows=True)
        grown = graph.add("Gelu", [inner], here + "gelu")
        out = _columns(graph, here + "output.dense", grown, here + "outer")
        x = _added(graph, out, x, here + "output.LayerNorm", "states" if number == LAYERS - 1 else here + "x")
    for name, shape in weight_shapes().items():
        as_column = len(shape) == 1 and NORM not in name
        graph.weight(name, FLOAT, (*shape, 1) if as_column else shape, file, firsts[name])
    return graph.model("minilm", "states", DIM)


def norm(graph: Graph, source: str, weights: str, output: str) -> str:
    """Add a layer's normalization of each row."""
    inputs = [source, f"{weights}.weight", f"{weights}.bias"]
    return graph.add("LayerNormalization", inputs, output, axis=-1, epsilon=EPSILON)


def _columns(graph: Graph, weights: str, source: str, output: str, *, of_rows: bool = False) -> str:
    """Add a matrix times the columns of a source, or its rows, one a token; its output has a column a token."""
    inputs = [f"{weights}.weight", source, f"{weights}.bias"]
    return graph.add("Gemm", inputs, output, transB=int(of_rows))


def _added(graph: Graph, columns: str, rows: str, weights: str, output: str) -> str:
    """Add columns to rows and normalize the sum, a row a token."""
    turned = graph.add("Transpose", [columns], columns + ".t", perm=[1, 0])
    return norm(graph, graph.add("Add", [turned, rows], columns + ".sum"), weights, output)


def _attend(graph: Graph, x: str, here: str) -> str:
    split = {}
    for part in ("query", "key", "value"):
        flat = _columns(graph, f"{here}attention.self.{part}", x, here + part, of_rows=True)
        split[part] = graph.add("Reshape", [flat, "heads"], flat + ".h")
    pair = [split["query"], split["key"]]
    scores = graph.add("FusedMatMul", pair, here + "qk", ours=False, transA=1, alpha=SCALED)
    shares = graph.add("Softmax", [scores], here + "softmax", axis=-1)
    seen = graph.add("FusedMatMul", [split["value"], shares], here + "seen", ours=False, transB=1)
    return graph.add("Reshape", [seen, "joined"], here + "joined")
