"""Every format beside text and Markdown: blocks tile, places are exact, and no file can harm or stop the reader."""

import json
import random
import sys

import numpy as np
import pytest
from conftest import SCALE
from hypothesis import given, settings
from hypothesis import strategies as st
from made import MAIL, SAMPLES, SHARED, archive, book, column, drawn, open_text, paragraph, pdf, slides, word

from qa.datatypes import Citation, Kind, Mark, Page, Parsed, Passage, Span, Where
from qa.engine import Engine
from qa.formats import FORMATS, parse_file
from qa.formats.html import decode
from qa.formats.packing import pack, unpack
from qa.formats.places import at_mark, on_pages, place_words
from qa.formats.reading import Unreadable, given_title
from qa.formats.worker import SLOW, Worker
from qa.formats.wrapping import BULLET

SHARED_FILES = sorted(SHARED.iterdir()) if SHARED.is_dir() else []
SUFFIX_MODULES = sorted(set(FORMATS.values()))


def rows(data: bytes, name: str) -> list[tuple[Kind, str]]:
    parsed = parse_file(data, name)
    return [(block.kind, block.span.of(parsed.text).strip()) for block in parsed.blocks]


def assert_whole(parsed: Parsed) -> None:
    """Blocks tile the text; every visible character of a text with pages has a page and a box on it."""
    assert "".join(block.span.of(parsed.text) for block in parsed.blocks) == parsed.text
    assert all(block.lead.end <= len(parsed.text) for block in parsed.blocks if block.lead)
    assert all(span.end <= len(parsed.text) for span in parsed.hidden)
    assert [mark.start for mark in parsed.marks] == sorted(mark.start for mark in parsed.marks)
    if parsed.pages:
        assert parsed.boxes is not None and parsed.boxes.shape == (len(parsed.text), 5)
        visible = np.array([not char.isspace() for char in parsed.text], bool)
        placed = parsed.boxes[visible]
        assert (placed[:, 0] >= 1).all() and (placed[:, 0] <= len(parsed.pages)).all()
        assert (placed[:, 1] <= placed[:, 3]).all() and (placed[:, 2] <= placed[:, 4]).all()
        assert (placed[:, 1:].any(axis=1)).all()


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_of_each_format_is_read_whole(name):
    parsed = parse_file(SAMPLES[name], name)
    assert parsed.text.strip()
    assert_whole(parsed)


@pytest.mark.parametrize("path", SHARED_FILES, ids=lambda path: path.name)
def test_real_files_are_read_whole_or_refused_by_name(path):
    try:
        assert_whole(parse_file(path.read_bytes(), path.name))
    except Unreadable as exc:
        assert path.name == "encrypted.pdf" and "encrypted" in str(exc)


def test_every_format_says_its_suffixes_and_version():
    from importlib import import_module

    for module_name in SUFFIX_MODULES:
        module = import_module(f"qa.formats.{module_name}")
        assert isinstance(module.VERSION, int)
        listed = {suffix for suffix, name in FORMATS.items() if name == module_name}
        assert set(module.SUFFIXES) <= listed


# PDF


def test_a_pdf_joins_lines_and_divided_words_and_keeps_other_hyphens():
    lines = [
        "The report was us-",
        "ing a dual-",
        "encoder of 2018-",
        "23 and the co-",
        "operation of a self-",
        "made person.",
    ]
    text = parse_file(pdf([column(50, 700, [*lines, "A dual-encoder it is."])]), "a.pdf").text
    assert "was using a dual-encoder of 2018-" in text
    assert "cooperation" in text or "co-operation" in text
    assert "self-made" in text
    assert "A dual-encoder it is." in text


def test_columns_stay_apart_and_a_sentence_goes_on_in_the_next():
    left = column(50, 700, ["The first column tells of", "bees that fly to the"])
    right = column(320, 700, ["meadow and come home", "again in the evening."])
    text = parse_file(pdf([left + "\n" + right]), "a.pdf").text
    assert text == "The first column tells of bees that fly to the meadow and come home again in the evening."


def test_running_heads_and_page_numbers_are_left_out_and_counted():
    pages = [column(50, 780, [f"Annual Report {2019 + n}"]) + column(50, 600, [f"Body {word} stands here."])
             + drawn([(300, 20, str(40 + n))]) for n, word in enumerate(("one", "two", "three", "four"))]  # fmt: skip
    parsed = parse_file(pdf(pages), "a.pdf")
    assert parsed.text == "\n\n".join(f"Body {word} stands here." for word in ("one", "two", "three", "four"))
    assert any("8 lines in the margins" in warning for warning in parsed.warnings)


def test_a_page_number_with_the_number_of_pages_is_left_out_and_a_numbered_heading_of_each_page_stays():
    topics = ("Before departure", "On the line", "At a signal")
    pages = [drawn([(50, 760, f"{n} {topic}")], 18) + column(50, 600, [f"Body {word} stands here, and a little more of it."])
             + drawn([(300, 20, f"Page {n} of 3")])
             for n, (topic, word) in enumerate(zip(topics, ("one", "two", "three"), strict=True), 1)]  # fmt: skip
    parsed = parse_file(pdf(pages), "a.pdf")
    headings = [block.span.of(parsed.text).strip() for block in parsed.blocks if block.kind is Kind.HEADING]
    assert headings == [f"{n} {topic}" for n, topic in enumerate(topics, 1)]
    assert "of 3" not in parsed.text
    assert any("3 lines in the margins" in warning for warning in parsed.warnings)


def test_what_lies_outside_of_the_visible_page_is_not_on_it():
    content = drawn([(50, 700, "Seen."), (450, 700, "Cut away.")])
    parsed = parse_file(pdf([content], extra="/CropBox [0 0 400 800]"), "a.pdf")
    assert parsed.text == "Seen."
    assert any("8 characters outside" in warning for warning in parsed.warnings)
    assert (parsed.pages[0].width, parsed.pages[0].height) == (400, 800)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_boxes_lie_on_the_page_as_it_is_shown(turn):
    from io import BytesIO

    from PIL import Image

    data = pdf([drawn([(100, 600, "MMMMMMMM")], size=40)], extra=f"/Rotate {turn} /CropBox [50 100 550 700]")
    parsed = parse_file(data, "a.pdf")
    worker = Worker()
    try:
        image = Image.open(BytesIO(worker.picture(data, 1, 700))).convert("L")
    finally:
        worker.close()
    where = on_pages(parsed.boxes, parsed.pages)
    assert len(where.boxes) == (1 if turn in (0, 180) else len(where.boxes))
    ink = image.point(lambda value: 255 if value < 128 else 0)
    left, top, right, bottom = (
        edge / size for edge, size in zip(ink.getbbox(), (*image.size, *image.size), strict=True)
    )
    boxes = np.array([box[1:] for box in where.boxes])
    assert boxes[:, 0].min() - 0.01 <= left and boxes[:, 1].min() - 0.01 <= top
    assert boxes[:, 2].max() + 0.01 >= right and boxes[:, 3].max() + 0.01 >= bottom


def test_a_page_knows_its_printed_number_and_pages_without_text_are_counted():
    labels = "/PageLabels << /Nums [0 << /S /r /St 4 >>] >>"
    parsed = parse_file(pdf([column(50, 700, ["Preface of it."]), "0 0 100 100 re f"], labels=labels), "a.pdf")
    assert [page.label for page in parsed.pages] == ["iv", "v"]
    assert any("no text on 1 of 2 pages" in warning for warning in parsed.warnings)


