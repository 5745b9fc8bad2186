"""Every setting and its default; the only place that has defaults, but for qa/defaults.py.

In -> out: flags (keyword overrides), then `QA_*` variables, then defaults -> one frozen `Settings`.
Does not: open files, load a model, or check that a folder can be read.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import field, fields
from pathlib import Path
from urllib.parse import urlsplit

from qa.errors import SettingsError
from qa.records import record

DEFAULT_MODEL = "all-MiniLM-L6-v2"
TEXT_SUFFIXES = (
    ".rst .org .tex .adoc .asciidoc .log .text"
    " .py .js .mjs .ts .tsx .jsx .java .c .h .cpp .hpp .cc .cs .go .rs .rb .php .swift .kt .scala .sh .bash .sql .r .lua .pl"
    " .toml .yaml .yml .ini .cfg .conf .xml .css"
)
_CHECKOUT = Path(__file__).resolve().parent.parent


def _default_home() -> Path:
    """The current folder if it has `seeds/`, else the checkout this package was installed from, if that has one."""
    here = Path.cwd()
    return _CHECKOUT if not (here / "seeds").is_dir() and (_CHECKOUT / "seeds").is_dir() else here


@record
class Settings:
    """What a user may choose. Each field is also read from the variable `QA_` + its name in capitals."""

    seeds: Path
    """Folder with the documents; a `str` becomes a Path, as in `index`."""
    index: Path
    """Folder that holds the built snapshots."""
    store: str = ""
    """Index in Milvus that answers in place of the folder (`milvus://host:19530/name`), which a build then prepares it in; none where empty."""
    store_token: str = field(default="", repr=False)
    """What the store lets somebody in for: user:password, or a token."""
    model: str = DEFAULT_MODEL
    """Name or folder of a sentence-transformers model."""
    reader: str = "default"
    """"default", "none", or the name or folder of an extractive question-answering model or a CrossEncoder."""
    passage_tokens: int = 120
    """Longest passage, in tokens of the model (or the model's window, where that is shorter)."""
    max_file_mb: int = 50
    """Largest document, in megabytes."""
    text_suffixes: str = TEXT_SUFFIXES
    """Files of these suffixes are documents, too, read as plain text; a space between two."""
    candidates: int = 60
    """How many of the best passages are searched for sentences to quote."""
    lexical_weight: float = 0.7
    """Share of BM25 in the ranking of passages, 0..1; the rest is dense similarity."""
    hit_tokens: int = 250
    """Longest hit, in tokens of the model: neighbouring passages are joined up to it."""
    quotes: int = 5
    """Most quotes in one answer."""
    threshold: float = 0.175
    """Lowest confidence, 0..1, at which the quotes are given as an answer; below it the answer is a refusal."""
    clear_threshold: float = 0.6
    """Least probability, 0..1, that the first quote is right of a clear answer; with less, the closest sentences are quoted as just that."""
    host: str = "127.0.0.1"
    """Address on which the chat page is served."""
    port: int = 7860
    """Port on which the chat page is served."""
    public_url: str = ""
    """Address under which a proxy shows the page (`https://docs.example.org/path`); none where empty."""

    def __post_init__(self) -> None:
        for name in ("seeds", "index"):
            object.__setattr__(
                self, name, Path(getattr(self, name))
            )  # the one moment at which a frozen record may be written
        object.__setattr__(self, "public_url", _plain_url(self.public_url))
        for name, low, high in _RANGES:
            value = getattr(self, name)
            if not low <= value <= high:
                raise SettingsError(
                    f"{name} is {value}, but it has to lie between {low} and {high}: change {_variable(name)}."
                )


_RANGES: tuple[tuple[str, float, float], ...] = (
    ("passage_tokens", 8, 8192),
    ("max_file_mb", 1, 2000),
    ("candidates", 1, 10_000),
    ("lexical_weight", 0, 1),
    ("hit_tokens", 8, 100_000),
    ("quotes", 1, 20),
    ("threshold", 0, 1),
    ("clear_threshold", 0, 1),
    ("port", 0, 65535),
)


def from_env(environment: Mapping[str, str] | None = None, **overrides: object) -> Settings:
    """Return the settings: overrides that are not None, then `QA_*` of `environment` (os.environ), then defaults.

    Raises SettingsError when a value cannot be read or lies outside its range.
    """
    environment = os.environ if environment is None else environment
    home = _default_home()
    values: dict[str, object] = {"seeds": home / "seeds", "index": home / "index"}
    for each in fields(Settings):
        override, text = overrides.get(each.name), environment.get(_variable(each.name), "")
        if override is not None:
            values[each.name] = _cast(each.name, str(override), f"the value given for {each.name}")
        elif text.strip():
            values[each.name] = _cast(each.name, text.strip(), _variable(each.name))
    return Settings(**values)  # type: ignore[arg-type]  # each was cast to its field's type


def _plain_url(text: str) -> str:
    """Return an address as a browser writes its origin: in small letters, without the scheme's own port or a "/" at the end."""
    if not text:
        return ""
    try:
        parts = urlsplit(text)
        port = "" if parts.port in (None, {"http": 80, "https": 443}.get(parts.scheme)) else f":{parts.port}"
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    except ValueError:
        host, port = "", ""
    plain = re.fullmatch(r"[a-z0-9.\[\]:-]+", host or "") and re.fullmatch(r"(/[\w.~-]+)*/?", parts.path, re.ASCII)
    if not plain or parts.scheme not in ("http", "https") or parts.query or parts.fragment or "@" in parts.netloc:
        raise SettingsError(
            f"public_url is {text!r}, which is no address of a page: write it like https://docs.example.org/path in QA_PUBLIC_URL."
        )
    return f"{parts.scheme}://{host}{port}{parts.path.rstrip('/')}"


def _variable(name: str) -> str:
    return f"QA_{name.upper()}"


def _cast(name: str, text: str, source: str) -> object:
    kind = {"Path": Path, "int": int, "float": float, "str": str}[str(Settings.__dataclass_fields__[name].type)]
    try:
        return kind(text)
    except ValueError as exc:
        raise SettingsError(f"{source} is {text!r}, which is not a number: correct it or leave it out.") from exc
