"""Files of a chat: nothing of a document's title or metadata breaks out of its field."""

import json
from html.parser import HTMLParser

from qa.datatypes import Document
from qa.ui.exporting import chat_to_html, chat_to_markdown, documents_to_bibtex, documents_to_csl

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


def test_an_html_file_needs_nothing_and_does_nothing(small):
    (small.settings.seeds / "bad.md").write_text(
        "# Cats\n\nCats chase <img src=x onerror=alert(1)> *mice* `</div><script>alert(2)</script>`.\n"
    )
    small.build()
    told = chat_to_html([small.ask("What do <b>cats</b> chase?"), small.ask("Zebras?")])
    tags = Tags(told).tags
    assert not {"script", "img", "a", "link", "iframe", "b onclick"} & tags.keys()
    assert set(tags) <= {
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "main",
        "h1",
        "section",
        "h2",
        "blockquote",
        "div",
        "footer",
        "p",
        "bdi",
        "b",
        "span",
    }
    assert not [name for names in tags.values() for name in names if name in ("src", "href") or name.startswith("on")]
    assert "default-src 'none'" in told
    assert "The documents do not answer this." in told
    assert "bad.md" in told or "Cats" in told


class Tags(HTMLParser):
    """Each tag of a page with the names of its attributes."""

    def __init__(self, page):
        super().__init__()
        self.tags = {}
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.setdefault(tag, set()).update(name for name, _ in attrs)
