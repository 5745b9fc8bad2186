"""What paragraphs are by the names of their styles (Word, Open Document), by their bullets (slides), or by what stands before them (rich text)."""

import pytest
from made import archive, open_text, slides, word

from qa.datatypes import Kind
from qa.formats import parse_file
from qa.formats.styled import Style, style_named

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
SAID = [
    ("Source Code", "make berth"),
    ("Source Code", "make pier"),
    ("Normal", "Then:"),
    ("Definition Term", "Cradle"),
    ("Definition", "A frame ashore."),
    ("Definition", "Also a bed."),
    ("Definition", "No term."),
]


def read(data: bytes, name: str):
    parsed = parse_file(data, name)
    return [(b.kind, b.span.of(parsed.text).strip(), b.lead.of(parsed.text) if b.lead else "") for b in parsed.blocks]


def word_file(said):
    names = dict.fromkeys(style for style, _ in said)
    styles = "".join(f'<w:style w:styleId="{n.replace(" ", "")}"><w:name w:val="{n}"/></w:style>' for n in names)
    body = "".join(
        f'<w:p><w:pPr><w:pStyle w:val="{style.replace(" ", "")}"/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>'
        for style, text in said
    )
    return archive(
        {
            "word/document.xml": f"<w:document {_W}><w:body>{body}</w:body></w:document>",
            "word/styles.xml": f"<w:styles {_W}>{styles}</w:styles>",
        }
    )


def open_file(said):
    """Every other style by a name of the file's own that is made from it, as LibreOffice writes it."""
    styles = "".join(
        f'<style:style style:name="P{n}" style:parent-style-name="{style.replace(" ", "_20_")}"/>'
        for n, (style, _) in enumerate(said)
    )
    body = "".join(
        f'<text:p text:style-name="{f"P{n}" if n % 2 else style.replace(" ", "_20_")}">{text}</text:p>'
        for n, (style, text) in enumerate(said)
    )
    return open_text(body, styles)


@pytest.mark.parametrize(("make", "name"), [(word_file, "a.docx"), (open_file, "a.odt")])
def test_code_terms_and_meanings_are_known_by_the_names_of_their_styles(make, name):
    said = [*SAID[:6], ("Normal", "Between."), SAID[6]]
    assert read(make(said), name) == [
        (Kind.CODE, "make berth", ""),
        (Kind.CODE, "make pier", ""),
        (Kind.PARAGRAPH, "Then:", ""),
        (Kind.DEFINITION, "Cradle", ""),
        (Kind.DEFINITION, "A frame ashore.", "Cradle"),
        (Kind.DEFINITION, "Also a bed.", "Cradle"),
        (Kind.PARAGRAPH, "Between.", ""),
        (Kind.PARAGRAPH, "No term.", ""),
    ]


@pytest.mark.parametrize(
    ("name", "style"),
    [
        ("HTML Preformatted", Style.CODE),
        ("Preformatted Text", Style.CODE),
        ("List Heading", Style.TERM),
        ("List Contents", Style.MEANING),
        ("Definition Definition Tight", Style.MEANING),
        ("Code of conduct", None),
        ("List Paragraph", None),
        ("Normal", None),
        ("", None),
    ],
)
def test_names_of_styles(name, style):
    assert style_named(name) is style


def test_other_word_files_are_read_as_they_were():
    body = "<w:p><w:r><w:t>Plain.</w:t></w:r></w:p>"
    assert read(word(body), "a.docx") == [(Kind.PARAGRAPH, "Plain.", "")]


def line(text: str, *, bare: bool = False, bold: bool = False) -> str:
    none = "<a:buNone/>" if bare else ""
    return f'<a:p><a:pPr>{none}</a:pPr><a:r><a:rPr b="{int(bold)}"/><a:t>{text}</a:t></a:r></a:p>'


def shape(*lines: str) -> str:
    return (
        f'<p:sp><p:nvSpPr><p:nvPr><p:ph type="body"/></p:nvPr></p:nvSpPr><p:txBody>{"".join(lines)}</p:txBody></p:sp>'
    )


def test_a_line_without_its_bullet_is_no_item_of_a_slides_list():
    body = shape(
        line("Bring these:", bare=True),
        line("a rope"),
        line("a fender"),
        line("Laying up", bare=True, bold=True),
        line("Flush the engine."),
    )
    parsed = parse_file(slides([("Boats", [])], more=body), "a.pptx")
    assert [(b.kind, b.span.of(parsed.text).strip(), b.headings) for b in parsed.blocks][1:] == [
        (Kind.PARAGRAPH, "Bring these:", ("Boats",)),
        (Kind.ITEM, "a rope", ("Boats",)),
        (Kind.ITEM, "a fender", ("Boats",)),
        (Kind.HEADING, "Laying up", ("Boats",)),
        (Kind.ITEM, "Flush the engine.", ("Boats", "Laying up")),
    ]
    assert parsed.blocks[2].lead and parsed.blocks[2].lead.of(parsed.text) == "Bring these:"
    assert parsed.blocks[2].group == parsed.blocks[3].group != parsed.blocks[5].group


def test_lines_of_a_slide_that_are_all_without_bullets_belong_together():
    body = shape(line("Dr Ada Lund", bare=True), line("Harbour Office", bare=True))
    kinds = [kind for kind, _, _ in read(slides([("Thanks", [])], more=body), "a.pptx")]
    assert kinds == [Kind.HEADING, Kind.ITEM, Kind.ITEM]


RICH = rb"""{\rtf1\ansi The yard charges:\par
{\trowd\cellx1000\cellx2000 \intbl Service\cell Members\cell\row}
{\trowd\cellx1000\cellx2000 \intbl Lifting out\cell 85\cell\row}
{\trowd\cellx1000\cellx2000 {{\pard\intbl Washing\par}\cell}{{\pard\intbl 30\par}\cell}\intbl\row}
\pard Please bring:\par
\bullet\tab a rope\par
\bullet\tab a fender\par
Either this|or that.\par}"""


def test_tables_and_lists_of_rich_text():
    pytest.importorskip("striprtf")
    assert read(RICH, "a.rtf") == [
        (Kind.PARAGRAPH, "The yard charges:", ""),
        (Kind.ROW, "Service\tMembers", ""),
        (Kind.ROW, "Lifting out\t85", "Service\tMembers"),
        (Kind.ROW, "Washing\t30", "Service\tMembers"),
        (Kind.PARAGRAPH, "Please bring:", ""),
        (Kind.ITEM, "\u2022 a rope", "Please bring:"),
        (Kind.ITEM, "\u2022 a fender", "Please bring:"),
        (Kind.PARAGRAPH, "Either this|or that.", ""),
    ]
