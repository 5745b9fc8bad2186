"""EPUB: the chapters of a book in reading order, each read as HTML.

In -> out: bytes -> `Parsed` with a mark where each chapter begins.
Does not: read a book whose text is locked (DRM), or its table of contents as text.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

from qa.datatypes import Kind, Parsed
from qa.formats.flow import Flow
from qa.formats.html import read_into
from qa.formats.page import decode
from qa.formats.reading import Unreadable
from qa.formats.zipped import Archive, resolve

SUFFIXES = (".epub",)
VERSION = 5
_FONTS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
_DC = "{http://purl.org/dc/elements/1.1/}"


def parse(data: bytes, name: str) -> Parsed:
    """Read a book."""
    archive, flow = Archive(data), Flow()
    _refuse_locked(archive)
    root_file = archive.tree("META-INF/container.xml").find(".//{*}rootfile")
    package_name = root_file.get("full-path", "") if root_file is not None else ""
    package = archive.tree(package_name)
    for part in _chapters(package, package_name):
        if part in archive.names:
            flow.forget_headings()
            _chapter(flow, archive.part(part))
    tags = {"title": "title", "author": "creator", "date": "date"}
    return flow.done(
        {key: next((e.text or "" for e in package.iter(_DC + tag)), "")[:300] for key, tag in tags.items()}
    )


def _chapter(flow: Flow, data: bytes) -> None:
    """Append a chapter under its first heading, or the title it gives itself."""
    chapter = Flow()
    text = decode(data)
    meta = read_into(chapter, text)
    parsed = chapter.done()
    heading = next((" ".join(b.span.of(parsed.text).split()) for b in parsed.blocks if b.kind is Kind.HEADING), "")
    if parsed.text and (heading or meta.get("title")):
        flow.mark("part", (heading or meta["title"])[:100])
    read_into(flow, text)


def _chapters(package: Element, package_name: str) -> list[str]:
    """Return the names of the parts that are read one after another."""
    items = {item.get("id"): item for item in package.iter("{http://www.idpf.org/2007/opf}item")}
    found = []
    for reference in package.iter("{http://www.idpf.org/2007/opf}itemref"):
        item = items.get(reference.get("idref"))
        if item is not None and "html" in item.get("media-type", ""):
            found.append(resolve(package_name, item.get("href", "")))
    return found


def _refuse_locked(archive: Archive) -> None:
    if "META-INF/encryption.xml" not in archive.names:
        return
    ways = {e.get("Algorithm", "") for e in archive.tree("META-INF/encryption.xml").findall(".//{*}EncryptionMethod")}
    if ways - set(_FONTS):
        raise Unreadable("has a locked text (DRM): only a copy without a lock can be read.")
