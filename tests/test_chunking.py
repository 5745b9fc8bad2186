import pytest
from conftest import SEEDS, WordEmbedder
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.text.chunking import chunk_text
from qa.text.sentences import split_sentences, trim
from qa.text.shown import Shown

WORDS = WordEmbedder().token_starts


def chunks_of(text: str, budget: int, token_starts=WORDS):
    return chunk_text(Shown(text), split_sentences(text), token_starts, budget=budget)


def test_whole_sentences_are_packed_up_to_the_budget():
    text = "One two three. Four five six. Seven eight nine."
    assert [chunk.span.of(text) for chunk in chunks_of(text, 8)] == [
        "One two three. Four five six.",
        "Seven eight nine.",
    ]


def test_a_sentence_beyond_the_budget_is_cut_between_tokens():
    text = "a b c d e f g"
    assert [chunk.span.of(text) for chunk in chunks_of(text, 3)] == ["a b c", "d e f", "g"]


def test_a_budget_of_nothing_is_a_mistake():
    with pytest.raises(ValueError, match="at least one token"):
        chunk_text("a", [], WORDS, budget=0)


@given(st.text(max_size=300), st.integers(1, 12))
def test_chunks_fit_and_lose_only_white_space(text, budget):
    spans = split_sentences(text)
    chunks = chunk_text(Shown(text), spans, WORDS, budget=budget)
    assert all(len(WORDS(chunk.span.of(text))) <= budget for chunk in chunks)
    edges = [0, *(edge for chunk in chunks for edge in (chunk.span.start, chunk.span.end)), len(text)]
    assert edges == sorted(edges)
    assert not "".join(text[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True)).strip()
    for chunk in chunks:
        assert spans[chunk.first_sentence].start <= chunk.span.start < spans[chunk.first_sentence].end
        assert spans[chunk.last_sentence].start < chunk.span.end <= spans[chunk.last_sentence].end


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=400))
def test_nothing_exceeds_the_real_window(model, text):
    for encoding in model.encode_passages([chunk.span.of(text) for chunk in chunks_of(text, 120, model.token_starts)]):
        assert len(encoding.pieces) <= 120


def test_seed_passages_are_whole_sentences_of_at_most_120_tokens(model):
    for path in sorted(SEEDS.glob("*.txt")):
        text = path.read_bytes().decode()
        spans = split_sentences(text)
        edges = {trim(text, span).start for span in spans} | {trim(text, span).end for span in spans}
        for chunk in chunk_text(Shown(text), spans, model.token_starts, budget=120):
            assert len(model.token_starts(chunk.span.of(text))) <= 120
            assert {chunk.span.start, chunk.span.end} <= edges
