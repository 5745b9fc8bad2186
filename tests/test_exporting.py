"""Files of a chat: nothing of a document's title or metadata breaks out of its field."""

import json

from qa.datatypes import Document
from qa.ui.exporting import chat_to_markdown, documents_to_bibtex, documents_to_csl

NASTY = 'A "B" & {C}, 100 % $x_y #1 \\end~^'


def test_fields_hold_whatever_a_document_is_called():
    documents = [
        Document("a/ä.txt", NASTY, "", "", {"author": "DW and Reuters", "date": "2025-02-16"}),
        Document("a-.txt", "T", "", "", {}),
    ]
    first, second = json.loads(documents_to_csl(documents))
    assert first == {
        "id": "a/ä.txt",
        "type": "document",
        "title": NASTY,
        "author": [{"literal": "DW and Reuters"}],
        "issued": {"raw": "2025-02-16"},
    }
    assert second == {"id": "a-.txt", "type": "document", "title": "T"}
    bibtex = documents_to_bibtex(documents)
    assert r"title = {{A "'"B"'r" \& \{C\}, 100 \% \$x\_y \#1 \textbackslash{}end\textasciitilde{}\textasciicircum{}}}" in bibtex  # fmt: skip
    assert "author = {{DW and Reuters}}" in bibtex
    assert len({line for line in bibtex.splitlines() if line.startswith("@misc")}) == 2


def test_a_question_is_a_heading_and_no_markup(small):
    told = chat_to_markdown([small.ask("Do <b>cats</b> *chase* mice?"), small.ask("Zebras?")])
    assert r"## Do \<b\>cats\</b\> \*chase\* mice?" in told
    assert "## Zebras?\n\nThe documents do not answer this." in told
