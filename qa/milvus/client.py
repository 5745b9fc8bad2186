"""Calls to a Milvus server, and what their failures mean to a user.

In -> out: an Address and a token -> a `Client` whose calls return what pymilvus returns, or raise StoreUnavailable in ANSWER_SECONDS.
Does not: know what is stored. pymilvus is imported at the first call.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import Any

from qa.errors import SettingsError, StoreUnavailable
from qa.indexing.shelf import Replaced
from qa.milvus.address import Address

ANSWER_SECONDS = 2.0
"""How long one try of a question's call may take; there are two."""
WRITE_SECONDS = 600.0
"""How long a call of a build may take: indexes are built and loaded in it."""
_CONNECTION = {
    "grpc.use_local_subchannel_pool": 1,  # a new connection is tried at once: shared ones wait for seconds where the server was away
    "grpc.keepalive_time_ms": 600_000,  # gRPC servers end a connection that is pinged more often than every five minutes
    "grpc.keepalive_permit_without_calls": 0,
}
_NO_SERVER = 2
_UNLOADED = 101
_MISSING = (100, 1600)  # collection not found, alias not found


class Gone(Replaced):
    """A collection, an alias or a row is not there (any more)."""


class _NotLoaded(StoreUnavailable):
    """A collection is stored, but not in memory."""


class Client:
    """One server; safe to share between threads. A connection that failed is made anew at the next call."""

    def __init__(self, address: Address, token: str = "") -> None:
        self.address = address
        self._token = token
        self._connected: Any = None
        self._lock = threading.Lock()

    def ask(self, method: str, *args: Any, **kwargs: Any) -> Any:
        """Call a method of `pymilvus.MilvusClient` that a question waits for; try once more, over a new connection, where nobody answers."""
        try:
            return self._call(method, ANSWER_SECONDS, args, kwargs)
        except Gone:
            raise
        except _NotLoaded:  # the server has been started again
            self._call("load_collection", ANSWER_SECONDS, args[:1], {})
            return self._call(method, ANSWER_SECONDS, args, kwargs)
        except StoreUnavailable:
            self.close()
            return self._call(method, ANSWER_SECONDS, args, kwargs)

    def tell(self, method: str, *args: Any, **kwargs: Any) -> Any:
        """Call a method of a build, which may take WRITE_SECONDS; a server that is away is told at once."""
        return self._call(method, WRITE_SECONDS, args, kwargs)

    def close(self) -> None:
        """End the connection; the next call makes another."""
        with self._lock:
            connected, self._connected = self._connected, None
        if connected is not None:
            connected.close()

    def _call(self, method: str, seconds: float, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        pymilvus = _pymilvus()
        import grpc

        began = time.monotonic()
        try:
            return getattr(self._connection(pymilvus), method)(*args, timeout=seconds, **kwargs)
        except pymilvus.exceptions.MilvusException as exc:
            raise self._error(exc, time.monotonic() - began) from exc
        except (grpc.RpcError, ValueError, OSError) as exc:
            raise StoreUnavailable(f"The store {self.address.shown} failed ({_line(exc)}): look into its log.") from exc

    def _connection(self, pymilvus: Any) -> Any:
        with self._lock:
            if self._connected is None:
                self._connected = pymilvus.MilvusClient(
                    uri=self.address.uri, token=self._token, db_name=self.address.database, timeout=ANSWER_SECONDS,
                    dedicated=True, grpc_options=_CONNECTION,
                )  # fmt: skip
            return self._connected

    def _error(self, exc: Any, took: float) -> StoreUnavailable:
        shown, said = self.address.shown, _line(exc)
        if exc.code in _MISSING or "not found" in said:
            return Gone(f"The store {shown} has not what was asked for ({said}): ask again, or run `qa build --full`.")
        if exc.code == _UNLOADED:
            return _NotLoaded(f"The store {shown} has not loaded its index ({said}): ask again.")
        if "auth" in said.lower() or "permission" in said.lower():
            return StoreUnavailable(f"The store {shown} lets nobody in ({said}): give user:password in QA_STORE_TOKEN.")
        if exc.code == _NO_SERVER or took >= ANSWER_SECONDS or "DEADLINE" in said:
            return StoreUnavailable(
                f"No Milvus answers at {shown} ({said}): start it, or correct QA_STORE (milvus+tls:// where it has a certificate)."
            )
        return StoreUnavailable(f"The store {shown} refused ({said}): look into its log.")


def _pymilvus() -> Any:
    try:
        import pymilvus
    except ImportError as exc:
        raise SettingsError("An index in Milvus needs pymilvus: pip install 'quoted[milvus]'.") from exc
    logging.getLogger("pymilvus").setLevel(logging.CRITICAL)  # it would log the trace of every error that is raised
    return pymilvus


def _line(exc: Exception) -> str:
    """The first line of an error, short and without braces of the library."""
    text = str(getattr(exc, "message", "") or exc).strip() or type(exc).__name__
    return " ".join(text.splitlines()[0].split())[:200]
