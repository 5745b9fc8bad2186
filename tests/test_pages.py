"""Tables cut into pages: every way to ask one gives what the array gives, and an edit leaves most pages as they were."""

import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import IndexCorrupt, SettingsError
from qa.milvus.address import read_address
from qa.milvus.layout import generation_name, parts_of
from qa.milvus.pages import PAGE_BYTES, checked_ids, pack, page_id, unpack
from qa.milvus.root import Root, write_root
from qa.milvus.rows import within_ranges
from qa.milvus.tables import DIRECTORY_ENTRY, PagedTable, cut_by_documents, cut_evenly


class Shelf(dict):
    """Pages at hand."""

    def load(self, ids):
        return {page: self[page] for page in ids}

    def get(self, page):
        return self[page]


def table_of(array, cut):
    shelf, listed = Shelf(), []
    for first, data in cut:
        assert 0 < len(data) <= PAGE_BYTES
        shelf[page_id(data)] = data
        listed.append((first, bytes.fromhex(page_id(data))))
    listing = np.array(listed, DIRECTORY_ENTRY)
    directory = []
    for _, data in cut_evenly(listing):
        shelf[page_id(data)] = data
        directory.append(page_id(data))
    columns = array.shape[1] if array.ndim == 2 else 0
    described = {"dtype": array.dtype.str, "columns": columns, "rows": len(array), "directory": directory}
    return PagedTable(shelf, described), set(shelf)


def documents_of(sizes, seed=0):
    chooser = np.random.default_rng(seed)
    texts = [chooser.integers(0, 255, size * 384, np.uint8).reshape(-1, 384) for size in sizes]
    marks = [hashlib.sha256(text.tobytes()).hexdigest() for text in texts]
    ends = np.cumsum([len(text) for text in texts]).tolist()
    return texts, list(zip([0, *ends[:-1]], ends, strict=True)), marks


@given(st.lists(st.integers(0, 300), min_size=1, max_size=30), st.randoms(use_true_random=False))
def test_a_table_in_pages_answers_like_the_array(sizes, chooser):
    texts, edges, marks = documents_of(sizes)
    array = np.concatenate(texts)
    table, _ = table_of(array, cut_by_documents(array, edges, marks))
    assert len(table) == len(array)
    for _ in range(5):
        first, end = sorted(chooser.randint(0, len(array)) for _ in range(2))
        np.testing.assert_array_equal(table[first:end], array[first:end])
        np.testing.assert_array_equal(table[first:end, 2], array[first:end, 2])
        if len(array):
            rows = np.array([chooser.randrange(len(array)) for _ in range(7)])
            np.testing.assert_array_equal(table[rows, 3:9], array[rows, 3:9])
            np.testing.assert_array_equal(table[rows[0]], array[rows[0]])


def test_one_document_more_leaves_nearly_every_page_as_it_was():
    sizes = [40 + 7 * (n % 13) for n in range(300)]
    texts, edges, marks = documents_of(sizes)
    array = np.concatenate(texts)
    _, before = table_of(array, cut_by_documents(array, edges, marks))
    texts.insert(10, np.ones((55, 384), np.uint8))
    marks.insert(10, "0" * 64)
    ends = np.cumsum([len(text) for text in texts]).tolist()
    array = np.concatenate(texts)
    _, after = table_of(array, cut_by_documents(array, list(zip([0, *ends[:-1]], ends, strict=True)), marks))
    assert len(after) > 150
    assert len(after - before) < 12


def test_a_page_is_what_its_id_says_or_refused():
    data = b"quoted" * 1_000
    assert unpack(page_id(data), pack(data)) == data
    for stored in (pack(data + b"."), "no base64", "", pack(b"")):
        with pytest.raises(IndexCorrupt, match=page_id(data)):
            unpack(page_id(data), stored)
    assert len(pack(np.random.default_rng(0).bytes(PAGE_BYTES))) <= 65_535, "the longest text of a field"
    with pytest.raises(IndexCorrupt):
        unpack(page_id(b"a" * 10**8), pack(b"a" * 10**8))


@pytest.mark.parametrize("bad", ["zz', 'd0", "0" * 31, "0" * 32 + "\n", "A" * 32, "", "0" * 31 + "'"])
def test_nothing_but_digits_comes_into_a_filter(bad):
    with pytest.raises(ValueError, match="id"):
        checked_ids(["0" * 32, bad])


def test_a_root_is_read_as_it_was_written():
    pages = list(write_root({"documents": ["ä"] * 9_000}, {"texts": {"rows": 3}}))
    root = Root.read(Shelf(pages), pages[-1][0])
    assert root.manifest == {"documents": ["ä"] * 9_000}
    assert root.tables == {"texts": {"rows": 3}}
    assert len(root.listed) == len(pages) - 1 > 1


def test_generations_of_other_indexes_are_not_ours():
    ours = generation_name("a", 7, "0" * 32)
    assert parts_of("a", ours) == (7, "0" * 32)
    assert parts_of("a", generation_name("a_b", 7, "0" * 32)) is None
    assert parts_of("a", "a_pages") is parts_of("a", "a") is None


def test_ranges_that_touch_become_one():
    assert within_ranges([(5, 9), (0, 3), (3, 5), (20, 20)]) == "(id >= 0 and id < 9)"
    assert within_ranges([(5, 9), (0, 3)]) == "(id >= 0 and id < 3) or (id >= 5 and id < 9)"
    assert within_ranges([]) == ""


def test_an_address_names_server_database_and_index():
    found = read_address("milvus+tls://[::1]:19530/reports?db=law")
    assert (found.uri, found.name, found.database) == ("https://[::1]:19530", "reports", "law")
    assert read_address("milvus://box/reports").uri == "http://box:19530"


@pytest.mark.parametrize(
    "text",
    ["box/reports", "http://box:19530/a", "milvus://box", "milvus://box/", "milvus://box/1a", "milvus://box/a_pages", "milvus:///a",
     "milvus://box:x/a", "milvus://box/a?x=1", "milvus://box/a#b", "milvus://me:secret@box/a", "milvus://box/a?db=b'c", "milvus://box/a/b"],
)  # fmt: skip
def test_what_is_no_address_is_told_with_the_form_of_one(text):
    with pytest.raises(SettingsError, match=r"milvus://|QA_STORE_TOKEN") as told:
        read_address(text)
    assert "secret" not in str(told.value)
