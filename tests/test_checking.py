"""A sentence that may be a quote: where it stands, or in which words it differs from the nearest."""

from hypothesis import given
from hypothesis import strategies as st

from qa.datatypes import Passage, Span
from qa.ui.asked import Asked
from qa.ui.checking import check_card
from qa.ui.differing import nearest
from qa.ui.endpoints import Endpoints
from qa.ui.monitor import Monitor

BEFORE, SENTENCE, AFTER = "Cats sleep. ", "The ferry to Atlantis leaves at noon on Sunday.", " Dogs bark at it."
TEXT = BEFORE + SENTENCE + AFTER


def passage(text, start=0):
    return Passage("p", "a.txt", "A", Span(start, start + len(text)), text, 1)


def differing(pieces):
    return [text for text, differs in pieces if differs]


def test_the_words_that_differ_are_those_that_were_changed():
    near = nearest("The ferry to Atlantis leaves at nine on Sunday.", [passage("Dogs bark."), passage(TEXT, 100)])
    assert (differing(near.typed), differing(near.written)) == (["nine"], ["noon"])
    assert near.span == Span(100 + len(BEFORE), 100 + len(BEFORE + SENTENCE))


def test_words_left_out_or_put_in_are_shown_on_the_side_that_has_them():
    near = nearest("The ferry leaves at noon on Sunday.", [passage(TEXT)])
    assert (differing(near.typed), differing(near.written)) == ([], ["to", "Atlantis"])
    near = nearest("The slow ferry to Atlantis leaves at noon on Sunday.", [passage(TEXT)])
    assert (differing(near.typed), differing(near.written)) == (["slow"], [])


def test_a_word_of_another_sentence_is_no_part_of_the_nearest():
    text = "The cats that live on the quay sleep for most of the long day. " + SENTENCE
    near = nearest("The big ferry to Atlantis leaves at noon on Monday.", [passage(text)])
    assert near.span.of(text) == SENTENCE


def test_other_marks_between_the_same_words_are_no_other_words():
    assert nearest("The ferry to Atlantis: leaves, at noon on Sunday", [passage(TEXT)]).same_words


def test_nothing_is_near_to_what_shares_few_words():
    assert nearest("Zebras were elected to the parliament of France", [passage(TEXT)]) is None
    assert nearest("…", [passage(TEXT)]) is None
    assert nearest("ferry", []) is None


@given(st.text(max_size=80), st.text(max_size=160))
def test_both_texts_are_given_to_the_character(text, other):
    near = nearest(text, [passage(other, 7)])
    if near:
        assert "".join(piece for piece, _ in near.typed) == text
        assert "".join(piece for piece, _ in near.written) == other[near.span.start - 7 : near.span.end - 7]


def test_a_card_says_where_and_escapes_what_it_shows(small):
    endpoints = Endpoints(small, Monitor(small))

    def card(text):
        return check_card(endpoints.check(text), Asked(text, check=True))

    assert "character for character, at 1 place" in card("Dogs bark at cats.")
    assert "the kind of marks may differ" in card("dogs  bark at cats.")
    changed = card("Dogs bark at <img src=x> cats.")
    assert "<del>img</del>" in changed
    assert "<img" not in changed
    assert "Nothing in them is near" in card("Zebras were elected.")
