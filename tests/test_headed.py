"""Headings of plain text: they stand over what follows, are quoted with it, and nothing else is taken for one."""

import pytest

from qa.answers.spans import quote_span
from qa.datatypes import Kind
from qa.engine import Engine
from qa.formats import plain, source

CAMP = """THE CAMP

ARRIVAL

From three on; the barrier closes at ten.

*** Quiet hours ***

Between one and three.

== Dogs ==
On a lead. Two per pitch at most.

=======
Prices:
=======
Ten a night.

Sauna
-----

Fridays, bring a towel.
"""


def headings_of(text):
    parsed = plain.parse(text.encode(), "a.txt")
    assert "".join(block.span.of(text) for block in parsed.blocks) == text
    shown = [block.span.of(text).strip() for block in parsed.blocks if block.kind is Kind.HEADING]
    return shown, {block.span.of(text).strip(): block.headings for block in parsed.blocks}


def test_what_is_underlined_framed_or_in_capitals_stands_over_what_follows():
    shown, under = headings_of(CAMP)
    assert shown == [
        "THE CAMP",
        "ARRIVAL",
        "*** Quiet hours ***",
        "== Dogs ==",
        "=======\nPrices:\n=======",
        "Sauna\n-----",
    ]
    assert under["From three on; the barrier closes at ten."][-1] == "ARRIVAL"
    assert under["On a lead. Two per pitch at most."][-1] == "Dogs"
    assert under["Ten a night."][-1] == "Prices:"
    assert under["Fridays, bring a towel."][-1] == "Sauna"


LEASE = """LEASE

between Ann and Bo

1. RENT
1.1 The rent is 840 euros a month.
1.2 Bo pays in addition
    (a) 95 for heating,
    (b) 60 for what is shared, namely
        (i) refuse,
        (ii) the lamps, and
        (iii) the garden.

2. NOTICE

2.1 It is three months. Costs have grown by
1.5 Percent since.

3. END
Ann may end it
a) if rent is owing or
b) if she needs the rooms.
"""


def test_numbered_lines_in_capitals_stand_over_their_clauses_and_below_the_title():
    _, under = headings_of(LEASE)
    assert under["1.1 The rent is 840 euros a month."] == ("LEASE", "1. RENT")
    assert under["a) if rent is owing or"] == ("LEASE", "3. END")
    assert under["2.1 It is three months. Costs have grown by\n1.5 Percent since."] == ("LEASE", "2. NOTICE")


def test_lettered_parts_of_a_clause_stand_under_its_beginning_to_the_last_roman_number():
    blocks = plain.parse(LEASE.encode(), "a.txt").blocks
    items = [
        (block.lead.of(LEASE).strip(), block.span.of(LEASE).split()[0]) for block in blocks if block.kind is Kind.ITEM
    ]
    assert items == [
        *(("1.2 Bo pays in addition", mark) for mark in ("(a)", "(b)", "(i)", "(ii)", "(iii)")),
        *(("Ann may end it", mark) for mark in ("a)", "b)")),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Opening hours\n\nFrom nine on.",
        "Pos  Item        Qty\n--------------------\n1    Rye flour   20\n",
        "We sailed.\n\n-----\n\nWe came back.",
        "-------\nHe came.\n-------\nShe left.\n-------\n",
        "-----------------\nItem   Born  Town\n-----------------\nRye    1912  Kirby\n",
        "********\n* note *\n********\nNone.\n",
        "STOP. GO.\n\nThey went.",
        "NO WAY BACK\n\nALL IS IN CAPITALS\n\nEVERY LINE OF IT\n",
        "It was called\n*** a night ***\nby all.",
        "The last line\n\nTHE END",
        "12:30\n-----\n",
        "",
    ],
)
def test_nothing_else_is_a_heading(text):
    assert headings_of(text)[0] == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.rst", "Rules\n=====\n\nWaste\n-----\n\nAcids go into glass.\n"),
        ("a.rst", "=====\nRules\n=====\n\nWaste\n=====\n\nAcids go into glass.\n"),
        ("a.adoc", "= Rules\n\n== Waste\n\nAcids go into glass.\n"),
        ("a.org", "* Rules\n** Waste\nAcids go into glass.\n"),
    ],
)
def test_headings_of_other_plain_texts_stand_over_what_follows(name, text):
    parsed = source.parse(text.encode(), name)
    assert "".join(block.span.of(text) for block in parsed.blocks) == text
    assert [(b.kind, b.headings) for b in parsed.blocks] == [
        (Kind.HEADING, ()),
        (Kind.HEADING, ("Rules",)),
        (Kind.PARAGRAPH, ("Rules", "Waste")),
    ]


def test_a_heading_is_quoted_as_what_stands_under_it(settings, embedder):
    (settings.seeds / "camp.txt").write_text(CAMP)
    engine = Engine(settings, embedder=embedder)
    engine.build()
    corpus = engine.parts()[0]
    quoted = {}
    for number in range(len(corpus.sentences)):
        document, span = corpus.sentence(number)
        quote = quote_span(corpus, number)
        quoted[corpus.shown(0).of(span).strip()] = quote.span.of(document.text) if quote else None
    assert quoted["Sauna"] == "Fridays, bring a towel."
    assert quoted["Quiet hours"] == "Between one and three."
