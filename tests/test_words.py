"""The words of quotes that answer: of later quotes those alone that can be set beside the first's."""

import pytest

from qa.answers.words import stand_beside


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
