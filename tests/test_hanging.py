"""What plain text sets by indentation: terms with their meanings, headwords, headings; and nothing else is taken for them."""

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_defined import engine_of, quoted

from qa.datatypes import Kind
from qa.formats import plain

MANUAL = """FERRY(1)                 The Harbour                 FERRY(1)

NAME
       ferry - cross the lake

DESCRIPTION
       The ferry leaves on the hour, and where somebody rings the
       bell of the pier also between.

OPTIONS
       The order of the options is of no matter, and each may be
       given once, short or long.

   Options of the crossing
       -b, --bicycle
              Takes a bicycle along. There is room for eight, or on
              a Sunday for as many as the deck will hold.

              Tandems count twice.

       -d DOG, --dog=DOG
              Takes a dog along, which is one of

              small  the dog sits on a lap and pays nothing,
                     whoever holds it,

              large  the dog stays on deck, on a lead that the
                     crew will lend,

              wet    the dog has to wait for the next boat.

       -q
       --quiet
              No horn is sounded, whatever the weather is like and
              whoever is in the way.

EXIT STATUS
       The status is 0 where the other shore was reached, and where
       not it is 1.
"""
KEYS = """The keys of the viewer are these.

CTRL-F5       Save a picture of the page.
CTRL-F6       Turn the page, or where there is no other one
              go back to the first.
ALT-PAUSE     Stop the clock.
F11, ALT-F11  Change the colours of the page.

They can be changed.
"""
GLOSSARY = """Deposit
    Money that is paid before anything else is, and given back
    when the tenant leaves.
Break clause
    A term that ends the tenancy early.
Guarantor
    A person who pays if the tenant does not, or who at least
    has promised so in writing.

    Two may share it.
Inventory
    What is in the flat:
    - chairs
    - keys
"""
DICTIONARY = "ABEND\n\nbagbiter\n\n" + "".join(
    f":{word}: /{word[:3]}/, n.\n\nA {word} is what every house has {number} of, and what\nnobody ever looks for.\n\nIt has its use.\n\n"
    for number, word in enumerate(("ABEND", "bagbiter", "candle", "dish", "easel"), 2)
)
RULES = "".join(
    f"{title}\n\n    {first} is allowed from nine in the morning on, and\n    never at night.\n\n"
    for title, first in (("Noise", "Noise"), ("Dogs", "A dog"), ("Open fire", "A fire"), ("Guests", "A guest"))
)
PROSE = "We went out early, when the lake was still and the boats lay at the pier as if they had been painted there; nobody spoke."
WRAPPED, SET_IN = textwrap.fill(PROSE, 60), textwrap.fill(PROSE, 60, initial_indent="    ", subsequent_indent="    ")
NAMES = ("Ann", "Bo", "Cy", "Di")
UNCHANGED = {
    "hard-wrapped prose": f"{WRAPPED}\n\n" * 5,
    "an indented first line": "\n".join([textwrap.fill(PROSE, 60, initial_indent="    ")] * 5),
    "hanging paragraphs": "\n\n".join([textwrap.fill(PROSE, 60, subsequent_indent="     ")] * 5),
    "verse": "The boats go out at five o'clock in the grey\n    And come again with silver to the pier,\n" * 6,
    "a limerick": "There was an old man with a beard\nWho said, as I feared\n    Two owls and a hen\n    Four larks and a wren\n" * 4,
    "addresses": "\n\n".join(f"{name} Lee\n    12 Mill Lane\n    Thornbury" for name in NAMES),
    "a quoted mail": "".join(f"To {name} she wrote\n    > {PROSE[:60]}\n    > {PROSE[60:]}\nYes.\n\n" for name in NAMES),
    "code": "".join(f"def {name}(a):\n    if a > 1:\n        return {name}(a - 1)\n    return a\n\n\n" for name in NAMES),
    "words with a gap behind them": f"BRIDE, n.  Boats wait for one.\n\nBRUTE, n.  See what he does.\n\nCABIN, n.  {WRAPPED}\n",
    "a table": "Name        Born    Town\nAnn Lee     1912    Thornbury\nBo Fox      1915    Larchfield\nCy Ray      1920    Kirby\n",
    "a table of prices": "Soup of the day     4.50\nBread and butter    1.20\nCake with cream     3.10\nCoffee, black       2.00\n",
    "a ruled table": "Name        What for\n----------  ---------------\nrope        to tie the boat\nhorn        to warn others\n-----  ----\n",
    "letters": "".join(f"Dear {name},\n\n{WRAPPED}\n\n{SET_IN}\n\nYours,\n    Ed\n\n" for name in NAMES),
    "letters that begin below": "".join(f"Dear {name},\n{SET_IN}\nYours\n\n" for name in NAMES),
    "what is quoted in prose": f"{WRAPPED}\n\nHe said:\n\n{SET_IN}\n\n" * 5,
    "an outline": "Fruit\n    apples\n    pears\nRoots\n    carrots\n    beets\nLeaves\n    kale\n    chard\n",
    "a play": "".join(f"{name}\n{SET_IN}\n\n" for name in ("ANN", "BO") * 3),
    "what is said, with room for the names": "".join(f"{name}:   {PROSE[:50]}\n       {PROSE[51:90]}\n" for name in ("Ann", "Bob") * 3),
    "references": "".join(f"[{n}] A. Smith, Boats.\n\n" for n in range(1, 9)),
}  # fmt: skip


