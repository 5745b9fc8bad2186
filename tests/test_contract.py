"""What answers ask of an index: nothing else, and the same however an index keeps its tables."""

import ast

import numpy as np
from conftest import ROOT

from qa.indexing.contract import Candidates, pooled
from qa.text.tokens import folded_words

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


def test_candidates_of_some_documents_are_theirs_and_those_of_all_when_all_are_named(real):
    corpus, means = real.parts()
    vector, terms, pool = means.embedder.encode_question("Who spoke of appeasement?").vector, ("appeas",), 10_000
    some = corpus.candidates(vector, terms, pool, (1,))
    assert set(corpus.passages[some.rows, 0].tolist()) == {1}
    every = corpus.candidates(vector, terms, pool, range(len(corpus.entries)))
    free = corpus.candidates(vector, terms, pool)
    assert every.rows.tolist() == free.rows.tolist() == list(range(len(corpus.passages)))
    np.testing.assert_allclose(every.dense, free.dense, atol=1e-6)
    assert every.lexical.tolist() == free.lexical.tolist()


def test_the_passage_of_a_token_and_of_a_sentence_is_the_one_it_stands_in(real):
    corpus, _ = real.parts()
    missed: set[str] = set()
    for row in range(0, len(corpus.passages), 7):
        first, last, first_token, end_token = corpus.passages[row, 3:7].tolist()
        assert corpus.row_of_sentence(last) <= row
        assert first <= corpus.passages[corpus.row_of_sentence(first), 4]
        words = set(folded_words(corpus.passage(row).text))
        found = {corpus.word_of_token(row, token) for token in range(first_token, end_token)}
        missed |= {word for word in found if len(word) > 2} - words
        assert len(corpus.sentence_of_tokens(row)) == end_token - first_token
    assert len(missed) < 5, "words that fold in two, such as camelCase, are not found as one"
