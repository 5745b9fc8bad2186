"""Shared by all tests: an embedder that can be worked out by hand, and one Engine with the real model and seeds."""

import dataclasses
import os
import re
import shutil
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import hypothesis
import numpy as np
import pytest
from stored import Server

from qa.engine import Engine
from qa.models.embedding import load_embedder
from qa.models.encoding import Encoding
from qa.settings import Settings

hypothesis.settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("any machine")  # how long an example takes says how busy the machine is

ROOT = Path(__file__).resolve().parent.parent
SEEDS = ROOT / "seeds"
GOLD = ROOT / "tests" / "gold" / "seeds.jsonl"
SCALE = 10 if os.environ.get("QA_TESTS") == "full" else 1
"""Long tests take a tenth of their steps unless QA_TESTS=full."""
KALLAS = "004_7ef07e8e4c86d72a.txt"


class WordEmbedder:
    """Every word is one token and points along an axis of its own: equal words have similarity 1, all others 0.

    A passage's vector is the sum of its words, so its similarity to a question is
    (words in common) / sqrt(words in one) / sqrt(words in the other), where no word repeats.
    """

    name = "words"
    dim = 2048
    window_tokens = 40

    def __init__(self, fingerprint: str = "words-1") -> None:
        self.fingerprint = fingerprint
        self.embedded: list[str] = []

    def vocabulary(self) -> list[str]:
        return [f"word{number}" for number in range(500)]

    def token_starts(self, text: str) -> list[int]:
        return [match.start() for match in re.finditer(r"\w+|[^\w\s]", text)]

    def encode_passages(self, texts: Sequence[str]) -> Iterator[Encoding]:
        for text in texts:
            self.embedded.append(text)
            yield self._encode(text)

    def encode_question(self, text: str) -> Encoding:
        return self._encode(text)

    def _encode(self, text: str) -> Encoding:
        words = [match.group().lower() for match in re.finditer(r"\w+|[^\w\s]", text)]
        axes = np.array([zlib.crc32(word.encode()) % self.dim for word in words], np.int32)
        states = np.zeros((len(axes), self.dim), np.float32)
        states[np.arange(len(axes)), axes] = 1
        total = states.sum(axis=0) if len(axes) else np.eye(1, self.dim, dtype=np.float32)[0]
        vector = (total / np.linalg.norm(total)).astype(np.float32)
        return Encoding(vector, states, np.array(self.token_starts(text), np.int32), axes)


def calls(made):
    """How many functions are called where this is."""
    count = 0

    def seen(frame, event, arg):
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(seen)
    try:
        made()
    finally:
        sys.setprofile(None)
    return count


@pytest.fixture
def embedder() -> WordEmbedder:
    return WordEmbedder()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    return Settings(seeds=seeds, index=tmp_path / "index", model="words", passage_tokens=20, reader="none")


@pytest.fixture
def small(settings: Settings, embedder: WordEmbedder) -> Engine:
    """An Engine over two short documents and the predictable embedder, already built."""
    (settings.seeds / "cats.txt").write_text("Cats chase mice. Mice fear cats.\n\nDogs bark at cats.", encoding="utf-8")
    (settings.seeds / "rome.txt").write_text("Rome lies on the Tiber. Caesar crossed the Rubicon.", encoding="utf-8")
    engine = Engine(settings, embedder=embedder)
    engine.build()
    return engine


@pytest.fixture(scope="session")
def model():
    return load_embedder("all-MiniLM-L6-v2")


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory, model) -> Engine:
    """The real model over a copy of the real seeds."""
    folder = tmp_path_factory.mktemp("real")
    shutil.copytree(SEEDS, folder / "seeds")
    engine = Engine(Settings(seeds=folder / "seeds", index=folder / "index"), embedder=model)
    engine.build()
    return engine


@pytest.fixture(scope="session")
def real_over(tmp_path_factory: pytest.TempPathFactory, model) -> Callable[[Mapping[str, str]], Engine]:
    """Makes an Engine with the real model over documents of a test's own: their texts by name."""

    def over(texts: Mapping[str, str]) -> Engine:
        folder = tmp_path_factory.mktemp("own")
        (folder / "seeds").mkdir()
        for name, text in texts.items():
            (folder / "seeds" / name).write_text(text, encoding="utf-8")
        engine = Engine(Settings(seeds=folder / "seeds", index=folder / "index"), embedder=model)
        engine.build()
        return engine

    return over


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A Milvus server."""
    server = Server(tmp_path_factory.mktemp("milvus"))
    if not server.is_elsewhere:
        server.start()
    yield server
    server.kill()


@pytest.fixture(scope="session")
def over_milvus(server: Server, real: Engine, model, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """The same documents as `real`, with the index in a store."""
    index = tmp_path_factory.mktemp("sent") / "index"
    engine = Engine(dataclasses.replace(real.settings, index=index, store=server.store("seeds")), embedder=model)
    engine.build()
    return engine
