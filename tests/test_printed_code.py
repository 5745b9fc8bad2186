"""Code in a PDF: lines of a font of fixed width, in the place that the page has left for them."""

import pytest
from made import drawn, pdf

from qa.datatypes import Kind
from qa.formats import parse_file

TEXT = [
    (50, 740, "To install it, run this:"),
    (50, 640, "Then look whether it is there:"),
    (50, 560, "It says its number."),
]
FIRST = [(50, 710, "apt update"), (62, 696, "apt install quay"), (50, 670, "quay --help")]
SECOND = [(50, 610, "quay --version")]


def code(lines):
    return drawn(lines, 10, "C")


def blocks(*pages: str):
    parsed = parse_file(pdf(pages), "a.pdf")
    return [(block.kind, block.span.of(parsed.text).rstrip()) for block in parsed.blocks]


WRITTEN = [
    (Kind.PARAGRAPH, "To install it, run this:"),
    (Kind.CODE, "apt update\n  apt install quay\nquay --help"),
    (Kind.PARAGRAPH, "Then look whether it is there:"),
    (Kind.CODE, "quay --version"),
    (Kind.PARAGRAPH, "It says its number."),
]


@pytest.mark.parametrize(
    "content",
    [
        drawn(TEXT[:1]) + code(FIRST) + drawn(TEXT[1:2]) + code(SECOND) + drawn(TEXT[2:]),
        drawn(TEXT) + code(FIRST + SECOND),  # as a browser prints what could be scrolled
    ],
)
def test_code_is_read_line_by_line_where_it_stands(content):
    assert blocks(content.replace("ETBT", "ET\nBT")) == WRITTEN


def test_code_below_the_last_line_stands_there():
    last = code([(50, 520, "make quay")])
    assert blocks(drawn(TEXT) + code(FIRST + SECOND) + last)[-1] == (Kind.CODE, "make quay")


def test_other_text_that_is_drawn_late_stays_where_it_is():
    late = drawn([(50, 700, "A box drawn at last."), (50, 686, "It has two lines.")])
    assert blocks(drawn(TEXT) + late)[-1] == (Kind.PARAGRAPH, "A box drawn at last. It has two lines.")


def test_code_that_fits_into_no_gap_stays_where_it_is():
    beside = code([(300, 742, "make quay"), (300, 728, "make pier")])
    assert blocks(drawn(TEXT) + beside)[-1] == (Kind.CODE, "make quay\nmake pier")
    over = code([(50, 742, "make quay")])  # where words stand
    assert blocks(drawn(TEXT) + over)[-1][1].endswith("make quay")


def test_words_of_code_in_a_sentence_are_part_of_it():
    line = "BT /F 12 Tf 50 740 Td (The word ) Tj /C 12 Tf (quay) Tj /F 12 Tf ( is a place for ships, and) Tj ET"
    below = "BT /C 12 Tf 50 726 Td (quay) Tj /F 12 Tf ( is a program.) Tj ET"
    assert blocks(f"{line}\n{below}") == [
        (Kind.PARAGRAPH, "The word quay is a place for ships, and quay is a program.")
    ]


def test_what_is_typed_throughout_is_text():
    typed = [
        (50, 740 - 14 * n, line)
        for n, line in enumerate(("Dear Ada,", "the harbour is open again, and all of the", "boats came back."))
    ]
    assert {kind for kind, _ in blocks(drawn(typed, 10, "C"))} == {Kind.PARAGRAPH}


def test_a_name_in_larger_letters_is_a_heading_in_any_font():
    names = drawn([(50, 740, "quay_open(name)")], 16, "C") + code([(50, 716, "quay_open('north')")])
    text = drawn(
        [(50, 690, "It opens a quay, and says whether that could be done."), (50, 676, "It is closed at night.")]
    )
    assert [kind for kind, _ in blocks(names + text)] == [Kind.HEADING, Kind.CODE, Kind.PARAGRAPH]
