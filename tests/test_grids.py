"""Tables of PDFs: rows told by where words stand, whatever program wrote them; and what only looks like one."""

import random

import pytest
from conftest import calls
from made import column, drawn, pdf

from qa.datatypes import Kind
from qa.formats import parse_file
from qa.formats.glyphs import Line
from qa.formats.grids import with_rows

FEES = [
    ["Ticket", "Adults", "Children", "Note"],
    ["Single entry", "6.50", "3.20", "Valid for one visit"],
    ["Ten entries", "58.00", "28.00", "Transferable"],
    ["Season ticket", "210.00", "95.00", "With a photograph"],
]
LEFTS = [50, 160, 240, 330]
WIDTH = {"F": 0.5, "B": 0.55}


def grid(rows, *, lefts=LEFTS, top=700, pitch=16, right=(), bold=0, size=12):
    """A content stream of cells, row by row; `right` are the columns that are set to the right, `bold` how many rows are bold."""
    parts = []
    for n, row in enumerate(rows):
        font = "B" if n < bold else "F"
        for c, text in enumerate(row):
            x = lefts[c] + (60 - WIDTH[font] * size * len(text) if c in right else 0)
            if text:
                parts.append(drawn([(x, top - pitch * n, text)], size, font))
    return "\n".join(parts)


def read(*pages):
    parsed = parse_file(pdf(pages), "a.pdf")
    assert "".join(parsed.text[block.span.start : block.span.end] for block in parsed.blocks) == parsed.text
    return parsed


def rows_of(parsed):
    return [parsed.text[b.span.start : b.span.end].strip("\n").split("\t") for b in parsed.blocks if b.kind is Kind.ROW]


def leads_of(parsed):
    return [b.lead and parsed.text[b.lead.start : b.lead.end] for b in parsed.blocks if b.kind is Kind.ROW]


@pytest.mark.parametrize("right", [(), (1, 2)])
@pytest.mark.parametrize("pitch", [13, 16, 28])
def test_rows_and_their_names_are_told_however_far_apart_they_stand(right, pitch):
    parsed = read(column(50, 760, ["The pool of Harlow charges the following."]) + grid(FEES, right=right, pitch=pitch))
    assert rows_of(parsed) == FEES
    assert leads_of(parsed) == [None, *["\t".join(FEES[0])] * 3]
    assert len({b.group for b in parsed.blocks if b.kind is Kind.ROW}) == 1
    assert parsed.blocks[0].kind is Kind.PARAGRAPH


def test_every_visible_character_has_its_place_and_their_order_is_kept():
    parsed = read(grid(FEES))
    assert "".join(parsed.text.split()) == "".join("".join(row).replace(" ", "") for row in FEES)
    assert [bool(place[0]) for place in parsed.boxes] == [not char.isspace() for char in parsed.text]


def test_a_cell_of_several_lines_is_one_however_the_others_stand_beside_it():
    top = drawn([(50, 700, "Wash"), (160, 700, "Rinse the drum and"), (160, 686, "wipe it dry"), (330, 700, "daily")])
    middle = drawn(
        [(50, 665, "Descale"), (160, 672, "Run the programme"), (160, 658, "without any dishes"), (330, 665, "monthly")]
    )
    last = drawn([(50, 640, "Filter"), (160, 640, "Change it"), (330, 640, "yearly")])
    assert rows_of(read("\n".join([top, middle, last]))) == [
        ["Wash", "Rinse the drum and wipe it dry", "daily"],
        ["Descale", "Run the programme without any dishes", "monthly"],
        ["Filter", "Change it", "yearly"],
    ]  # fmt: skip


def test_empty_cells_keep_their_columns_and_names_of_groups_are_rows():
    rows = [["Town", "2019", "2020"], ["North", "", ""], ["Alnby", "12", "14"], ["Berrow", "", "9"], ["South", "", ""],
            ["Corby", "30", ""], ["Dale", "7", "8"]]  # fmt: skip
    parsed = read(grid(rows))
    assert rows_of(parsed) == [row[: max(n for n, cell in enumerate(row) if cell) + 1] for row in rows]
    assert leads_of(parsed)[2] == "Town\t2019\t2020"


def test_bold_names_above_words_and_a_first_column_without_a_name():
    words = [["Day", "Open"], ["Monday", "closed"], ["Tuesday", "all day"], ["Wednesday", "in the morning"]]
    assert leads_of(read(grid(words, bold=1)))[1:] == ["Day\tOpen"] * 3
    assert leads_of(read(grid(words))) == [None] * 4
    corner = [["", "Spring", "Autumn"], ["Hens", "12", "9"], ["Geese", "4", "5"], ["Ducks", "7", "6"]]
    assert (
        leads_of(read(grid(corner)))[1:] == ["\tSpring\tAutumn"] * 3
        or leads_of(read(grid(corner)))[1:] == ["Spring\tAutumn"] * 3
    )