def test_a_line_with_a_dot_drawn_before_it_is_an_item_however_it_ends():
    lines = [
        (50, 740, "Please bring:"),
        (70, 722, "a rope,"),
        (70, 706, "two fenders that are long enough for the"),
        (70, 692, "pier,"),
        (70, 674, "a crew."),
    ]
    dots = "\n".join(f"60 {y + 3} 4 4 re f" for y in (722, 706, 674))
    parsed = parse_file(pdf([f"{drawn(lines)}\n{dots}"]), "a.pdf")
    assert [(b.kind, b.span.of(parsed.text).strip(), bool(b.lead)) for b in parsed.blocks] == [
        (Kind.PARAGRAPH, "Please bring:", False),
        (Kind.ITEM, "a rope,", True),
        (Kind.ITEM, "two fenders that are long enough for the pier,", True),
        (Kind.ITEM, "a crew.", True),
    ]
    for other in (
        "10 745 4 4 re f",
        "60 734 4 4 re f",
        "60 709 40 4 re f",
        "60 660 30 30 re f",
    ):  # far away, between two lines, a rule, a box
        parsed = parse_file(pdf([f"{drawn(lines)}\n{other}"]), "a.pdf")
        assert Kind.ITEM not in [b.kind for b in parsed.blocks], other


def test_a_heading_a_little_larger_than_the_text_close_below_it_is_no_part_of_it():
    body = [
        (50, 726, "In 1988 it was tried whether boats can be lifted by"),
        (50, 712, "one man alone, with a crane that stands on the"),
        (50, 698, "pier."),
    ]
    parsed = parse_file(pdf([drawn([(50, 742, "2.1 Data")], 13.9) + drawn(body)]), "a.pdf")
    assert [b.kind for b in parsed.blocks] == [Kind.HEADING, Kind.PARAGRAPH]
    smaller = (
        drawn(body[:1]) + drawn([(50, 712, "one")], 10) + drawn([(50, 698, "man alone.")])
    )  # words of another font
    assert len(parse_file(pdf([smaller]), "a.pdf").blocks) == 1


def test_what_stands_below_the_mark_of_an_item_and_not_below_its_text_is_no_part_of_it():
    lines = [(50, 740, "1. Flush the engine with water."), (50, 726, "2. Take the battery out, and keep it where it"), (62, 712, "is warm."),
             (50, 698, "Now print the label, which is done by the office and costs nothing at all."), (50, 684, "Ask for it.")]  # fmt: skip
    texts = [
        b.span.of(p.text).strip() for p in [parse_file(pdf([drawn(lines[:1] + lines[3:])]), "a.pdf")] for b in p.blocks
    ]
    assert texts[:2] == [
        "1. Flush the engine with water.",
        "Now print the label, which is done by the office and costs nothing at all. Ask for it.",
    ]


@pytest.mark.parametrize("bullet", ["\u2022", "\uf0b7", "-", "3.", "(b)"])
def test_marks_of_items(bullet):
    assert BULLET.match(f"{bullet} a rope") and not BULLET.match(f"{bullet}rope")


def test_heads_of_two_pages_are_furniture_where_they_differ_by_the_pages_number_alone():
    heads = [["11/27/26 The yard", "file:///yard.html 1/2"], ["11/27/26 The yard", "file:///yard.html 2/2"]]
    pages = [
        drawn([(50, 780, top), (50, 20, end), (50, 500, f"The text of page {n}.")])
        for n, (top, end) in enumerate(heads)
    ]
    parsed = parse_file(pdf(pages), "a.pdf")
    assert [b.span.of(parsed.text).strip() for b in parsed.blocks] == ["The text of page 0.", "The text of page 1."]
    assert any("4 lines in the margins" in warning for warning in parsed.warnings)
    other = [drawn([(50, 780, f"Price list of {year}"), (50, 500, "Text.")]) for year in (2023, 2024)]
    assert parse_file(pdf(other), "a.pdf").text.count("Price list") == 2
    assert parse_file(pdf(other[:1]), "a.pdf").text.count("Price list") == 1


def test_the_title_that_a_pdf_says_it_has_is_taken_where_it_is_a_heading_of_the_first_page():
    page = drawn([(50, 700, "Harbour yard")], 20) + drawn([(50, 600, "Winter storage")], 20.04)
    page += drawn([(50, 560, "Boats are stored from November to March."), (50, 546, "Keys stay with the master.")])
    for info, title in (
        ("/Title (Winter storage)", "Winter storage"),
        ("/Title (untitled)", "Harbour yard"),
        ("", "Harbour yard"),
    ):
        assert parse_file(pdf([page], info=info), "a.pdf").meta["title"] == title


def test_a_heading_below_running_text_is_no_title():
    said = column(
        50,
        750,
        [
            "Persistence is the writing of data to a disk that keeps them when the",
            "power fails, and there are two ways of doing so, of which",
            "each has its price and its uses, as will be told.",
        ],
    )
    page = said + "\n" + drawn([(50, 650, "Snapshots")], 18) + column(50, 620, ["They are written every hour."])
    assert "title" not in parse_file(pdf([page]), "a.pdf").meta
    assert parse_file(pdf([page], info="/Title (How we persist)"), "a.pdf").meta["title"] == "How we persist"


def test_larger_letters_are_a_heading_and_the_title():
    content = drawn([(50, 700, "On Bees")], 24) + column(50, 650, ["They fly far in the", "morning of the day."])
    parsed = parse_file(pdf([content], info="/Title (Microsoft Word - x.doc) /Author (Nora)"), "a.pdf")
    assert [block.kind for block in parsed.blocks] == [Kind.HEADING, Kind.PARAGRAPH]
    assert parsed.blocks[1].headings == ("On Bees",)
    assert parsed.meta["title"] == "On Bees" and parsed.meta["author"] == "Nora"


def test_a_short_line_in_bold_letters_alone_is_a_heading_and_no_title():
    content = "\n".join((
        drawn([(50, 700, "Guests")], font="B"), column(50, 680, ["Each member may bring two guests a month, and", "a guest pays."]),
        drawn([(50, 640, "Fees")], font="B"), column(50, 626, ["They are due in May and are paid at the gate"]),
        drawn([(50, 600, "Name"), (200, 600, "Fee")], font="B"), drawn([(50, 580, "Ann"), (200, 580, "5")]),
        drawn([(50, 550, "Ann Lund"), (50, 536, "Bo Holm")], font="B"), column(50, 522, ["They signed it."]),
    ))  # fmt: skip
    parsed = parse_file(pdf([content], info="/Title (Rules of the club)"), "a.pdf")
    headings = [block.span.of(parsed.text).strip() for block in parsed.blocks if block.kind is Kind.HEADING]
    assert headings == ["Guests", "Fees"]
    assert [block.headings for block in parsed.blocks if "They are due" in block.span.of(parsed.text)] == [("Fees",)]
    assert parsed.meta["title"] == "Rules of the club"


@pytest.mark.parametrize(("turned", "first", "step"), [("0 1 -1 0", 100, 14), ("0 -1 1 0", 400, -14)])
def test_lines_of_a_page_on_its_side_are_joined(turned, first, step):
    lines = ["The archive is locked at night. Its keys are kept by", "the porter, who opens it on Sun-", "days."]
    content = "\n".join(
        f"BT /F 12 Tf {turned} {first + step * n} {50 if step > 0 else 750} Tm ({line}) Tj ET"
        for n, line in enumerate(lines)
    )
    parsed = parse_file(pdf([content], extra="/Rotate 90"), "a.pdf")
    assert parsed.text == "The archive is locked at night. Its keys are kept by the porter, who opens it on Sundays."


def test_a_table_of_contents_is_furniture():
    content = drawn([(50, 700, "1 Introduction . . . . . . . . . . . . 7")], 20) + column(
        50, 650, ["They fly far in the", "morning."]
    )
    parsed = parse_file(pdf([content]), "a.pdf")
    assert [block.kind for block in parsed.blocks] == [Kind.FURNITURE, Kind.PARAGRAPH]


