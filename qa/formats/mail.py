"""Mail: subject, sender and date, then the body.

In -> out: bytes of an .eml file -> `Parsed`; the head is META, the body starts at the mark "message body".
Does not: read attachments (they are named in a warning).
"""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import EmailPolicy
from email.utils import parsedate_to_datetime
from typing import Any

from qa.datatypes import Kind, Parsed
from qa.formats.flow import BELOW, Flow, paragraphs
from qa.formats.html import read_into
from qa.formats.places import MESSAGE_BODY
from qa.formats.reading import Unreadable

SUFFIXES = (".eml",)
VERSION = 3
LONGEST_KIND = 2000
"""What a part says of its own kind is read no further: parsing it takes time by the square of its length."""
ENCODING_GUESSED = "the body is in no encoding that the message tells; it was read as Windows-1252"


class _Policy(EmailPolicy):
    def header_fetch_parse(self, name: str, value: str) -> Any:
        """Return the value of a header."""
        return super().header_fetch_parse(name, value[:LONGEST_KIND] if name.lower().startswith("content-") else value)


def parse(data: bytes, name: str) -> Parsed:
    """Read a message."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        data = data.decode("utf-16", "replace").encode("utf-8")  # mail programs for Windows save whole messages so
    message = message_from_bytes(data.removeprefix(codecs.BOM_UTF8), policy=_Policy())
    if not isinstance(message, EmailMessage) or not any(message[key] for key in ("From", "Subject", "Date", "To")):
        raise Unreadable("has no sender, subject or date: it is no message.")
    head = {key: str(message[key]) for key in ("Subject", "From", "To", "Date") if message[key]}
    body = message.get_body(("plain", "html"))
    content, warnings = _content(body) if body is not None else ("", [])
    attached = [part.get_filename() or part.get_content_type() for part in message.iter_attachments()]
    is_html = body is not None and body.get_content_subtype() == "html"
    return build(head, content, is_html=is_html, attached=attached, warnings=warnings)


def _content(part: Message) -> tuple[str, list[str]]:
    """Return the characters of a body and what has to be said of them: by its encoding, UTF-8, or else as Windows-1252, as mail programs do."""
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return "", []
    told = (part.get_content_charset("") or "").removesuffix("-i").removesuffix("-e")  # of the direction of Hebrew
    for encoding in ("cp1252" if told in ("iso-8859-1", "latin1") else told, "utf-8"):
        try:
            return data.decode(encoding or "utf-8"), []
        except (UnicodeError, LookupError):
            continue
    return data.decode("cp1252", "replace"), [ENCODING_GUESSED]


def build(
    head: dict[str, str], body: str, *, is_html: bool, attached: list[str], warnings: Sequence[str] = ()
) -> Parsed:
    """Return a message as text."""
    flow = Flow()
    for n, (key, value) in enumerate(head.items()):
        flow.add(f"{key}: {' '.join(value.split())}", Kind.META, gap=BELOW if n else "")
    flow.mark("part", MESSAGE_BODY)
    if is_html:
        read_into(flow, body)
    else:
        paragraphs(flow, body)
    meta = {"title": head.get("Subject", ""), "author": head.get("From", ""), "date": _day(head.get("Date", ""))}
    names = ", ".join(attached[:10])
    unread = [f"{len(attached)} attachments are not read ({names})"] if attached else []
    return flow.done(meta, [*warnings, *unread])


def _day(date: str) -> str:
    try:
        return parsedate_to_datetime(date).date().isoformat()
    except ValueError:
        return ""
