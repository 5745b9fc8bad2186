"""The network of all-MiniLM-L6-v2 (BERT, 6 layers) as an ONNX graph, written byte by byte: neither `onnx` nor `torch` is needed.

In -> out: nothing -> the bytes of a model from the summed embeddings of one text to its last hidden states; the names its weights have.
Does not: hold a weight: the session is given them from the mapped safetensors (qa/models/sessions.py).
"""

from __future__ import annotations

import struct

LAYERS, HEADS, DIM, INNER = 6, 12, 384, 1536
EPSILON = 1e-12
_FLOAT, _INT64 = 1, 7


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


def make_graph() -> bytes:
    """Return the serialized ModelProto."""
    nodes: list[bytes] = []

    def node(operator: str, inputs: list[str], output: str, **attributes: int | float | list[int]) -> str:
        fields = [_text(1, name) for name in inputs] + [_text(2, output), _text(4, operator)]
        nodes.append(b"".join([*fields, *(_block(5, _attribute(key, value)) for key, value in attributes.items())]))
        return output

    def norm(source: str, weights: str, output: str) -> str:
        return node(
            "LayerNormalization", [source, f"{weights}.weight", f"{weights}.bias"], output, axis=-1, epsilon=EPSILON
        )

    def dense(source: str, weights: str, output: str) -> str:
        return node("Gemm", [source, f"{weights}.weight", f"{weights}.bias"], output, transB=1)

    x = norm("embedded", "embeddings.LayerNorm", "x")
    for number in range(LAYERS):
        here = f"encoder.layer.{number}."
        split = {}
        for part, order in (("query", [1, 0, 2]), ("key", [1, 2, 0]), ("value", [1, 0, 2])):
            flat = dense(x, f"{here}attention.self.{part}", f"{here}{part}")
            split[part] = node("Transpose", [node("Reshape", [flat, "heads"], flat + ".h")], flat + ".t", perm=order)
        scores = node("Mul", [node("MatMul", [split["query"], split["key"]], here + "qk"), "scale"], here + "scaled")
        seen = node("MatMul", [node("Softmax", [scores], here + "softmax", axis=-1), split["value"]], here + "seen")
        joined = node(
            "Reshape", [node("Transpose", [seen], here + "seen.t", perm=[1, 0, 2]), "joined"], here + "joined"
        )
        out = dense(joined, here + "attention.output.dense", here + "attended")
        x = norm(node("Add", [out, x], here + "sum1"), here + "attention.output.LayerNorm", here + "y")
        grown = node("Gelu", [dense(x, here + "intermediate.dense", here + "inner")], here + "gelu")
        out = dense(grown, here + "output.dense", here + "outer")
        last = number == LAYERS - 1
        x = norm(node("Add", [out, x], here + "sum2"), here + "output.LayerNorm", "states" if last else here + "x")
    constants = [
        _tensor("heads", _INT64, (3,), struct.pack("<3q", 0, HEADS, DIM // HEADS)),
        _tensor("joined", _INT64, (2,), struct.pack("<2q", 0, DIM)),
        _tensor("scale", _FLOAT, (), struct.pack("<f", (DIM // HEADS) ** -0.5)),
        *(_external(name, shape) for name, shape in weight_shapes().items()),
    ]
    graph = b"".join(_block(1, each) for each in nodes) + _text(2, "minilm")
    graph += b"".join(_block(5, each) for each in constants)
    graph += _block(11, _value("embedded")) + _block(12, _value("states"))
    return _number(1, 9) + _block(7, graph) + _block(8, _text(1, "") + _number(2, 20))


# Protocol buffers: https://protobuf.dev/programming-guides/encoding; the numbers are those of onnx.proto.
def _varint(value: int) -> bytes:
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _block(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _text(field: int, content: str) -> bytes:
    return _block(field, content.encode())


def _attribute(name: str, value: int | float | list[int]) -> bytes:
    if isinstance(value, list):
        return _text(1, name) + b"".join(_number(8, each) for each in value) + _number(20, 7)
    if isinstance(value, float):
        return _text(1, name) + _varint(2 << 3 | 5) + struct.pack("<f", value) + _number(20, 1)
    return _text(1, name) + _number(3, value) + _number(20, 2)


def _tensor(name: str, kind: int, shape: tuple[int, ...], data: bytes) -> bytes:
    return b"".join(_number(1, size) for size in shape) + _number(2, kind) + _text(8, name) + _block(9, data)


def _external(name: str, shape: tuple[int, ...]) -> bytes:
    """A tensor whose data comes from outside; place and length are not read, but have to be there."""
    count = 4
    for size in shape:
        count *= size
    entries = (("location", "model.safetensors"), ("offset", "0"), ("length", str(count)))
    return (
        b"".join(_number(1, size) for size in shape) + _number(2, _FLOAT) + _text(8, name)
        + b"".join(_block(13, _text(1, key) + _text(2, value)) for key, value in entries) + _number(14, 1)
    )  # fmt: skip


def _value(name: str) -> bytes:
    shape = _block(1, _text(2, "t")) + _block(1, _number(1, DIM))
    return _text(1, name) + _block(2, _block(1, _number(1, _FLOAT) + _block(2, shape)))
