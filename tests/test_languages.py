"""Languages: each document's is told, and what the model has no piece for matches nothing."""

import numpy as np
import pytest
from conftest import WordEmbedder

from qa.answers.answering import UNREAD_QUESTION
from qa.answers.matching import match_tokens
from qa.answers.retrieval import make_query
from qa.engine import Engine
from qa.rendering import status_to_text
from qa.text.languages import LEAST_LETTERS, language_of
from qa.text.tokens import lexical_terms

SAID = {
    "en": "The ferry leaves the northern quay twice a day, and tickets are sold by the harbour office until noon.",
    "de": "Die Fähre verlässt den nördlichen Kai zweimal am Tag, und Fahrkarten verkauft das Hafenamt bis zum Mittag.",
    "fr": "Le bac quitte le quai du nord deux fois par jour, et les billets sont vendus par le bureau du port jusqu'à midi.",
    "sv": "Färjan lämnar den norra kajen två gånger om dagen, och biljetter säljs av hamnkontoret fram till klockan tolv.",
    "ru": "Паром отходит дважды в день.",
    "th": "เรือข้ามฟากออกวันละสองเที่ยว",
    "ja": "フェリーは一日に二回出発します。",
    "el": "Το πλοίο φεύγει δύο φορές την ημέρα.",
}


class Unlettered(WordEmbedder):
    """Has one piece, 7, for every word that is not of plain letters."""

    unknown_piece = 7

    def _encode(self, text):
        encoding = super()._encode(text)
        known = np.array([text[start].isascii() for start in encoding.starts], bool)
        encoding.pieces[~known] = self.unknown_piece
        encoding.states[~known] = np.eye(1, self.dim, dtype=np.float32)  # they all look alike
        return encoding


@pytest.mark.parametrize(("code", "text"), SAID.items(), ids=SAID.keys())
def test_a_language_is_told_by_its_text(code, text):
    assert language_of(text) == code


def test_names_and_numbers_of_a_table_are_in_no_language():
    rows = "\n".join(f"{n}\tCustomer {n}\tGent\t{n * 17}\t2023-02-{n % 28 + 1:02}" for n in range(300))
    assert language_of(rows) == ""
    assert language_of(rows + "\n" + SAID["de"]) == "de"


@pytest.mark.parametrize("text", ["", "12:30", "Greta, Nora, Tom", SAID["de"][: LEAST_LETTERS // 2], "Δ = 3"])
def test_what_is_too_short_tells_no_language(text):
    assert language_of(text) == ""


def built(settings, **texts):
    for name, text in texts.items():
        (settings.seeds / f"{name}.txt").write_text(text, encoding="utf-8")
    engine = Engine(settings, embedder=Unlettered())
    return engine, engine.build()


@pytest.mark.parametrize("question", ["門票多少錢", "ስንት ሰዓት ነው", "เรือออกกี่โมง"])
def test_a_question_of_unknown_pieces_is_refused_with_the_setting_that_helps(settings, question):
    engine, _ = built(settings, thai=SAID["th"], english=SAID["en"])
    answer = engine.ask(question)
    assert not answer.answered and not answer.citations and "QA_MODEL" in answer.reason


def test_unknown_pieces_of_a_question_match_no_unknown_piece(settings):
    engine, _ = built(settings, thai=f"{SAID['th']}", english=SAID["en"])
    quoted = engine.ask("When does the ferry leave เรือ northern quay?")
    assert {citation.doc_id for citation in quoted.citations} == {"english.txt"}
    corpus, means = engine.parts()
    query = make_query("the ferry ወደ", means.embedder)
    assert 0 < query.unread_share < UNREAD_QUESTION
    weights = match_tokens(corpus, query, range(len(corpus.passages))).weights
    assert weights[2] == 0 and weights.sum() == pytest.approx(1)


def test_build_and_status_say_which_documents_the_model_does_not_read(settings):
    engine, report = built(settings, thai=SAID["th"], english=SAID["en"], german=SAID["de"])
    assert [w for w in report.warnings if "thai.txt" in w and "in Thai" in w and "QA_MODEL" in w]
    status = engine.status()
    assert status.languages == {"English": 1, "German": 1, "Thai": 1}
    assert "languages: English 1, German 1, Thai 1\n" in status_to_text(status) and "thai.txt" in status.unread[0]
    (settings.seeds / "english.txt").unlink()
    engine.build()
    assert engine.status().languages == {"German": 1, "Thai": 1}  # told again without reading them again


def test_writing_without_spaces_is_cut_into_pairs():
    assert lexical_terms("我们的门票三十元")[:3] == ["我们", "们的", "的门"]
    assert set(lexical_terms("门票")) <= set(lexical_terms("门票三十元"))
    assert lexical_terms("フェリー") == ["フェ", "ェリ", "リー"]
    assert lexical_terms("the ferry 7") == ["ferri", "7"]
