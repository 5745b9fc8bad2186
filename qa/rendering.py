"""Answers, hits and reports -> text for people: for a terminal, as Markdown, to be pasted.

In -> out: the records of qa/datatypes.py and qa/reports.py -> `str`.
Does not: make JSON (qa/fields.py) or HTML (qa/ui/cards.py), print, or change a quote (a terminal is shown control characters as escapes).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from qa.answers.wanted import is_answer, may_be_answer, near_of
from qa.datatypes import COURTESY, OVERVIEW, Answer, Citation, Hit, Kind, Passage, Place
from qa.formats.places import place_words
from qa.reports import BuildReport, Status
from qa.text.numbers import counted

REFUSAL = "The documents do not answer this."
OVERVIEW_HEAD = "An overview in the documents' own words."
NONE_CLEAR, CLOSEST = "No clear answer found.", "Closest passages"
UNCLEAR = f"{NONE_CLEAR} {CLOSEST}:"
POSSIBLY, NOT_CERTAIN = "Possibly the answer", "not certain"
"""What is said of quotes that may be no answer, and where the best of them is as likely one as not, wherever they are shown."""
QUOTATION_MARKS = tuple('"“”„«»‘’「」')
STALE_MARK = " (the file has changed since it was indexed)"
NEAREST_SHOWN = 3
PREVIEW_CHARS = 110
"""What a terminal shows of passages that are no answer."""
_SAFE_BLANKS = "\n\t\u200c\u200d"  # the two joiners shape letters and emoji


def is_understood_differently(answer: Answer) -> bool:
    """Tell whether something else was searched than what was typed: with earlier questions, or in the documents' spelling."""
    return answer.searched != answer.question.strip()


def answer_to_text(answer: Answer) -> str:
    """Return an answer for a terminal: each quote with its number and place, or the refusal and the nearest passages."""
    lines = [f"Searched: {printable(answer.searched)}\n"] if is_understood_differently(answer) else []
    if answer.answered:
        if answer.kind == OVERVIEW:
            lines.append(f"{OVERVIEW_HEAD} {printable(answer.reason)}\n")
        elif not is_answer(answer):
            lines.append(f"{said_before(answer)}\n")
        near = near_of(answer)
        lines += [_quote_to_text(citation) for citation in near]
        if rest := [citation for citation in answer.citations if citation not in near]:
            lines += [f"{counted(len(rest), 'more passage')}:\n", *map(_in_short, rest)]
        return "\n".join(lines).rstrip()
    lines.append(printable(said_instead(answer)))
    if answer.nearest:
        lines.append(f"\n{CLOSEST}, which are no answer:\n")
        lines += map(_in_short, answer.nearest[:NEAREST_SHOWN])
    return "\n".join(lines).rstrip()


def said_before(answer: Answer) -> str:
    """Return what is said before quotes that may be no answer, with what is not spoken of where a comparison has one side only."""
    if may_be_answer(answer):
        return f"{POSSIBLY}, {NOT_CERTAIN}:"
    return f"{NONE_CLEAR} {printable(answer.reason)} {CLOSEST}:" if answer.reason else UNCLEAR


def _in_short(citation: Citation) -> str:
    return f"- {_preview(citation.text)}\n  {_place_of(citation)}"


def said_instead(answer: Answer) -> str:
    """Return what is said where nothing is quoted: that the documents do not answer, and why; or what a courtesy gets in return."""
    return answer.reason if answer.kind == COURTESY else f"{REFUSAL} {answer.reason}"


def answer_to_markdown(answer: Answer) -> str:
    """Return the quotes as Markdown block quotes, each with its source; "" for a refusal."""
    return "\n\n".join(
        "\n".join(f"> {_unmarked(line)}" for line in citation.text.splitlines())
        + f"\n>\n> — *{_unmarked(citation.title)}*, {_code(citation.doc_id)}, {_unmarked(place_words(citation))}"
        for citation in answer.citations
    )


def answer_to_plain(answer: Answer) -> str:
    """Return the quotes as plain text to be pasted, each with its source; "" for a refusal."""
    return "\n\n".join(
        f"{_in_marks(c.text)}\n({one_line(c.title)}, {one_line(c.doc_id)}, {one_line(place_words(c))})"
        for c in answer.citations
    )


def _in_marks(text: str) -> str:
    """Return a quote in quotation marks; one that begins or ends with its own has them already."""
    return text if text[:1] in QUOTATION_MARKS or text[-1:] in QUOTATION_MARKS else f"“{text}”"


def hit_to_text(hit: Hit) -> str:
    """Return a ranked passage for a terminal."""
    scores = f"score {hit.score:.3f} (dense {hit.dense_score:.3f}, lexical {hit.lexical_score:.2f})"
    return f"{hit.rank}. {_place(hit.passage)} · {scores}\n   {printable(' '.join(hit.passage.text.split()))}\n"


