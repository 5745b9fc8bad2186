"""Rows of a table: what is asked of one is answered from it, and not from the row beside it."""

import numpy as np
import pytest

from qa.answers.context import NAMED, OTHER_ROW, named_rows
from qa.answers.retrieval import make_query
from qa.answers.searching import look_for
from qa.answers.spans import quote_span
from qa.engine import Engine
from qa.formats.spanned import Cell, spread
from qa.settings import Settings

TABLE = """# Ferry office

We open at nine.

| Day | Skipper | Trips |
|-----|---------|------:|
| Monday | Ida Falk | 12 |
| Tuesday | Olle Berg | 7 |
| Wednesday | Ida Falk | 9 |
| Thursday | Per Lund | 11 |
| Friday | Olle Berg | 8 |

Trips are counted by the office.
"""


@pytest.mark.parametrize(
    ("question", "row"),
    [
        ("Who is the skipper on Tuesday?", "| Tuesday"),
        ("How many trips are there on Friday?", "| Friday"),
        ("How many trips were there on Thursday?", "| Thursday"),
        ("Who is the skipper on Wednesday?", "| Wednesday"),
    ],
)
def test_the_row_asked_for_is_quoted_first(settings, model, question, row):
    (settings.seeds / "office.md").write_text(TABLE)
    engine = Engine(
        Settings(seeds=settings.seeds, index=settings.index), embedder=model
    )  # as it is used: whole passages
    engine.build()
    first = engine.ask(question).citations[0]
    assert first.text.startswith(row) and first.lead.text == "| Day | Skipper | Trips |"


@pytest.fixture
def rows(settings, embedder):
    text = "# Rota\n\n| Day | Skipper |\n|---|---|\n| Monday | Ann. She is new. |\n| Friday | Bo |\n\nAnn rows.\n\n| Cook |\n|---|\n| Monday |\n"
    (settings.seeds / "rota.md").write_text(text)
    engine = Engine(settings, embedder=embedder)
    engine.build()
    return engine


def test_a_word_in_some_rows_is_met_in_these_and_no_other_of_the_table(rows, embedder):
    corpus, _ = rows.parts()
    numbers = np.arange(len(corpus.sentences))
    query = make_query("monday cook", embedder)
    met = named_rows(corpus, query, numbers, np.full((len(numbers), 2), 0.5, np.float32))
    found = {
        span.of(document.text).strip(): met[n].tolist()
        for n, (document, span) in enumerate(map(corpus.sentence, range(len(numbers))))
    }
    monday = {text: degrees[0] for text, degrees in found.items()}
    other = pytest.approx(OTHER_ROW)
    assert monday["| Friday | Bo |"] == other and next(d for t, d in monday.items() if t.startswith("| Day")) == other
    assert monday["Ann rows."] == 0.5  # no row
    assert [d for t, d in monday.items() if t.startswith("| Monday")] == [NAMED, NAMED]  # in each table its own
    assert {d for t, d in monday.items() if "She is new" in t} == {NAMED}  # the row's second sentence
    assert {degrees[1] for degrees in found.values()} == {0.5}  # in no row: the model decides


def test_a_row_inherits_nothing_from_the_row_before(rows):
    corpus, means = rows.parts()
    ranking = look_for(corpus, means, "Monday Friday").ranking
    texts = [corpus.sentence(n)[1].of(corpus.sentence(n)[0].text) for n in ranking.sentences.tolist()]
    at = next(i for i, text in enumerate(texts) if text.startswith("| Friday"))
    assert ranking.scores[at] == pytest.approx(float(ranking.own[at] @ ranking.weights), abs=0.05)


def test_a_row_and_the_names_of_columns_keep_their_empty_first_cells(settings, embedder):
    (settings.seeds / "trips.csv").write_text(
        "\tMonday\tFriday\nAnn\t3\t4\n\t5\tshared by all skippers\n".replace("\t", ",")
    )
    engine = Engine(settings, embedder=embedder)
    engine.build()
    corpus, _ = engine.parts()
    quote = quote_span(corpus, 2)
    assert quote.span.of(corpus.document(0).text) == "\t5\tshared by all skippers"
    assert quote.lead.text == "\tMonday\tFriday"


@pytest.mark.parametrize(
    ("rows", "spread_out"),
    [
        ([[Cell("a"), Cell("b", 1, 2)], [Cell("c", 2, 1)]], [["a", "b"], ["c", ""]]),
        ([[Cell("a", 1, 3), Cell("b", 1, 2)], [], [Cell("d")]], [["a", "b"], ["a", "b"], ["a", "d"]]),
        ([[Cell("a"), Cell("b", 1, 9)], [Cell("c")]], [["a", "b"], ["c", "b"]]),
    ],
)
def test_cells_stand_in_their_columns_however_they_reach_and_where_two_lie_over_each_other(rows, spread_out):
    assert spread(rows) == spread_out
