"""Small files of each format for tests, made by hand: what is in them is known exactly."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "files"
"""Real files, where this checkout stands beside them; tests that need one are skipped elsewhere."""


def pdf(pages: Sequence[str], *, extra: str = "", labels: str = "", info: str = "") -> bytes:
    """Return a PDF: each page is a content stream that may use the fonts /F, /B (bold) and /C (Courier); `extra` are more keys of every page."""
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {labels} >>",
        "",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    kids = []
    for content in pages:
        content = content.replace("ETBT", "ET\nBT")
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents {len(objects)} 0 R {extra} "
            "/Resources << /Font << /F 3 0 R /B << /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold >> "
            "/C << /Type /Font /Subtype /Type1 /BaseFont /Courier >> >> >> >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(kids)}] >>"
    objects.append(f"<< {info} >>")
    out, starts = io.BytesIO(), []
    out.write(b"%PDF-1.4\n")
    for number, content in enumerate(objects, start=1):
        starts.append(out.tell())
        out.write(f"{number} 0 obj\n{content}\nendobj\n".encode("latin-1"))
    at = out.tell()
    rows = "".join(f"{start:010} 00000 n \n" for start in starts)
    out.write(f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{rows}".encode())
    out.write(
        f"trailer << /Size {len(objects) + 1} /Root 1 0 R /Info {len(objects)} 0 R >>\nstartxref\n{at}\n%%EOF".encode()
    )
    return out.getvalue()


def drawn(lines: Sequence[tuple[float, float, str]], size: float = 12, font: str = "F") -> str:
    """Return a content stream that draws each line at its place (from the lower left)."""
    return "\n".join(f"BT /{font} {size} Tf {x} {y} Td ({text}) Tj ET" for x, y, text in lines)


def column(left: float, top: float, lines: Sequence[str], size: float = 12) -> str:
    """Return a content stream of lines one below another."""
    return drawn([(left, top - 14 * n, line) for n, line in enumerate(lines)], size)


def archive(parts: Mapping[str, str | bytes]) -> bytes:
    """Return a zip file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return out.getvalue()


_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def word(body: str, *, footnotes: str = "", prefix: str = "") -> bytes:
    """Return a Word file with that body (XML); styles H1 and H2 are headings, and so is Own, which is based on H2; C1 is of contents, T a title."""
    styles = "".join(f'<w:style w:styleId="H{n}"><w:name w:val="heading {n}"/></w:style>' for n in (1, 2))
    styles += '<w:style w:styleId="C1"><w:name w:val="toc 1"/></w:style><w:style w:styleId="T"><w:name w:val="Title"/></w:style>'
    styles += '<w:style w:styleId="Own"><w:name w:val="Our heading"/><w:basedOn w:val="H2"/></w:style>'
    parts = {
        "word/document.xml": f"{prefix}<w:document {_W}><w:body>{body}</w:body></w:document>",
        "word/styles.xml": f"<w:styles {_W}>{styles}</w:styles>",
    }
    if footnotes:
        parts["word/footnotes.xml"] = f"<w:footnotes {_W}>{footnotes}</w:footnotes>"
    return archive(parts)


def paragraph(text: str, style: str = "", listed: bool = False, set_as: str = "") -> str:
    """Return a paragraph of a Word file; `set_as` (XML) is how its letters are set."""
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    number = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>' if listed else ""
    return f"<w:p><w:pPr>{named}{number}</w:pPr><w:r><w:rPr>{set_as}</w:rPr><w:t>{text}</w:t></w:r></w:p>"


_SLIDES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_RELATIONS = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'


def slides(
    pages: Sequence[tuple[str, Sequence[str]]], hidden: Sequence[int] = (), *, opens: bool = False, more: str = ""
) -> bytes:
    """Return slides, each a title and paragraphs; their parts are numbered backwards, as programs may; the first `opens` a talk.

    `more` are shapes (XML) that each has, too.
    """
    count = len(pages)
    parts = {
        "ppt/presentation.xml": f"<p:presentation {_SLIDES}><p:sldIdLst>"
        + "".join(f'<p:sldId id="{n}" r:id="r{n}"/>' for n in range(count))
        + "</p:sldIdLst></p:presentation>",
        "ppt/_rels/presentation.xml.rels": f"<Relationships {_RELATIONS}>"
        + "".join(f'<Relationship Id="r{n}" Type="x/slide" Target="slides/s{count - n}.xml"/>' for n in range(count))
        + "</Relationships>",
    }
    for n, (title, body) in enumerate(pages):
        show = ' show="0"' if n + 1 in hidden else ""
        shapes = "".join(
            _shape(kind, lines)
            for kind, lines in (("ctrTitle" if opens and not n else "title", [title]), ("body", body))
        )
        parts[f"ppt/slides/s{count - n}.xml"] = (
            f"<p:sld {_SLIDES}{show}><p:cSld><p:spTree>{shapes}{more}</p:spTree></p:cSld></p:sld>"
        )
    return archive(parts)


