"""What answers ask of an index: nothing else, and the same from a folder and over the wire."""

import ast
import json

import numpy as np
import pytest
from conftest import GOLD, ROOT, SCALE

from qa import fields
from qa.answers.offering import names_offered
from qa.indexing.contract import Candidates, pooled
from qa.text.tokens import folded_words


@pytest.fixture(params=["real", "over_milvus"])
def engine(request):
    return request.getfixturevalue(request.param)


KEPT_BY_SNAPSHOTS = {"qa.indexing.corpus", "qa.indexing.snapshots", "qa.indexing.tables", "qa.stores"}


def test_answers_know_the_contract_of_an_index_and_no_index():
    for path in (ROOT / "qa" / "answers").glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert not {name for name in imported if name and name.startswith(tuple(KEPT_BY_SNAPSHOTS))}, path.name


def test_candidates_among_some_passages_are_the_best_of_each_kind():
    rows = np.array([3, 4, 5, 9])
    dense, lexical = np.array([0.1, 0.9, 0.2, 0.8], np.float32), np.array([0, 2, 7, 0], np.float32)
    found = pooled(rows, dense, lexical, 1)
    assert isinstance(found, Candidates)
    assert found.rows.tolist() == [4, 5]
    assert found.nearest == np.float32(0.9)
    assert found.lexical.tolist() == [2, 7]


def test_candidates_of_some_documents_are_theirs_and_those_of_all_when_all_are_named(engine):
    corpus, means = engine.parts()
    vector, terms, pool = means.embedder.encode_question("Who spoke of appeasement?").vector, ("appeas",), 10_000
    some = corpus.candidates(vector, terms, pool, (1,))
    assert set(corpus.passages[some.rows, 0].tolist()) == {1}
    every = corpus.candidates(vector, terms, pool, range(len(corpus.entries)))
    free = corpus.candidates(vector, terms, pool)
    assert every.rows.tolist() == free.rows.tolist() == list(range(len(corpus.passages)))
    np.testing.assert_allclose(every.dense, free.dense, atol=1e-6)
    assert every.lexical.tolist() == free.lexical.tolist()


def test_the_passage_of_a_token_and_of_a_sentence_is_the_one_it_stands_in(engine):
    corpus, _ = engine.parts()
    missed: set[str] = set()
    for row in range(0, len(corpus.passages), 7):
        first, last, first_token, end_token = corpus.passages[row, 3:7].tolist()
        assert corpus.row_of_sentence(last) <= row
        assert first <= corpus.passages[corpus.row_of_sentence(first), 4]
        words = set(folded_words(corpus.passage(row).text))
        found = {corpus.word_of_token(row, token) for token in range(first_token, end_token)}
        missed |= {word for word in found if len(word) > 2} - words
        numbers, at, edges = corpus.sentences_of(np.array([row]))
        assert set(numbers.tolist()) <= set(range(first, last + 1))
        assert (at == 0).all() and edges[0] == 0 and (np.diff(edges, append=end_token - first_token) > 0).all()
    assert len(missed) < 5, "words that fold in two, such as camelCase, are not found as one"


def test_what_is_fetched_and_what_is_not_have_the_same_numbers(engine, real):
    corpus, other = engine.parts()[0], real.parts()[0]
    corpus.fetch([3, 4, 50, len(corpus.passages) - 1])
    chosen = np.array([50, 4, 4, 60])
    for name in ("passages", "sentences", "token_states", "token_places"):
        table, expected = getattr(corpus, name), getattr(other, name)
        assert len(table) == len(expected)
        for key in (
            7,
            -1,
            slice(3, 90),
            (slice(3, 90), 1),
            chosen,
            (chosen, slice(0, 2)),
            (chosen, 1),
            np.int64(70),
            slice(5, 5),
        ):
            np.testing.assert_array_equal(table[key], expected[key], err_msg=f"{name} {key}")
        with pytest.raises(IndexError):
            table[len(table)]


def test_statistics_and_documents_are_the_same(engine, real):
    corpus, other = engine.parts()[0], real.parts()[0]
    assert corpus.entries == other.entries
    assert corpus.words == other.words
    assert corpus.words_by_sound == other.words_by_sound
    assert names_offered(corpus, 20) == names_offered(other, 20)
    assert [corpus.passage_frequency(term) for term in ("ukrain", "minist", "nothing")] == [
        other.passage_frequency(term) for term in ("ukrain", "minist", "nothing")
    ]
    assert [corpus.document(number) for number in range(5)] == [other.document(number) for number in range(5)]
    assert [corpus.structure.block(n) for n in range(40)] == [other.structure.block(n) for n in range(40)]
    assert corpus.structure.hidden_of(2) == other.structure.hidden_of(2)


@pytest.mark.parametrize("pool", [1, 5, 60, 10_000])
@pytest.mark.parametrize("documents", [(), (1,), (0, 1, 4)])
def test_candidates_have_the_same_rows_and_scores(engine, real, pool, documents):
    corpus, other = engine.parts()[0], real.parts()[0]
    embedder = real.parts()[1].embedder
    for terms in ((), ("ukrain",), ("minist", "said", "minist"), ("nothing",)):
        vector = embedder.encode_question("What did the minister say?").vector
        found, expected = (each.candidates(vector, terms, pool, documents) for each in (corpus, other))
        assert found.rows.tolist() == expected.rows.tolist()
        np.testing.assert_allclose(found.dense, expected.dense, atol=1e-6)
        assert found.lexical.tolist() == expected.lexical.tolist()
        assert found.nearest == pytest.approx(expected.nearest, abs=1e-6)


def test_answers_over_the_wire_are_those_of_the_folder(over_milvus, real):
    """All 90 questions with QA_TESTS=full, else every ninth."""
    questions = [json.loads(line) for line in GOLD.read_text(encoding="utf-8").splitlines()]
    for question in questions[:: 1 if SCALE > 1 else 9]:
        asked, history = question["question"], question.get("history", [])
        found, expected = (fields.answer_to_dict(e.ask(asked, history=history)) for e in (over_milvus, real))
        assert flat(found) == flat(expected), asked


def test_some_documents_alone_answer_the_same(over_milvus, real):
    within = [real.parts()[0].entries[3]["doc_id"]]
    found, expected = (fields.answer_to_dict(e.ask("Who is the minister?", within=within)) for e in (over_milvus, real))
    assert flat(found) == flat(expected)


def flat(value):
    """A value whose numbers are equal where they differ by less than 1e-5."""
    if isinstance(value, float):
        return pytest.approx(value, abs=1e-5)
    if isinstance(value, dict):
        return {key: flat(each) for key, each in value.items()}
    return [flat(each) for each in value] if isinstance(value, list | tuple) else value