def test_text_that_is_not_drawn_is_called_recognised():
    parsed = parse_file(pdf(["3 Tr " + column(50, 700, ["Read from a picture."])]), "a.pdf")
    assert any("recognised from pictures" in warning for warning in parsed.warnings)


def test_line_numbers_in_the_margin_are_no_text():
    numbers = drawn([(20, 700 - 20 * n, str(n + 1)) for n in range(15)])
    text = parse_file(pdf([numbers + column(80, 700, ["Counsel spoke of", "the matter."])]), "a.pdf").text
    assert text == "Counsel spoke of the matter."


@pytest.mark.skipif(not SHARED_FILES, reason="needs the shared files")
def test_real_pdf_traps():
    def text(name: str) -> str:
        return parse_file((SHARED / name).read_bytes(), name).text

    assert "الإنتاجية" in text("right-to-left.pdf") and "اإلنتاجية" not in text("right-to-left.pdf")
    paper = text("two-columns-hyphens-ligatures.pdf")
    assert "dual-encoder" in paper and "\ufffe" not in paper and "arXiv" not in paper[:500]
    cropped = parse_file((SHARED / "cropped-spreads.pdf").read_bytes(), "c.pdf")
    assert any("3382 characters outside" in warning for warning in cropped.warnings)


# the others


def test_html_is_what_a_browser_shows():
    page = b"""<html><head><title>T</title><style>p{}</style></head><body><nav>Menu</nav><main><h1>Leave</h1><p>You get
      <b>twenty</b>  days.<br>Ask <span hidden>not</span>Nora.</p><p>Bring:</p><ul><li>a form</li><li>a pen</li></ul>
      <table><tr><th>Year</th><th>Days</th></tr><tr><td>1</td><td>20</td></tr></table><dl><dt>Leave</dt><dd>Time off.</dd></dl>
      <script>x</script></main><footer>Imprint</footer></body></html>"""
    parsed = parse_file(page, "a.html")
    assert parsed.text == (
        "Leave\n\nYou get twenty days.\nAsk Nora.\n\nBring:\n\na form\na pen\n\nYear\tDays\n1\t20\n\nLeave\nTime off."
    )
    kinds = [block.kind for block in parsed.blocks]
    assert kinds.count(Kind.ITEM) == 2 and kinds.count(Kind.ROW) == 2 and kinds[-1] is Kind.DEFINITION
    leads = [block.lead.of(parsed.text) for block in parsed.blocks if block.lead]
    assert leads == ["Bring:", "Bring:", "Year\tDays", "Leave"]
    assert {block.headings for block in parsed.blocks[1:]} == {("Leave",)}


def test_a_page_without_one_main_part_is_read_without_its_navigation():
    page = b"<body><nav>Menu</nav><article>short</article><p>" + b"This is the body. " * 20 + b"</p><footer>f</footer>"
    text = parse_file(page, "a.html").text
    assert text.startswith("short") and "Menu" not in text and "body." in text


def test_marks_of_notes_and_links_about_a_page_are_no_text_of_it():
    page = b"""<!-- saved from url=(0022)https://lakes.example/a --><body><a href="#text">Skip to the text</a><ul><li><a href="/b">Rivers</a></ul>
      <div class="cookie-banner"><p>We use cookies.</p></div><div role="dialog">Subscribe!</div>
      <h1>Lake Varn<a class="headerlink" href="#varn">\xc2\xb6</a></h1><ul><li><a href="https://lakes.example/a#fish">Fish</a></li></ul>
      <p>It is deep<a href="#n1"><sup>1</sup></a> and cold.<sup><a href="#n2">[2]</a></sup> It freezes.<sup>[<i><a href="/c">when?</a></i>]</sup>
      It has 14 km<sup>2</sup>, see <a href="#fish">below</a>.</p><h2>Fish<span>[<a href="/edit">edit</a>]</span></h2>
      <p><a href="/trout">Trout</a></p>
      <p>1 By lot. <a href="#r1">\xe2\x86\xa9</a></p></body>"""
    parsed = parse_file(page, "a.html")
    said = [
        (block.kind, block.span.of(parsed.text).strip()) for block in parsed.blocks if block.kind is not Kind.FURNITURE
    ]
    assert said == [
        (Kind.HEADING, "Lake Varn"), (Kind.PARAGRAPH, "It is deep and cold. It freezes. It has 14 km2, see below."),
        (Kind.HEADING, "Fish"), (Kind.PARAGRAPH, "Trout"), (Kind.PARAGRAPH, "1 By lot."),
    ]  # fmt: skip
    furniture = [block.span.of(parsed.text).strip() for block in parsed.blocks if block.kind is Kind.FURNITURE]
    assert furniture == ["Skip to the text", "Rivers", "Fish"]


def test_a_page_of_links_without_a_heading_is_text():
    parsed = parse_file(b'<body><ul><li><a href="/a">Bees</a></li><li><a href="/b">Cats</a></li></ul></body>', "a.html")
    assert [block.kind for block in parsed.blocks] == [Kind.ITEM, Kind.ITEM]


def test_a_summary_heads_what_it_unfolds_on_a_page():
    page = b"<h2>Questions</h2><details><summary>May I bring a dog?</summary><p>Yes.</p></details><p>Ask us.</p>"
    parsed = parse_file(page, "a.html")
    assert [block.headings for block in parsed.blocks[2:]] == [("Questions", "May I bring a dog?"), ("Questions",)]
    assert parsed.blocks[1].kind is Kind.HEADING


def test_scripts_do_not_count_as_text_of_a_page():
    page = (
        b"<body><p>Menu</p><script>" + b"x = 1; " * 500 + b"</script><main><p>This is the document.</p></main></body>"
    )
    assert parse_file(page, "a.html").text == "This is the document."


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("caf\u00e9".encode("cp1252"), "caf\u00e9"),
        ("caf\u00e9".encode(), "caf\u00e9"),
        ("caf\u00e9".encode("utf-16"), "caf\u00e9"),
        (b'<meta charset="koi8-r">' + "\u0434\u043e\u043c".encode("koi8-r"), "\u0434\u043e\u043c"),
        (b'<meta charset="utf-16">' + "\u0434\u043e\u043c".encode(), "\u0434\u043e\u043c"),
    ],
)
def test_the_encoding_of_a_page_is_found(data, text):
    assert decode(data).endswith(text)


def test_word_without_what_was_deleted_hidden_or_said_twice():
    run = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del>"
    box = "<w:txbxContent><w:p><w:r><w:t>In a box.</w:t></w:r></w:p></w:txbxContent>"
    body = (
        paragraph("Leave", "H1") + paragraph("Parental leave", "H2")
        + f"<w:p><w:r><w:t>It is </w:t></w:r>{run}<w:ins><w:r><w:t>forty days.</w:t></w:r></w:ins></w:p>"
        + '<w:p><w:r><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        f"<mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r></w:p>"
        + paragraph("Bring:") + paragraph("a form", listed=True) + paragraph("a pen", listed=True)
        + "<w:tbl><w:tr><w:tc>" + paragraph("Year") + "</w:tc><w:tc>" + paragraph("Days") + "</w:tc></w:tr>"
        "<w:tr><w:tc>" + paragraph("1") + "</w:tc><w:tc>" + paragraph("20") + "</w:tc></w:tr></w:tbl>"
    )  # fmt: skip
    notes = f"<w:footnote>{paragraph('A note.')}</w:footnote>"
    parsed = parse_file(word(body, footnotes=notes), "a.docx")
    assert parsed.text == (
        "Leave\n\nParental leave\n\nIt is forty days.\n\nIn a box.\n\nBring:\n\na form\na pen\n\nYear\tDays\n1\t20\n\nA note."
    )
    assert parsed.blocks[2].headings == ("Leave", "Parental leave")
    assert [b.lead.of(parsed.text) for b in parsed.blocks if b.lead] == ["Bring:", "Bring:", "Year\tDays"]
    assert parsed.blocks[-1].kind is Kind.FOOTNOTE and parsed.blocks[-1].headings == ()