def _shape(kind: str, lines: Sequence[str]) -> str:
    inside = "".join(f"<a:p><a:r><a:t>{line}</a:t></a:r></a:p>" for line in lines)
    return f'<p:sp><p:nvSpPr><p:nvPr><p:ph type="{kind}"/></p:nvPr></p:nvSpPr><p:txBody>{inside}</p:txBody></p:sp>'


def open_text(body: str, styles: str = "") -> bytes:
    """Return an Open Document text with that body and styles (XML)."""
    names = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"'
        for short in ("office", "text", "table", "style")
    )
    content = f"<office:document-content {names}>{styles}<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    return archive({"content.xml": content})


def book(chapters: Sequence[str], encryption: str = "") -> bytes:
    """Return an EPUB of HTML chapters."""
    items = "".join(
        f'<item id="c{n}" href="c%20{n}.xhtml" media-type="application/xhtml+xml"/>' for n in range(len(chapters))
    )
    spine = "".join(f'<itemref idref="c{n}"/>' for n in range(len(chapters)))
    parts: dict[str, str | bytes] = {
        "META-INF/container.xml": '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="O/p.opf"/></rootfiles></container>',
        "O/p.opf": '<package xmlns="http://www.idpf.org/2007/opf"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>The book</dc:title></metadata><manifest>{items}</manifest><spine>{spine}</spine></package>",
    }
    parts |= {f"O/c {n}.xhtml": chapter for n, chapter in enumerate(chapters)}
    if encryption:
        parts["META-INF/encryption.xml"] = encryption
    return archive(parts)


def notebook() -> bytes:
    """Return a notebook of two cells."""
    cells = [
        {"cell_type": "markdown", "source": ["# Bees\n", "\n", "We count them."]},
        {"cell_type": "code", "source": "print(2)", "outputs": [{"output_type": "stream", "text": ["2\n"]}]},
    ]
    return json.dumps({"nbformat": 4, "cells": cells}).encode()


MAIL = (
    b"From: Nora <nora@example.org>\nTo: ed@example.org\nSubject: The =?utf-8?q?caf=C3=A9?=\n"
    b"Date: Tue, 7 Nov 2023 10:00:00 +0000\nContent-Type: text/plain; charset=utf-8\n\nIt opens at nine.\n\nNora\n"
)
SAMPLES: dict[str, bytes] = {
    "a.pdf": pdf(
        [
            column(50, 700, ["The queen was found on", "Tuesday in the third hive."]),
            column(50, 700, ["Page two says less."]),
        ]
    ),
    "a.html": b"<title>T</title><h1>Hives</h1><p>One <b>two</b>.</p><ul><li>a</li><li>b<ul><li>c</li></ul></li></ul><pre>x\n  y</pre>",
    "a.docx": word(paragraph("Leave", "H1") + paragraph("Twenty days.") + paragraph("one", listed=True)),
    "a.pptx": slides([("Plan", ["First", "Second"]), ("End", ["Thanks"])]),
    "a.odt": open_text('<text:h text:outline-level="1">Rules</text:h><text:p>Be<text:s/>kind.</text:p>'),
    "a.epub": book(["<h1>I</h1><p>It began.</p>", "<h1>II</h1><p>It ended.</p>"]),
    "a.eml": MAIL,
    "a.ipynb": notebook(),
    "a.csv": b'name,age\n"Smith, Anna",31\nBo,45\n',
    "a.json": b'{"title": "T", "rules": ["No long sentence of this file is lost when it is read from start to end here."]}',
    "a.jsonl": b'{"name": "Anna", "age": 31}\n{"name": "Bo", "age": 5.50}\n',
    "a.srt": b"1\n00:00:01,000 --> 00:00:02,000\nHello <i>there</i>\n\n2\n00:12:03,500 --> 00:12:04,000\nBye.\n",
    "a.vtt": b"WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ann Lee>Good morning.\n\n00:02.000 --> 00:03.000\n<v Bo>Hi.\n",
    "a.py": b"import os\n\n\ndef f():\n    return 1\n",
    "a.rst": b"Title\n=====\n\nSome text.\n",
    "a.rtf": rb"{\rtf1\ansi Caf\'e9 opens.\par Second.\par}",
}
