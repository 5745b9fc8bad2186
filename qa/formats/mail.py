"""Mail: subject, sender, those it went to and date, then the body.

In -> out: bytes of an .eml file -> `Parsed`; the head is META, the body starts at the mark "message body".
Does not: read attachments (they are named in a warning).
"""

from __future__ import annotations

import codecs
import re
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
VERSION = 6
LONGEST_KIND = 2000
"""What a part says of its own kind is read no further: parsing it takes time by the square of its length."""
PEOPLE = ("From", "To", "Cc", "Bcc")
PEOPLE_MOST, PEOPLE_SHOWN = 20, 10
"""Of more people than the one in a line of the head, as many as the other are named, and how many more there are."""
_IN_QUOTES = re.compile(r'"[^"]*"')
_PERSON = re.compile(r"[^,;\s][^,;]*")
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
    if not isinstance(message, EmailMessage) or not (head := _head(message)):
        raise Unreadable("has no sender, subject or date: it is no message.")
    body = message.get_body(("plain", "html"))
    content, warnings = _content(body) if body is not None else ("", [])
    attached = [part.get_filename() or part.get_content_type() for part in message.iter_attachments()]
    is_html = body is not None and body.get_content_subtype() == "html"
    return build(head, content, is_html=is_html, attached=attached, warnings=warnings)


def _head(message: EmailMessage) -> dict[str, str]:
    """Return the lines of the head that say something, in the order they are read."""
    people = {key: _people(message, key) for key in PEOPLE}
    head = {"Subject": str(message["Subject"] or ""), **people, "Date": str(message["Date"] or "")}
    return {key: value for key, value in head.items() if value.strip()}


def _people(message: EmailMessage, key: str) -> str:
    """Return the people in a line of the head, of very many the first and how many more; only what is named is parsed, as that takes long."""
    written = ", ".join(value for name, value in message.raw_items() if name.lower() == key.lower())
    found = list(_PERSON.finditer(_IN_QUOTES.sub(lambda quoted: "_" * len(quoted[0]), written)))
    left = len(found) - PEOPLE_SHOWN if len(found) > PEOPLE_MOST else 0
    if left:
        written = written[: found[PEOPLE_SHOWN - 1].end()]
    try:
        named = str(message.policy.header_fetch_parse(key, written))
    except (AttributeError, IndexError, ValueError):  # a list that is written in no known way
        named = str(message.policy.header_fetch_parse("Subject", written))
    return f"{named} and {left:,} more" if left else named


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
    for key, value in head.items():
        flow.add(f"{key}: {' '.join(value.split())}", Kind.META, gap=BELOW)
    flow.mark("part", MESSAGE_BODY)
    if is_html:
        read_into(flow, body)
    else:
        paragraphs(flow, body)
    meta = {"title": head.get("Subject", ""), "author": head.get("From", ""), "date": _day(head.get("Date", ""))}
    meta |= {"to": head.get("To", ""), "cc": ", ".join(head[key] for key in ("Cc", "Bcc") if key in head)}
    names = ", ".join(attached[:10])
    unread = [f"{len(attached)} attachments are not read ({names})"] if attached else []
    return flow.done(meta, [*warnings, *unread])


def _day(date: str) -> str:
    try:
        return parsedate_to_datetime(date).date().isoformat()
    except ValueError:
        return ""
