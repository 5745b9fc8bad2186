"""Follow-ups that name one other thing: the question before is asked of that."""

import pytest

from qa.answers.exchanging import MOST, exchanged

NAMES = {"scholz", "macron", "italy", "britain", "ukraine", "france", "uk", "north", "korea", "iran"}


@pytest.mark.parametrize(
    ("earlier", "follow_up", "reading"),
    [
        ("What did Scholz say about peace?", "and Macron?", "What did Macron say about peace?"),
        ("what did scholz say about peace", "and macron", "what did macron say about peace"),
        ("When is the pottery course?", "and the weaving one?", "When is the weaving course?"),
        ("how much does france spend on defence", "and the uk", "how much does the uk spend on defence"),
        ("can people in iran use it", "what about North Korea?", "can people in North Korea use it"),
        ("can people in North Korea use it", "How about Iran?", "can people in Iran use it"),
        ("what is the fee for children", "and for adults?", "what is the fee for adults"),
        ("would Britain send soldiers to Ukraine", "and what about Italy?", "would Italy send soldiers to Ukraine"),
    ],
)
def test_the_other_thing_takes_the_place_of_what_it_may_stand_for(earlier, follow_up, reading):
    readings = exchanged(earlier, follow_up, NAMES.__contains__)
    assert reading in readings and len(readings) <= MOST


@pytest.mark.parametrize(
    "follow_up",
    [
        *("why?", "and why not?", "tell me more", "and when did they meet?", "who else?", "what about it?", "and the forks of it?", ""),
        *("Macron", "and the other side of the whole long story", "what about what Macron said", "and is that much?"),
    ],
)  # fmt: skip
def test_a_follow_up_that_says_more_or_less_than_a_thing_is_left_alone(follow_up):
    assert exchanged("What did Scholz say about peace?", follow_up, NAMES.__contains__) == []


def test_a_name_stands_for_a_name_only():
    assert exchanged("what did scholz say about peace", "and macron?", NAMES.__contains__) == [
        "what did macron say about peace"
    ]


@pytest.mark.parametrize(
    ("earlier", "follow_up", "reading"),
    [
        ("What is the rent for a half plot?", "and for a full one?", "What is the rent for a full plot?"),
        ("What is the quorum of the general assembly?", "and of the council?", "What is the quorum of the council?"),
        ("Where can I sleep in Velden in May?", "what about in June?", "Where can I sleep in Velden in June?"),
    ],
)
def test_what_is_named_behind_a_preposition_stands_for_what_is_behind_the_same(earlier, follow_up, reading):
    assert exchanged(earlier, follow_up, NAMES.__contains__) == [reading]


def test_the_documents_choose_the_reading_and_the_answer_says_what_was_asked(real):
    earlier = "what did Hegseth say about peacekeepers"
    answer = real.ask("and Meloni?", history=[earlier])
    assert answer.citations[0].text.startswith("Italy’s Giorgia Meloni")
    assert (answer.question, answer.searched) == ("and Meloni?", f"{earlier} and Meloni?")


def test_quotes_of_somebody_else_are_no_answer(real):
    answer = real.ask("what about Scholz?", history=["what did Kallas say about appeasement"])
    assert not answer.answered or any("Scholz" in citation.text for citation in answer.citations)