def report_to_text(report: BuildReport) -> str:
    """Return a build report in two lines."""
    files = ", ".join(f"{len(getattr(report, kind))} {kind}" for kind in ("added", "changed", "removed", "unchanged"))
    return (
        f"{report.snapshot}: {report.passages} passages ({report.embedded} embedded, {report.reused} reused) "
        f"in {report.seconds:.1f} s\ndocuments: {files}"
    )


def status_to_text(status: Status) -> str:
    """Return a status as a few lines: what is indexed, and what has changed since."""
    lines = [
        f"{status.snapshot}, built {status.created} ({_age(status.age_seconds)} ago) with {one_line(status.model)}, run by {status.runtime}",
        f"{status.documents} documents, {status.passages} passages, {status.sentences} sentences, {status.size_bytes / 1e6:.1f} MB",
    ]
    if recall := [value for key, value in status.store.items() if key.startswith("recall")]:
        lines.append(f"approximate search ({status.store['kind']}), recall {recall[0]} of exact search")
    if status.languages:
        lines.append("languages: " + ", ".join(f"{name} {count}" for name, count in status.languages.items()))
    lines += [f"warning: {one_line(text)}" for text in status.unread]
    if status.warning:
        lines.append(f"warning: {one_line(status.warning)}")
    for kind in ("added", "changed", "removed"):
        lines += [f"{kind} since: {one_line(doc_id)}" for doc_id in getattr(status, kind)]
    lines += [f"left out: {one_line(each.reason)}" for each in status.skipped]
    lines.append("The documents have changed: run `qa build`." if status.stale else "Up to date.")
    return "\n".join(lines)


def snapshot_to_text(row: Mapping[str, Any]) -> str:
    """Return one row of `Engine.list_snapshots` in a line."""
    if "error" in row:
        return f"{row['snapshot']}  {printable(row['error'])}"
    return f"{row['snapshot']}  {row['created']}  {row['documents']} documents, {row['passages']} passages"


def printable(text: str) -> str:
    """Return `text` safe for a terminal: control and format characters as escapes, white space and line ends as they are."""
    return "".join(
        c if c.isprintable() or c in _SAFE_BLANKS or unicodedata.category(c) == "Zs" else ascii(c)[1:-1] for c in text
    )


def one_line(text: str) -> str:
    """Return `text` safe for a terminal and on one line: titles and names write no lines of their own."""
    return printable(" ".join(text.split()))


def _unmarked(text: str) -> str:
    """Return `text` on one line, without the characters that Markdown reads as marks: no image, link, code or HTML is left of it."""
    line = "".join(f"\\{c}" if c in "\\`*_[]<>#&!|~" else c for c in " ".join(text.split()))
    return re.sub(r"^(\d+)([.)])|^([-+=])", r"\1\\\2\3", line)


def _code(text: str) -> str:
    """Return a name as code of Markdown, between more backticks than it has in a row."""
    name = one_line(text)
    fence = "`" * (max(map(len, re.findall("`+", name)), default=0) + 1)
    return f"{fence} {name} {fence}" if "`" in name else f"{fence}{name}{fence}"


def _quote_to_text(citation: Citation) -> str:
    also = "".join(f"\n    also in {_place_of(place)}" for place in citation.also)
    return f"[{citation.label}] {_led(citation)}{_indented(citation.text)}\n    {_place_of(citation)}{also}\n"


def _place_of(found: Citation | Place) -> str:
    """Return the document and the place of a quote, on one line."""
    stale = STALE_MARK if isinstance(found, Citation) and found.stale else ""
    return f"{one_line(found.title)} · {one_line(found.doc_id)}, {one_line(place_words(found))}{stale}"


def _led(citation: Citation) -> str:
    """Return the line a quote stands under: the header of its table, the lead-in of its list, its speaker, the sentence it leans on."""
    if citation.lead is None:
        return ""
    line = one_line(citation.lead.text)
    return f"{line if citation.lead.kind is Kind.ROW else f'({line})'}\n      "


def _indented(quote: str) -> str:
    """Return a quote safe for a terminal; its further lines do not begin where citations do."""
    return printable(quote).replace("\n", "\n      ")


def _place(passage: Passage) -> str:
    return (
        f"{one_line(passage.title)} · {one_line(passage.doc_id)}, characters {passage.span.start} to {passage.span.end}"
    )


def _preview(text: str) -> str:
    line = printable(" ".join(text.split()))
    return line if len(line) <= PREVIEW_CHARS else line[:PREVIEW_CHARS].rsplit(" ", 1)[0] + " …"


def _age(seconds: float) -> str:
    for unit, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{int(seconds // length)} {unit}"
    return f"{int(seconds)} seconds"
