"""Which row of a table is asked for."""

import numpy as np
import pytest

from qa.answers.ranking import SentenceRanking
from qa.answers.retrieval import make_query
from qa.answers.rows import asked_row_first

OPEN = "is it open on sundays"
CAFE = """<!doctype html><title>Café Lund</title><h1>Café Lund</h1><h2>Opening hours</h2>
<table><tr><td>Weekdays</td><td>8 to 18</td></tr><tr><td>Saturdays</td><td>9 to 17</td></tr>
<tr><td>Sundays and holidays</td><td>10 to 15</td></tr><tr><td>Christmas Eve</td><td>closed</td></tr></table>
<h2>Dogs</h2><table><tr><td>Saturdays</td><td>no dogs</td></tr><tr><td>Sundays</td><td>dogs in the garden</td></tr></table>
<p>On Sundays there is music in the garden.</p>"""


@pytest.fixture(scope="module")
def cafe(real_over):
    return real_over({"cafe.html": CAFE})


@pytest.mark.parametrize(
    ("asked", "row"),
    [
        ("when is the cafe open on sundays", "Sundays and holidays\t10 to 15"),
        ("is the café open on christmas eve", "Christmas Eve\tclosed"),
        ("opening hours on saturday", "Saturdays\t9 to 17"),
    ],
)
def test_the_row_that_is_asked_for_is_quoted_first(cafe, asked, row):
    answer = cafe.ask(asked)
    assert (answer.citations or answer.nearest)[0].text == row


def numbered(corpus, *starts):
    texts = [corpus.sentence(n)[1].of(corpus.sentence(n)[0].text) for n in range(len(corpus.sentences))]
    return [next(n for n, text in enumerate(texts) if text.startswith(start)) for start in starts]


@pytest.mark.parametrize(
    ("order", "first", "asked"),
    [
        (("Saturdays\t9", "Weekdays", "Sundays and"), "Sundays and", OPEN),  # has all that the best has, and more
        (("Saturdays\t9", "Weekdays"), "Saturdays\t9", OPEN),
        (("Saturdays\t9", "Sundays\td", "On Sundays"), "Saturdays\t9", OPEN),  # of another table, and no row
        (("On Sundays", "Sundays and"), "On Sundays", OPEN),  # is no row itself
        (("Christmas", "Sundays and"), "Christmas", f"{OPEN} at christmas"),  # each has a word that the other lacks
    ],
)
def test_only_a_row_of_the_same_table_that_has_more_of_the_question_comes_before_the_best(cafe, order, first, asked):
    corpus, means = cafe.parts()
    numbers = np.array(numbered(corpus, *order))
    count = len(numbers)
    chances, ones = np.linspace(0.9, 0.5, count), np.ones(count, np.float32)
    own = np.ones((count, 1), np.float32)
    ranking = SentenceRanking(numbers, ones, numbers, own, ones[:1], ones, ones, ones, chances)
    found = asked_row_first(corpus, make_query(asked, means.embedder), ranking)
    assert found.sentences[0] == numbered(corpus, first)[0]
    assert found.chances.tolist() == chances.tolist()
    assert sorted(found.sentences) == sorted(numbers)