def test_a_table_of_contents_in_word_is_no_text_and_a_style_is_what_it_is_based_on():
    control = '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr><w:sdtContent>'
    body = (
        paragraph("The Handbook", "T") + paragraph("Leave 2", "C1") + f"{control}{paragraph('Pay 3')}</w:sdtContent></w:sdt>"
        + paragraph("Leave", "H1") + paragraph("Parental leave", "Own") + paragraph("It is forty days.") + paragraph("Pay", "H1")
    )  # fmt: skip
    parsed = parse_file(word(body), "a.docx")
    furniture = [block.span.of(parsed.text).strip() for block in parsed.blocks if block.kind is Kind.FURNITURE]
    assert furniture == ["Leave 2", "Pay 3"]
    assert [block.headings for block in parsed.blocks if block.kind is Kind.PARAGRAPH] == [("Leave", "Parental leave")]
    assert parsed.meta["title"] == "The Handbook"


def test_a_short_paragraph_in_bold_or_larger_letters_alone_is_a_heading_in_word():
    bold, large = "<w:b/>", '<w:b/><w:sz w:val="36"/>'
    body = "".join((
        paragraph("Minutes of the Committee", set_as=large), paragraph("Held in the hut."),
        paragraph("1. Water", set_as=bold), paragraph("The pipe leaks."),
        paragraph("Nobody may dig there.", set_as=bold), paragraph("Ann said so."),
        paragraph("Ann", set_as=bold), paragraph("Bo", set_as=bold), paragraph("They sign."),
        paragraph("2. Bonfires", listed=True, set_as=bold), paragraph("On Saturdays.", set_as='<w:b w:val="0"/>'),
    ))  # fmt: skip
    parsed = parse_file(word(body), "a.docx")
    headings = {
        block.span.of(parsed.text).strip(): block.level for block in parsed.blocks if block.kind is Kind.HEADING
    }
    assert headings == {"Minutes of the Committee": 1, "1. Water": 2, "2. Bonfires": 2}
    assert parsed.blocks[-1].headings == ("Minutes of the Committee", "2. Bonfires")


@pytest.mark.parametrize(
    "title", ["PowerPoint Presentation", "Document1", "Microsoft Word - minutes_v3.doc", "untitled"]
)
def test_a_title_that_a_program_made_up_is_none(title):
    assert given_title(title) == ""
    assert given_title(f"The {title}") == f"The {title}" or "." in title


def test_the_slide_that_opens_a_talk_has_its_title():
    data = slides([("Bike storage", ["May"]), ("Why now", ["41 bikes"]), ("Costs", ["a lot"])], opens=True)
    assert parse_file(data, "a.pptx").meta["title"] == "Bike storage"


def test_slides_come_in_the_order_of_the_talk():
    parsed = parse_file(slides([("Plan", ["First", "Second"]), ("End", ["Thanks"])], hidden=[2]), "a.pptx")
    assert parsed.text == "Plan\n\nFirst\nSecond\n\nEnd\n\nThanks"
    assert [(mark.kind, mark.name) for mark in parsed.marks] == [("slide", "1"), ("slide", "2, hidden")]
    assert at_mark(parsed.marks, Span(6, 11)).label == "1"


def test_open_document_lists_and_notes():
    body = (
        '<text:h text:outline-level="1">Rules</text:h><text:p>Bring:<text:note><text:note-body><text:p>Or not.</text:p>'
        "</text:note-body></text:note></text:p><text:list><text:list-item><text:p>a <text:span>form</text:span></text:p>"
        "</text:list-item><text:list-item><text:p>a pen</text:p></text:list-item></text:list>"
    )
    parsed = parse_file(open_text(body), "a.odt")
    assert parsed.text == "Rules\n\nBring:\n\na form\na pen\n\nOr not."
    assert [block.kind for block in parsed.blocks] == [
        Kind.HEADING,
        Kind.PARAGRAPH,
        Kind.ITEM,
        Kind.ITEM,
        Kind.FOOTNOTE,
    ]


def test_a_book_has_its_chapters_and_one_with_a_lock_is_refused():
    parsed = parse_file(SAMPLES["a.epub"], "a.epub")
    assert parsed.text == "I\n\nIt began.\n\nII\n\nIt ended."
    assert [mark.name for mark in parsed.marks] == ["I", "II"] and parsed.meta["title"] == "The book"
    lock = '<encryption><e:EncryptionMethod xmlns:e="x" Algorithm="http://www.w3.org/2001/04/xmlenc#aes256-cbc"/></encryption>'
    with pytest.raises(Unreadable, match="DRM"):
        parse_file(book(["<p>x</p>"], encryption=lock), "a.epub")


def test_mail_has_its_head_its_body_and_names_its_attachments():
    parsed = parse_file(MAIL, "a.eml")
    assert parsed.text.startswith("Subject: The café\nFrom: Nora") and parsed.text.endswith("It opens at nine.\n\nNora")
    known = {"title": "The café", "author": "Nora <nora@example.org>", "date": "2023-11-07", "to": "ed@example.org"}
    assert parsed.meta == known
    assert at_mark(parsed.marks, Span(len(parsed.text) - 2, len(parsed.text))).label == "message body"
    both = (
        b'From: a@b.c\nSubject: s\nContent-Type: multipart/mixed; boundary="x"\n\n--x\nContent-Type: text/html\n\n<p>Hello <b>you</b></p>\n'
        b'--x\nContent-Type: application/pdf\nContent-Disposition: attachment; filename="plan.pdf"\n\nx\n--x--\n'
    )
    parsed = parse_file(both, "a.eml")
    assert parsed.text.endswith("Hello you") and parsed.warnings == ("1 attachments are not read (plan.pdf)",)


@pytest.mark.parametrize(
    "head", ["Subject: s", "Content-Type: text/plain; charset=us-ascii", "Content-Type: text/plain; charset=x-unknown"]
)
def test_a_mail_that_does_not_tell_its_encoding_loses_no_letter(head):
    start = f"From: a@b.c\n{head}\n\n".encode()
    for encoding, warnings in (("utf-8", 0), ("cp1252", 1)):
        parsed = parse_file(start + "Das Café öffnet um “neun”.".encode(encoding), "a.eml")
        assert parsed.text.endswith("Das Café öffnet um “neun”.") and len(parsed.warnings) == warnings
    hebrew = b"From: a@b.c\nContent-Type: text/plain; charset=iso-8859-8-i\n\n" + "שלום".encode("iso-8859-8")
    assert parse_file(hebrew, "a.eml").text.endswith("שלום")


def test_those_who_were_copied_on_a_mail_stand_in_its_head():
    head = b'From: Nora <n@o.de>\nTo: "Stone, Ed" <e@o.de>\nCc: Mia Holt <m@o.de>,\n =?utf-8?q?J=C3=B6rg?= <j@o.de>\n'
    parsed = parse_file(
        head + b"Bcc: Sam <s@o.de>\ncc: Kim <k@o.de>\nDate: Tue, 7 Nov 2023 10:00:00 +0000\n\nHello.", "a.eml"
    )
    assert parsed.text.split("\n\n")[0].splitlines() == [
        "From: Nora <n@o.de>",
        'To: "Stone, Ed" <e@o.de>',
        "Cc: Mia Holt <m@o.de>, Jörg <j@o.de>, Kim <k@o.de>",
        "Bcc: Sam <s@o.de>",
        "Date: Tue, 07 Nov 2023 10:00:00 +0000",
    ]


