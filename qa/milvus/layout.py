"""How an index lies in Milvus: names of collections and their fields.

In -> out: the name of an index -> the names and schemas of what it is made of.
Does not: call anything.

    NAME                             alias of the generation that answers: one `alter_alias` publishes another
    NAME_before                      alias of the one before it, for --rollback
    NAME_g000007_ROOT                a generation: a row a passage. ROOT is the id of the page that lists all its other pages
        id        int64              number of the passage
        vector    float_vector       of the passage; inner product
        terms     sparse_vector      BM25 weights of its stems (of this index, so that a sum of them is its score); inner product
        crc       int64              of vector and weights: what comes back is compared with it
    NAME_pages                       tables, texts and token states in pages, shared by all generations
        id        varchar            half the sha256 of what is in it
        data      varchar            base64 of zlib of it
        born      int64              the generation that sent it first
        flat      float_vector       0, 0: a collection has to have a vector
"""

from __future__ import annotations

import re
from typing import Any

from qa.milvus.pages import ID_BYTES

APPROXIMATE_FROM = 150_000
"""From so many passages on, Milvus chooses an approximate index (AUTOINDEX); below it every vector is compared."""
_GENERATION = re.compile(r"(?P<name>\w+)_g(?P<number>\d{6,})_(?P<root>[0-9a-f]{32})\Z")


def pages_name(name: str) -> str:
    """Return the collection of an index' pages."""
    return f"{name}_pages"


def before_name(name: str) -> str:
    """Return the alias of the generation that `--rollback` goes back to."""
    return f"{name}_before"


def generation_name(name: str, number: int, root: str) -> str:
    """Return the collection of a generation."""
    return f"{name}_g{number:06d}_{root}"


def parts_of(name: str, collection: str) -> tuple[int, str] | None:
    """Return number and root of a generation of the index `name`; None for every other collection."""
    match = _GENERATION.match(collection)
    return (int(match["number"]), match["root"]) if match and match["name"] == name else None


def pages_schema(pymilvus: Any) -> tuple[Any, Any]:
    """Return schema and indexes of the pages."""
    kind = pymilvus.DataType
    schema = pymilvus.MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
    schema.add_field("id", kind.VARCHAR, is_primary=True, max_length=2 * ID_BYTES)
    schema.add_field("data", kind.VARCHAR, max_length=65_535)
    schema.add_field("born", kind.INT64)
    schema.add_field("flat", kind.FLOAT_VECTOR, dim=2)
    indexes = pymilvus.MilvusClient.prepare_index_params()
    indexes.add_index("flat", index_type="FLAT", metric_type="IP")
    return schema, indexes


def is_approximate(count: int) -> bool:
    """Whether so many passages are searched by an approximate index."""
    return count >= APPROXIMATE_FROM


def passages_schema(pymilvus: Any, dim: int, count: int) -> tuple[Any, Any]:
    """Return schema and indexes of a generation of `count` passages."""
    kind = pymilvus.DataType
    schema = pymilvus.MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
    schema.add_field("id", kind.INT64, is_primary=True)
    schema.add_field("vector", kind.FLOAT_VECTOR, dim=dim)
    schema.add_field("terms", kind.SPARSE_FLOAT_VECTOR)
    schema.add_field("crc", kind.INT64)
    indexes = pymilvus.MilvusClient.prepare_index_params()
    indexes.add_index("vector", index_type="AUTOINDEX" if is_approximate(count) else "FLAT", metric_type="IP")
    indexes.add_index("terms", index_type="SPARSE_INVERTED_INDEX", metric_type="IP")
    return schema, indexes
