"""Make o200k_base.zlib from the table OpenAI publishes; for maintainers, never run by the product.

In -> out: `python -m qa.vocabulary.make o200k_base.tiktoken` (the PyPI wheel llama-index-core carries that file as
`_static/tiktoken_cache/fb374d419588a4632f3f557e76b4b70aebbca790`) -> the file beside this one.
Does not: download anything, or accept a table with another checksum than the published one.
"""

from __future__ import annotations

import base64
import hashlib
import struct
import sys
import zlib
from pathlib import Path

PUBLISHED_SHA256 = "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"


def pack(table: bytes) -> bytes:
    """Return the tokens of a `.tiktoken` table in rank order, each after its length in one byte, deflated."""
    ranked = sorted((int(rank), base64.b64decode(token)) for token, rank in map(bytes.split, table.splitlines()))
    if [rank for rank, _ in ranked] != list(range(len(ranked))):
        raise ValueError("the ranks do not count from 0 without a gap")
    return zlib.compress(b"".join(struct.pack("B", len(token)) + token for _, token in ranked), 9)


if __name__ == "__main__":
    source = Path(sys.argv[1]).read_bytes()
    if hashlib.sha256(source).hexdigest() != PUBLISHED_SHA256:
        sys.exit(f"{sys.argv[1]} is not the published o200k_base.tiktoken (sha256 {PUBLISHED_SHA256}).")
    Path(__file__).with_name("o200k_base.zlib").write_bytes(pack(source))
