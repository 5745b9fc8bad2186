"""Files dropped on the page, from this machine alone -> files of the folder.

In -> out: a POST request with one file as its body and `?name=` -> the file in the folder, and JSON with its name or why not.
Does not: index, write over a file, or write anywhere but in the folder itself.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import secrets
from pathlib import Path
from urllib.parse import parse_qs

from qa.formats import is_read
from qa.settings import Settings
from qa.text.documents import kinds
from qa.text.sources import SOURCES_FILE
from qa.ui.bodies import Message, Receive, read_body
from qa.ui.guard import App, Send

PATH = "/documents"
MEGABYTE = 1024 * 1024
MOST_NAME_BYTES = 200
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u200e\u200f\u202a-\u202e\u2066-\u2069]')
"""What no name of a file holds on every system, or what would show it in another order."""
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?\Z", re.IGNORECASE)


class NotTaken(Exception):
    """The file is not copied into the folder; the message says why, with the fix."""


def make_upload_app(settings: Settings) -> App:
    """Return the ASGI app that takes one file a request."""

    async def app(scope: Message, receive: Receive, send: Send) -> None:
        name = parse_qs(scope["query_string"].decode("latin-1")).get("name", [""])[0]
        body = await read_body(receive, settings.max_file_mb * MEGABYTE + 1)
        try:
            told = {"name": await asyncio.to_thread(keep_file, settings, name, body)}
        except NotTaken as exc:
            told = {"error": str(exc)}
        content = json.dumps(told).encode()
        headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    return app


def keep_file(settings: Settings, name: str, body: bytes) -> str:
    """Copy a file into the folder and return its name; NotTaken where it cannot be a document or another has its name."""
    wrong = why_not(settings, name, len(body))
    if wrong:
        raise NotTaken(wrong)
    path = settings.seeds / name
    if path.is_file() and not path.is_symlink() and path.read_bytes() == body:
        return name  # dropped twice
    # A name of its own first, hidden from indexing, so that half a file is never a document.
    draft = settings.seeds / f".quoted-{secrets.token_hex(8)}"
    try:
        with draft.open("xb") as out:
            out.write(body)
            out.flush()
            os.fsync(out.fileno())
        _publish(draft, path)
    except FileExistsError as exc:
        raise NotTaken(f"{name} is in the folder already and reads otherwise: rename yours.") from exc
    except OSError as exc:
        raise NotTaken(f"{name} cannot be written ({exc.strerror}): is the folder writable?") from exc
    finally:
        draft.unlink(missing_ok=True)
    return name


def why_not(settings: Settings, name: str, size: int) -> str:
    """Return why a file of this name and size is not taken, "" where it is."""
    shown = _UNSAFE.sub("_", name)[:80]
    if (
        not name
        or name.lower() == SOURCES_FILE
        or name != name.strip(" .")
        or _UNSAFE.search(name)
        or _DEVICES.match(name)
    ):
        return f"“{shown}” is no name for a document: rename it."
    if len(name.encode("utf-8", "surrogatepass")) > MOST_NAME_BYTES:
        return f"The name “{shown}…” is too long: shorten it."
    if not is_read(name, settings.text_suffixes):
        return f"{name} is not of a kind that is read: {kinds()}."
    if not size:
        return f"{name} is empty."
    if size > settings.max_file_mb * MEGABYTE:
        return f"{name} is larger than {settings.max_file_mb} MB: raise QA_MAX_FILE_MB, or split it."
    return ""


def _publish(draft: Path, path: Path) -> None:
    """Give a written file its name, unless something has it."""
    try:
        os.link(draft, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        with path.open("xb") as out:
            out.write(draft.read_bytes())
