"""The words of quotes that answer: of later quotes those alone that can be set beside the first's."""

import dataclasses

import numpy as np
import pytest

from qa.answers.reading import Reads
from qa.answers.words import stand_beside, with_answer
from qa.datatypes import Kind, Span


@pytest.mark.parametrize(
    ("first", "later"),
    [
        ("on 12 February 2024", "1 March 2025"),
        ("4 dollars", "nearly 5 dollars"),
        ("$4.50", "$1,200"),
        ("10–14 days", "20 days"),
        ("1,200", "1,450"),
        ("60%", "about 55 %"),
    ],
)
def test_dates_and_amounts_in_one_unit_stand_beside_each_other(first, later):
    assert stand_beside(first, later)


@pytest.mark.parametrize(
    ("first", "later"),
    [
        ("on 12 February 2024", "Tallinn"),
        ("on 12 February 2024", "4 dollars"),
        ("13 or older", "13"),
        ("60%", "coordinating aid"),
        ("four hours", "two a day"),
        ("a dictator", "Volodymyr Zelensky"),
        ("", "4 dollars"),
        ("4 dollars", ""),
        ("135 euros", "2 kilos"),
    ],
)
def test_other_words_do_not(first, later):
    assert not stand_beside(first, later)


HARBOUR = (
    "| Name | Position | Since | Telephone |\n|---|---|---|---|\n| Marta Lind | Harbour master | 2011 | 0451 220 |\n"
    "| Oskar Dahl | Crane driver | 2019 | 0451 224 |\n| Ines Petri | Book-keeper | 2022 | 0451 229 |\n"
)
INCOME = """Income of the harbour:

                2023   2024
Berthing fees   1204   1310
Crane hire       310    295
Fuel sales        88    102
"""


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("what is the telephone number of Oskar Dahl", "0451 224"),
        ("since when has Ines Petri been book-keeper", "2022"),
        ("what was the income from crane hire in 2024", "295"),
        ("fuel sales 2023", "88"),
    ],
)
def test_of_a_row_that_cell_answers_whose_column_is_asked_for(real_over, asked, words):
    engine = real_over({"harbour.md": HARBOUR, "income.txt": INCOME})
    first = engine.ask(asked).citations[0]
    assert first.answer
    assert first.answer.of(engine.document(first.doc_id).text) == words


@pytest.fixture
def row(real_over):
    engine = real_over({"harbour.md": HARBOUR})
    found = engine.ask("what is the telephone number of Oskar Dahl").citations[0]
    return engine, dataclasses.replace(found, answer=None)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("which name has the crane driver", "Oskar Dahl"),
        ("what is the position of Oskar Dahl since 2019", "Crane driver"),
        ("the position and the telephone of Oskar Dahl", None),  # two are asked for
        ("who is Oskar Dahl", None),
    ],
)
def test_a_cell_that_shares_words_with_the_question_tells_the_row(row, asked, words):
    engine, citation = row
    corpus, _ = engine.parts()
    told = with_answer(corpus, citation, Reads(np.zeros(0, np.float32), (), {}), asked)
    assert (told.answer and told.answer.of(engine.document("harbour.md").text)) == words


def test_words_of_several_cells_answer_nothing(row):
    engine, citation = row
    corpus, _ = engine.parts()
    number = next(
        n
        for n in range(len(corpus.sentences))
        if corpus.sentence(n)[1].start <= citation.span.start < corpus.sentence(n)[1].end
    )
    start = citation.span.start + citation.text.index("Crane")
    for end, is_told in ((len("Crane driver"), True), (len("Crane driver | 2019"), False)):
        reads = Reads(np.zeros(0, np.float32), (), {number: (Span(start, start + end), 0.9)})
        assert bool(with_answer(corpus, citation, reads, "what does Oskar do").answer) is is_told


YARD = """# The yard

## What to bring

Before your boat is lifted, please bring:

- proof of insurance,
- the weight certificate,
- two fenders for each side.

## Labels

To print the label for your cradle, run:

```sh
cradle-label --berth 42
```
"""


@pytest.mark.parametrize("asked", ["What do I have to bring before lifting?", "How do I print the cradle label?"])
def test_no_item_of_a_list_that_is_asked_for_is_told_and_nothing_of_what_announces_code(real_over, asked):
    first = real_over({"yard.md": YARD}).ask(asked).citations[0]
    assert first.text.endswith(("each side.", "```"))
    assert first.answer is None


def test_of_a_list_the_time_that_is_asked_for_is_told(row):
    engine, citation = row
    corpus, _ = engine.parts()
    listed = dataclasses.replace(citation, items=(3, 3), kind=Kind.ITEM, lead=None)
    number = next(
        n
        for n in range(len(corpus.sentences))
        if corpus.sentence(n)[1].start <= citation.span.start < corpus.sentence(n)[1].end
    )
    start = citation.span.start + citation.text.index("2019")
    reads = Reads(np.zeros(0, np.float32), (), {number: (Span(start, start + 4), 0.9)})
    assert with_answer(corpus, listed, reads, "when did he begin").answer
    assert with_answer(corpus, listed, reads, "what is to be done").answer is None
