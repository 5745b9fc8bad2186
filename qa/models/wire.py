"""ONNX files written byte by byte: neither `onnx` nor `torch` is needed.

In -> out: operators, constants and names -> the bytes of a model (https://protobuf.dev/programming-guides/encoding; field numbers of onnx.proto).
Does not: know a network (qa/models/graph.py), or check that the operators fit together: onnxruntime does when it opens the model.
"""

from __future__ import annotations

import math
import struct

FLOAT, UINT8, INT8, INT64 = 1, 2, 3, 7
"""Types of elements."""
_BYTES = {FLOAT: 4, UINT8: 1, INT8: 1, INT64: 8}
_PACKED = {FLOAT: "f", UINT8: "B", INT8: "b", INT64: "q"}
_CONTRIBUTED = "com.microsoft"
_VERSIONS = {"": 20, _CONTRIBUTED: 1}
_SMALL = [bytes((value,)) for value in range(128)]
"""Most numbers written are their own encoding."""


class Graph:
    """A model in the making; operators are kept in the order in which they were added."""

    def __init__(self) -> None:
        self._nodes: list[bytes] = []
        self._constants: list[bytes] = []
        self._inputs: list[bytes] = []

    def add(
        self,
        operator: str,
        inputs: list[str],
        output: str,
        *,
        ours: bool = True,
        **attributes: float | list[int],
    ) -> str:
        """Add an operator and return the name of its output; without `ours` it is one of onnxruntime's own."""
        fields = [_text(1, name) for name in inputs] + [_text(2, output), _text(4, operator)]
        fields += [_block(5, _attribute(key, value)) for key, value in attributes.items()]
        self._nodes.append(b"".join(fields if ours else [*fields, _text(7, _CONTRIBUTED)]))
        return output

    def constant(self, name: str, kind: int, values: list[float] | list[int], shape: tuple[int, ...] = ()) -> str:
        """Add a constant and return its name."""
        data = struct.pack(f"<{len(values)}{_PACKED[kind]}", *values)
        self._constants.append(_sizes(shape) + _number(2, kind) + _text(8, name) + _block(9, data))
        return name

    def weight(self, name: str, kind: int, shape: tuple[int, ...], file: str, first: int) -> str:
        """Add a constant whose data stands in a file, beginning at its byte `first`."""
        length = math.prod(shape) * _BYTES[kind]
        entries = (("location", file), ("offset", str(first)), ("length", str(length)))
        outside = b"".join(_block(13, _text(1, key) + _text(2, value)) for key, value in entries)
        self._constants.append(_sizes(shape) + _number(2, kind) + _text(8, name) + outside + _number(14, 1))
        return name

    def input(self, name: str, kind: int, *columns: int) -> str:
        """Add an input of t rows and return its name."""
        self._inputs.append(_block(11, _value(name, kind, columns)))
        return name

    def model(self, name: str, output: str, *columns: int) -> bytes:
        """Return the serialized ModelProto with one float output of t rows."""
        graph = b"".join(_block(1, each) for each in self._nodes) + _text(2, name)
        graph += b"".join(_block(5, each) for each in self._constants) + b"".join(self._inputs)
        graph += _block(12, _value(output, FLOAT, columns))
        versions = (_block(8, _text(1, domain) + _number(2, version)) for domain, version in _VERSIONS.items())
        return _number(1, 9) + _block(7, graph) + b"".join(versions)


def _varint(value: int) -> bytes:
    if 0 <= value < len(_SMALL):
        return _SMALL[value]
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


def _attribute(name: str, value: float | list[int]) -> bytes:
    if isinstance(value, list):
        return _text(1, name) + b"".join(_number(8, each) for each in value) + _number(20, 7)
    if isinstance(value, float):
        return _text(1, name) + _varint(2 << 3 | 5) + struct.pack("<f", value) + _number(20, 1)
    return _text(1, name) + _number(3, value) + _number(20, 2)


def _sizes(shape: tuple[int, ...]) -> bytes:
    return b"".join(_number(1, size) for size in shape)


def _value(name: str, kind: int, columns: tuple[int, ...]) -> bytes:
    shape = _block(1, _text(2, "t")) + b"".join(_block(1, _number(1, size)) for size in columns)
    return _text(1, name) + _block(2, _block(1, _number(1, kind) + _block(2, shape)))
