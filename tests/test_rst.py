"""reStructuredText read into blocks: notes, items, terms and rows as such; what no reader sees is hidden, and places are the file's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.datatypes import Kind, Parsed
from qa.engine import Engine
from qa.formats import parse_file
from qa.ui.marks import seen_text


def read(text: str) -> Parsed:
    parsed = parse_file(text.encode("utf-8"), "a.rst")
    assert parsed.text == text and "".join(block.span.of(text) for block in parsed.blocks) == text
    return parsed


def shown(parsed: Parsed, start: int, end: int) -> str:
    hidden = {i for span in parsed.hidden for i in range(span.start, span.end)}
    return " ".join("".join(c for i, c in enumerate(parsed.text[start:end], start) if i not in hidden).split())


def rows(text: str) -> list[tuple[str, str]]:
    """Return the kind and words of each block that has words."""
    parsed = read(text)
    found = [(block.kind.value, shown(parsed, block.span.start, block.span.end)) for block in parsed.blocks]
    return [(kind, words) for kind, words in found if words]


PIECES = st.sampled_from(
    [
        "Title\n=====\n\n",
        "====\nOver\n====\n",
        ".. note:: Loud.\n",
        ".. code-block:: c\n   :linenos:\n\n   x\n",
        ".. |a| image:: b\n",
        ".. hidden\n",
        "..\n",
        ".. _a: b\n",
        ".. [1] foot\n",
        ".. list-table:: T\n   :header-rows: 1\n\n   * - a\n     - b\n",
        ".. csv-table::\n\n   a,b\n",
        ":a: b\n",
        "| verse\n",
        "+--+--+\n| a| b|\n+==+==+\n",
        "==  ==\na   b\n==  ==\n",
        "== ==\n",
        "- a\n",
        "  1. b\n",
        "-v, --all  Show.\n",
        "term\n  meaning\n",
        "Run::\n\n    x\n",
        ">>> f()\n",
        "``a``",
        ":ref:`x <y>`",
        "`a`_",
        "**b**",
        "*c*",
        "[1]_",
        "a_ ",
        "\\*",
        "|s|",
        "\n",
        "\n\n",
        "\r\n",
        "   ",
        "\t",
        "Zoë 😀 ",
        "word ",
        "::",
    ]
)


@given(st.lists(PIECES, max_size=25))
def test_blocks_tile_the_text_and_no_place_lies_outside_it(pieces):
    parsed = read("".join(pieces)) if "".join(pieces).strip() else Parsed("", ())
    assert all(a.end < b.start for a, b in zip(parsed.hidden, parsed.hidden[1:], strict=False))
    assert all(span.end <= len(parsed.text) for span in parsed.hidden)
    assert all(block.lead.end <= len(parsed.text) for block in parsed.blocks if block.lead)


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("See :ref:`the pump <pump>`, :doc:`/install` and :class:`~mill.core.Pump`.", "See the pump, /install and Pump."),
        ("Run ``make *all*`` for a *new*, **strong** `bar`.", "Run make *all* for a new, strong bar."),
        ("At `the site <https://m.example>`_, `<https://n.example>`_, `Pump`_ and pump_.", "At the site, https://n.example, Pump and pump."),
        ("So it is [1]_, says |name|, \\*not\\* other\\ wise.", "So it is , says name, *not* otherwise."),
        ("The 5*3*2 of a_b, snake_case_name, __init__ and 2 * 3 * 4.", "The 5*3*2 of a_b, snake_case_name, __init__ and 2 * 3 * 4."),
    ],
)  # fmt: skip
def test_running_text_is_shown_as_a_reader_sees_it(written, seen):
    assert rows(written) == [("paragraph", seen)] and seen_text(written, "a.rst") == seen


def test_comments_targets_options_and_what_only_directs_are_hidden_and_a_note_is_read():
    text = (
        ":orphan:\n\n.. _mill:\n\nThe mill\n========\n\n.. a comment\n   of two lines\n\n   and more\n\n"
        ".. toctree::\n   :maxdepth: 2\n\n   install\n\n"
        ".. note:: It is loud.\n   Wear plugs.\n\n   Always.\n\n"
        ".. warning::\n   :class: x\n\n   Never open it.\n\n.. deprecated:: 3.2\n   Use the new one.\n\n"
        ".. image:: a.png\n   :alt: The mill\n   :width: 30\n\n"
        ".. code-block:: python\n   :linenos:\n\n   f()\n\n..\n\nThe end. [1]_\n\n.. [1] A note\n   below.\n"
    )
    assert rows(text) == [
        ("heading", "The mill"),
        ("paragraph", "It is loud. Wear plugs."),
        ("paragraph", "Always."),
        ("paragraph", "Never open it."),
        ("paragraph", "deprecated 3.2 Use the new one."),
        ("caption", "The mill"),
        ("code", "f()"),
        ("paragraph", "The end."),
        ("footnote", "A note below."),
    ]


def test_a_note_may_stand_below_its_number():
    text = "Up to force 6. [1]_ See [CIT2002]_.\n\n.. [1]\n   Force 6 is 39 km/h,\n   or more.\n\n.. [CIT2002]\n   A book.\n\n.. [2]\n\nThe end.\n"
    assert rows(text)[1:] == [
        ("footnote", "Force 6 is 39 km/h, or more."),
        ("footnote", "A book."),
        ("paragraph", "The end."),
    ]


def test_what_a_file_says_of_itself_is_known_and_other_fields_are_read():
    parsed = read("The mill\n========\n\n:Author: Nora Lind\n:Date: 2024-05-02\n\nText.\n\n:Fee: nine euros\n")
    assert parsed.meta == {"author": "Nora Lind", "date": "2024-05-02"}
    assert rows(parsed.text)[3:] == [("paragraph", "Text."), ("paragraph", "Fee: nine euros")]


def test_titles_are_of_the_level_that_their_rule_shows():
    text = "====\nBook\n====\n\nPart\n====\n\nOne :mod:`m`\n------------\n\na\n\nTwo\n---\n\nb\n\nLast\n====\n\n----\n\nc\n"
    found = {block.span.of(text).strip(): block.headings for block in read(text).blocks if block.kind is Kind.PARAGRAPH}
    assert found == {"a": ("Book", "Part", "One m"), "b": ("Book", "Part", "Two"), "c": ("Book", "Last")}


def test_what_a_directive_is_of_heads_what_is_set_in_below_it():
    text = ".. class:: x\n\n.. py:function:: open_valve(side)\n\n   Opens it.\n\n   :param side: left\n\n   .. option:: -a\n\n      All.\n\nElse.\n"
    parsed = read(text)
    found = [(shown(parsed, b.span.start, b.span.end), b.headings) for b in parsed.blocks if b.kind is Kind.PARAGRAPH]
    assert found == [
        ("Opens it.", ("open_valve(side)",)), ("param side: left", ("open_valve(side)",)), ("All.", ("open_valve(side)", "-a")), ("Else.", ()),
    ]  # fmt: skip


def test_items_terms_and_code_know_what_they_stand_under():
    text = "Buy:\n\n- oil\n- a *filter*\n\n  1. new\n\nOil\n   At 3 bar.\n\n-v, --verbose  Say more.\n\nRun this::\n\n    make\n\n    all\n\nThen."
    parsed = read(text)
    by_words = {shown(parsed, b.span.start, b.span.end): b for b in parsed.blocks}
    assert by_words["oil"].kind is Kind.ITEM and by_words["oil"].lead.of(text).strip() == "Buy:"
    assert by_words["new"].level == 1 and by_words["new"].lead.of(text).strip() == "- a *filter*"
    assert by_words["At 3 bar."].kind is Kind.DEFINITION and by_words["At 3 bar."].lead.of(text) == "Oil"
    assert by_words["Say more."].lead.of(text) == "-v, --verbose"
    assert by_words["make all"].kind is Kind.CODE and by_words["Run this:"].kind is Kind.PARAGRAPH
    assert by_words["Then."].kind is Kind.PARAGRAPH


@pytest.mark.parametrize(
    "table",
    [
        "=====  =====\nPart   Price\n=====  =====\nValve  40\nPump   9\n=====  =====\n",
        "+-------+-------+\n| Part  | Price |\n+=======+=======+\n| Valve | 40    |\n+-------+-------+\n| Pump  | 9     |\n+-------+-------+\n",
        ".. list-table::\n   :header-rows: 1\n\n   * - Part\n     - Price\n   * - Valve\n     - 40\n   * - Pump\n     - 9\n",
    ],
)
def test_a_table_is_rows_under_its_header(table):
    parsed = read("Before.\n\n" + table + "\nAfter.\n")
    found = [(shown(parsed, b.span.start, b.span.end), b.lead) for b in parsed.blocks if b.kind is Kind.ROW]
    assert [words.replace(" | ", " ") for words, _ in found] == ["Part Price", "Valve 40", "Pump 9"]
    assert [lead is not None and "Part" in lead.of(parsed.text) for _, lead in found] == [False, True, True]
    assert [b.span.of(parsed.text).strip() for b in parsed.blocks if b.kind is Kind.PARAGRAPH] == ["Before.", "After."]


def test_rules_that_end_no_table_cost_no_text():
    text = "== ==\na b\nand so on\n\nThe end."
    assert rows(text)[-1] == ("paragraph", "The end.") and "and so on" in " ".join(words for _, words in rows(text))


def test_a_comment_is_not_quoted_and_a_note_is(settings, embedder):
    (settings.seeds / "mill.rst").write_text(
        "The mill\n========\n\n.. The mill has a secret door.\n\n.. note:: The mill has a red door.\n", encoding="utf-8"
    )
    engine = Engine(settings, embedder=embedder)
    engine.build()
    answer = engine.ask("which door has the mill")
    assert [each.text for each in (*answer.citations, *answer.nearest)] == ["The mill has a red door."]
