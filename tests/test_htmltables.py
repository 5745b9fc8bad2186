"""A table of a page is read as one also where it stands in another, has lists in its cells, or names its columns in bold."""

import pytest

from qa.datatypes import Kind
from qa.formats import parse_file


def read(page):
    parsed = parse_file(page.encode(), "a.html")
    return [
        (block.kind, block.span.of(parsed.text).strip("\n"), block.lead.of(parsed.text) if block.lead else "")
        for block in parsed.blocks
    ]


PRICES = "<table><tr><th>Rope</th><th>Price</th></tr><tr><td>thin</td><td>4 €</td></tr><tr><td>thick</td><td>9 €</td></tr></table>"
READ = [(Kind.ROW, "Rope\tPrice", ""), (Kind.ROW, "thin\t4 €", "Rope\tPrice"), (Kind.ROW, "thick\t9 €", "Rope\tPrice")]


def test_a_table_in_a_cell_of_one_that_arranges_a_page_is_a_table():
    assert read(PRICES) == READ
    assert read(f"<table><tr><td>Chandler</td><td>{PRICES}</td></tr></table>") == [
        (Kind.PARAGRAPH, "Chandler", ""),
        *READ,
    ]
    deep = f"<table><tr><td><table role=presentation><tr><td>Logo</td><td>Menu</td></tr><tr><td>{PRICES}</td></tr></table></td></tr></table>"
    assert read(deep)[1:] == READ and read(deep)[0][0] is Kind.PARAGRAPH


def test_uneven_cells_inside_another_table_arrange_a_page():
    inner = "<table><tr><td>Dear Ida,</td><td>we write to you.</td></tr><tr><td>Yours</td></tr></table>"
    assert {kind for kind, *_ in read(f"<table><tr><td>{inner}</td></tr></table>")} == {Kind.PARAGRAPH}


def test_lists_in_the_cells_of_a_table_that_names_its_columns_are_parts_of_the_row():
    page = "<table><tr><th>Who</th><th>Duty</th></tr><tr><td>Ida</td><td><ul><li>sweeps</li><li>locks up</li></ul></td></tr></table>"
    assert read(page)[1] == (Kind.ROW, "Ida\t• sweeps • locks up", "Who\tDuty")
    plain = read(page.replace("th>", "td>"))
    assert (Kind.ITEM, "sweeps", "") in plain  # nothing tells that it is more than columns of a page


@pytest.mark.parametrize(
    "bold", ["<b>{}</b>", "<p><strong>{}</strong></p>", '<span style="font-weight: 700">{}</span>']
)
def test_a_first_row_in_bold_names_the_columns(bold):
    rows = [[bold.format(name) for name in ("Duty", "Who")], ["Bilge", "Ida"], ["Anchor", "<b>Omar</b>"]]
    lines = ("".join(f"<td>{cell}</td>" for cell in row) for row in rows)
    page = f"<table>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"
    assert [lead for *_, lead in read(page)] == ["", "Duty\tWho", "Duty\tWho"]
