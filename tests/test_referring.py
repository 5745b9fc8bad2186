"""A follow-up is read for itself: what answers the question before it is no answer to this one."""

from dataclasses import replace

import pytest

from qa.answers.referring import read_as
from qa.answers.retrieval import make_query

ROOMS = """# Rooms for hire

The Attic costs thirty euros an hour and seats twelve.
Bookings are made by Yusuf, who is in on Tuesdays.

The Rail Museum next door opens at nine. Its entrance is in Dock Street.
The Toy Museum opens at ten.

The evening tour starts at six. It lasts an hour and a half and costs 14 euros."""


@pytest.fixture(scope="module")
def rooms(real_over):
    return real_over({"rooms.md": ROOMS})


@pytest.mark.parametrize(
    ("earlier", "question", "answer"),
    [
        ("How much does the Attic cost?", "who makes the bookings?", "Bookings are made by Yusuf"),
        ("Who founded the Rail Museum?", "where is it?", "Its entrance is in Dock Street."),
        ("When does the evening tour start?", "and how long does it last?", "It lasts an hour and a half"),
        ("When does the Rail Museum open?", "and the Toy Museum?", "The Toy Museum opens at ten."),
    ],
)
def test_a_follow_up_gets_its_own_answer(rooms, earlier, question, answer):
    found = rooms.ask(question, history=[earlier])
    assert found.clear and found.citations[0].text.startswith(answer)


@pytest.mark.parametrize("question", ["who owns it?", "when was it built?", "and the Cellar?"])
def test_the_answer_to_the_question_before_is_no_sure_answer(rooms, question):
    assert not rooms.ask(question, history=["How much does the Attic cost?"]).clear


@pytest.mark.parametrize(
    ("earlier", "read"),
    [
        ("on which days is there an evening tour?", "evening tour: and what does it cost?"),
        ("how many guests fit into the tour", "fit tour: and what does it cost?"),
        ("what time does the tour start", "tour start: and what does it cost?"),
    ],
)
def test_what_the_question_before_asked_for_is_not_asked_for_again(rooms, earlier, read):
    corpus, means = rooms.parts()
    query = make_query(f"{earlier} and what does it cost?", means.embedder)
    assert read_as(corpus, replace(query, asked_from=len(earlier) + 1)) == read
