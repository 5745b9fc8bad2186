import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.text.tokens import count_prompt_tokens, fold, folded_words, lexical_terms

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
        "The U.S. and the E.U. said: NO",
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
