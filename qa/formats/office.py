"""Spreadsheets, Outlook messages and rich text, by the packages of the extra `office`.

In -> out: bytes -> `Parsed`; a spreadsheet's row is a line with a mark a cell ("Q3, cell B7").
Does not: calculate (a formula has the value the file holds), or show a number as the program would ("15 %" is 0.15).
"""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Callable
from importlib import import_module
from itertools import groupby
from typing import Any

from qa.datatypes import Kind, Parsed
from qa.formats import mail
from qa.formats.flow import APART, BELOW, Flow
from qa.formats.reading import Unreadable

SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".msg", ".rtf")
VERSION = 3
MAX_CELLS = 2_000_000
_CELL_ENDS = re.compile(r"\n\|")
"""A paragraph that ends in its cell."""
_RICH_ITEM = re.compile(r"(?:[•·▪–*-]|\(?\w{1,3}[.)])\t")


def parse(data: bytes, name: str) -> Parsed:
    """Read a file by its suffix."""
    suffix = "." + name.lower().rpartition(".")[2]
    return _READERS.get(suffix, _sheets)(data)


def _module(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as exc:
        raise Unreadable("needs a package more: pip install 'quoted[office]'.") from exc


def _sheets(data: bytes) -> Parsed:
    calamine = _module("python_calamine")
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        flow, cells = Flow(), 0
        for name in book.sheet_names:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            cells += sum(map(len, rows))
            if cells > MAX_CELLS:
                raise Unreadable(f"has more than {MAX_CELLS} cells.")
            _sheet(flow, name, rows)
    except calamine.PasswordError as exc:
        raise Unreadable("is encrypted: save it without a password.") from exc
    except calamine.CalamineError as exc:
        raise Unreadable(f"is damaged, or not what its name says ({exc}).") from exc
    return flow.done()


def _sheet(flow: Flow, name: str, rows: list[list[object]]) -> None:
    group, lead = flow.new_group(), None
    shown = [[" ".join(_shown(value).split()) for value in row] for row in rows]
    names = next((n for n, row in enumerate(shown) if sum(map(bool, row)) > 1), -1)
    first = min((next(n for n, cell in enumerate(row) if cell) for row in shown if any(row)), default=0)
    for n, row in enumerate(shown):
        places = [("sheet", f"{name}, cell {_letters(column)}{n + 1}") for column in range(first, len(row))]
        span = flow.row(row[first:], group=group, lead=lead, places=places)
        lead = span if n == names else lead


def _letters(column: int) -> str:
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def _shown(value: object) -> str:
    """Return a value as text: a whole number without the point that the file does not have."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    return "" if value is None else str(value)


def _message(data: bytes) -> Parsed:
    oxmsg = _module("oxmsg")
    try:
        message = oxmsg.Message.load(io.BytesIO(data))
    except (OSError, ValueError, KeyError) as exc:
        raise Unreadable("is damaged, or no Outlook message.") from exc
    sent = message.sent_date
    head = {
        "Subject": message.subject,
        "From": message.sender,
        "Date": sent.strftime("%a, %d %b %Y %H:%M:%S %z") if sent else "",
    }
    known = {key: value for key, value in head.items() if value}
    body, html = message.body, message.html_body
    attached = [attachment.file_name or "unnamed" for attachment in message.attachments]
    return mail.build(known, body or html or "", is_html=not body, attached=attached)


def _rich_text(data: bytes) -> Parsed:
    """Read rich text: a line a paragraph, but for rows of tables, whose cells end with bars, and items of lists, after their marks and a tab."""
    striprtf = _module("striprtf.striprtf")
    if not data.lstrip().startswith(b"{\\rtf"):
        raise Unreadable("is no rich text: it does not begin with {\\rtf.")
    said = striprtf.rtf_to_text(data.decode("latin-1"), errors="replace")
    lines = [line.strip() for line in _CELL_ENDS.sub("|", said).splitlines() if line.strip(" |")]
    flow = Flow()
    for kind, held in groupby(lines, key=_kind):
        if kind is Kind.ROW:
            flow.table([line[:-1].split("|") for line in held])
        elif kind is Kind.ITEM:
            group, lead = flow.new_group(), flow.lead_in()
            for n, line in enumerate(held):
                flow.add(line.replace("\t", " "), kind, group=group, lead=lead, gap=BELOW if n else APART)
        else:
            for line in held:
                flow.add(line)
    return flow.done()


def _kind(line: str) -> Kind:
    is_row = line.count("|") > 1 and line.endswith("|")
    return Kind.ROW if is_row else Kind.ITEM if _RICH_ITEM.match(line) else Kind.PARAGRAPH


_READERS: dict[str, Callable[[bytes], Parsed]] = {".msg": _message, ".rtf": _rich_text}
