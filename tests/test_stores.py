"""The contract every vector store keeps."""

import faiss
import numpy as np
import pytest

from qa.errors import IndexCorrupt
from qa.stores import open_store
from qa.stores.faiss import FaissStore
from qa.stores.flat import SMALL, FlatStore

PLANE = np.array([[1, 0], [0, 1], [0.6, 0.8], [1, 0], [-1, 0]], np.float32)
VECTORS = np.pad(PLANE, ((0, 0), (0, 62)))
WAYS = {"exact": (1000, FaissStore), "approximate": (1, FaissStore), "flat": (1000, FlatStore)}


def axis(x, y):
    return np.pad(np.array([x, y], np.float32), (0, 62))


@pytest.fixture(params=WAYS.values(), ids=WAYS.keys())
def store(request, tmp_path, monkeypatch):
    approximate_from, kind = request.param
    monkeypatch.setattr("qa.stores.faiss.APPROXIMATE_FROM", approximate_from)
    VECTORS.tofile(tmp_path / "vectors.f32")
    FaissStore.build(tmp_path, len(VECTORS))
    return kind.open(tmp_path)


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
    for rubbish in (b"", b"rubbish" * 100):
        (tmp_path / "vectors.faiss").write_bytes(rubbish)
        with pytest.raises(IndexCorrupt, match=r"vectors\.faiss is no FAISS index"):
            open_store(tmp_path)


def _written(folder, index):
    faiss.write_index(index, str(folder / "vectors.faiss"))
    return open_store(folder)


def test_what_is_read_without_faiss_is_a_small_exact_index_alone(tmp_path):
    exact = faiss.IndexFlatIP(64)
    with pytest.raises(IndexCorrupt, match="of another type"):
        _written(tmp_path, faiss.IndexFlatL2(64))
    assert isinstance(_written(tmp_path, exact), FaissStore), "nothing in it"
    exact.add(np.ones((SMALL, 64), np.float32))
    assert isinstance(_written(tmp_path, exact), FlatStore)
    exact.add(VECTORS)
    assert isinstance(_written(tmp_path, exact), FaissStore)


def test_both_ways_to_read_an_exact_index_find_the_same(tmp_path):
    vectors = np.random.default_rng(0).normal(size=(500, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors.tofile(tmp_path / "vectors.f32")
    FaissStore.build(tmp_path, 500)
    flat, whole = FlatStore.open(tmp_path), FaissStore.open(tmp_path)
    for vector in vectors[::25]:
        (rows, scores), (others, near) = flat.search(vector, 20), whole.search(vector, 20)
        assert rows.tolist() == others.tolist()
        assert np.allclose(scores, near, atol=1e-6)
        assert np.array_equal(flat.similarities(vector, rows), whole.similarities(vector, rows))
        assert np.array_equal(flat.vectors(rows), whole.vectors(rows))


@pytest.mark.parametrize("cut", [44, 60, -4])
def test_a_small_index_that_was_cut_short_is_refused(store, tmp_path, cut):
    path = tmp_path / "vectors.faiss"
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(IndexCorrupt):
        open_store(tmp_path)


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
