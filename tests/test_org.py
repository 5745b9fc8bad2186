"""Org read into blocks: what Emacs keeps beside the text is none, what is markup in it is hidden, and places are the file's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.datatypes import Kind, Parsed
from qa.formats import parse_file
from qa.text.shown import Shown
from qa.ui.marks import seen_text

YARD = """#+title: Handbook of the yard
#+author: Ines Okafor
#+startup: overview

* TODO [#A] The crane                                             :boats:lift:
  SCHEDULED: <2024-05-02 Thu>
  :PROPERTIES:
  :CUSTOM_ID: crane
  :END:
  It lifts *9 tonnes*, see [[https://crane.example][the maker]] and =crane.cfg=.[fn:1]

** Prices

   #+caption: In 2024
   | Service     | Members |
   |-------------+---------|
   | Lifting out |      85 |
   | Washing     |      30 |

   Please bring:
   - a rope,
     of 20 metres
   - [[file:fender.org]]
     + for each side
   1. one
   2) two

# a comment
#+begin_src sh
crane --up

# stays
#+end_src
#+begin_quote
Nobody stands below it.
#+end_quote
#+begin_comment
not this
#+end_comment

* Contact
[fn:1] Measured on
the pier.
"""


def read(text: str) -> Parsed:
    parsed = parse_file(text.encode("utf-8"), "a.org")
    assert parsed.text == text and "".join(block.span.of(text) for block in parsed.blocks) == text
    return parsed


def rows(text: str) -> list[tuple[Kind, str]]:
    """Return the kind and words of each block that has words a reader sees."""
    parsed = read(text)
    shown = Shown(parsed.text, parsed.hidden)
    found = [(block.kind, " ".join(shown.of(block.span).split())) for block in parsed.blocks]
    return [(kind, words) for kind, words in found if words]


def test_what_is_beside_the_text_is_none_and_the_rest_is_what_a_reader_sees():
    assert rows(YARD) == [
        (Kind.META, "Handbook of the yard"),
        (Kind.META, "Ines Okafor"),
        (Kind.HEADING, "The crane"),
        (Kind.PARAGRAPH, "It lifts 9 tonnes, see the maker and crane.cfg.[fn:1]"),
        (Kind.HEADING, "Prices"),
        (Kind.CAPTION, "In 2024"),
        (Kind.ROW, "| Service | Members |"),
        (Kind.ROW, "| Lifting out | 85 |"),
        (Kind.ROW, "| Washing | 30 |"),
        (Kind.PARAGRAPH, "Please bring:"),
        (Kind.ITEM, "a rope, of 20 metres"),
        (Kind.ITEM, "file:fender.org"),
        (Kind.ITEM, "for each side"),
        (Kind.ITEM, "one"),
        (Kind.ITEM, "two"),
        (Kind.CODE, "crane --up # stays"),
        (Kind.PARAGRAPH, "Nobody stands below it."),
        (Kind.HEADING, "Contact"),
        (Kind.FOOTNOTE, "Measured on the pier."),
    ]


def test_what_stands_over_what_is_known():
    parsed = read(YARD)
    assert parsed.meta == {"title": "Handbook of the yard", "author": "Ines Okafor"}
    leads = {b.span.of(YARD).strip(): b.lead.of(YARD).strip() for b in parsed.blocks if b.lead}
    assert leads["| Washing     |      30 |"] == "| Service     | Members |"
    assert leads["- a rope,\n     of 20 metres"] == "Please bring:"
    under = {b.headings for b in parsed.blocks if b.kind in (Kind.ROW, Kind.ITEM, Kind.CODE)}
    assert under == {("The crane", "Prices")}
    assert {b.headings for b in parsed.blocks if b.kind is Kind.FOOTNOTE} == {("Contact",)}


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("2*3*4 and a/b/c and snake_case_name", "2*3*4 and a/b/c and snake_case_name"),
        ("/slanted/, ~code~ and +gone+.", "slanted, code and gone."),
        ("See [[*The crane]].", "See *The crane."),
        ("See [[id:1][a *bold* name]]", "See a bold name"),
        ("* not a list at all", "not a list at all"),
        ("#+begin_src sh\nnever closed", "never closed"),
        (":a drawer: that is none", ":a drawer: that is none"),
        (":OPEN:\nnever closed", ":OPEN: never closed"),
    ],
)
def test_marks_are_hidden_where_they_are_marks(text, seen):
    assert " ".join(words for _, words in rows(text)) == seen
    assert " ".join(seen_text(text, "a.org").split()) == seen or text.startswith(("*", "#"))


PIECES = st.sampled_from(
    ["* ", "** TODO ", ":PROPERTIES:\n", ":END:\n", "#+begin_src\n", "#+end_src\n", "#+title: T\n", "#+caption: C\n",
     "| a | b |\n", "|--+--|\n", "- ", "  + ",
     "1. ", "[fn:1] ", "[[a][b]]", "[[", "*b*", "/", "~", "# c\n", "word ", "word.", ":x:\n", "\n", "\n\n", "\r\n", "\t", "Zoë", "日本"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=30))
def test_blocks_tile_the_text_and_what_is_hidden_lies_in_it(pieces):
    text = "".join(pieces)
    parsed = read(text) if text.strip() else parse_file(text.encode(), "a.org")
    assert all(0 <= span.start < span.end <= len(text) for span in parsed.hidden)
    assert all(a.end <= b.start for a, b in zip(parsed.hidden, parsed.hidden[1:], strict=False))
