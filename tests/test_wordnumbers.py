"""What Word shows before a paragraph is read with it, and what it shows nobody is not."""

import pytest
from made import archive

from qa.datatypes import Kind
from qa.formats import parse_file

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
STYLES = """
<w:style w:styleId="H1"><w:name w:val="heading 1"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
<w:style w:styleId="Clause"><w:name w:val="Clause"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
<w:style w:styleId="Quiet"><w:name w:val="Quiet"/><w:rPr><w:vanish/></w:rPr></w:style>
<w:style w:styleId="Head"><w:name w:val="Table Heading"/></w:style>
"""


def level(n, form, shown, more=""):
    return (
        f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{shown}"/>{more}</w:lvl>'
    )


NUMBERS = (
    '<w:abstractNum w:abstractNumId="0">'
    + level(0, "upperRoman", "Article %1.")
    + level(1, "decimal", "%1.%2", '<w:pStyle w:val="Clause"/><w:isLgl/>')
    + level(2, "lowerLetter", "(%3)")
    + '</w:abstractNum><w:abstractNum w:abstractNumId="1">'
    + level(0, "decimal", "%1.")
    + '</w:abstractNum><w:abstractNum w:abstractNumId="2">'
    + level(0, "bullet", "o")
    + "</w:abstractNum>"
    + "".join(f'<w:num w:numId="{n}"><w:abstractNumId w:val="{n - 1}"/></w:num>' for n in (1, 2, 3))
    + '<w:num w:numId="4"><w:abstractNumId w:val="1"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="7"/></w:lvlOverride></w:num>'
)


def paragraph(text, style="", number=None, inside=""):
    listed = f'<w:numPr><w:ilvl w:val="{number[1]}"/><w:numId w:val="{number[0]}"/></w:numPr>' if number else ""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{listed}{inside}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>'


def read(body):
    parts = {
        "word/document.xml": f"<w:document {_W}><w:body>{body}</w:body></w:document>",
        "word/styles.xml": f"<w:styles {_W}>{STYLES}</w:styles>",
        "word/numbering.xml": f"<w:numbering {_W}>{NUMBERS}</w:numbering>",
    }
    parsed = parse_file(archive(parts), "a.docx")
    return [(block.kind, block.span.of(parsed.text).strip("\n")) for block in parsed.blocks], parsed


def test_numbers_are_those_that_word_shows():
    blocks, parsed = read(
        paragraph("Moorings", "H1")
        + paragraph("Every boat has a place.", "Clause")
        + paragraph("Two may share one.", "Clause")
        + paragraph("small boats,", number=(1, 2))
        + paragraph("canoes.", number=(1, 2))
        + paragraph("Fees", "H1")
        + paragraph("", "Clause")
        + paragraph("They are due in May.", "Clause")
        + paragraph("by transfer,", number=(1, 2))
        + paragraph("Not numbered.", "Clause", (0, 0))
    )
    assert [text for _, text in blocks] == [
        "Article I. Moorings",
        "1.1 Every boat has a place.",
        "1.2 Two may share one.",
        "(a) small boats,",
        "(b) canoes.",
        "Article II. Fees",
        "2.2 They are due in May.",
        "(a) by transfer,",
        "Not numbered.",
    ]
    assert blocks[-1][0] is Kind.PARAGRAPH and blocks[1][0] is Kind.ITEM
    assert parsed.blocks[-2].headings == ("Article II. Fees",)


def test_a_list_goes_on_over_what_stands_between_and_begins_anew_where_the_file_says_so():
    blocks, _ = read(
        paragraph("Open the valve.", number=(2, 0))
        + paragraph("It hisses.")
        + paragraph("Close it.", number=(2, 0))
        + paragraph("Deleted.", number=(2, 0), inside="<w:rPr><w:del/></w:rPr>").replace("<w:r>", "<w:del><w:r>").replace("</w:r>", "</w:r></w:del>")
        + paragraph("Wait.", number=(2, 0))
        + paragraph("Seventh.", number=(4, 0))
        + paragraph("a sign", number=(3, 0))
    )  # fmt: skip
    assert [text for _, text in blocks] == [
        "1. Open the valve.", "It hisses.", "2. Close it.", "3. Wait.", "7. Seventh.", "a sign",
    ]  # fmt: skip