def test_a_table_goes_on_on_the_next_page():
    more = [
        ["Family ticket", "14.00", "0.00", "Two adults at most"],
        ["Evening", "4.00", "2.00", "From 7 p.m."],
        ["Sauna", "9.00", "9.00", "Towels"],
    ]
    parsed = read(grid(FEES, top=130), grid(more))
    assert rows_of(parsed) == FEES + more
    assert leads_of(parsed)[4:] == ["\t".join(FEES[0])] * 3
    apart = read(grid(FEES, top=130), column(50, 760, ["Other prices follow here."]) + grid(more))
    assert leads_of(apart)[4:] == [None] * 3


def test_below_a_heading_and_between_paragraphs():
    before, after = drawn([(50, 760, "Prices of the pool")], 20), column(50, 600, ["Towels can be hired at the desk."])
    parsed = read(before + grid(FEES) + after)
    kinds = [block.kind for block in parsed.blocks]
    assert kinds == [Kind.HEADING, *[Kind.ROW] * 4, Kind.PARAGRAPH]
    assert all(block.headings == ("Prices of the pool",) for block in parsed.blocks[1:])


TITLE = [("News", "May"), ("of the", "Volume"), ("Town", "Seven")]
PROSE_LEFT = [
    "The pool was built in 1934 by the",
    "town and was opened by the mayor in",
    "the summer of that year. It was",
    "closed in the war and was used as",
]
PROSE_RIGHT = [
    "a store for water of the fire",
    "brigade, and then opened again in",
    "1947. The roof came in 1971 when the",
    "bath was made warm, and the slide",
]


def beside(lefts, rows, pitch=16):
    """A content stream of texts beside each other, row by row."""
    return "\n".join(
        drawn([(x, 700 - pitch * n, text) for x, text in zip(lefts, row, strict=True)]) for n, row in enumerate(rows)
    )


NO_TABLES = {
    "columns of text": column(50, 700, PROSE_LEFT) + "\n" + column(300, 700, PROSE_RIGHT),
    "columns of text line by line": beside((50, 300), zip(PROSE_LEFT, PROSE_RIGHT, strict=True), 14),
    "numbered list": beside((50, 75), [(f"{n + 1}.", f"Item {word} of it") for n, word in enumerate("abcd")]),
    "bulleted list": beside((50, 75), [("\\225", f"Item {word} of it") for word in "abcd"]),
    "contents": beside(
        (50, 400), [(f"Chapter {word} . . . . . . . . . . . .", str(n * 7 + 3)) for n, word in enumerate("abcd")]
    ),
    "head of a letter": beside((50, 400), [("Nora Berg", "3 May 2021")])
    + column(50, 660, ["Dear Sir,", "thank you for your letter."]),
    "title in large letters": drawn(
        [(x, 700 - 40 * n, text) for n, pair in enumerate(TITLE) for x, text in zip((50, 300), pair, strict=True)], 30
    )
    + column(50, 500, PROSE_LEFT * 3),
}


@pytest.mark.parametrize("content", NO_TABLES.values(), ids=NO_TABLES)
def test_what_is_no_table(content):
    assert rows_of(read(content)) == []


def random_rows(chance):
    columns = chance.randint(2, 5)
    widths = [chance.randint(3, 11) for _ in range(columns)]
    words = ["".join(chance.choice("abcdeghiknorstu") for _ in range(chance.randint(2, 7))).title() for _ in range(60)]
    rows = []
    for _ in range(chance.randint(3, 12)):
        row = [chance.choice(words)[: widths[0]]]
        for width in widths[1:]:
            row.append(
                str(chance.randint(10, 10 ** min(width, 6))) if chance.random() < 0.6 else chance.choice(words)[:width]
            )
        rows.append(row)
    lefts, x = [], 40
    for width in widths:
        lefts.append(x)
        x += width * 9 + chance.randint(14, 30)
    return rows, lefts


@pytest.mark.parametrize("seed", range(40))
def test_random_tables_are_read_cell_by_cell(seed):
    chance = random.Random(seed)
    rows, lefts = random_rows(chance)
    size = chance.choice([7, 8, 9, 10])
    parsed = read(grid(rows, lefts=lefts, size=size, pitch=size * chance.choice([1.25, 1.6, 2.2]), top=760))
    assert rows_of(parsed) == rows


def line(left, base, text="word"):
    return Line(1, text, [(left + 5 * n, base, left + 5 * n + 5, base + 10) for n in range(len(text))], 0.0, False)