def test_of_very_many_people_a_mail_names_some_and_how_many_more_there_are():
    def read(count: int) -> str:
        people = ",\n ".join(f'"Lund, Anna {n}" <a{n}@o.de>' for n in range(count)).encode()
        parsed = parse_file(b"From: " + people + b"\nTo: " + people + b"\nCc: " + people + b"\n\nHello.", "a.eml")
        assert parsed.text.startswith("From: " + parsed.meta["author"])
        return parsed.text

    assert "a19@o.de" in read(20) and "more" not in read(20)
    assert read(2000).count(" and 1,990 more") == 3 and len(read(2000)) < 1000
    assert read(50_000).endswith('"Lund, Anna 9" <a9@o.de> and 49,990 more\n\nHello.')


@pytest.mark.parametrize(
    "people", ["Team: a@b.c, Nora <n@x.y>; Bo <b@c.d>", "Team: A: a@b.c;, Bo <b@c.d>", '"Bo <b@c.d>, (', "<"]
)
def test_people_that_are_written_in_no_known_way_do_not_cost_the_mail(people):
    parsed = parse_file(f"Subject: s\nCc: {people}\n\nHello.".encode(), "a.eml")
    assert parsed.text.startswith("Subject: s\nCc: ") and parsed.text.endswith("\n\nHello.")


def test_a_mail_with_an_endless_kind_is_read_at_once():
    worker = Worker(cpu_seconds=5)
    try:
        odd = b"From: a@b.c\nContent-Type: text/plain; charset=" + b'{"a":' * 4000 + b"\n\nHello."
        assert worker.parse(odd, "a.eml", "mail").text.endswith("Hello.")
    finally:
        worker.close()


def test_tables_of_values_have_a_row_a_line_below_their_names():
    parsed = parse_file(SAMPLES["a.csv"], "a.csv")
    assert parsed.text == "name\tage\nSmith, Anna\t31\nBo\t45"
    assert {block.lead.of(parsed.text) for block in parsed.blocks[1:] if block.lead} == {"name\tage"}
    assert parse_file(b"a;b\n1;2,5\n", "x.csv").text == "a\tb\n1\t2,5"


@pytest.mark.parametrize(
    ("table", "first"),
    [
        ('Name;Notes\nAnna;"one, two\nthree, four"\nBo;"five, six\nseven, eight"\n', "Name"),
        ('"a; b; c",d\n"e; f; g",h\n"i; j; k",l\n', "a; b; c"),
        ('"5"" pipe, grey, new";12\n"6"" pipe, grey, old";13\n', '5" pipe, grey, new'),
        ('5" pipe,3,cm;mm\n6" pipe,4,cm\n7" pipe,5,cm\n', '5" pipe'),
        ("1,5;2,5;3,5\n2,5;3,5;4,5\n", "1,5"),
        ('\ufeff"Lund, Anna";2\n"Holm, Bo";3\n', "Lund, Anna"),
    ],
)
def test_what_parts_the_values_is_looked_for_outside_of_quotes(table, first):
    parsed = parse_file(table.encode(), "a.csv")
    assert parsed.text.split("\t")[0] == first


def test_what_stands_above_the_names_of_columns_is_no_row_and_each_row_is_at_its_line_of_the_file():
    data = '\ufeff"Pool, 2023";;\n;;\nMonth;Adults;Children\nMay;1204;"2310\nmost of them on Sundays"\nJune;3410;6120\n'
    parsed = parse_file(data.encode(), "pool.csv")
    assert [parsed.text.splitlines()[n] for n in (0, 2, 3, 5)] == [
        "Pool, 2023", "Month\tAdults\tChildren", "May\t1204\t2310 most of them on Sundays", "June\t3410\t6120",
    ]  # fmt: skip
    assert [(block.kind, block.lead and block.lead.of(parsed.text)) for block in parsed.blocks] == [
        (Kind.PARAGRAPH, None), (Kind.ROW, None), *[(Kind.ROW, "Month\tAdults\tChildren")] * 2,
    ]  # fmt: skip


def _cell_in_word(text: str, more: str = "") -> str:
    return f"<w:tc><w:tcPr>{more}</w:tcPr>{paragraph(text)}</w:tc>"


def _row_in_word(*cells: str) -> str:
    return f"<w:tr>{''.join(cells)}</w:tr>"


SPANNED = {
    "a.html": b"""<table><thead><tr><th colspan=3>Hours</th></tr><tr><th rowspan=2>Day</th><th colspan=2>Open</th></tr>
      <tr><th>Hall</th><th>Roo<b>m</b></th></tr></thead><tr><td rowspan=2>Monday<span hidden>1</span></td><td colspan=2>closed</td></tr>
      <tr><td>10-12</td><td>at noon</td></tr></table>""",
    "a.docx": word(
        '<w:tbl><w:tblPr><w:tblLook w:firstRow="1"/></w:tblPr>'
        + _row_in_word(_cell_in_word("Hours", '<w:gridSpan w:val="3"/>'))
        + _row_in_word(_cell_in_word("Day"), _cell_in_word("Hall"), _cell_in_word("Room"))
        + _row_in_word(
            _cell_in_word("Monday", '<w:vMerge w:val="restart"/>'), _cell_in_word("closed", '<w:gridSpan w:val="2"/>')
        )
        + _row_in_word(_cell_in_word("", "<w:vMerge/>"), _cell_in_word("10-12"), _cell_in_word("at noon"))
        + "</w:tbl>"
    ),
    "a.odt": open_text(
        "<table:table><table:table-row><table:table-cell><text:p>Hours</text:p></table:table-cell>"
        '<table:table-cell table:number-columns-repeated="2"/></table:table-row><table:table-header-rows><table:table-row>'
        + "".join(
            f"<table:table-cell><text:p>{name}</text:p></table:table-cell>" for name in ("Day", "Hall", "Room")
        )
        + '</table:table-row></table:table-header-rows><table:table-row><table:table-cell table:number-rows-spanned="2"><text:p>Monday'
        '</text:p></table:table-cell><table:table-cell table:number-columns-spanned="2"><text:p>closed</text:p></table:table-cell>'
        "<table:covered-table-cell/></table:table-row><table:table-row><table:covered-table-cell/><table:table-cell><text:p>10-12"
        "</text:p></table:table-cell><table:table-cell><text:p>at noon</text:p></table:table-cell></table:table-row></table:table>"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SPANNED)
def test_a_cell_over_several_rows_or_columns_leaves_the_others_in_theirs(name):
    parsed = parse_file(SPANNED[name], name)
    caption, *rows = parsed.blocks
    assert caption.kind is Kind.CAPTION and caption.span.of(parsed.text).strip() == "Hours"
    named = [row.span.of(parsed.text).rstrip("\n") for row in rows if row.lead]
    assert named == ["Monday\tclosed", "Monday\t10-12\tat noon"]
    assert {row.lead.of(parsed.text) for row in rows if row.lead} == {"Day\tHall\tRoom"}


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.html", b"<table><tr><th colspan=2>Lake</th></tr><tr><th>Depth</th><td>87 m</td></tr><tr><th>Area</th><td>14 ha</td></tr></table>"),
        ("a.docx", word('<w:tbl><w:tblPr><w:tblLook w:firstRow="1"/></w:tblPr>' + "".join(
            _row_in_word(_cell_in_word(name), _cell_in_word(value)) for name, value in (("Depth:", "87 m"), ("Area:", "14 ha"))) + "</w:tbl>")),
    ],
)  # fmt: skip
def test_a_table_that_names_its_rows_has_no_row_above_the_others(name, data):
    rows = [block for block in parse_file(data, name).blocks if block.kind is Kind.ROW]
    assert len(rows) == 2 and not any(row.lead for row in rows)