def test_a_list_keeps_what_leads_in_to_it_over_what_goes_on_with_an_item():
    _, parsed = read(
        paragraph("Before you sail:")
        + paragraph("Sign the book.", number=(2, 0))
        + paragraph("It lies on the desk.", inside='<w:ind w:left="720"/>')
        + paragraph("Take a radio.", number=(2, 0))
        + paragraph("The harbour lends them.")
        + paragraph("Look at the flag.", number=(2, 0))
        + paragraph("Fees", "H1")
        + paragraph("Pay.", number=(2, 0))
    )
    led = {
        block.span.of(parsed.text).strip(): (block.kind, block.lead and block.lead.of(parsed.text))
        for block in parsed.blocks
    }
    item = (Kind.ITEM, "Before you sail:")
    assert (
        led["1. Sign the book."]
        == led["It lies on the desk."]
        == led["2. Take a radio."]
        == led["3. Look at the flag."]
        == item
    )
    assert led["The harbour lends them."] == (Kind.PARAGRAPH, None) and led["4. Pay."] == (Kind.ITEM, None)


def test_items_in_a_cell_keep_their_signs():
    row = "<w:tr><w:tc>{}</w:tc><w:tc>{}</w:tc></w:tr>"
    items = paragraph("sweeps", number=(3, 0)) + paragraph("locks up", number=(3, 0))
    blocks, _ = read(f"<w:tbl>{row.format(paragraph('Ida'), items)}</w:tbl>")
    assert blocks == [(Kind.ROW, "Ida\t• sweeps • locks up")]


def test_a_number_may_be_all_that_a_cell_has():
    row = "<w:tr><w:tc>{}</w:tc><w:tc>{}</w:tc></w:tr>"
    rows = "".join(row.format(paragraph("", number=(2, 0)), paragraph(name)) for name in ("Ida", "Omar"))
    blocks, _ = read(f"<w:tbl>{rows}</w:tbl>")
    assert blocks == [(Kind.ROW, "1.\tIda"), (Kind.ROW, "2.\tOmar")]


def test_what_is_hidden_by_a_style_or_in_a_deleted_row_is_not_read():
    run = '<w:r><w:rPr><w:rStyle w:val="Quiet"/></w:rPr><w:t> Ask Ida.</w:t></w:r>'
    shown = '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>Shown.</w:t></w:r>'
    row = "<w:tr>{}<w:tc>{}</w:tc><w:tc>{}</w:tc></w:tr>"
    gone = row.format("<w:trPr><w:del/></w:trPr>", paragraph("Old"), paragraph("5 €"))
    kept = "".join(
        row.format("", paragraph(name), paragraph(price)) for name, price in (("Rope", "8 €"), ("Oar", "9 €"))
    )
    blocks, _ = read(
        paragraph("Hidden whole.", "Quiet")
        + paragraph("", "Quiet").replace("<w:r><w:t></w:t></w:r>", shown)
        + paragraph("Seen.").replace("</w:p>", f"{run}</w:p>")
        + f"<w:tbl>{gone}{kept}</w:tbl>"
    )
    assert [text for _, text in blocks] == ["Shown.", "Seen.", "Rope\t8 €", "Oar\t9 €"]


def test_of_a_hidden_run_the_text_box_in_it_is_read_once():
    box = f"<w:txbxContent>{paragraph('In the box.')}</w:txbxContent>"
    older = (
        f'<mc:AlternateContent xmlns:mc="urn:mc"><mc:Fallback>{paragraph("Again.")}</mc:Fallback></mc:AlternateContent>'
    )
    run = f'<w:r><w:rPr><w:rStyle w:val="Quiet"/></w:rPr><w:t> Ask Ida.</w:t><w:drawing>{box}</w:drawing></w:r>'
    blocks, _ = read(paragraph("Seen.").replace("</w:p>", f"{run}{older}</w:p>"))
    assert [text for _, text in blocks] == ["Seen.", "In the box."]


@pytest.mark.parametrize("head", ["bold", "styled"])
def test_a_first_row_in_bold_or_in_the_style_of_heads_names_the_columns_of_a_table_of_words(head):
    def cell(text, is_head):
        made = paragraph(text, "Head" if is_head and head == "styled" else "")
        return f"<w:tc>{made.replace('<w:r>', '<w:r><w:rPr><w:b/></w:rPr>') if is_head and head == 'bold' else made}</w:tc>"

    table = [("Duty", "Who"), ("Bilge", "Ida"), ("Anchor", "Omar")]
    rows = "".join(f"<w:tr>{''.join(cell(text, not n) for text in row)}</w:tr>" for n, row in enumerate(table))
    _, parsed = read(f"<w:tbl>{rows}</w:tbl>")
    assert [block.lead.of(parsed.text) for block in parsed.blocks if block.lead] == ["Duty\tWho"] * 2
    same = "".join(f"<w:tr>{''.join(cell(text, True) for text in row)}</w:tr>" for row in table)
    _, parsed = read(f"<w:tbl>{same}</w:tbl>")
    assert not any(block.lead for block in parsed.blocks)
