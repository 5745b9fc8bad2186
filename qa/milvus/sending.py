"""A snapshot of this machine as a generation of a store: its pages, then its passages, verified before anybody reads them.

In -> out: an opened SnapshotCorpus -> the pages and rows it is made of; a client -> a staged collection, compared with what was sent.
Does not: publish (qa/milvus/generations.py).
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from qa.errors import StoreUnavailable
from qa.indexing.corpus import SnapshotCorpus
from qa.milvus.client import Client
from qa.milvus.layout import pages_name, passages_schema
from qa.milvus.pages import Pages, pack, page_id
from qa.milvus.root import write_root
from qa.milvus.tables import DIRECTORY_ENTRY, cut_by_documents, cut_evenly

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ROWS_AT_ONCE = 500
PAGES_AT_ONCE = 200
SAMPLED = 1_000
"""How many passages are read back and compared, spread over all, before a generation is published."""
Step = Callable[[], None]


class Parcel:
    """A snapshot, cut up for sending."""

    def __init__(self, corpus: SnapshotCorpus) -> None:
        import numpy as np

        self.corpus = corpus
        described, self._directories = {}, {}
        for name, array in self._arrays().items():
            pages = [(first, page_id(data)) for first, data in self._cut(name, array)]
            listing = np.array([(first, bytes.fromhex(page)) for first, page in pages], DIRECTORY_ENTRY)
            self._directories[name] = listing
            described[name] = {
                "dtype": array.dtype.str,
                "columns": array.shape[1] if array.ndim == 2 else 0,
                "rows": len(array),
                "bytes": array.nbytes,
                "directory": [page_id(data) for _, data in cut_evenly(listing)],
            }
        self._described = list(write_root(corpus.snapshot.manifest, described))
        self.root = self._described[-1][0]

    def pages(self) -> Iterator[tuple[str, bytes]]:
        """Yield every page with its id; some may come twice."""
        for name, array in self._arrays().items():
            for _, data in self._cut(name, array):
                yield page_id(data), data
            for _, data in cut_evenly(self._directories[name]):
                yield page_id(data), data
        yield from self._described

    def rows(self, first: int, end: int) -> list[dict[str, Any]]:
        """Return the passages from `first` to before `end` as they are stored."""
        import numpy as np

        edges, terms, weights = self._terms
        vectors = self.corpus.store.vectors(np.arange(first, end))
        found = []
        for row, vector in enumerate(vectors, first):
            here = slice(edges[row], edges[row + 1])
            sparse = dict(zip(terms[here].tolist(), weights[here].tolist(), strict=True))
            sparse[len(self.corpus.lexical.ids)] = 1.0  # no row without a term: nobody asks for this one
            found.append({"id": row, "vector": vector, "terms": sparse, "crc": zlib.crc32(vector.tobytes())})
        return found

    @cached_property
    def _terms(self) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float32]]:
        return self.corpus.lexical.by_passage()

    def _arrays(self) -> dict[str, Any]:
        import numpy as np

        corpus, structure = self.corpus, self.corpus.structure
        words = {"documents": corpus.entries, "words": corpus.vocabulary, "terms": corpus.lexical.ids}
        blobs = {name: json.dumps(content, ensure_ascii=False).encode("utf-8") for name, content in words.items()}
        return {
            "texts": np.frombuffer(corpus.texts, np.uint8),  # type: ignore[call-overload]  # a map of the file
            "token_states": corpus.token_states, "token_places": corpus.token_places,
            "boxes": structure.boxes, "hidden": structure.hidden, "blocks": structure.rows,
            "passages": corpus.passages, "sentences": corpus.sentences,
            "word_counts": corpus.word_counts, "piece_frequencies": corpus.piece_frequencies,
            "term_edges": corpus.lexical.edges, "projection": corpus.projection,
            **{name: np.frombuffer(data, np.uint8) for name, data in blobs.items()},
        }  # fmt: skip

    def _cut(self, name: str, array: NDArray[Any]) -> Iterator[tuple[int, bytes]]:
        entries, passages = self.corpus.entries, self.corpus.passages
        if name in ("token_states", "token_places"):
            spans = [entry["passages"] for entry in entries]
            edges = [(int(passages[a, 5]), int(passages[b - 1, 6])) if b > a else (0, 0) for a, b in spans]
        elif name in ("texts", "boxes", "hidden"):
            edges = [tuple(entry["bytes" if name == "texts" else name]) for entry in entries]
        else:
            return cut_evenly(array)
        return cut_by_documents(array, edges, [entry["text_sha256"] for entry in entries])


def send_pages(client: Client, pages: Pages, parcel: Parcel, number: int, step: Step, *, again: bool = False) -> int:
    """Send the pages that the store has not (with `again`, all of them); return how many that were."""
    name, sent = pages_name(client.address.name), 0
    waiting: dict[str, bytes] = {}

    def flush() -> None:
        nonlocal sent
        known = set() if again else pages.has(list(waiting))
        batch = [
            {"id": page, "data": pack(data), "born": number, "flat": [0.0, 0.0]}
            for page, data in waiting.items()
            if page not in known
        ]
        if batch:
            client.tell("upsert", name, batch)
        sent += len(batch)
        waiting.clear()
        step()

    for page, data in parcel.pages():
        waiting[page] = data
        if len(waiting) >= PAGES_AT_ONCE:
            flush()
    flush()
    client.tell("flush", name)
    return sent


def send_passages(client: Client, parcel: Parcel, collection: str, step: Step) -> None:
    """Send every passage into a collection."""
    count = len(parcel.corpus.passages)
    for first in range(0, count, ROWS_AT_ONCE):
        client.tell("upsert", collection, parcel.rows(first, min(first + ROWS_AT_ONCE, count)))
        step()
    client.tell("flush", collection)
    client.tell("load_collection", collection)


def make_collection(client: Client, collection: str, dim: int, count: int) -> None:
    """Make the empty collection of a generation."""
    import pymilvus

    schema, indexes = passages_schema(pymilvus, dim, count)
    client.tell("create_collection", collection, schema=schema, index_params=indexes, consistency_level="Strong")


def verify(client: Client, pages: Pages, parcel: Parcel, collection: str, step: Step) -> None:
    """Compare what is stored with what was sent: every page's id, how many passages, SAMPLED of them. StoreUnavailable where it differs."""
    count = len(parcel.corpus.passages)
    found = client.tell("query", collection, output_fields=["count(*)"])[0]["count(*)"]
    if found != count:
        raise _lost(client, f"{found} of {count} passages")
    ids = list(dict.fromkeys(page for page, _ in parcel.pages()))
    if len(pages.has(ids)) != len(ids):
        raise _lost(client, "not every page")
    for first in range(0, count, max(count // SAMPLED, 1) * 50):
        sent = {row["id"]: row for row in parcel.rows(first, min(first + 50, count))}
        stored = client.tell("query", collection, ids=list(sent), output_fields=["id", "vector", "terms", "crc"])
        if len(stored) != len(sent) or not all(_is_same(sent[row["id"]], row) for row in stored):
            raise _lost(client, "other numbers than were sent")
        step()


def _is_same(sent: Mapping[str, Any], stored: Mapping[str, Any]) -> bool:
    import numpy as np

    terms = {int(term): np.float32(weight) for term, weight in stored["terms"].items()}
    return (
        np.asarray(stored["vector"], np.float32).tobytes() == sent["vector"].tobytes()
        and stored["crc"] == sent["crc"]
        and terms == {term: np.float32(weight) for term, weight in sent["terms"].items()}
    )


def _lost(client: Client, what: str) -> StoreUnavailable:
    return StoreUnavailable(
        f"The store {client.address.shown} has {what} of what was sent: nothing was published, run `qa build` again."
    )
