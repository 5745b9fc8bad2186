"""Questions that ask two things: how they are told apart, and that each gets its quote."""

import pytest

from qa.answers.parts import parts_of, sides_asked
from qa.answers.wanted import is_answer
from qa.engine import Engine
from qa.rendering import answer_to_text


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
    ],
)
def test_two_things_that_are_asked_are_told_apart(question, parts):
    assert parts_of(question) == parts


@pytest.mark.parametrize(
    ("question", "sides"),
    [
        ("What is the difference between the annual plan and the monthly plan?", ["annual plan", "monthly plan"]),
        ("How does a set differ from a list?", ["set", "list"]),
        ("How does the Swift compare to the Heron?", ["Swift", "Heron"]),
        ("tea vs. coffee", ["tea", "coffee"]),
        ("compare Lund with Holm on tolls", ["Lund on tolls", "Holm on tolls"]),
        ("single ticket or day ticket?", ["single ticket", "day ticket"]),
        ("is the ticket a day ticket or a single one", []),
        ("who built the mill or the bridge", []),
        ("what is said of the mill", []),
    ],
)
def test_two_things_that_are_set_against_each_other_are_told_apart(question, sides):
    assert sides_asked(question) == sides


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


SHIPS = {
    "ships.md": "# Ships\n\nThe fleet has the Swift and the Heron.\n\n## Swift\n\nBuilt in 1968, she takes 180 passengers.\n\n"
    "## Heron\n\nA paddle steamer with a restaurant below.\n",
    "council.txt": "The mayor, Kirsten Lund, wants to keep the tolls. The treasurer, Ida Holm, would rather raise the rates. Rain fell all week.\n",
}


@pytest.fixture(scope="module")
def ships(real_over):
    return real_over(SHIPS)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("compare Lund with Holm", ["The mayor, Kirsten Lund", "The treasurer, Ida Holm"]),
        ("what is the difference between the Swift and the Heron", ["Built in 1968", "A paddle steamer"]),
    ],
)
def test_a_comparison_is_clear_where_each_side_is_spoken_of_alone(ships, question, said):
    answer = ships.ask(question)
    assert answer.clear and is_answer(answer)
    assert all(any(c.text.startswith(each) for c in answer.citations) for each in said)


def test_half_a_comparison_is_shown_as_that_and_says_which_half_is_missing(ships):
    answer = ships.ask("compare Lund with Macron")
    assert answer.answered and not answer.clear
    assert answer.citations[0].text.startswith("The mayor, Kirsten Lund")
    assert "No clear answer found. No document has “Macron”" in answer_to_text(answer)
    assert not ships.ask("compare Merkel with Macron").answered
