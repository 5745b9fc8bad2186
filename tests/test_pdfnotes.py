"""Notes at the foot of a PDF's page: told by their marks, set apart from the text, which goes on on the next page."""

import pytest
from made import column, drawn, pdf

from qa.datatypes import Kind
from qa.formats import parse_file
from qa.formats.glyphs import Line
from qa.formats.pdfnotes import set_apart

BODY, NOTE = 12, 8.5
LINES = ["The old harbour of Quay was built in 1820 by people", "who had come over the sea; they made its walls of"]


def marked(x, y, before, mark, after="", *, size=BODY, small=7, up=5):
    """Draw a line with a raised mark between two of its words."""
    small_one = f"/F {small} Tf {up} Ts ({mark}) Tj /F {size} Tf 0 Ts"
    return f"BT /F {size} Tf {x} {y} Td ({before}) Tj {small_one} ({after}) Tj ET\n"


def note(y, mark, text, x=50, *, small=6, up=3):
    """Draw the first line of a note."""
    return marked(x, y, "", mark, text, size=NOTE, small=small, up=up)


def below(y, *lines, x=50):
    return drawn([(x, y - 10 * n, line) for n, line in enumerate(lines)], NOTE) + "\n"


def cut_text(mark="1"):
    """Draw a paragraph that goes on on the next page, with a mark in it."""
    return (
        column(50, 700, LINES) + "\n" + marked(50, 672, "stone", mark, " that was left over from the church, and then")
    )


ON = column(50, 740, ["they lived there for a hundred years.", "Nobody knows why they went away."]) + "\n"
WHOLE = (
    "The old harbour of Quay was built in 1820 by people who had come over the sea; they made its walls of "
    "stone{} that was left over from the church, and then they lived there for a hundred years. Nobody knows why they went away."
)


def read(*pages):
    parsed = parse_file(pdf(pages), "a.pdf")
    assert "".join(block.span.of(parsed.text) for block in parsed.blocks) == parsed.text
    assert parsed.boxes.shape == (len(parsed.text), 5)
    assert [bool(place[0]) for place in parsed.boxes] == [not char.isspace() for char in parsed.text]
    return parsed


def blocks(*pages):
    parsed = read(*pages)
    return [(block.kind, block.span.of(parsed.text).rstrip()) for block in parsed.blocks]


def notes(*pages):
    return [text for kind, text in blocks(*pages) if kind is Kind.FOOTNOTE]


def test_a_paragraph_goes_on_on_the_next_page_and_the_note_stands_behind_it():
    first = (
        cut_text()
        + note(80, "1", "Some of it is from the old mill, which had been")
        + below(70, "given up long before.")
    )
    parsed = read(first, ON + column(50, 680, ["Today it is a museum."]))
    assert [(block.kind, block.span.of(parsed.text).rstrip()) for block in parsed.blocks] == [
        (Kind.PARAGRAPH, WHOLE.format("1")),
        (Kind.FOOTNOTE, "1Some of it is from the old mill, which had been given up long before."),
        (Kind.PARAGRAPH, "Today it is a museum."),
    ]
    at = parsed.text.index("1Some")
    assert parsed.boxes[at][0] == parsed.boxes[parsed.text.index("before.")][0] == 1
    assert parsed.boxes[at - 3][0] == 2  # the paragraph has gone on


@pytest.mark.parametrize(
    ("mark", "first"),
    [
        ("1", note(80, "1", "Some of it is older.")),
        ("12", note(80, "12", " Some of it is older.")),
        ("*", note(80, "*", "Some of it is older.")),
        ("**", note(80, "**", "Some of it is older.")),
        (r"\262", note(80, r"\262", "Some of it is older.")),
        ("a", note(80, "a", "Some of it is older.")),
        ("1", marked(50, 83, "", "1", small=6, up=0) + below(80, "Some of it is older.", x=60)),
        ("1", below(80, "1 Some of it is older.")),
        ("1", below(80, "1. Some of it is older.")),
        ("1", below(80, "1") + below(80, "Some of it is older.", x=64)),
    ],
)
def test_marks_are_numbers_signs_or_letters(mark, first):
    found = blocks(cut_text(mark) + first, ON)
    assert [kind for kind, _ in found] == [Kind.PARAGRAPH, Kind.FOOTNOTE]
    assert found[1][1].endswith("Some of it is older.") and found[0][1].endswith("went away.")


