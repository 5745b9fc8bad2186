"""Files that are archives of XML (Word, slides, Open Document, EPUB), opened so that no bomb or entity can do harm.

In -> out: bytes -> an `Archive`; its parts as bytes, or as trees of xml.etree.
Does not: know what the parts mean.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Mapping
from urllib.parse import unquote
from xml.etree import ElementTree

from qa.formats.reading import Unreadable, given_title

MAX_UNPACKED = 200_000_000
MAX_MEMBERS = 10_000
_DOCTYPES = tuple("<!DOCTYPE".encode(encoding) for encoding in ("ascii", "utf-16-le", "utf-16-be"))
_STRICT = b"http://purl.oclc.org/ooxml/"
_STRICT_TO_USUAL = {
    b"http://purl.oclc.org/ooxml/wordprocessingml/main": b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    b"http://purl.oclc.org/ooxml/drawingml/main": b"http://schemas.openxmlformats.org/drawingml/2006/main",
    b"http://purl.oclc.org/ooxml/presentationml/main": b"http://schemas.openxmlformats.org/presentationml/2006/main",
    b"http://purl.oclc.org/ooxml/officeDocument/relationships": b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    b"http://purl.oclc.org/ooxml/officeDocument/math": b"http://schemas.openxmlformats.org/officeDocument/2006/math",
}
RELATIONSHIP = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


class Archive:
    """An open archive; what its parts unpack to is counted."""

    def __init__(self, data: bytes) -> None:
        if data[:4] == b"\xd0\xcf\x11\xe0":
            raise Unreadable("is encrypted, or in the format of old Office programs: save it anew without a password.")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError, OSError) as exc:
            raise Unreadable(
                "is damaged, or not what its name says: open it in its program and save it again."
            ) from exc
        self.names = frozenset(self._zip.namelist())
        if len(self.names) > MAX_MEMBERS:
            raise Unreadable(f"is an archive of {len(self.names)} parts, more than {MAX_MEMBERS}.")
        self._left = MAX_UNPACKED

    def part(self, name: str) -> bytes:
        """Return a part, unpacked; what the directory says of its size is not believed."""
        if name not in self.names:
            raise Unreadable(f"lacks its part {name}.")
        with self._zip.open(name) as file:
            data = file.read(self._left + 1)
        self._left -= len(data)
        if self._left < 0:
            raise Unreadable(f"unpacks to more than {MAX_UNPACKED // 1_000_000} MB.")
        return data

    def tree(self, name: str) -> ElementTree.Element:
        """Return a part as XML; with declarations of its own it is refused, since they can define entities."""
        data = self.part(name)
        if any(mark in data for mark in _DOCTYPES):
            raise Unreadable(f"declares a document type of its own (in {name}), which no program of its kind writes.")
        if _STRICT in data:
            for strict, usual in _STRICT_TO_USUAL.items():
                data = data.replace(strict, usual)
        return ElementTree.fromstring(data)

    def relations(self, name: str) -> Mapping[str, tuple[str, str]]:
        """Return what an Office part points to inside the archive: id -> (last word of the type, name)."""
        folder, base = posixpath.split(name)
        path = f"{folder}/_rels/{base}.rels"
        if path not in self.names:
            return {}
        return {
            relation.get("Id", ""): (
                relation.get("Type", "").rpartition("/")[2],
                resolve(name, relation.get("Target", "")),
            )
            for relation in self.tree(path)
            if relation.get("TargetMode") != "External"
        }

    def properties(self) -> dict[str, str]:
        """Return title, author and date of an Office file."""
        if "docProps/core.xml" not in self.names:
            return {}
        found = {child.tag.rpartition("}")[2]: (child.text or "").strip() for child in self.tree("docProps/core.xml")}
        date = found.get("created") or found.get("modified") or ""
        known = {"title": given_title(found.get("title", "")), "author": found.get("creator", ""), "date": date[:10]}
        return {key: value for key, value in known.items() if value}


def resolve(name: str, target: str) -> str:
    """Return the name of the part that `target`, written in part `name`, points to."""
    target = unquote(target.partition("#")[0])
    if target.startswith("/"):
        return target[1:]
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), target))
