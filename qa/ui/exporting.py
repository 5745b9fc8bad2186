"""A chat -> a file to keep: Markdown, or the documents it quotes as CSL-JSON or BibTeX.

In -> out: answers and the documents they quote -> `str`.
Does not: ask, or invent what is not known of a document.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from qa.datatypes import Answer, Document
from qa.rendering import REFUSAL, UNCLEAR, answer_to_markdown, one_line

_SPECIAL = re.compile(r"([&%$#_{}])")
_MARKS = re.compile(r"([\\`*_<>\[\]#|~])")
_WRITTEN = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}


def exported(kind: str, answers: Sequence[Answer], documents: Sequence[Document]) -> str:
    """Return the file of a kind: md, json or bib. KeyError for another."""
    if kind == "md":
        return chat_to_markdown(answers)
    return {"json": documents_to_csl, "bib": documents_to_bibtex}[kind](documents)


def chat_to_markdown(answers: Sequence[Answer]) -> str:
    """Return each question as a heading, and below it the quotes with their places or why there are none."""
    return "\n".join(f"## {_plain(answer.question)}\n\n{_body(answer)}\n" for answer in answers)


def _body(answer: Answer) -> str:
    if not answer.citations:
        return f"{REFUSAL} {_plain(answer.reason)}"
    return (f"{UNCLEAR}\n\n" if not answer.clear else "") + answer_to_markdown(answer)


def _plain(text: str) -> str:
    return _MARKS.sub(r"\\\1", one_line(text))


def documents_to_csl(documents: Sequence[Document]) -> str:
    """Return the documents as CSL-JSON, which citation managers read."""
    rows = []
    for document in documents:
        row: dict[str, object] = {"id": document.doc_id, "type": "document", "title": document.title}
        if author := document.meta.get("author"):
            row["author"] = [{"literal": author}]
        if date := document.meta.get("date"):
            row["issued"] = {"raw": date}
        row |= {name: document.meta[key] for name, key in (("publisher", "publisher"), ("URL", "url")) if document.meta.get(key)}  # fmt: skip
        rows.append(row)
    return json.dumps(rows, ensure_ascii=False, indent=2) + "\n"


def documents_to_bibtex(documents: Sequence[Document]) -> str:
    """Return the documents as BibTeX entries, each with a key of its own."""
    return "\n".join(_entry(number, document) for number, document in enumerate(documents, 1))


def _entry(number: int, document: Document) -> str:
    key = f"{re.sub(r'[^A-Za-z0-9]+', '-', document.doc_id).strip('-')[:40]}-{number}"
    known = {"title": f"{{{_tex(document.title)}}}"}
    # Braces of its own keep a name whole: "DW and Reuters" would be two persons.
    known |= {"author": f"{{{_tex(document.meta['author'])}}}"} if document.meta.get("author") else {}
    known |= {name: _tex(document.meta[name]) for name in ("date", "publisher", "url") if document.meta.get(name)}
    known["note"] = _tex(document.doc_id)
    fields = ",\n".join(f"  {name} = {{{value}}}" for name, value in known.items())
    return f"@misc{{{key},\n{fields}\n}}\n"


def _tex(text: str) -> str:
    return "".join(_WRITTEN.get(c) or _SPECIAL.sub(r"\\\1", c) for c in one_line(text))
