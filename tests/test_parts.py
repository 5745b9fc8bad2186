"""Questions that ask two things: how they are told apart, and that each gets its quote."""

import pytest

from qa.answers.parts import parts_of
from qa.engine import Engine


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("Who built the mill and when?", ["Who built the mill", "when built the mill"]),
        ("Who and when built the mill?", ["Who built the mill", "when built the mill"]),
        ("When was the mill built, and by whom?", ["When was the mill built", "by whom was the mill built"]),
        ("Who built the mill and what does the ferry cost", ["Who built the mill", "what does the ferry cost"]),
        (
            "Who built the mill and when was it restored?",
            ["Who built the mill", "Who built the mill when was it restored"],
        ),
        (
            "What is the difference between the annual plan and the monthly plan?",
            ["the annual plan", "the monthly plan"],
        ),
        ("How does a set differ from a list?", ["a set", "a list"]),
        ("tea vs. coffee", ["tea", "coffee"]),
    ],
)
def test_two_things_that_are_asked_are_told_apart(question, parts):
    assert parts_of(question) == parts


@pytest.mark.parametrize(
    "question",
    [
        "what did Kallas say about appeasement and Munich?",
        "Who said what?",
        "what does rust and iron make",
        "Which countries joined and which left?",
        "what is the best way to stay safe and sound",
        "who " + "and when " * 100,
        "",
    ],
)
def test_a_question_that_asks_one_thing_is_left_whole(question):
    assert parts_of(question) == []


@pytest.fixture
def village(settings, model):
    (settings.seeds / "mill.txt").write_text(
        "The mill stands by the river. The wheel was made by a smith from Visby. The mill was restored in 1994. Its roof is of slate."
    )
    (settings.seeds / "plans.txt").write_text(
        "The annual plan costs eighty euros and can be cancelled in May. Letters are answered within a week. The monthly plan costs nine euros."
    )
    engine = Engine(settings, embedder=model)
    engine.build()
    return engine


@pytest.mark.parametrize(
    ("question", "quotes"),
    [
        (
            "Who made the wheel and when was the mill restored?",
            ["The wheel was made by a smith from Visby.", "The mill was restored in 1994."],
        ),
        (
            "What is the difference between the annual plan and the monthly plan?",
            ["The annual plan costs eighty euros and can be cancelled in May.", "The monthly plan costs nine euros."],
        ),
    ],
)
def test_each_part_gets_its_quote(village, question, quotes):
    answer = village.ask(question)
    assert [c.text for c in answer.citations][:2] == quotes
    assert [c.label for c in answer.citations] == list(range(1, len(answer.citations) + 1))


def test_what_no_part_answers_is_refused(village):
    assert not village.ask("Who founded the observatory and when did Merkel visit it?").answered
