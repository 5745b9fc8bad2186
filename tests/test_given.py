"""Numbers that an asker brings along, and numbers that are to be found."""

import pytest

from qa.answers.given import given_in, has_number, is_comparable

GIVEN = {
    "Who pays for a repair of 80 euros?": "80",
    "can I bring a dog of 12 kg?": "12",
    "I am 17, may I rent a car?": "17",
    "I'm seventeen, may I come": "17",
    "my son is 6 can he play": "6",
    "the hive weighs 6 kilos in January, what now?": "6",
    "it is 35 degrees, may I treat?": "35",
    "my child was sick 20 hours ago, can it come?": "20",
    "which room is for 26 people?": "26",
    "is a passphrase of 8 characters enough?": "8",
    "may a 17-year-old drive?": "17",
    "can I pay with a note of €50?": "50",
    "how do I load 95 kilos?": "95",
}
SOUGHT = (
    "what happened in 1987",
    "what was the rent in 2019?",
    "who are the 45 member states?",
    "what did the study of 450 patients find",
    "what do the 12 other bells weigh",
    "how heavy is the Inkwell 600?",
    "does stage 9 need a rope",
    "where does line 9 go?",
    "what happened on 3 March 2019?",
    "what is new in version 5.0?",
    "which ship takes 500 passengers",
    "how many people came",
    "can 1987 be right",
    "What does Sec. 3.2 name?",
    "what is due by art. 7 of the lease",
    "Does No. 12 hold?",
    "",
)


@pytest.mark.parametrize(("question", "number"), GIVEN.items())
def test_a_number_that_is_a_circumstance_is_given(question, number):
    assert [each.number for each in given_in(question)] == [number]


@pytest.mark.parametrize("question", SOUGHT)
def test_a_year_a_name_s_number_and_what_is_asked_of_are_not_given(question):
    assert given_in(question) == []


@pytest.mark.parametrize(
    ("question", "text", "comparable"),
    [
        ("who pays for a repair of 80 euros?", "Repairs up to 90 euros are the tenant's.", True),
        ("who pays for a repair of 80 euros?", "Repairs up to €90 are the tenant's.", True),
        ("who pays for a repair of 80 euros?", "Repairs are made within 90 days.", False),
        ("my machine is 18 months old, is it covered?", "The guarantee lasts two years.", True),
        ("I am 17, may I come?", "From 18 years on.", True),
        ("I am 17, may I come?", "Up to sixteen they pay half.", True),
        ("I am 17, may I come?", "It has 18 rooms.", False),
    ],
)
def test_a_number_is_compared_with_one_of_the_same(question, text, comparable):
    assert is_comparable(given_in(question)[0], text) is comparable


def test_the_very_number_is_known_by_what_it_counts():
    (given,) = given_in("what do I pay for a party of 4 people?")
    assert has_number(given, "A party of four people pays 20.")
    assert not has_number(given, "Four boats pay 20.")


LEASE = {
    "lease.txt": "The tenants pay for small repairs up to 90 euros each. Dogs are not permitted. Music may be played for two hours daily. "
    "The church was built in 1229 and has five bells.\n",
    "rental.txt": "Drivers have to be 21 or older. The van takes 900 kilos. It is parked behind the school.\n",
}


@pytest.fixture(scope="module")
def lease(real_over):
    return real_over(LEASE)


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        ("What do tenants pay for a repair of 80 euros?", "The tenants pay for small repairs up to 90 euros each."),
        ("can I play music for 5 hours?", "Music may be played for two hours daily."),
        ("can I load the van with 1200 kilos?", "The van takes 900 kilos."),
    ],
)
def test_a_given_number_is_answered_with_the_bound_that_the_documents_set(lease, question, quote):
    answer = lease.ask(question)
    assert answer.clear and answer.citations[0].text == quote


@pytest.mark.parametrize(
    ("question", "number"),
    [("what happened in 1987?", "1987"), ("who cast the 12 bells?", "12"), ("what did the 45 drivers say", "45")],
)
def test_a_number_that_is_sought_is_refused_where_no_document_has_it(lease, question, number):
    answer = lease.ask(question)
    assert not answer.answered and f"“{number}”" in answer.reason


def test_a_given_number_that_nothing_can_be_compared_with_is_not_answered_clearly(lease):
    assert not lease.ask("I am 17, where is the van parked?").clear
