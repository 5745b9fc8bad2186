"""verify_quote tells the truth, both ways: what is written is found, what is not is not."""

import itertools
import time
import unicodedata

import pytest

from qa.answers.alike import Folded, fold_text
from qa.answers.verifying import MOST_PLACES
from qa.engine import Engine

FOUND = [  # document, text, exact
    ("The bridge crosses the river.", "The bridge crosses the river.", True),
    ("The bridge crosses the river.", "bridge crosses", True),
    ("The bridge crosses the river.", "  bridge crosses\n", True),
    ("The bridge crosses the river.", "THE BRIDGE", False),
    ("The bridge crosses the river.", "“The bridge crosses the river.”", False),
    ("He said “no” twice.", 'He said "no" twice.', False),
    ("He said «no» twice.", "He said “no” twice.", False),
    ("It’s late.", "It's late.", False),
    ("It's late.", "It’s late.", False),
    ("“It’s late.”", "“It’s late.”", True),
    ("the years 1990–1995 were", "1990-1995", False),
    ("a long—very long—way", "long–very long", False),
    ("It was −5 degrees.", "-5 degrees", False),
    ("two  words\nand\tmore", "two words and more", False),
    ("1\u00a0000 euros", "1 000 euros", False),
    ("line one\r\nline two", "one line", None),
    ("line one\r\nline two", "one\nline two", False),
    ("caf\u00e9 noir", "cafe\u0301 noir", False),
    ("cafe\u0301 noir", "caf\u00e9 noir", False),
    ("\u1e69 letters", "s\u0323\u0307 letters", False),
    ("s\u0307\u0323 letters", "\u1e69 letters", False),
    ("the ofﬁce of ﬂags", "the office of flags", False),
    ("the office of flags", "ofﬁce", False),
    ("the aﬄuent", "affluent", False),
    ("gov\u00adern\u00adment said", "government said", False),
    ("gov\u00ad\nernment said", "government said", False),
    ("sta\u200bdium and zero\u200dwidth", "stadium and zerowidth", False),
    ("\ufefffirst word", "first word", True),
    ("a \u202eright\u202c way", "a right way", False),
    ("Prices rose 3.5% in May.", "rose 3.5%", True),
    ("Prices rose 3.5% in May.", "3.5% in May", True),
    ("It cost $1,000.", "$1,000", True),
    ("It cost $1,000.", "It cost $1,000.", True),
    ("It cost 1,000 €.", "1,000 €", True),
    ("Version 5. Then more.", "Version 5", True),
    ("see 12, then 14", "see 12", True),
    ("3-5 men", "3–5 men", False),
    ("Once the river was under the bridge.", "Once the river was under the bridge", True),
    ("It was what it was and that is that.", "It was what it was and that is that.", True),
    ("ΟΔΟΣ is a road", "οδος", False),
    ("Привет, мир", "привет, мир", False),
    ("東京は首都です。", "東京は首都です。", True),
    ("한국어 문장", unicodedata.normalize("NFD", "한국어 문장"), False),
    ("wait… what", "wait… what", True),
    ("100 % of it", "100\u00a0% of it", False),
]
NOT = [
    ("It cost $1,000.", "€1,000"),
    ("It cost $1,000.", "$1.000"),
    ("It cost $1,000.", "-$1,000"),
    ("It lost -$1,000.", "$1,000"),
    ("It cost $1,000.", "1,000"),
    ("It cost $1,000.", "$1"),
    ("It cost $1,000.", "cost 1,000"),
    ("It was -5 degrees.", "5 degrees"),
    ("Total: -5 degrees", "Total: 5 degrees"),
    ("Total: 5 degrees", "Total: -5 degrees"),
    ("It was +5.", "5"),
    ("Prices rose 3.5% in May.", "3 5%"),
    ("Prices rose 3.5% in May.", "35%"),
    ("Prices rose 3.5% in May.", "rose 3.5"),
    ("Prices rose 3.5% in May.", "rose 3"),
    ("Prices rose 3.5% in May.", "5% in May"),
    ("a share of .5 in all", "5 in all"),
    ("It rose 3.5‰.", "3.5"),
    ("It isn’t closed.", "it isn’t. Closed"),
    ("It is not closed.", "It is closed."),
    ("the stadium was", "stadi"),
    ("the stadium was", "dium was"),
    ("the café was", "cafe"),
    ("the cafe\u0301 was", "the cafe"),
    ("the Mayor spoke", "the M\u0430yor spoke"),
    ("one two three", "one three"),
    ("one two three", "two one three"),
    ("one two three", "one twothree"),
    ("a lot of it", "alot of it"),
    ("alot of it", "a lot of it"),
    ("10² metres", "102 metres"),
    ("x² is", "x2 is"),
    ("1½ cups", "11⁄2 cups"),
    ("Maße", "Masse"),
    ("Did he leave? Yes.", "Did he leave. Yes."),
    ("eats, shoots and leaves", "eats shoots and leaves"),
    ("eats shoots and leaves", "eats, shoots and leaves"),
    ("well-known facts", "wellknown facts"),
    ("the text", "…"),
    ("the text", ""),
    ("the text — here", "—"),
    ("5' long", '5" long'),
]