def blocks_of(text):
    parsed = plain.parse(text.encode(), "a.txt")
    assert "".join(block.span.of(parsed.text) for block in parsed.blocks) == text
    return parsed.blocks


def told(text):
    """Each block: its kind, its headings, its lead, and its words."""
    return [
        (b.kind, b.headings, said(b.lead.of(text)) if b.lead else "", said(b.span.of(text))) for b in blocks_of(text)
    ]


def said(text):
    return " ".join(text.split())


def meanings(text):
    return [(lead, words) for kind, _, lead, words in told(text) if kind is Kind.DEFINITION and lead]


def test_a_manual_has_its_headings_options_and_what_they_may_be():
    found = told(MANUAL)
    assert [words for kind, _, _, words in found if kind is Kind.HEADING] == [
        "NAME", "DESCRIPTION", "OPTIONS", "Options of the crossing", "EXIT STATUS",
    ]  # fmt: skip
    under = {words.split(".")[0].split(",")[0]: (headings, lead) for _, headings, lead, words in found}
    crossing = ("OPTIONS", "Options of the crossing")
    assert under["ferry - cross the lake"] == (("NAME",), "")
    assert under["The order of the options is of no matter"] == (("OPTIONS",), "")
    assert under["Tandems count twice"] == (crossing, "-b, --bicycle")
    assert under["the dog has to wait for the next boat"] == ((*crossing, "-d DOG, --dog=DOG"), "wet")
    assert under["No horn is sounded"] == (crossing, "-q --quiet")
    assert under["The status is 0 where the other shore was reached"] == (("EXIT STATUS",), "")


def test_a_meaning_may_stand_beside_its_term():
    assert meanings(KEYS) == [
        ("CTRL-F5", "Save a picture of the page."),
        ("CTRL-F6", "Turn the page, or where there is no other one go back to the first."),
        ("ALT-PAUSE", "Stop the clock."),
        ("F11, ALT-F11", "Change the colours of the page."),
    ]
    found = told(KEYS)
    assert found[0][0] is found[-1][0] is Kind.PARAGRAPH and not found[-1][2]


def test_a_term_that_fills_its_column_has_one_space_behind_it():
    rows = "ALT-F1      Save the page now.\nCTRL-ALT-F5 Make a film of the page.\n"
    rows += "F2          Leave the page alone.\nF3          Go to the next page.\n"
    assert [term for term, _ in meanings(rows)] == ["ALT-F1", "CTRL-ALT-F5", "F2", "F3"]


def test_all_paragraphs_and_items_of_a_meaning_are_under_its_term():
    found = told(GLOSSARY)
    assert [words for kind, _, lead, words in found if kind is Kind.DEFINITION and not lead] == [
        "Deposit", "Break clause", "Guarantor", "Inventory",
    ]  # fmt: skip
    assert ("Guarantor", "Two may share it.") in meanings(GLOSSARY)
    assert [(lead, words) for kind, _, lead, words in found if kind is Kind.ITEM] == [
        ("Inventory", "- chairs"),
        ("Inventory", "- keys"),
    ]