def test_data_keeps_names_and_numbers_as_written():
    assert rows(SAMPLES["a.jsonl"], "a.jsonl") == [(Kind.ROW, "name: Anna\tage: 31"), (Kind.ROW, "name: Bo\tage: 5.50")]
    parsed = parse_file(SAMPLES["a.json"], "a.json")
    assert parsed.blocks[-1].headings == ("rules",)


def test_subtitles_are_what_is_said_with_times_and_speakers():
    parsed = parse_file(SAMPLES["a.srt"], "a.srt")
    assert parsed.text == "Hello there\n\nBye." and [mark.name for mark in parsed.marks] == ["00:00:01", "00:12:03"]
    parsed = parse_file(SAMPLES["a.vtt"], "a.vtt")
    assert parsed.text == "Ann Lee: Good morning.\n\nBo: Hi."
    assert [block.lead.of(parsed.text) for block in parsed.blocks if block.lead] == ["Ann Lee", "Bo"]


ZOOM = """WEBVTT

00:02.000 --> 00:05.000
Nora Lind: Is the budget settled?

00:05.200 --> 00:09.000
Sam Okoro: Yes, we have 42,000, note
this: for the year

00:09.100 --> 00:12.000
and the printer is paid from it.

00:12.500 --> 00:15.000
Nora Lind: Who orders it?
"""


def test_names_before_what_is_said_are_speakers_and_two_dashes_are_two():
    parsed = parse_file(ZOOM.encode(), "a.vtt")
    said = [(block.lead.of(parsed.text), block.span.of(parsed.text).strip()) for block in parsed.blocks]
    assert said == [
        ("Nora Lind", "Nora Lind: Is the budget settled?"),
        ("Sam Okoro", "Sam Okoro: Yes, we have 42,000, note this: for the year and the printer is paid from it."),
        ("Nora Lind", "Nora Lind: Who orders it?"),
    ]  # fmt: skip
    film = b"1\n00:00:01,000 --> 00:00:03,000\n- Then we sail.\n- <i>Not without Tomas.</i>\n\n2\n00:00:04,000 --> 00:00:05,000\nMARA: Go!\n"
    assert parse_file(film, "a.srt").text == "- Then we sail.\n\n- Not without Tomas.\n\nMARA: Go!"


def test_what_stands_for_a_picture_in_a_notebook_is_no_text():
    outputs = [
        {"data": {"image/png": "iVBORw0KGgo=", "text/plain": "<Figure size 640x480 with 1 Axes>"}},
        {"data": {"text/plain": "<b>"}},
    ]
    cells = [{"cell_type": "code", "source": "plot()", "outputs": outputs}]
    assert parse_file(json.dumps({"cells": cells}).encode(), "a.ipynb").text == "plot()\n\n<b>"


def test_a_title_in_open_document_is_the_title_also_by_a_style_made_from_it():
    made = '<office:automatic-styles><style:style style:name="P7" style:parent-style-name="Title"/></office:automatic-styles>'
    body = '<text:p text:style-name="P7">Bread course</text:p>' + "".join(
        f'<text:h text:outline-level="1">{name}</text:h><text:p>Bake it.</text:p>' for name in ("Rolls", "Loaves")
    )
    parsed = parse_file(open_text(body, styles=made), "a.odt")
    assert parsed.meta["title"] == "Bread course" and parsed.blocks[0].kind is Kind.HEADING


def test_the_short_lines_of_a_box_on_a_slide_stay_together():
    lines = "".join(f"<a:p><a:r><a:t>{line}</a:t></a:r></a:p>" for line in ("Vote", "in May"))
    box = f"<p:sp><p:nvSpPr><p:nvPr/></p:nvSpPr><p:txBody>{lines}</p:txBody></p:sp>"
    parsed = parse_file(slides([("Plan", ["First"])], more=box), "a.pptx")
    assert parsed.text == "Plan\n\nFirst\n\nVote\nin May"
    assert parsed.blocks[-1].kind is Kind.PARAGRAPH


def test_a_missing_package_is_named(monkeypatch):
    from qa.formats import office

    monkeypatch.setitem(sys.modules, "python_calamine", None)
    with pytest.raises(Unreadable, match=r"pip install 'quoted\[office\]'"):
        office.parse(b"PK", "costs.xlsx")


def test_a_sheet_has_its_cells():
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
        'ContentType="application/xml"/></Types>',
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Q3" sheetId="1" r:id="r"/>'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship '
        'Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="s.xml"/></Relationships>',
        "xl/s.xml": '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="2">'
        '<c r="B2" t="inlineStr"><is><t>Rent</t></is></c><c r="C2" t="inlineStr"><is><t>Sum</t></is></c></row><row r="3">'
        '<c r="B3" t="inlineStr"><is><t>May</t></is></c><c r="C3"><v>0.15</v></c></row></sheetData></worksheet>',
    }  # fmt: skip
    parsed = parse_file(archive(parts), "costs.xlsx")
    assert parsed.text == "Rent\tSum\nMay\t0.15"
    assert [mark.name for mark in parsed.marks] == ["Q3, cell B2", "Q3, cell C2", "Q3, cell B3", "Q3, cell C3"]
    assert [block.lead.of(parsed.text) for block in parsed.blocks if block.lead] == ["Rent\tSum"]


# harm


def bomb() -> bytes:
    return archive({"word/document.xml": b"<a>" + b" " * 250_000_000})


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.pdf", SAMPLES["a.pdf"][:300], "damaged"),
        ("a.docx", b"\xd0\xcf\x11\xe0" + b"x" * 600, "encrypted, or in the format of old Office"),
        ("a.docx", b"no archive", "not what its name says"),
        ("a.docx", SAMPLES["a.pptx"], "lacks its part word/document.xml"),
        ("a.docx", word(paragraph("&a;"), prefix='<!DOCTYPE x [<!ENTITY a "b">]>'), "declares a document type"),
        ("a.html", b"<div>" * 100_000, "tags open at once"),
        ("a.ipynb", b"[" * 100_000, "damaged"),
        ("a.json", b'{"a":' * 100, "JSON"),
        ("a.json", b"[" * 100_000 + b"]" * 100_000, "nested too deeply"),
        ("a.srt", b"nothing", "no line of times"),
        ("a.eml", b"nothing", "no message"),
        ("a.odt", archive({"x": b""}), "lacks its part content.xml"),
    ],
)
def test_what_cannot_be_read_says_why(name, data, reason):
    with pytest.raises(Unreadable, match=reason):
        parse_file(data, name)


def test_an_archive_that_swells_is_refused():
    with pytest.raises(Unreadable, match="unpacks to more than 200 MB"):
        parse_file(bomb(), "a.docx")


