"""Tables in plain texts, by gaps, bars or tabs; and what only looks like one."""

import random

import pytest
from conftest import calls

from qa.datatypes import Kind
from qa.formats import parse_file
from qa.formats.columns import tables_in
from qa.formats.indents import lines_of
from qa.text.cells import cells_of, names_of

FERRY = """FERRY TO NETTLE ISLAND

Winter timetable, valid from 1 November 2025 to 28 February 2026

Departs   From            To              Ship
08:15     Altdorf Quay    Nettle Island   Queen Sofia
10:40     Altdorf Quay    Birchen         Little Auk
17:05     Birchen         Altdorf Quay    Little Auk

Tickets are sold on board. Dogs travel free.

FARES

              Single   Return
Adults          9.00    16.00
Children        4.50     8.00
Bicycles        3.00     5.00
"""
FRAMED = """Results of the county games

+------------+--------+---------+
| Team       | Points | Goals   |
+============+========+=========+
| Elding     |     31 | 44:12   |
| Harlow     |     19 | 25:31   |
+------------+--------+---------+

The final is played in Harlow.
"""


def read(text):
    parsed = parse_file(text.encode(), "a.txt")
    assert "".join(block.span.of(parsed.text) for block in parsed.blocks) == parsed.text == text
    return parsed


def rows_of(text):
    parsed = read(text)
    return [
        ([cell.of(row).strip("\t| ") for cell in cells_of(row)], block.lead and " ".join(block.lead.of(text).split()))
        for block in parsed.blocks
        if block.kind is Kind.ROW
        for row in [block.span.of(text).strip()]
    ]


def test_rows_set_apart_by_gaps_have_the_names_of_their_columns():
    rows = rows_of(FERRY)
    assert rows[1] == (["08:15", "Altdorf Quay", "Nettle Island", "Queen Sofia"], "Departs From To Ship")
    assert rows[4:6] == [(["Single", "Return"], None), (["Adults", "9.00", "16.00"], "Single Return")]
    assert len(rows) == 8
    headings = {block.headings for block in read(FERRY).blocks if block.kind is Kind.ROW}
    assert headings == {("FERRY TO NETTLE ISLAND",), ("FARES",)}
    assert len({block.group for block in read(FERRY).blocks if block.kind is Kind.ROW}) == 2


def test_a_frame_is_no_text():
    rows = rows_of(FRAMED)
    assert rows == [(["Team", "Points", "Goals"], None), (["Elding", "31", "44:12"], "| Team | Points | Goals |"),
                    (["Harlow", "19", "25:31"], "| Team | Points | Goals |")]  # fmt: skip
    kinds = [block.kind for block in read(FRAMED).blocks]
    assert kinds.count(Kind.FURNITURE) == 3


def test_what_was_pasted_from_a_sheet_is_a_table():
    rows = rows_of(
        "Prices of the nursery:\n\nPlant\tPot\tPrice\nThyme\t9 cm\t3.50\nSage\t11 cm\t4.20\nHyssop\t9 cm\t3.90\n"
    )
    assert rows[3] == (["Hyssop", "9 cm", "3.90"], "Plant Pot Price")


@pytest.mark.parametrize(
    "text",
    [
        "The mill was  built in 1874 and  burnt down\nin the year  that followed, and it  was\nnot built again  before the war,  when\n",
        "* wish  :  include tags\n* bug   :  a crash at the end\n* wish  :  list all of them\n",
        "Anna:\tGood morning.\nBen:\tGood morning, Anna.\nAnna:\tIs it raining?\n",
        "the grammar is  a | b\nor it is  c | d\nor else  e | f\n",
        "begin\t\tstart of it\nend\t\tend of it\nnext\t\tgo on to it\n",
        "8 a.m.   Breakfast\n9 a.m.   Walk to the mill\n11 a.m.  Boats\n",
    ],
    ids=["wide gaps in a text", "list", "conversation", "bars in a text", "set by tabs", "two columns"],
)
def test_what_is_no_table(text):
    assert rows_of(text) == []


@pytest.mark.parametrize("seed", range(30))
def test_random_tables_are_read_cell_by_cell(seed):
    chance = random.Random(seed)
    columns = chance.randint(3, 6)
    words = ["".join(chance.choice("abcdeghiknorstu") for _ in range(chance.randint(2, 7))).title() for _ in range(60)]
    rows = [[chance.choice(words) if chance.random() < 0.5 else str(chance.randint(1, 9999)) for _ in range(columns)]
            for _ in range(chance.randint(3, 12))]  # fmt: skip
    widths = [max(len(row[c]) for row in rows) + chance.randint(2, 5) for c in range(columns)]
    right = [chance.random() < 0.4 for _ in range(columns)]
    lines = [
        "  ".join(c.rjust(w) if r else c.ljust(w) for c, w, r in zip(row, widths, right, strict=True)).rstrip()
        for row in rows
    ]
    found = rows_of("Before it stands a sentence.\n\n" + "\n".join(lines) + "\n\nAnd one after it.\n")
    assert [cells for cells, _ in found] == rows


@pytest.mark.parametrize(
    "text", ["a  b  c\n", "a   b  c d\n a  b    c\n", "| a | b |\n", "a\tb\tc\n", "* a  b  c\n", "------ ---- --\n"]
)
def test_very_many_lines_take_no_square(text):
    def steps(count):
        lines = lines_of(text * count)
        return calls(lambda: list(tables_in(lines)))

    assert steps(8_000) < 10 * steps(1_000)  # eight times as many


@pytest.mark.parametrize(
    ("header", "row", "names"),
    [
        ("Service          Members Guests", "Lifting out      85      140", ["Service", "Members", "Guests"]),
        ("Service          Members  Guests", "Lifting out      85       140", ["Service", "Members", "Guests"]),
        ("Members   Guests", "Lifting out   85    140", ["", "Members", "Guests"]),
        ("Name of the boat   Length over all", "Sea Rose           9 m", ["Name of the boat", "Length over all"]),
        ("Boat  Price of one week ashore", "Rose  85     140   200", ["Boat", "Price of one week ashore"]),
    ],
)
def test_names_of_columns_close_together_are_told_apart_by_what_they_stand_over(header, row, names):
    assert [name.of(header) for name in names_of(header, row)] == names
