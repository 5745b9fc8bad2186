"""What stands above a sentence counts as said of it: headings, speakers, and what its document is called."""

import numpy as np
import pytest

from qa.answers.context import ABOVE, CALLED, LED, is_told, told_matches
from qa.answers.retrieval import make_query
from qa.answers.searching import look_for
from qa.engine import Engine

NOTES = "---\nauthor: Ottilie Brenn\n---\n# Prices\n\n## In 2022\n\nA ticket costs four.\n\n## In 2024\n\nA ticket costs six.\n"
TALK = "Ann: We met in Ghent.\n\nBo: I was late.\n\nAnn: So you say.\n"


def met(engine: Engine, embedder, question: str, word: str, sentence: str) -> float:
    """To what degree a word of a question is met above a sentence."""
    corpus = engine.parts()[0]
    query = make_query(question, embedder)
    numbers = np.arange(len(corpus.sentences))
    found = told_matches(corpus, query, numbers)
    row = next(n for n in numbers if sentence in corpus.sentence(int(n))[1].of(corpus.sentence(int(n))[0].text))
    tokens = next(tokens for _, folded, tokens in query.weighty_words if folded == word)
    return round(float(found[row, tokens[0]]), 3)


def test_a_word_is_met_in_heading_speaker_term_author_and_date(settings, embedder):
    (settings.seeds / "2023-11-07.md").write_text(NOTES)
    (settings.seeds / "talk.txt").write_text(TALK)
    (settings.seeds / "words.md").write_text("Kerf\n: The width of a cut.\n")
    engine = Engine(settings, embedder=embedder)
    engine.build()
    assert met(engine, embedder, "ticket in 2024", "2024", "costs six") == ABOVE
    assert met(engine, embedder, "ticket in 2024", "2024", "costs four") == 0
    assert met(engine, embedder, "what did Bo say", "bo", "I was late") == round(LED, 3)
    assert met(engine, embedder, "what did Brenn write", "brenn", "costs four") == CALLED
    assert met(engine, embedder, "the notes of November 2023", "november", "costs six") == CALLED
    assert met(engine, embedder, "what does the kerf mean", "kerf", "width") == round(LED, 3)
    corpus = engine.parts()[0]
    assert is_told(corpus, "ottilie") and not is_told(corpus, "zubair")


TEXTS = {
    "crafts.txt": "The glazing class meets on Mondays and costs thirty pounds. The carving class meets on Thursdays and costs fifty pounds. "
    "The binding class meets on Sundays; it is full until May.\n\nNero is the cat of the cook. Felix belongs to the miller. "
    "Minka, who is seven, sleeps all night.\n",
    "tides.md": "# Tides\n\n| Month | Keeper | Diver | Boats |\n|---|---|---|---:|\n| March | Ida Holm | Per Lund | 12 |\n"
    "| April | Ulf Rask | Per Lund | 31 |\n"
    "| August | Ida Holm | Eva Storm | 18 |\n| July | Kim Dahl | Eva Storm | 7 |\n\nBoats are counted by the port office.\n",
    "museum.txt": "The museum opens at ten and closes at six. Children enter free. The shop sells maps and old prints.\n",
}  # fmt: skip


@pytest.fixture(scope="module")
def small(real_over):
    """The real model over texts in which a sentence or a row stands beside others that are nearly alike."""
    return real_over(TEXTS)


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("When is the carving class?", "The carving class meets on Thursdays"),
        ("Whose cat is Felix?", "Felix belongs to the miller."),
        ("Who was keeper in April?", "| April |"),
        ("How many boats were there in August?", "| August |"),
        ("Who is the diver in July?", "| July |"),
    ],
)
def test_a_sentence_or_a_row_does_not_answer_with_what_its_neighbour_says(small, question, first):
    assert small.ask(question).citations[0].text.startswith(first)


def test_to_go_on_is_to_ask_more_of_the_question_before(small):
    answer = small.ask("tell me more", history=["What about the carving class?"])
    assert answer.answered and answer.searched == "What about the carving class? tell me more"


BIKE = """# The {name}

## Colours

{colours}

## Range

Some {range} kilometres on the flat, less with a headwind.
"""


@pytest.fixture(scope="module")
def bikes(real_over):
    """Two leaflets that say the same of two things; only their titles tell which."""
    trek = BIKE.format(name="Trek", colours="Only in moss green.", range=120)
    return real_over({"a.md": BIKE.format(name="Roadster", colours="In black, or in sand.", range=80), "b.md": trek})


@pytest.mark.parametrize(
    ("question", "document"),
    [
        ("In which colours can I get the Trek?", "b.md"),
        ("In which colours can I get the Roadster?", "a.md"),
        ("How far does the Trek go?", "b.md"),
        ("How far does the Roadster go?", "a.md"),
    ],
)
def test_of_two_documents_the_one_is_asked_whose_title_has_more_of_the_question(bikes, question, document):
    corpus, means = bikes.parts()
    ranking = look_for(corpus, means, question).ranking
    of_other = [corpus.sentence(int(number))[0].doc_id != document for number in ranking.sentences]
    assert any(of_other) and ranking.elsewhere[of_other].min() > 0 == ranking.elsewhere[0]
    assert {citation.doc_id for citation in bikes.ask(question).citations} == {document}