@pytest.mark.skipif(sys.platform == "win32", reason="limits are those of Unix")
@pytest.mark.parametrize(
    ("code", "reason"),
    [("crash", "ended in the middle"), ("hang", "too long"), ("swell", "memory"), ("lie", "damaged")],
)
def test_a_reader_that_fails_is_a_sentence_and_the_next_file_is_read(code, reason, tmp_path, monkeypatch):
    bodies = {
        "crash": "import os; os.kill(os.getpid(), 11)",
        "hang": "\n    while True: pass",
        "swell": "bytearray(10**10)",
        "lie": "from qa.datatypes import Parsed; return Parsed('some text', ())",
    }
    (tmp_path / "zz_failing.py").write_text(f"def parse(data, name):\n    {bodies[code]}\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=":")
    (tmp_path / "sitecustomize.py").write_text(
        "import sys, importlib, importlib.abc\n"
        "class F(importlib.abc.MetaPathFinder):\n"
        "    def find_spec(self, name, path, target=None):\n"
        "        if name == 'qa.formats.zz_failing':\n"
        "            import importlib.util\n"
        f"            return importlib.util.spec_from_file_location(name, {str(tmp_path / 'zz_failing.py')!r})\n"
        "sys.meta_path.insert(0, F())\n"
    )
    worker = Worker(cpu_seconds=1, wall_seconds=20)
    try:
        with pytest.raises(Unreadable, match=reason):
            worker.parse(b"x", "a.zz", "zz_failing")
        assert worker.parse(SAMPLES["a.eml"], "a.eml", "mail").text.endswith("Nora")
    finally:
        worker.close()


def test_no_module_is_taken_from_the_folder_one_stands_in(tmp_path, monkeypatch):
    for name in ("zipfile", "email", "sitecustomize"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit")
    monkeypatch.chdir(tmp_path)
    worker = Worker()
    try:
        assert worker.parse(SAMPLES["a.docx"], "a.docx", "docx").text.startswith("Leave")
    finally:
        worker.close()


NESTS = (
    b"<div>",
    b"> ",
    b"- ",
    b"(",
    b"[[",
    b"*_",
    b"`",
    b"|",
    b"<!--",
    b'{"a":',
    b"\0",
    b"\xff\xfe",
    b"\n",
    b"![](",
    b"BT ",
    b"<<",
)


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Return a file cut short, with bytes flipped, a block copied, bytes of another spliced in, what nests put in, or a number replaced."""
    found = bytearray(data)
    match chance.randrange(6):
        case 0:
            del found[chance.randrange(1, len(found)) :]
        case 1:
            for _ in range(max(1, len(found) // 2000)):
                found[chance.randrange(len(found))] ^= 1 << chance.randrange(8)
        case 2:
            at, size = chance.randrange(len(found)), chance.randrange(1, 2000)
            found[at:at] = found[at : at + size]
        case 3:
            other, at = chance.choice(list(SAMPLES.values())), chance.randrange(len(found))
            found[at : at + chance.randrange(500)] = other[chance.randrange(len(other)) :]
        case 4:
            at = chance.randrange(len(found))
            found[at:at] = chance.choice(NESTS) * chance.randrange(1, 4000)
        case _:
            at = chance.randrange(len(found))
            digits = bytes(found[at:]).find(b"1")
            if digits >= 0:
                found[at + digits : at + digits + 1] = b"99999999"
    return bytes(found)


def test_mutations_crash_nothing_and_each_is_read_or_named():
    chance = random.Random(20_251_125)
    sources = [(path.name, path.read_bytes()) for path in SHARED_FILES] + list(SAMPLES.items())
    sources.append(("a.md", b"---\ntitle: T\n---\n# One\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n- x\n  - y\n\n> z\n"))
    sources.append(("a.txt", b"Ann: Yes.\n\nBo: No.\n"))
    for n in range(200 * SCALE):
        name, data = sources[n % len(sources)]
        if chance.randrange(10) == 0:
            name = "a" + chance.choice(sorted(FORMATS))  # not what its name says
        try:
            assert_whole(parse_file(mutated(data, chance), name))
        except Unreadable as exc:
            assert str(exc).endswith(".") and "ended in the middle" not in str(exc) and SLOW not in str(exc), (n, name)


# places


def cited(where: Where, headings: tuple[str, ...] = ()) -> Citation:
    passage = Passage("p", "d", "t", Span(0, 1), "x", len)
    return Citation(1, "d", "t", "", Span(0, 1), "x", 24, 1, passage, 1.0, headings=headings, where=where)


@pytest.mark.parametrize(
    ("where", "words"),
    [
        (Where(), "line 24"),
        (Where("page", 12, 12), "page 12"),
        (Where("page", 12, 12, "47698"), "page 12 (numbered 47698)"),
        (Where("page", 4, 5), "pages 4 and 5"),
        (Where("page", 4, 7), "pages 4 to 7"),
        (Where("slide", label="7"), "slide 7"),
        (Where("sheet", label="Q3, cell B7"), "sheet Q3, cell B7"),
        (Where("cell", label="5"), "cell 5"),
        (Where("part", label="Chapter II"), "in “Chapter II”"),
        (Where("part", label="message body"), "message body"),
        (Where("time", label="00:12:03"), "at 00:12:03"),
        (Where("section", paragraph=41), "under “Leave › Parental leave”, paragraph 41"),
    ],
)
def test_a_place_in_words(where, words):
    assert place_words(cited(where, ("Handbook", "Leave", "Parental leave"))) == words


def test_a_quote_over_two_pages_is_marked_on_both_one_box_a_line():
    first = column(50, 700, ["It began on the first of the", "two pages and it went on to"])
    parsed = parse_file(pdf([first, column(50, 700, ["the second one of the two."])]), "a.pdf")
    start = parsed.text.index("went")
    end = parsed.text.index("second") + 6
    where = on_pages(parsed.boxes[start:end], parsed.pages)
    assert (where.page, where.last_page, [box[0] for box in where.boxes]) == (1, 2, [1, 2])


@given(st.text(max_size=50), st.integers(0, 3))
@settings(max_examples=50)
def test_what_was_read_survives_its_way_between_processes(text, pages):
    text = text.encode("utf-8", "ignore").decode("utf-8")
    boxes = np.full((len(text), 5), min(pages, 1), np.uint16) if pages else None
    from qa.datatypes import Block

    blocks = (Block(Span(0, len(text)), Kind.ROW, ("a", "b"), 2, Span(0, 0), 3),) if text else ()
    parsed = Parsed(
        text, blocks, {"title": "t"}, (), (Page("iv", 1.5, 2.5),) * pages, boxes, (Mark(0, "slide", "1"),), ("w",)
    )
    again = unpack(*pack(parsed))
    assert (again.text, again.blocks, again.pages, again.marks, again.warnings) == (
        text,
        blocks,
        parsed.pages,
        parsed.marks,
        ("w",),
    )
    assert (boxes is None and again.boxes is None) or np.array_equal(again.boxes, boxes)


# the engine


def test_the_text_of_a_document_is_printed_as_it_was_read(small, capsys):
    from qa import cli
    from qa.errors import SeedError

    assert small.text("cats.txt") == small.document("cats.txt").text
    arguments = ["--seeds", str(small.settings.seeds), "--index", str(small.settings.index)]
    assert cli.main(["text", "cats.txt", *arguments]) == 0
    assert capsys.readouterr().out == small.text("cats.txt") + "\n"
    assert cli.main(["text", "dogs.txt", *arguments]) == 1
    with pytest.raises(SeedError, match=r"no document 'dogs\.txt'"):
        small.text("dogs.txt")


def test_a_page_is_drawn_only_while_the_file_is_the_one_indexed(settings, embedder, monkeypatch):
    import hashlib

    from qa.datatypes import Document
    from qa.errors import SeedError

    data = SAMPLES["a.pdf"]
    (settings.seeds / "hive.pdf").write_bytes(data)
    engine = Engine(settings, embedder=embedder)
    indexed = {"hive.pdf": Document("hive.pdf", "Hive", "", hashlib.sha256(data).hexdigest())}
    monkeypatch.setattr(engine, "document", indexed.get)
    picture = engine.page_picture("hive.pdf", 2, 700)
    assert picture.startswith(b"\x89PNG") and engine.page_picture("hive.pdf", 2, 700) is picture
    with pytest.raises(SeedError, match=r"hive\.pdf has no page 3"):
        engine.page_picture("hive.pdf", 3, 700)
    with pytest.raises(ValueError, match="width"):
        engine.page_picture("hive.pdf", 1, 999)
    with pytest.raises(SeedError, match="no pages of"):
        engine.page_picture("other.pdf", 1, 700)
    (settings.seeds / "hive.pdf").write_bytes(data + b"%")
    with pytest.raises(SeedError, match="has changed"):
        engine.page_picture("hive.pdf", 2, 700)


def test_a_folder_of_all_formats_is_built_in_one_go_and_parsed_once(settings, embedder, monkeypatch):
    from qa.formats.worker import READING

    for name, data in SAMPLES.items():
        (settings.seeds / name).write_bytes(data)
    for path in SHARED_FILES:
        (settings.seeds / path.name).write_bytes(path.read_bytes())
    engine = Engine(settings, embedder=embedder)
    report = engine.build()
    refused = {skipped.doc_id: skipped.reason for skipped in report.skipped}
    assert set(refused) == ({"encrypted.pdf", "scan-without-text.pdf"} if SHARED_FILES else set())
    if refused:
        assert "encrypted" in refused["encrypted.pdf"]
        assert "no text on 1 of 1 pages" in refused["scan-without-text.pdf"]
    assert len(report.added) == len(SAMPLES) + len(SHARED_FILES) - len(refused)
    answer = engine.ask("when was the queen found")
    (citation,) = [c for c in answer.citations if c.doc_id == "a.pdf"][:1]
    assert engine.text("a.pdf")[citation.span.start : citation.span.end] == citation.text
    for doc_id in refused:
        (settings.seeds / doc_id).unlink()
    monkeypatch.setattr(READING, "parse", lambda *_: pytest.fail("parsed again"))
    assert engine.build().unchanged == report.added
    assert engine.page_picture("a.pdf", 1, 700).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("name", "data", "under"),
    [
        (
            "a.json",
            '{"products": [{"id": "A1", "name": "Lamp", "spec": {"kg": 2, "maker": {"city": "Lund"}}}]}',
            ["products", "Lamp", "spec"],
        ),
        ("a.json", '[{"displayName": "Lamp", "spec": {"kg": 2}}]', ["Lamp", "spec"]),
        ("a.json", '{"shop": {"Lamp": {"spec": {"kg": 2}}}}', ["shop", "Lamp", "spec"]),
        ("a.json", '{"lamp": {"title": "Lumo", "spec": {"kg": 2}}}', ["lamp", "Lumo", "spec"]),
        ("a.json", '{"name": "the whole file", "lamps": {"spec": {"kg": 2}}}', ["lamps", "spec"]),
        ("a.jsonl", '{"no": 7, "nombre": "Lamp", "spec": {"kg": 2}}', ["nombre: Lamp", "spec"]),
        ("a.jsonl", '\ufeff{"no": 7, "spec": {"kg": 2}}', ["no: 7", "spec"]),
    ],
)
def test_what_a_record_is_called_stands_over_all_that_is_set_in_below_it(name, data, under):
    parsed = parse_file(data.encode(), name)
    found = {block.span.of(parsed.text).strip(): list(block.headings) for block in parsed.blocks}
    assert found["kg: 2"] == under and found.get("city: Lund", [*under, "maker"]) == [*under, "maker"]


SLACK = [
    {"user": "U01", "type": "message", "ts": "1700000000.000200", "text": "The boiler is fixed.", "user_profile": {"real_name": "Anna Berg"}},
    {"user": "U02", "type": "message", "ts": "1700000100.000200", "text": "Great, who paid?", "replies": [{"user": "U01", "ts": "1700000200.1"}]},
]  # fmt: skip
TELEGRAM = {"name": "House", "messages": [
    {"type": "service", "date": "2024-05-30T10:00:00", "action": "pin"},
    {"type": "message", "date": "2024-05-30T10:01:00", "from": "Anna Berg", "text": ["The boiler is ", {"type": "bold", "text": "fixed"}, "."]},
    {"type": "message", "date": "2024-05-31T08:01:00", "from": "Piet", "text": "Who paid?"},
    {"type": "message", "date": "2024-05-31T08:02:00", "from": "Anna Berg", "text": "The landlord."},
]}  # fmt: skip
TEAMS = [{"createdDateTime": "2024-05-31T08:01:00Z", "from": {"user": {"displayName": name}}, "body": {"content": text}, "id": "7"}
         for name, text in (("Olu", "Is it open?"), ("Sam", "Until noon."))]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "turns"),
    [
        (SLACK, [("Anna Berg", "The boiler is fixed.", "2023-11-14"), ("U02", "Great, who paid?", "2023-11-14")]),
        (
            TELEGRAM,
            [("Anna Berg", "The boiler is fixed.", "2024-05-30"), ("Piet", "Who paid?", "2024-05-31"), ("Anna Berg", "The landlord.", "2024-05-31")],
        ),
        (TEAMS, [("Olu", "Is it open?", "2024-05-31"), ("Sam", "Until noon.", "2024-05-31")]),
        ([{"title": name, "author": "Olu", "date": "2024-05-31", "text": "Words."} for name in "ab"], []),
        ([{"author": "Olu", "text": "Words."}, {"author": "Sam", "text": "More."}], []),
        ([*TEAMS, {"a": 1}, {"a": 2}], []),
    ],
    ids=["slack", "telegram", "teams", "articles", "without times", "few among others"],
)  # fmt: skip
def test_messages_in_data_are_turns_of_who_says_them_under_their_day(data, turns):
    parsed = parse_file(json.dumps(data).encode(), "chat.json")
    said = [
        (b.lead.of(parsed.text), b.span.of(parsed.text).strip(), b.headings[-1])
        for b in parsed.blocks
        if b.kind is Kind.TURN
    ]
    assert said == [(name, f"{name}: {text}", day) for name, text, day in turns]
    assert "".join(block.span.of(parsed.text) for block in parsed.blocks) == parsed.text
    assert ("action: pin" in parsed.text) == (data is TELEGRAM)


def test_a_quote_of_data_says_of_which_record_it_is(settings, embedder):
    records = [
        {"name": name, "spec": {"maker": {"weight": f"{kilos} kilos"}}} for name, kilos in (("Lamp", 2), ("Chair", 7))
    ]
    (settings.seeds / "shop.json").write_text(json.dumps({"products": records}), encoding="utf-8")
    engine = Engine(settings, embedder=embedder)
    engine.build()
    quoted = {citation.text: place_words(citation) for citation in engine.ask("weight 2 kilos").citations}
    assert quoted["weight: 2 kilos"].startswith("under “products › Lamp › spec › maker”")


def test_a_quote_knows_its_place_in_text_json_and_what_says_the_same(settings, embedder):
    from qa.fields import answer_to_dict, verification_to_dict
    from qa.rendering import answer_to_text

    said = "The queen was found on Tuesday in the third hive."
    (settings.seeds / "hive.pdf").write_bytes(SAMPLES["a.pdf"])
    (settings.seeds / "hive.docx").write_bytes(
        word(paragraph("Bees", "H1") + paragraph("Queens", "H2") + paragraph(said))
    )
    engine = Engine(settings, embedder=embedder)
    engine.build()
    answer = engine.ask("queen found tuesday third hive")
    citation = answer.citations[0]
    shown = {place_words(citation), *map(place_words, citation.also)}
    assert shown == {"page 1", "under “Bees › Queens”, paragraph 3"}
    assert all(words in answer_to_text(answer) for words in shown)
    record = answer_to_dict(answer)["citations"][0]
    pages = [r for r in (record, *record["also"]) if r["format"] == "pdf"]
    assert [(r["page"], r["pages"], r["page_label"], len(r["boxes"])) for r in pages] == [(1, [1], None, 2)]
    places = verification_to_dict(engine.verify_quote(said))["places"]
    assert {place["place"] for place in places} == shown


def test_other_suffixes_are_read_where_they_are_named(settings, embedder):
    from dataclasses import replace

    (settings.seeds / "cats.txt").write_text("Cats chase mice.")
    (settings.seeds / "dogs.FOO").write_text("Dogs bark at cats.")
    assert Engine(settings, embedder=embedder).build().added == ("cats.txt",)
    assert Engine(replace(settings, text_suffixes=".foo"), embedder=embedder).build().added == ("dogs.FOO",)
