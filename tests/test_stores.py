"""The contract every vector store keeps."""

import numpy as np
import pytest

from qa.errors import IndexCorrupt
from qa.stores.faiss import FaissStore

VECTORS = np.array([[1, 0], [0, 1], [0.6, 0.8], [1, 0], [-1, 0]], np.float32)
STORES = {"faiss": FaissStore}


@pytest.fixture(params=STORES.values(), ids=STORES.keys())
def store(request, tmp_path):
    request.param.of(VECTORS).save(tmp_path / "vectors")
    return request.param.open(tmp_path / "vectors")


def test_counts(store):
    assert (store.count, store.dim) == (5, 2)


def test_nearest_come_first_and_ties_by_row(store):
    rows, scores = store.search(np.array([1, 0], np.float32), 5)
    assert rows.tolist() == [0, 3, 2, 1, 4]
    assert scores.tolist() == pytest.approx([1, 1, 0.6, 0, -1])


def test_more_than_there_is_gives_all(store):
    assert len(store.search(np.array([0, 1], np.float32), 1_000_000)[0]) == 5


def test_similarities_and_vectors_of_rows(store):
    assert store.similarities(np.array([0, 1], np.float32), [4, 2]).tolist() == pytest.approx([0, 0.8])
    assert np.array_equal(store.vectors([2]), VECTORS[[2]])
    assert store.vectors([]).shape == (0, 2)


@pytest.mark.parametrize("vector", [[1, 0, 0], [np.nan, 0], [np.inf, 0]])
def test_a_vector_that_cannot_be_searched_is_a_mistake(store, vector):
    with pytest.raises(ValueError, match="2 finite numbers"):
        store.search(np.array(vector, np.float32), 1)


def test_a_file_that_is_no_store_is_refused(store, tmp_path):
    (tmp_path / "rubbish").write_bytes(b"rubbish" * 100)
    with pytest.raises(IndexCorrupt, match="rubbish is no FAISS index"):
        type(store).open(tmp_path / "rubbish")
