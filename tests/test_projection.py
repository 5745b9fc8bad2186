import dataclasses

import numpy as np
from conftest import GOLD, SEEDS

from qa.engine import Engine
from qa.evals.gold import read_gold
from qa.evals.runner import Bench, evaluate
from qa.indexing.projection import STATE_BYTES, make_projection, project
from qa.settings import Settings


def test_a_large_corpus_takes_128_bytes_a_token_and_answers_nearly_as_well(tmp_path, model, monkeypatch):
    monkeypatch.setattr("qa.indexing.projection.LARGE_BYTES", 1000)
    engine = Engine(Settings(seeds=SEEDS, index=tmp_path / "index"), embedder=model)
    report = engine.build()
    folder = tmp_path / "index" / report.snapshot
    assert (folder / "token_states.i8").stat().st_size == STATE_BYTES * engine.status().tokens
    questions = read_gold(GOLD, lambda doc_id: engine.document(doc_id).text)
    metrics = evaluate(Bench(*engine.parts()), questions)["all"]
    assert metrics["hit@1"] >= 0.62
    assert metrics["hit@3"] >= 0.75


def test_the_directions_depend_on_the_model_alone(model):
    first, second = make_projection(model, 64), make_projection(model, 64)
    assert np.array_equal(first, second)
    assert np.allclose(first.T @ first, np.eye(64), atol=1e-5)


def test_at_full_width_nothing_is_changed(model):
    states = model.encode_question("what did Kallas say").states
    assert np.allclose(project(states, make_projection(model, model.dim)), states, atol=1e-6)


def test_a_corpus_that_grows_large_is_stored_narrow_by_the_next_build(small, embedder, monkeypatch):
    (small.settings.seeds / "new.txt").write_text("Whales sing at night. " * 3 + "Nobody hears them but whales.")
    monkeypatch.setattr("qa.indexing.projection.LARGE_BYTES", 120)
    report = small.build()
    assert report.embedded == report.passages
    fresh = Engine(dataclasses.replace(small.settings, index=small.settings.seeds.parent / "fresh"), embedder=embedder)
    fresh.build()
    question = "who hears whales at night"
    assert small.ask(question).citations == fresh.ask(question).citations
    (small.settings.seeds / "new.txt").unlink()
    assert small.build().embedded == 2
