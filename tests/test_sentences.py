import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.text.sentences import MAX_SENTENCE_CHARS, split_sentences, trim

CASES = {
    "abbreviations": (
        "The U.S. sent Dr. Riaz to Gen. Smith. He left.",
        ["The U.S. sent Dr. Riaz to Gen. Smith.", "He left."],
    ),
    "numbers in order, as German writes them": (
        "Die Sitzung am 31. März fiel aus. Der 2. Weltkrieg endete 1945. Vom 7. bis 9. August und am 12. Mai kamen alle. Bus 42. Danach nicht.",
        [
            "Die Sitzung am 31. März fiel aus.",
            "Der 2. Weltkrieg endete 1945.",
            "Vom 7. bis 9. August und am 12. Mai kamen alle.",
            "Bus 42.",
            "Danach nicht.",
        ],
    ),
    "entries of a dictionary": (
        ":fruit salad: n. A bad design. Automagic: adv. By itself. See plan B. It is old.",
        [":fruit salad: n. A bad design.", "Automagic: adv. By itself.", "See plan B.", "It is old."],
    ),
    "short forms of other languages": (
        "Mme. Dupont arrive. Hr. Weber geht. Gem. Abs. 2 gilt nicht. Véase pág. 12. El sig. Rossi viene. Route 7. March is open.",
        [
            "Mme. Dupont arrive.",
            "Hr. Weber geht.",
            "Gem. Abs. 2 gilt nicht.",
            "Véase pág. 12.",
            "El sig. Rossi viene.",
            "Route 7.",
            "March is open.",
        ],
    ),
    "initials and short forms": (
        "J. D. Vance, e.g., sees No. 5 vs. Apple Inc. now. Yes!",
        ["J. D. Vance, e.g., sees No. 5 vs. Apple Inc. now.", "Yes!"],
    ),
    "question inside": ("“Why?” she asked. “Because.”", ["“Why?” she asked.", "“Because.”"]),
    "U.S. at the end": (
        "It happened in the U.S. The president left.",
        ["It happened in the U.S.", "The president left."],
    ),
    "numbers": ("They met for 4½ hours. It cost $1.5 billion.", ["They met for 4½ hours.", "It cost $1.5 billion."]),
    "quote ends after its stop": (
        "“It’s bad. It never worked.” She left.",
        ["“It’s bad. It never worked.”", "She left."],
    ),
    "space before the stop": ("The talks began . Nobody came .", ["The talks began .", "Nobody came ."]),
    "ellipsis": ("He paused ... and went on. Then he left.", ["He paused ... and went on.", "Then he left."]),
    "bullets": ("Things:\n- one thing\n- another\n", ["Things:", "- one thing", "- another"]),
    "heading without a stop": ("A Heading\nThe text begins here.", ["A Heading", "The text begins here."]),
    "credit glued to a caption": (
        "Kallas behind their backsImage: A. Lee/EU",
        ["Kallas behind their backs", "Image: A. Lee/EU"],
    ),
    "no-break spaces": ("One\u00a0two. Three\u202ffour.", ["One\u00a0two.", "Three\u202ffour."]),
    "hard-wrapped": (
        "This line of text is wrapped at some sixty characters or so\nand goes on here in lower case. Next one.",
        ["This line of text is wrapped at some sixty characters or so\nand goes on here in lower case.", "Next one."],
    ),
}


def texts(text: str) -> list[str]:
    return [trim(text, span).of(text) for span in split_sentences(text)]


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES.keys())
def test_sentences_end_where_a_reader_would_end_them(text, expected):
    assert texts(text) == expected


def test_no_text_has_no_sentence():
    assert split_sentences("") == []


def test_one_huge_line_is_cut_between_words():
    spans = split_sentences("word " * 5000)
    assert max(span.end - span.start for span in spans) <= MAX_SENTENCE_CHARS
    assert all("word " * 5000)
    assert {trim("word " * 5000, span).of("word " * 5000).split()[0] for span in spans} == {"word"}


PIECES = st.sampled_from(["U.S. ", "Dr. ", "“", "”", ".", "! ", "?", "…", "\n", "\n\n", "\r\n", "\u00a0", "\u2028", "e\u0301", "👩‍👩‍👧", "مرحبا ",
                          "4½ ", "- ", "word ", "Word ", "a", "\ufeff", "\t", "Image: ", "x" * 300])  # fmt: skip


@given(st.one_of(st.text(max_size=400), st.lists(PIECES, max_size=60).map("".join)))
def test_sentences_tile_the_text(text):
    spans = split_sentences(text)
    assert "".join(span.of(text) for span in spans) == text
    assert all(span.start < span.end for span in spans)
    assert [span.start for span in spans[1:]] == [span.end for span in spans[:-1]]
