"""The contract every vector store keeps."""

import numpy as np
import pytest

from qa.errors import IndexCorrupt
from qa.stores.faiss import FaissStore

PLANE = np.array([[1, 0], [0, 1], [0.6, 0.8], [1, 0], [-1, 0]], np.float32)
VECTORS = np.pad(PLANE, ((0, 0), (0, 62)))
APPROXIMATE_FROM = {"exact": 1000, "approximate": 1}


def axis(x, y):
    return np.pad(np.array([x, y], np.float32), (0, 62))


@pytest.fixture(params=APPROXIMATE_FROM.values(), ids=APPROXIMATE_FROM.keys())
def store(request, tmp_path, monkeypatch):
    monkeypatch.setattr("qa.stores.faiss.APPROXIMATE_FROM", request.param)
    VECTORS.tofile(tmp_path / "vectors.f32")
    FaissStore.build(tmp_path, len(VECTORS))
    return FaissStore.open(tmp_path)


def test_counts(store):
    assert (store.count, store.dim) == (5, 64)


def test_nearest_come_first_and_ties_by_row(store):
    rows, scores = store.search(axis(1, 0), 5)
    assert rows.tolist() == [0, 3, 2, 1, 4]
    assert scores.tolist() == pytest.approx([1, 1, 0.6, 0, -1])


def test_more_than_there_is_gives_all(store):
    assert len(store.search(axis(0, 1), 1_000_000)[0]) == 5


def test_similarities_and_vectors_of_rows(store):
    assert store.similarities(axis(0, 1), [4, 2]).tolist() == pytest.approx([0, 0.8])
    assert np.array_equal(store.vectors([2]), VECTORS[[2]])
    assert store.vectors([]).shape == (0, 64)


@pytest.mark.parametrize("vector", [[1, 0, 0], [np.nan] * 64, [np.inf] * 64])
def test_a_vector_that_cannot_be_searched_is_a_mistake(store, vector):
    with pytest.raises(ValueError, match="64 finite numbers"):
        store.search(np.array(vector, np.float32), 1)


def test_a_file_that_is_no_store_is_refused(store, tmp_path):
    (tmp_path / "vectors.faiss").write_bytes(b"rubbish" * 100)
    with pytest.raises(IndexCorrupt, match=r"vectors\.faiss is no FAISS index"):
        type(store).open(tmp_path)


def test_an_approximate_store_finds_what_an_exact_one_does_and_measures_it(tmp_path, monkeypatch):
    monkeypatch.setattr("qa.stores.faiss.APPROXIMATE_FROM", 1000)
    random = np.random.default_rng(0)
    centres = random.normal(size=(100, 64))
    vectors = (centres[random.integers(0, 100, 3000)] + 0.5 * random.normal(size=(3000, 64))).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors.tofile(tmp_path / "vectors.f32")
    built = FaissStore.build(tmp_path, 3000)
    assert built["kind"] == "RaBitQfs"
    assert built["recall@10"] >= 0.95
    store = FaissStore.open(tmp_path)
    found = [len({*store.search(vector, 10)[0]} & {*np.argsort(-vectors @ vector)[:10]}) for vector in vectors[::100]]
    assert sum(found) / len(found) == pytest.approx(10 * built["recall@10"], abs=0.5)
