import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.text.numbers import counted, dates_said, is_version, versions_said
from qa.text.tokens import count_prompt_tokens, fold, folded_words, lexical_terms, sound, sounds

TERMS = {
    "acronyms": ("the U.S. and the US", ["us", "us"]),
    "possessives": ("Rutte’s and Rutte's", ["rutt", "rutt"]),
    "diacritics": ("Zelenskýy", ["zelenskyy"]),
    "stop words only": ("what did they say about it", ["say"]),
    "no word": ("?! 😀", []),
    "numbers": ("4 in 2024", ["4", "2024"]),
}


@pytest.mark.parametrize(("text", "terms"), TERMS.values(), ids=TERMS.keys())
def test_terms(text, terms):
    assert lexical_terms(text) == terms


def test_fold_removes_what_a_reader_would_not_type():
    assert fold("Dovilė") == "dovile"


# Counted once with tiktoken.get_encoding("o200k_base").
COUNTS = {
    "": 0,
    "hello world": 2,
    "<|endoftext|>": 7,
    "“It’s appeasement. It has never worked.”": 11,
    "Что сказала Каллас?": 5,
    "👩‍👩‍👧": 8,
}


@pytest.mark.parametrize(("text", "count"), COUNTS.items())
def test_prompt_tokens_are_those_of_o200k_base(text, count):
    assert count_prompt_tokens(text) == count


@given(st.text(max_size=200))
def test_any_text_can_be_counted(text):
    assert count_prompt_tokens(text) <= len(text.encode("utf-8", "replace")) + 1


@pytest.mark.parametrize(
    "text",
    [
        "The U.S. and the E.U. said: No",
        "naïve Zelenskýy’s U.S.",
        "a.b.c İstanbul STRASSE ß",
        "x_y z-1",
        "",
        "K\u0301 ΣΑΣ",
    ],
)
def test_words_are_folded_alike_whatever_stands_beside_them(text):
    plain = [
        fold(word)
        for word in re.findall(r"[^\W_]+", re.sub(r"\b(?:[^\W\d_]\.){2,}", lambda m: m[0].replace(".", "") + " ", text))
    ]
    assert list(folded_words(text)) == plain
    assert list(folded_words(text + " ’")) == plain


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("the fifteenth", "the 15th"), ("twelfth", "12th"), ("seventy", "70"), ("in the eighties", "in the 80s"), ("the 1980s", "the '80s"),
        ("Nov 2023", "November 2023"), ("the 20th", "the twentieth"),
    ],
)  # fmt: skip
def test_a_number_is_one_term_however_it_is_written(one, other):
    assert lexical_terms(one) == lexical_terms(other)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2023-11-07: painted", ["7", "november"]), ("until 31.12.2025.", ["31", "december"]), ("on 25/12/2024", ["25", "december"]),
        ("3/4/2024", ["3", "april", "4", "march"]), ("2024-05", ["may"]), ("1.2.3", []), ("192.168.10.2023", []), ("2024.05", []), ("1990-1995", []),
        ("2023-13-40", []), ("2023-11-07T10:00", ["7", "november"]),
    ],
)  # fmt: skip
def test_a_date_in_figures_is_also_the_words_it_is_said_with(text, said):
    assert [word for _, _, words in dates_said(text) for word in words] == said
    assert set(said) <= set(folded_words(text))


def test_a_name_in_capitals_is_no_stop_word_unless_all_is_in_capitals():
    assert lexical_terms("Ask IT or the WHO, it is open") == ["ask", "IT", "WHO", "open"]
    assert lexical_terms("WHO DO I ASK ABOUT IT") == ["ask"]
    assert lexical_terms("IT") == ["IT"]


@given(st.lists(st.text(st.characters(categories=["L"]), min_size=1)))
def test_words_sound_alike_whatever_is_heard_beside_them(words):
    assert sounds(words) == [sound(word) for word in words]
    assert sound("zelenskyy") == sound("zelenskiy") == sound("selensky")


def test_things_are_counted_in_one_way():
    assert [counted(n, "document") for n in (0, 1, 2000)] == ["0 documents", "1 document", "2,000 documents"]


VERSIONS = {
    "what changed in v4.1.0": [("v4.1.0", "v4.1")],
    "is version 4.2 out": [("4.2", "v4.2")],
    "4.1.2 or 4.0.0?": [("4.1.2", "v4.1.2"), ("4.0.0", "v4")],
    "it weighs 4.2 kilos": [],
    "held on 02.02.2026": [],
    "E27": [],
}


@pytest.mark.parametrize(("text", "found"), VERSIONS.items())
def test_a_version_is_known_by_its_points_or_what_stands_before_it(text, found):
    assert [(text[start:end], plain) for start, end, plain in versions_said(text)] == found
    assert all(is_version(plain) for _, plain in found)
