"""A chat -> a file to keep: HTML, Markdown, or the documents it quotes as CSL-JSON or BibTeX.

In -> out: answers and the documents they quote -> `str`.
Does not: ask, or invent what is not known of a document.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from qa.answers.wanted import is_answer, told_apart
from qa.datatypes import Answer, Document
from qa.formats.places import place_words
from qa.rendering import STALE_MARK, answer_to_markdown, one_line, said_before, said_instead
from qa.ui.escaping import shown
from qa.ui.marks import hidden_in, quoted_html

_SPECIAL = re.compile(r"([&%$#_{}])")
_MARKS = re.compile(r"([\\`*_<>\[\]#|~])")
_STYLE = (
    "body{max-width:44em;margin:2em auto;padding:0 1em;font:17px/1.6 system-ui,sans-serif;color:#1b1f27}"
    "h1{font-size:1.3em}h2{margin:2em 0 .6em;font-size:1.15em}"
    "blockquote{margin:0 0 1.2em;padding-left:1em;border-left:3px solid #3538a8}.q{white-space:pre-wrap;overflow-wrap:anywhere}.mk{display:none}"
    "footer{margin-top:.3em;font-size:.82em;color:#565d6b}.unseen::before{content:attr(data-c);font-size:.6em;border:1px solid}"
)
_WRITTEN = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}


def exported(kind: str, answers: Sequence[Answer], documents: Sequence[Document]) -> str:
    """Return the file of a kind: html, md, json or bib. KeyError for another."""
    if kind in ("html", "md"):
        return {"html": chat_to_html, "md": chat_to_markdown}[kind](answers)
    return {"json": documents_to_csl, "bib": documents_to_bibtex}[kind](documents)


def chat_to_markdown(answers: Sequence[Answer]) -> str:
    """Return each question as a heading, and below it the quotes with their places or why there are none."""
    return "\n".join(f"## {_plain(answer.question)}\n\n{_body(answer)}\n" for answer in answers)


def _body(answer: Answer) -> str:
    if not answer.citations:
        return _plain(said_instead(answer))
    return ("" if is_answer(answer) else f"{_plain(said_before(answer))}\n\n") + answer_to_markdown(answer)


def chat_to_html(answers: Sequence[Answer]) -> str:
    """Return a page that needs nothing else and does nothing: no script, no link, no picture; what a reader would not see stays hidden."""
    body = "".join(f"<section><h2>{shown(answer.question)}</h2>{_section(answer)}</section>" for answer in answers)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>Quoted</title><style>{_STYLE}</style></head><body><main><h1>Questions, and what the documents say</h1>{body}</main></body></html>\n"
    )


def _section(answer: Answer) -> str:
    if not answer.citations:
        return f"<p>{shown(said_instead(answer))}</p>"
    said = "" if is_answer(answer) else f"<p>{shown(said_before(answer))}</p>"
    return said + "".join(
        f'<blockquote><div class="q">{quoted_html(c.text, c.span.start, hidden_in(c.text, c.doc_id), c.answer)}</div>'
        f"<footer>[{c.label}] {shown(c.title)} · {shown(place_words(c))}{shown(STALE_MARK) if c.stale else ''}</footer></blockquote>"
        for c in told_apart(answer).citations
    )


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
