"""Quoted: answers from your own documents, in the documents' own words.

from qa import ask
answer = ask("what did Kallas say about appeasement")
for citation in answer.citations:
    print(citation.text, citation.doc_id, citation.line)
"""

from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from qa.api import ask, build, retrieve
    from qa.datatypes import Answer, Citation, Document, Hit, Passage, Span
    from qa.engine import Engine
    from qa.errors import (
        BuildLocked,
        IndexCorrupt,
        IndexIncompatible,
        IndexMissing,
        QAError,
        SeedError,
        SettingsError,
        StoreUnavailable,
    )
    from qa.prompts import prompt_of
    from qa.reports import BuildReport, Status
    from qa.settings import Settings

__all__ = [
    "Answer",
    "BuildLocked",
    "BuildReport",
    "Citation",
    "Document",
    "Engine",
    "Hit",
    "IndexCorrupt",
    "IndexIncompatible",
    "IndexMissing",
    "Passage",
    "QAError",
    "SeedError",
    "Settings",
    "SettingsError",
    "Span",
    "Status",
    "StoreUnavailable",
    "ask",
    "build",
    "prompt_of",
    "retrieve",
]

_HOMES = {
    "api": ("ask", "build", "retrieve"),
    "datatypes": ("Answer", "Citation", "Document", "Hit", "Passage", "Span"),
    "engine": ("Engine",),
    "prompts": ("prompt_of",),
    "reports": ("BuildReport", "Status"),
    "settings": ("Settings",),
}
"""Where a public name is made; the others are errors."""


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for (PEP 562): `import qa` costs nothing, `qa --help` little."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = next((room for room, names in _HOMES.items() if name in names), "errors")
    value = globals()[name] = getattr(import_module(f"qa.{home}"), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
