"""Mail: subject, sender and date, then the body.

In -> out: bytes of an .eml file -> `Parsed`; the head is META, the body starts at the mark "message body".
Does not: read attachments (they are named in a warning).
"""

from __future__ import annotations

import codecs
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parsedate_to_datetime

from qa.datatypes import Kind, Parsed
from qa.formats.flow import BELOW, Flow, paragraphs
from qa.formats.html import read_into
from qa.formats.places import MESSAGE_BODY
from qa.formats.reading import Unreadable

SUFFIXES = (".eml",)
VERSION = 1


def parse(data: bytes, name: str) -> Parsed:
    """Read a message."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        data = data.decode("utf-16", "replace").encode("utf-8")  # mail programs for Windows save whole messages so
    message = message_from_bytes(data.removeprefix(codecs.BOM_UTF8), policy=default)
    if not isinstance(message, EmailMessage) or not any(message[key] for key in ("From", "Subject", "Date", "To")):
        raise Unreadable("has no sender, subject or date: it is no message.")
    head = {key: str(message[key]) for key in ("Subject", "From", "To", "Date") if message[key]}
    body = message.get_body(("plain", "html"))
    content = body.get_content() if body is not None else ""
    attached = [part.get_filename() or part.get_content_type() for part in message.iter_attachments()]
    return build(
        head, str(content), is_html=body is not None and body.get_content_subtype() == "html", attached=attached
    )


def build(head: dict[str, str], body: str, *, is_html: bool, attached: list[str]) -> Parsed:
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
    warnings = [f"{len(attached)} attachments are not read ({names})"] if attached else []
    return flow.done(meta, warnings)


def _day(date: str) -> str:
    try:
        return parsedate_to_datetime(date).date().isoformat()
    except ValueError:
        return ""