def line(text, base, high):
    boxes = [(50.0 + n * high / 2, base, 50.0 + (n + 1) * high / 2, base + high) for n in range(len(text))]
    return Line(1, text, boxes, 0.0, False)


def test_superior_figures_are_marks():
    text = [line("Its walls are of stone¹² that", 700.0, 12.0), line("was left over.", 686.0, 12.0)]
    foot = [line("¹² Some of it", 80.0, 8.0), line("is older.", 70.0, 8.0)]
    assert set_apart([*text, *foot]) == (text, {1: [foot]})


def test_each_note_is_a_block_of_all_its_lines():
    first = cut_text() + marked(50, 658, "went back", "2", " to the sea,") + marked(50, 644, "at night", "3,*", " and")
    foot = [
        note(110, "1", "Some of it is from the old mill, which had been gi-"),
        below(100, "ven up before."),
        note(90, "2", "They had come from 3 islands:"),
        below(80, "3 of them are lost."),
        note(70, "3", " In the winter."),
        note(60, "*", "As told by Ada."),
    ]
    assert notes(first + "".join(foot), ON) == [
        "1Some of it is from the old mill, which had been given up before.",
        "2They had come from 3 islands: 3 of them are lost.",
        "3 In the winter.",
        "*As told by Ada.",
    ]


def test_a_note_goes_on_on_the_next_page():
    first = (
        cut_text() + note(80, "1", "Some of it is from the old mill, which") + below(70, "had been given up when the")
    )
    second = ON + marked(50, 680, "Today it is a museum", "2", " of the sea.") + below(90, "wind had changed.")
    expected = ["1Some of it is from the old mill, which had been given up when the wind had changed."]
    assert notes(first, second) == expected
    assert notes(first, second + note(75, "2", "Open in summer.")) == [*expected, "2Open in summer."]
    assert notes(first, ON + below(90, "Wind had changed.")) == [expected[0].removesuffix(" wind had changed.")]


def test_a_note_whose_own_mark_is_not_found_is_one_above_others():
    foot = note(90, "*", "Written in May.") + note(80, "1", "Some of it is older.")
    assert notes(cut_text() + foot, ON) == ["*Written in May.", "1Some of it is older."]


def test_one_line_may_stand_below_the_notes():
    foot = note(80, "1", "Some of it is older.")
    assert notes(cut_text() + foot + drawn([(290, 40, "7")]), ON) == ["1Some of it is older."]
    assert not notes(cut_text() + foot + column(50, 60, ["The walls are high,", "and so are the boats."]), ON)


def test_notes_stand_at_the_foot_of_a_column():
    left = column(50, 700, ["The old harbour of Quay", "was built of stone"]) + "\n"
    left += marked(50, 672, "by people", "1", " who had") + note(80, "1", "Or so they say.")
    found = blocks(left + column(320, 700, ["come over the sea.", "They lived there."]))
    assert found == [
        (
            Kind.PARAGRAPH,
            "The old harbour of Quay was built of stone by people1 who had come over the sea. They lived there.",
        ),
        (Kind.FOOTNOTE, "1Or so they say."),
    ]


def test_a_list_goes_on_behind_a_note():
    first = column(50, 700, ["We need:", "- a rope"]) + "\n" + marked(50, 672, "- a sail", "1")
    parsed = read(first + note(80, "1", "Of linen."), column(50, 740, ["- an oar", "- a net"]))
    kinds = [block.kind for block in parsed.blocks]
    assert kinds == [Kind.PARAGRAPH, Kind.ITEM, Kind.ITEM, Kind.FOOTNOTE, Kind.ITEM, Kind.ITEM]
    assert len({block.group for block in parsed.blocks if block.kind is Kind.ITEM}) == 1
    assert all(block.lead for block in parsed.blocks if block.kind is Kind.ITEM)


