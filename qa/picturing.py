"""A page of an indexed PDF -> its picture, while the file is the one that was indexed.

In -> out: a Document and the number of a page -> PNG bytes.
Does not: draw by itself (qa/formats/pictures.py), or read a file that has changed.
"""

from __future__ import annotations

import hashlib

from qa.datatypes import Document
from qa.errors import SeedError
from qa.formats.pictures import Pictures
from qa.formats.reading import Unreadable
from qa.opening import read_regular
from qa.settings import Settings
from qa.text.documents import MEGABYTE


class PagePictures:
    """The pages that were drawn last, of the documents in a folder."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._pictures = Pictures()

    def picture(self, document: Document, page: int, width: int, sha256: str) -> bytes:
        """Return a page; `sha256` is that of the file as it is now. SeedError where there is no such page, or it is another file."""
        if sha256 != document.sha256:
            raise _changed(document)
        try:
            return self._pictures.page(document.sha256, page, width, lambda: self._read_indexed(document))
        except Unreadable as exc:
            raise SeedError(f"{document.doc_id} {exc}") from exc

    def _read_indexed(self, document: Document) -> bytes:
        seeds, limit = self._settings.seeds, self._settings.max_file_mb * MEGABYTE
        try:
            data = read_regular(seeds / document.doc_id, seeds, limit)
        except OSError as exc:
            raise SeedError(f"{document.doc_id} cannot be read any more: run `qa build`.") from exc
        if hashlib.sha256(data).hexdigest() != document.sha256:
            raise _changed(document)
        return data


def _changed(document: Document) -> SeedError:
    return SeedError(
        f"{document.doc_id} has changed since it was indexed, so its pages cannot be shown: run `qa build`."
    )
