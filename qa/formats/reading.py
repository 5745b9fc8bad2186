"""Bytes -> characters, without a guess: UTF-8, UTF-16 with its mark, or the encoding that was named.

In -> out: the bytes of a text file -> its text; `Unreadable` with what it looks like and the line that makes it readable.
Does not: change a letter silently: a guess is only ever offered.
"""

from __future__ import annotations

import codecs
import re
from itertools import pairwise

from qa.datatypes import Span
from qa.errors import SeedError
from qa.patterns import pattern

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_LOOKED_AT = 20_000
_SINGLE_BYTE = {"cp1252": "Windows-1252", "cp1251": "Windows-1251"}


MARK = "\ufeff"
_NO_TITLE = pattern(
    r"(microsoft \w+ - .*|untitled.*|\S+\.\w{2,4}|.*\.(docx?|pdf|indd|xlsx?|pptx?)"
    r"|(document|dokument|presentation|präsentation|slide|folie|book|mappe|template|vorlage) ?\d*"
    r"|(power ?point|word|excel|google slides)[ -](presentation|präsentation|document|dokument|template))",
    re.IGNORECASE,
)
"""What programs call a document to which nobody gave a title."""


class Unreadable(SeedError):
    """A file cannot be a document; the message is the reason and the fix, without its name."""


def given_title(said: str) -> str:
    """Return the title that a file says it has, "" where its program made it up."""
    said = " ".join(said.split())
    return "" if _NO_TITLE.fullmatch(said[:200]) else said


def as_utf8(data: bytes, encoding: str = "") -> bytes:
    """Return the text of `data` as UTF-8."""
    return decode(data, encoding).encode("utf-8")


def decode(data: bytes, encoding: str = "") -> str:
    """Return the text of `data`; Unreadable where it is none, or in an encoding that was not named.

    UTF-8's mark stays a character, so that places are those of the file; the formats hide it.
    """
    for mark, marked in _MARKS:
        if data.startswith(mark) and not data.startswith(codecs.BOM_UTF32_LE):
            data = data if marked == "utf-8" else data[len(mark) :]
            return _checked(_decoded(data, marked, f"begins like {marked.upper()}, but is not"))
    if encoding:
        return _checked(_decoded(data, encoding, f"is not {encoding}, which sources.toml names"))
    try:
        return _checked(data.decode("utf-8"))
    except UnicodeDecodeError as exc:
        raise Unreadable(_what_it_looks_like(data, exc.start)) from exc


def hidden_mark(text: str) -> list[Span]:
    """Return the mark at the beginning of a text as what no reader sees."""
    return [Span(0, 1)] if text.startswith(MARK) else []


def _decoded(data: bytes, encoding: str, otherwise: str) -> str:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError) as exc:
        raise Unreadable(f"{otherwise}: save it as UTF-8.") from exc


def _checked(text: str) -> str:
    if "\0" in text:
        raise Unreadable("is not a text file: remove it, or save what it says as text.")
    return text


def _what_it_looks_like(data: bytes, byte: int) -> str:
    if b"\0" in data:
        return "is not a text file: remove it, or save what it says as text."
    guess = _guess(data[max(0, byte - _LOOKED_AT // 2) : byte + _LOOKED_AT // 2])
    if not guess:
        return f"is not UTF-8 (byte {byte}): save it as UTF-8."
    shown = _SINGLE_BYTE.get(guess, guess)
    return (
        f"is not UTF-8 (byte {byte}), it looks like {shown}: save it as UTF-8, "
        f'or write encoding = "{guess}" for it in sources.toml.'
    )


def _guess(data: bytes) -> str:
    """Name the single-byte encoding in which `data` reads like words; "" where none does."""
    return next((encoding for encoding in _SINGLE_BYTE if _reads_like_words(data.decode(encoding, "replace"))), "")


def _reads_like_words(text: str) -> bool:
    """Among Latin letters an accented one stands alone, among Cyrillic ones no Latin one does; capitals begin words."""
    foreign = [c for c in text if ord(c) > 127]
    odd = sum(not (c.isalpha() or c in "“”‘’„–—…•§°©®«»€£ \u00a0") for c in foreign)
    for a, b in pairwise(text):
        cyrillic = a > "\u0400" or b > "\u0400"
        odd += a.isalpha() and b.isalpha() and a.isascii() != b.isascii() and cyrillic
        odd += a.isalpha() and b.isalpha() and not a.isascii() and not b.isascii() and not cyrillic
        odd += a.islower() and b.isupper()
    return odd < 0.2 * len(foreign)