def test_a_meaning_is_quoted_with_its_term_and_a_headword_never_alone(settings, embedder):
    found = quoted(engine_of(settings, embedder, keys_txt=KEYS, words_txt=GLOSSARY, dictionary_txt=DICTIONARY))
    assert found["CTRL-F5"] == found["Save a picture of the page."] == "CTRL-F5 Save a picture of the page."
    assert found["A term that ends the tenancy early."] == "Break clause A term that ends the tenancy early."
    assert found["Two may share it."].startswith("Guarantor A person who pays")
    candle = ":candle: /can/, n. A candle is what every house has 4 of, and what nobody ever looks for. It has its use."
    assert found[":candle: /can/, n."] == candle


def test_a_dictionary_has_its_headwords_with_their_meanings():
    words = ("ABEND", "bagbiter", "candle", "dish", "easel")
    heads = [f":{word}: /{word[:3]}/, n." for word in words]
    assert [lead for lead, words in meanings(DICTIONARY) if words == "It has its use."] == heads
    assert not [words for kind, _, _, words in told(DICTIONARY) if kind is Kind.HEADING]  # "ABEND" of the index is none
    bare = "".join(
        f"word{n}\n\n   What it means is told below it, and it goes on in\n   another line.\n\n   See also.\n\n"
        for n in range(30)
    )
    assert [lead for lead, words in meanings(bare) if words == "See also."] == [f"word{n}" for n in range(30)]


def test_what_stands_less_deep_between_blank_lines_is_a_heading_where_all_is_set_so():
    found = told(RULES)
    assert [words for kind, _, _, words in found if kind is Kind.HEADING] == ["Noise", "Dogs", "Open fire", "Guests"]
    assert found[3][1] == ("Dogs",)
    alone = RULES + f"{PROSE}\n\n" * 3
    assert not any(kind is Kind.HEADING for kind, *_ in told(alone))


def test_an_underlined_heading_may_be_numbered():
    assert told("1. Boats\n--------\n\nTwo of them.\n\n2. Oars\n-------\n\nFour.\n")[1][1] == ("1. Boats",)


@pytest.mark.parametrize("name", UNCHANGED)
def test_other_texts_have_no_terms_and_no_such_headings(name):
    text = UNCHANGED[name]
    found = blocks_of(text)
    assert {block.kind for block in found} <= {Kind.PARAGRAPH, Kind.ITEM, Kind.TURN, *[Kind.ROW] * (name == "a table")}
    assert [block.span.start for block in found][1:] == [span.start for span in plain.paragraphs(text)][1:]


WORD = st.sampled_from(
    ("the", "lake", "was", "still", "and", "Anna", "rowed", "over", "to", "it", "with", "2", "oars,", "slowly.")
)
PARAGRAPHS = st.lists(st.lists(WORD, min_size=12, max_size=60).map(" ".join), min_size=1, max_size=6)


@given(PARAGRAPHS, st.integers(30, 75), st.integers(0, 8), st.integers(0, 8), st.sampled_from(("\n", "\n\n")))
def test_wrapped_prose_stays_what_it_is_however_its_first_lines_are_set_in(paragraphs, width, first, rest, gap):
    first, rest = " " * max(first, rest), " " * min(first, rest)
    text = gap.join(textwrap.fill(words, width, initial_indent=first, subsequent_indent=rest) for words in paragraphs)
    assert {block.kind for block in blocks_of(text)} <= {Kind.PARAGRAPH, Kind.ITEM}


LINES = st.lists(
    st.tuples(
        st.sampled_from((0, 0, 2, 4, 7, 8, 14)),
        st.sampled_from(("", "", "-a, --all", ":word: n.", "NAME", "key      what it is for", "- item", "Anna: yes",
                         "a line of running text that fills all that there is of", "so it goes on in the next one.", "a\tb", "==", "|")),
    ), max_size=60,
)  # fmt: skip


@given(LINES, st.sampled_from(("\n", "\r\n", "\u2028")))
def test_blocks_tile_the_text_and_a_term_stands_before_its_meaning(lines, end):
    text = end.join(" " * indent + words for indent, words in lines)
    if not text.strip():
        return
    found = blocks_of(text)
    terms = {block.span.start for block in found if block.kind is Kind.DEFINITION and block.lead is None}
    for block in found:
        assert block.span.of(text).strip()
        if block.kind is Kind.DEFINITION and block.lead:
            assert block.lead.end <= block.span.start and block.lead.of(text).strip() == block.lead.of(text) != ""
            assert any(start <= block.lead.start for start in terms)
