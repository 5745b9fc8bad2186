"""Where a store is: `milvus://host:19530/name` as the parts a client needs.

In -> out: the text of QA_STORE or --store -> an `Address`; SettingsError where it is none.
Does not: connect, or hold a password: that is QA_STORE_TOKEN.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from qa.errors import SettingsError

SCHEMES = {"milvus": "http", "milvus+tls": "https"}
DEFAULT_PORT = 19530
RESERVED = ("_pages", "_before")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}\Z")


@dataclass(frozen=True, slots=True)
class Address:
    """A server, and the name of an index on it."""

    uri: str
    """As pymilvus takes it: http(s)://host:port."""
    name: str
    database: str
    shown: str
    """As it is typed, for messages."""


def read_address(text: str) -> Address:
    """Return the Address that a text like `milvus+tls://host:19530/name?db=database` means."""
    try:
        parts = urlsplit(text)
        port = parts.port or DEFAULT_PORT
    except ValueError as exc:
        raise _wrong(text, str(exc)) from exc
    if "@" in parts.netloc:
        raise SettingsError(
            "A password does not belong into the address of a store: give user:password in QA_STORE_TOKEN."
        )
    name = parts.path.removeprefix("/")
    options = parse_qs(parts.query)
    database = options.pop("db", [""])[-1]
    if parts.scheme not in SCHEMES or not parts.hostname or options or parts.fragment:
        raise _wrong(text, "it has another form")
    if not _NAME.match(name) or name.endswith(RESERVED) or (database and not _NAME.match(database)):
        raise _wrong(
            text, "a name is a letter, then letters, digits and _, at most 64, and does not end in _pages or _before"
        )
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return Address(f"{SCHEMES[parts.scheme]}://{host}:{port}", name, database, f"{parts.scheme}://{host}:{port}/{name}")


def _wrong(text: str, why: str) -> SettingsError:
    return SettingsError(
        f"store is {text!r}, which is no address of an index in Milvus ({why}): write it like milvus://localhost:19530/name, "
        "or milvus+tls:// where the server has a certificate, with ?db=database where it is not in the default one."
    )
