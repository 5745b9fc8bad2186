"""The language a text is in.

In -> out: a text as a reader sees it -> its ISO 639-1 code, "" where it is too short to tell; a code -> the language's name.
Does not: ask a network: py3langid (Lui and Baldwin, *langid.py*, ACL 2012) carries its model, and gives the same for the same text.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from qa.patterns import pattern

LOOKED_AT = 10_000
LOOKED_THROUGH = 100_000
"""How many characters of a text are looked at, of so many at its beginning: lines of names and numbers are passed over."""
LEAST_LETTERS = 80
"""Fewer letters tell no language, unless they are of a script of its own."""
NAMES = dict(
    pair.split("=")
    for pair in [
        "ar=Arabic",
        "am=Amharic",
        "bg=Bulgarian",
        "bn=Bengali",
        "ca=Catalan",
        "cs=Czech",
        "da=Danish",
        "de=German",
        "el=Greek",
        "en=English",
        "es=Spanish",
        "et=Estonian",
        "eu=Basque",
        "fa=Persian",
        "fi=Finnish",
        "fr=French",
        "ga=Irish",
        "gu=Gujarati",
        "he=Hebrew",
        "hi=Hindi",
        "hr=Croatian",
        "hu=Hungarian",
        "hy=Armenian",
        "id=Indonesian",
        "is=Icelandic",
        "it=Italian",
        "ja=Japanese",
        "ka=Georgian",
        "km=Khmer",
        "kn=Kannada",
        "ko=Korean",
        "la=Latin",
        "lo=Lao",
        "lt=Lithuanian",
        "lv=Latvian",
        "ml=Malayalam",
        "mr=Marathi",
        "nl=Dutch",
        "no=Norwegian",
        "pl=Polish",
        "pt=Portuguese",
        "ro=Romanian",
        "ru=Russian",
        "si=Sinhala",
        "sk=Slovak",
        "sl=Slovenian",
        "sq=Albanian",
        "sr=Serbian",
        "sv=Swedish",
        "ta=Tamil",
        "te=Telugu",
        "th=Thai",
        "tr=Turkish",
        "uk=Ukrainian",
        "ur=Urdu",
        "vi=Vietnamese",
        "zh=Chinese",
    ]
)
"""The languages that are told apart."""
_OWN_SCRIPT = 0x0370
"""From here on (Greek) letters are of other scripts than the Latin one: a few of them tell enough."""
FEW_LETTERS = 8
LEAST_WORDS = 5
_PIECES = pattern(r"[\n\t|]+")


def language_of(text: str) -> str:
    """Return the code of the language a text is in, "" where that cannot be told."""
    seen = "\n".join(piece for piece in _PIECES.split(text[:LOOKED_THROUGH]) if _is_said(piece))[:LOOKED_AT]
    letters = [c for c in seen if c.isalpha()]
    own = sum(ord(c) >= _OWN_SCRIPT for c in letters)
    if len(letters) < (FEW_LETTERS if 2 * own > len(letters) else LEAST_LETTERS):
        return ""
    return str(_identifier().classify(seen)[0])


def _is_said(piece: str) -> bool:
    """Tell whether a line or a cell is more than names and numbers, which are of no language."""
    return len(piece.split()) >= LEAST_WORDS or any(ord(c) >= _OWN_SCRIPT for c in piece)


def name_of(code: str) -> str:
    """Return the English name of a language."""
    return NAMES.get(code, code)


@cache
def _identifier() -> Any:
    from py3langid import langid

    identifier = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE)
    identifier.set_languages(sorted(set(NAMES) & set(identifier.labels)))
    return identifier