def test_a_note_stands_before_the_next_heading():
    second = (
        drawn([(50, 740, "The museum")], 20) + "\n" + column(50, 700, ["It is open in summer, and so is the pier."])
    )
    first = column(50, 700, LINES) + "\n" + marked(50, 672, "stone.", "1") + note(80, "1", "Some of it is older.")
    assert [kind for kind, _ in blocks(first, second)] == [Kind.PARAGRAPH, Kind.FOOTNOTE, Kind.HEADING, Kind.PARAGRAPH]


def numbered_code(y, *lines, size=NOTE):
    """Draw lines of code, each behind its number in small letters."""
    return "".join(
        f"BT /F 5 Tf 50 {y - 10 * n} Td ({n + 1} ) Tj /C {size} Tf ({line}) Tj ET\n" for n, line in enumerate(lines)
    )


@pytest.mark.parametrize(
    "foot",
    [
        numbered_code(90, "make quay", "make pier", "make mole"),
        below(90, "1. Rope", "2. Sails", "3. Oars"),  # a list: only the first number is raised above
        below(90, "2 Some of it is older."),
        below(90, "Some of it is older."),
        note(90, "4", "Some of it is older."),
        marked(50, 90, "", "1", "Some of it is older.", small=7, up=5),  # in letters as large as the text
        below(100, "Figure 3: the harbour, of which") + note(90, "1", "of the walls is left."),
        drawn([(50, 90, "2"), (60, 90, "Figure 2: the harbour")], NOTE),
    ],
)
def test_what_no_mark_or_no_small_letters_tell_is_no_note(foot):
    assert not notes(cut_text() + foot, ON)


def test_a_list_in_letters_as_high_as_most_is_none_of_notes():
    larger = marked(50, 700, "The old harbour", "1", " of Quay", size=14) + column(50, 670, LINES)
    listed = column(50, 120, ["1. It was built of stone.", "1.1 The walls of it are high."])
    assert not notes(f"{larger}\n{listed}")
    assert notes(f"{larger}\n" + below(80, "1. It was built of stone.")) == ["1. It was built of stone."]


def test_letters_count_notes_as_numbers_do():
    foot = note(90, "a", "Some of it is older.") + note(80, "b", "None of it is new.") + note(70, "d", "Or is it?")
    assert notes(cut_text("a") + foot) == ["aSome of it is older.", "bNone of it is new. dOr is it?"]


def test_exponents_are_no_marks_of_what_is_counted():
    formula = marked(50, 700, "Here x", "2", " is the area that y", up=5) + marked(50, 686, "and z", "1", " have.")
    assert not notes(formula + below(80, "1 The area of it.", "2 The height of it."), ON)
    assert [kind for kind, _ in blocks(formula)] == [Kind.PARAGRAPH]


def test_rows_of_a_table_are_no_notes():
    rows = [("1", "Rope", "12.50"), ("2", "Sails", "80.00"), ("3", "Oars", "35.00"), ("4", "Nets", "20.00")]
    table = drawn(
        [(x, 110 - 12 * n, cell) for n, row in enumerate(rows) for x, cell in zip((50, 120, 220), row, strict=True)],
        NOTE,
    )
    found = blocks(cut_text("2") + table, ON)
    assert sum(kind is Kind.ROW for kind, _ in found) == 4 and Kind.FOOTNOTE not in {kind for kind, _ in found}


def test_a_page_of_very_many_lines_is_left_as_it_is():
    lines = [line("stone¹ that was", 9000.0, 12.0), *(line("¹ older", 8.0 * n, 8.0) for n in range(1100, 0, -1))]
    assert set_apart(lines[:20]) == (lines[:1], {1: [[each] for each in lines[1:20]]})
    assert set_apart(lines) == (lines, {})