def over(settings, embedder, *texts):
    for number, text in enumerate(texts):
        (settings.seeds / f"{number:03d}.txt").write_bytes(text.encode())
    engine = Engine(settings, embedder=embedder)
    engine.build()
    return engine


@pytest.fixture
def verified(settings, embedder):
    def verify(document, text):
        return over(settings, embedder, document, "Something else altogether.").verify_quote(text)

    return verify


def test_the_table_is_long_enough():
    assert len(FOUND) + len(NOT) >= 80


@pytest.mark.parametrize(("document", "text", "exact"), [case for case in FOUND if case[2] is not None])
def test_what_is_written_is_found_and_told_how_exactly(verified, document, text, exact):
    result = verified(document, text)
    assert result.exact == (exact,)
    (place,), (quote,) = result.places, result.quotes
    assert place.span.of(document) == quote
    assert fold_text(quote.strip("“”")).strip() == fold_text(text.strip(' \n“”"'))


@pytest.mark.parametrize(("document", "text"), NOT)
def test_what_is_not_written_is_not_found(verified, document, text):
    assert verified(document, text).places == ()


def test_every_document_is_looked_through(settings, embedder):
    many = [f"The bridge crosses the river. The bridge crosses the river, {n}." for n in range(118)]
    engine = over(
        settings, embedder, *many, "Once the river was under the bridge.", "It was what it was and that is that."
    )
    for text in ("Once the river was under the bridge", "It was what it was and that is that."):
        assert len(engine.verify_quote(text).places) == 1
    common = engine.verify_quote("The bridge crosses the river")
    assert (len(common.places), common.more) == (MOST_PLACES, True)


def test_a_text_folds_to_the_same_in_pieces_and_as_a_whole():
    parts = [
        "a",
        "e\u0301",
        "ﬁ",
        " ",
        "\u200b",
        "\u00ad\n",
        "\u00a0",
        "—",
        "”",
        "Σ",
        "İ",
        "한",
        "\u0323\u0307",
        "$5",
        "\r\n",
        "\ufeff",
    ]
    for chosen in itertools.product(parts, repeat=3):
        text = "".join(chosen)
        assert Folded(text).text == fold_text(text), ascii(text)


LINES = [
    "a ",
    "aa",
    "0, ",
    "- ",
    "-5 ",
    "“”",
    "a\u0301",
    "ﬁ",
    "\u200b",
    "\u00ad\n",
    "$5 ",
    "5.",
    " ",
    "\u202e",
    "e\u0301\u0323",
]


@pytest.mark.parametrize("line", LINES, ids=ascii)
@pytest.mark.parametrize("ending", ["", "b", "5"])
def test_a_longer_document_takes_as_much_longer(line, ending):
    """Eight times as long takes about eight times as long; where it took the square, it would be 64 times."""
    from qa.answers.verifying import _spans

    def cost(times):
        started = time.process_time()
        document = line * times
        for _ in itertools.islice(_spans(document, fold_text((line * 400)[:999] + ending)), MOST_PLACES + 1):
            pass
        return time.process_time() - started

    cost(1000)
    small, large = min(cost(5_000) for _ in range(3)), min(cost(40_000) for _ in range(2))
    assert large < 8 * 3 * max(small, 0.01)
