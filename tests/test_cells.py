"""Notebooks, whose cells of text are Markdown; and PDF files with passwords, made here by the standard's oldest handler."""

import hashlib
import json

import pytest
from made import column, pdf

from qa.datatypes import Kind
from qa.engine import Engine
from qa.formats import parse_file
from qa.formats.reading import Unreadable
from qa.text.shown import Shown

PADDING = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
CELLS = [
    ("markdown", "# Bees {#top}\n\nSee [the **hive**](https://h.example) by the gate."),
    ("markdown", "## Drones\n\nBring:\n\n- a *net*\n- gloves\n\n| Hive | Frames |\n|---|---|\n| North | 9 |\n"),
    ("code", "# no heading\nprint(2)"),
    ("raw", "*as it is*"),
    ("markdown", "They leave in **August**.\n\n***\n\n1. smoke\n2. lift"),
    ("markdown", "   \n"),
    ("markdown", "# Wasps\n\nNone."),
]


def notebook(cells):
    made = [{"cell_type": kind, "source": source.splitlines(keepends=True)} for kind, source in cells]
    return json.dumps({"nbformat": 4, "cells": made}).encode()


def seen(cells):
    """Each block as a reader sees it: kind, headings, words."""
    parsed = parse_file(notebook(cells), "n.ipynb")
    shown = Shown(parsed.text, parsed.hidden)
    assert [b.span.start for b in parsed.blocks[1:]] == [b.span.end for b in parsed.blocks[:-1]]
    assert (parsed.blocks[0].span.start, parsed.blocks[-1].span.end) == (0, len(parsed.text))
    return parsed, [(b.kind, b.headings, " ".join(shown.of(b.span).split())) for b in parsed.blocks]


def test_a_cell_of_text_is_read_as_markdown_under_the_headings_of_the_cells_before():
    parsed, blocks = seen(CELLS)
    assert (Kind.PARAGRAPH, ("Bees",), "See the hive by the gate.") in blocks
    assert (Kind.HEADING, ("Bees",), "Drones") in blocks
    assert (Kind.ITEM, ("Bees", "Drones"), "a net") in [(k, h, text.lstrip("- ")) for k, h, text in blocks]
    assert (Kind.CODE, ("Bees", "Drones"), "# no heading print(2)") in blocks
    assert (Kind.PARAGRAPH, ("Bees", "Drones"), "*as it is*") in blocks
    assert (Kind.PARAGRAPH, ("Bees", "Drones"), "They leave in August.") in blocks
    assert blocks[-1] == (Kind.PARAGRAPH, ("Wasps",), "None.")
    item, row = (next(b for b in parsed.blocks if b.kind is kind and b.lead) for kind in (Kind.ITEM, Kind.ROW))
    assert item.lead.of(parsed.text).strip() == "Bring:" and row.lead.of(parsed.text).strip() == "| Hive | Frames |"
    lists = {b.group for b in parsed.blocks if b.kind is Kind.ITEM}
    assert len(lists) == 2 and row.group not in lists
    for mark, (_, source) in zip(parsed.marks, [cell for cell in CELLS if cell[1].strip()], strict=True):
        assert parsed.text.startswith(source.strip(), mark.start) and mark.kind == "cell"


@pytest.mark.parametrize("source", ["\0", "---\ntitle: x\n---", "<b>", "- ", "\ud800 half", "[^1]: note", "```\nopen"])
def test_an_odd_cell_of_text_loses_nothing(source):
    parsed, _ = seen([("markdown", "# A"), ("markdown", source), ("markdown", "End.")])
    assert parsed.text.startswith("# A") and parsed.text.endswith("End.") and "\0" not in parsed.text


def rc4(key, data):
    state, j = list(range(256)), 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    out, i, j = bytearray(), 0, 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)


def locked(line, *, opens, owner):
    """Return a PDF of one line, encrypted with the password that opens it and that of its owner (revision 2, 40 bits)."""
    padded_owner, padded = ((word.encode() + PADDING)[:32] for word in (owner, opens))
    owned = rc4(hashlib.md5(padded_owner).digest()[:5], padded)
    permissions, file_id = (-4).to_bytes(4, "little", signed=True), b"0123456789abcdef"
    key = hashlib.md5(padded + owned + permissions + file_id).digest()[:5]
    content = column(50, 700, [line])
    plain = pdf([content])
    of_object = hashlib.md5(key + (4).to_bytes(3, "little") + b"\0\0").digest()[
        :10
    ]  # the first page's content is object 4
    assert b"4 0 obj\n<< /Length" in plain
    lock = (
        f"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <{owned.hex()}> /U <{rc4(key, PADDING).hex()}> >> "
        f"/ID [<{file_id.hex()}> <{file_id.hex()}>]"
    )
    return plain.replace(content.encode(), rc4(of_object, content.encode())).replace(
        b"/Root", lock.encode() + b" /Root"
    )


def test_a_pdf_that_only_its_owners_password_restricts_is_read():
    parsed = parse_file(locked("The key hangs behind the door.", opens="", owner="secret"), "a.pdf")
    assert parsed.text.strip() == "The key hangs behind the door."


def test_a_pdf_that_needs_a_password_is_left_out_by_name(settings, engine_over):
    data = locked("The key hangs behind the door.", opens="open sesame", owner="secret")
    with pytest.raises(Unreadable, match="is encrypted: save it without a password"):
        parse_file(data, "a.pdf")
    report = engine_over({"locked.pdf": data, "open.txt": b"The gate is open."}).build()
    assert [(each.doc_id, "encrypted" in each.reason) for each in report.skipped] == [("locked.pdf", True)]


@pytest.fixture
def engine_over(settings, embedder):
    def over(files):
        for name, data in files.items():
            (settings.seeds / name).write_bytes(data)
        return Engine(settings, embedder=embedder)

    return over
