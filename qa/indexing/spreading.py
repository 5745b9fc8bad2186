"""The work of a build on many processors and machines, by Ray: they read, cut and embed; this process writes.

In -> out: the address of a Ray cluster ("" starts one on this machine) -> hands for `build_index`, which give the same bits as its own.
Does not: write, or decide what is new (qa/indexing/building.py). Ray is imported when it is asked for.

A worker that dies loses nothing: its tasks are given to another. Workers need Quoted in the same version, and the folder of
documents at the same path.
"""

from __future__ import annotations

import os
import socket
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, TypeVar

from qa.datatypes import Document, Parsed
from qa.errors import SettingsError, StoreUnavailable
from qa.formats.reading import Unreadable
from qa.indexing.comparing import Reading
from qa.indexing.drafting import DraftedDocument
from qa.indexing.hands import BATCH_PASSAGES, Hire, cut
from qa.models.embedding import load_embedder
from qa.models.encoding import Embedder, Encoding
from qa.text.documents import Changed, SeedFile, read_parsed

TEXTS_OF_A_TASK = 16
TASKS_A_WORKER = 3
"""So many tasks of each worker are under way, so that none waits for the next."""
RETRIES = 5
"""How often a task is given to another worker when its worker has died."""
ANSWER_SECONDS = 5.0
Done = TypeVar("Done")


@contextmanager
def workers(address: str, model: str) -> Iterator[Hire]:
    """Yield what hires the workers of a Ray cluster; SettingsError where Ray is not installed, StoreUnavailable where none answers."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is reported to anybody
    try:
        import ray
    except ImportError as exc:
        raise SettingsError("Embedding on many machines needs Ray: pip install 'quoted[ray]'.") from exc
    _check_answers(address)
    try:
        ray.init(address=address or None, include_dashboard=False, log_to_driver=False, configure_logging=False)
    except (ConnectionError, ValueError, RuntimeError, TimeoutError, OSError) as exc:
        raise _no_cluster(address, exc) from exc
    try:
        yield lambda embedder: RayHands(ray, model, embedder)
    finally:
        ray.shutdown()


def _check_answers(address: str) -> None:
    """Raise StoreUnavailable where nobody listens at host:port: Ray itself would try for minutes."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not port.isdecimal():
        return  # "" and "auto", which Ray finds
    try:
        socket.create_connection((host.strip("[]"), int(port)), ANSWER_SECONDS).close()
    except (OSError, OverflowError) as exc:
        raise _no_cluster(address, exc) from exc


def _no_cluster(address: str, exc: Exception) -> StoreUnavailable:
    where = f"No Ray cluster answers at {address}" if address else "Ray cannot be started here"
    said = (str(exc).strip() or type(exc).__name__).splitlines()[0]
    return StoreUnavailable(f"{where} ({said}): start it, or build without --ray.")


class RayHands:
    """The workers of a Ray cluster."""

    def __init__(self, ray: Any, model: str, embedder: Embedder) -> None:
        self._ray = ray
        self._model = model, embedder.fingerprint
        count = max(int(ray.cluster_resources().get("CPU", 1)), 1)
        self._under_way = TASKS_A_WORKER * count
        self.batch_passages = max(BATCH_PASSAGES, TEXTS_OF_A_TASK * self._under_way)
        task = ray.remote(num_cpus=1, max_retries=RETRIES)
        self._draft, self._encode = task(_draft), task(_encode)

    def draft(self, reading: Reading, files: Sequence[SeedFile], budget: int) -> Iterator[DraftedDocument | None]:
        results = self._in_order(self._draft.remote(*self._model, file, budget) for file in files)
        for file, found in zip(files, results, strict=True):
            yield reading.attempt(file, lambda found=found: _value(found))  # type: ignore[misc]

    def encode(self, texts: Sequence[str]) -> Iterator[Encoding]:
        parts = (list(texts[first : first + TEXTS_OF_A_TASK]) for first in range(0, len(texts), TEXTS_OF_A_TASK))
        for part in self._in_order(self._encode.remote(*self._model, part) for part in parts):
            yield from part

    def _in_order(self, tasks: Iterable[Any]) -> Iterator[Any]:
        """Yield what tasks return, in order; only so many are given out as are worked on soon."""
        waiting: deque[Any] = deque()
        for task in tasks:
            waiting.append(task)
            if len(waiting) >= self._under_way:
                yield self._result(waiting.popleft())
        while waiting:
            yield self._result(waiting.popleft())

    def _result(self, task: Any) -> Any:
        try:
            return self._ray.get(task)
        except self._ray.exceptions.RayTaskError as exc:
            raise exc.cause if isinstance(exc.cause, SettingsError) else exc from None
        except self._ray.exceptions.RayError as exc:
            raise StoreUnavailable(
                f"The Ray cluster gave up a task, which it tries {RETRIES + 1} times ({type(exc).__name__}): look into its log, "
                "give its workers more memory, or build without --ray."
            ) from exc


def _draft(model: str, fingerprint: str, file: SeedFile, budget: int) -> DraftedDocument | Unreadable | Changed:
    """What a worker does with a file; an error of the file is a result, too."""
    try:
        read: tuple[Document, Parsed] = read_parsed(file)
    except (Unreadable, Changed) as exc:
        return exc
    return cut(file, *read, _embedder(model, fingerprint), budget)


def _encode(model: str, fingerprint: str, texts: list[str]) -> list[Encoding]:
    return list(_embedder(model, fingerprint).encode_passages(texts))


@lru_cache(maxsize=1)
def _embedder(model: str, fingerprint: str) -> Embedder:
    """Return a worker's own embedder, which has to be the one of the build."""
    embedder = load_embedder(model)
    if embedder.fingerprint != fingerprint:
        raise SettingsError(
            f"A Ray worker has {embedder.fingerprint} where this build has {fingerprint}: install the same version of Quoted and of {model} there."
        )
    return embedder


def _value(found: Done | Exception) -> Done:
    if isinstance(found, Exception):
        raise found
    return found