@pytest.mark.parametrize("lefts", [(0, 100), (0, 100, 33), (0, 100, 100.5, 7)])
def test_a_page_of_very_many_pieces_takes_no_square(lefts):
    def steps(count):
        pieces = [line(lefts[n % len(lefts)] + 40 * (n % 2), -13 * (n // 2)) for n in range(count)]
        return calls(lambda: list(with_rows(pieces, 10.0)))

    assert steps(8_000) < 10 * steps(1_000)  # eight times as many


def test_names_that_stand_beside_or_close_to_what_they_name():
    years = grid([["", "2023", "2024", "2025"]]) + grid([["Fees", "1,204", "1,310", "1,377"], ["Cranes", "310", "295", "341"],
                 ["Fuel", "88", "54", "102"], ["Ice", "7", "6", "9"]], top=684, right=(1, 2, 3), lefts=[50, 190, 270, 360])  # fmt: skip
    assert rows_of(read(years))[0] == ["", "2023", "2024", "2025"]
    close = drawn([(50, 700, "Name"), (160, 700, "Since Telephone")]) + grid(
        [["Lind", "11", "0451 220"], ["Dahl", "19", "0451 224"], ["Petri", "22", "0451 229"]],
        top=684,
        lefts=[50, 160, 194],
    )
    assert rows_of(read(close))[0] == ["Name", "Since", "Telephone"]


@pytest.mark.parametrize("below", [1, 2, 5])
def test_nothing_below_a_table_is_lost_where_names_that_stand_close_are_told_apart(below):
    said = [f"Sentence {n} stands below the table of those who work here." for n in range(below)]
    table = drawn([(50, 700, "Name"), (160, 700, "Since Telephone")]) + grid(
        [["Lind", "11", "0451 220"], ["Dahl", "19", "0451 224"], ["Petri", "22", "0451 229"]],
        top=684,
        lefts=[50, 160, 194],
    )
    parsed = read(table + column(50, 600, said))
    assert rows_of(parsed)[0] == ["Name", "Since", "Telephone"]
    assert parsed.text.split() == " ".join([*map(" ".join, rows_of(parsed)), *said]).split()


def test_a_heading_between_two_tables_is_of_neither():
    other = [["Name", "Berth", "Since"], ["Lind", "Pier", "2011"], ["Dahl", "Quay", "2019"], ["Petri", "Mole", "2022"]]
    parsed = read(grid(FEES) + drawn([(50, 626, "Staff of the pool")], 18, "B") + grid(other, top=605))
    assert rows_of(parsed) == FEES + other
    assert [b.headings for b in parsed.blocks if b.kind is Kind.ROW][4:] == [("Staff of the pool",)] * 4
    assert leads_of(parsed)[4:] == [None, *["Name\tBerth\tSince"] * 3]


def test_a_table_with_no_row_that_has_all_cells_but_its_names():
    rows = [["Date", "Details", "Out", "In", "Left"], ["1 Jul", "Brought forward", "", "", "1,204.10"],
            ["3 Jul", "Power", "64.20", "", "1,139.90"],
            ["5 Jul", "Salary", "", "2,310.00", "3,449.90"], ["9 Jul", "Rent", "890.00", "", "2,559.90"],
            ["21 Jul", "Bread", "12.40", "", "2,547.50"]]  # fmt: skip
    parsed = read(grid(rows, lefts=[50, 96, 190, 240, 302], right=(2, 3, 4), bold=1, size=10))
    assert rows_of(parsed) == rows
    assert leads_of(parsed)[1:] == ["\t".join(rows[0])] * 5


def test_letters_that_are_all_as_wide_stand_no_further_apart_for_a_space():
    code = ["import a.lines", "import b.pages", "import c.cells", "import d.words"]
    content = column(50, 700, code)
    mono = pdf([content]).replace(b"/BaseFont /Helvetica >>\nendobj\n4", b"/BaseFont /Courier >>\nendobj\n4")
    assert b"Courier" in mono
    assert rows_of(parse_file(mono, "a.pdf")) == []


def test_a_cell_amid_the_rows_it_is_beside_stands_in_the_first_of_them():
    lefts = [50, 150, 320, 400]
    rows = [["Day", "Course", "Room", "Teacher"], ["", "Bookbinding", "Oak", "Fenn"], ["", "Weaving", "Elm", "Roos"],
            ["", "Pottery", "Cellar", "Baker"], ["", "Choir", "Hall", "Idris"], ["", "Chess", "Elm", "Fenn"]]  # fmt: skip
    parts = [grid(rows[:1], lefts=lefts), drawn([(50, 666, "Monday")])]  # between the rows at 676 and 656
    parts += [
        grid(rows[1:3], lefts=lefts, top=676, pitch=20),
        drawn([(50, 616, "Tuesday")]),
    ]  # at the middle one's height
    parts += [grid(rows[3:], lefts=lefts, top=636, pitch=20)]
    found = rows_of(read("\n".join(parts)))
    assert found == [rows[0], ["Monday", *rows[1][1:]], rows[2], ["Tuesday", *rows[3][1:]], rows[4], rows[5]]


def test_more_rows_than_are_looked_at_together_are_one_table_with_its_names():
    rows = [["Plot", "Trees", "Year"], *([f"Plot {n}", str(20 + n % 7), str(1900 + n)] for n in range(300))]
    parsed = read(grid(rows, top=795, pitch=2.5, size=2))
    assert rows_of(parsed) == rows
    assert set(leads_of(parsed)[1:]) == {"Plot\tTrees\tYear"}
