"""Quoted: answers from your own documents, in the documents' own words.

from qa import ask
answer = ask("what did Kallas say about appeasement")
for citation in answer.citations:
    print(citation.text, citation.doc_id, citation.line)
"""

from qa.api import ask, build, retrieve
from qa.datatypes import Answer, BuildReport, Citation, Document, Hit, Passage, Span, Status
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
