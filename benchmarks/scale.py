"""Size: what an index of N passages takes to build, to open and to ask, with synthetic clustered vectors.

    python benchmarks/scale.py [--passages 10000 1000000] [--work DIR]

Each passage is a line of twelve words; its vector lies near one of 2,000 centres (named by its first word) in a 40-dimensional
subspace of 384 dimensions, plus noise; three token states a passage. Building, and opening with asking, run in processes of
their own, so that their peak memory can be told apart. `retrieve` is timed without a model: the vector of a question is looked up.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path

import numpy as np

from qa.engine import Engine
from qa.models.encoding import Encoding
from qa.settings import Settings

DIM, LATENT, CENTRES, LINES = 384, 40, 2000, 100


class Synthetic:
    """An embedder whose vectors are made from a text's words: the first names the centre, the rest is noise."""

    name, fingerprint, dim, window_tokens = "synthetic", "synthetic-1", DIM, 64

    def __init__(self) -> None:
        chooser = np.random.default_rng(0)
        self._centres = chooser.normal(size=(CENTRES, LATENT))
        self._basis = chooser.normal(size=(LATENT, DIM))

    def vocabulary(self) -> list[str]:
        return [f"Centre{number}" for number in range(CENTRES)]

    def token_starts(self, text: str) -> list[int]:
        return list(range(0, len(text.split()) * 4, 4))

    def encode_passages(self, texts: Sequence[str]) -> Iterator[Encoding]:
        return map(self.encode_question, texts)

    def encode_question(self, text: str) -> Encoding:
        chooser = np.random.default_rng(zlib.crc32(text.encode()))
        centre = int(text.split()[0].removeprefix("Centre").rstrip(".") or 0) % CENTRES
        latent = self._centres[centre] + 0.3 * chooser.normal(size=LATENT)
        vector = latent @ self._basis + 0.3 * chooser.normal(size=DIM)
        vector = (vector / np.linalg.norm(vector)).astype(np.float32)
        states = np.tile(vector, (3, 1))
        return Encoding(vector, states, np.array([0, 4, 8], np.int32), np.array([7, 8, 9], np.int32))


def write_seeds(folder: Path, passages: int) -> None:
    chooser = random.Random(0)
    words = [f"w{n:05d}" for n in range(30_000)]
    shares = list(accumulate(1 / (n + 10) for n in range(30_000)))
    for number in range(passages // LINES):
        lines = [
            f"Centre{chooser.randrange(CENTRES)} {' '.join(chooser.choices(words, cum_weights=shares, k=11))}."
            for _ in range(LINES)
        ]
        (folder / f"d{number:06d}.txt").write_text("\n\n".join(lines))


def engine_of(work: Path) -> Engine:
    settings = Settings(seeds=work / "seeds", index=work / "index", model="synthetic", passage_tokens=12)
    return Engine(settings, embedder=Synthetic())


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def build(work: Path) -> dict[str, object]:
    started = time.perf_counter()
    report = engine_of(work).build()
    return {"passages": report.passages, "build_seconds": time.perf_counter() - started, "build_peak_mb": peak_mb()}


def ask(work: Path) -> dict[str, object]:
    engine = engine_of(work)
    started = time.perf_counter()
    engine.document("d000000.txt")
    first = time.perf_counter()
    chooser = random.Random(1)
    questions = [
        f"Centre{chooser.randrange(CENTRES)} w{chooser.randrange(3000):05d} w{chooser.randrange(3000):05d} {n}"
        for n in range(200)
    ]
    times = []
    for question in questions:
        before = time.perf_counter()
        engine.retrieve(question, k=10)
        times.append(time.perf_counter() - before)
    exact = exact_recall(engine, questions)
    index = engine.settings.index
    disk = sum(p.stat().st_size for p in index.rglob("*") if p.is_file())
    return {"open_seconds": first - started, "retrieve_p50_ms": 1000 * sorted(times)[len(times) // 2], "serve_peak_mb": exact.pop("peak_mb"),
            "disk_mb": disk / 1e6, **exact}  # fmt: skip


def exact_recall(engine: Engine, questions: list[str]) -> dict[str, object]:
    """Recall@10 of the store against exact search, for questions that are no passages. The peak is taken before."""
    import faiss

    peak = peak_mb()
    store = engine._open().corpus.store
    embedder = Synthetic()
    vectors = np.stack([embedder.encode_question(question).vector for question in questions])
    found = [set(store.search(vector, 10)[0].tolist()) for vector in vectors]
    heap = faiss.ResultHeap(len(vectors), 10, keep_max=True)
    for first in range(0, store.count, 65_536):
        rows = np.arange(first, min(first + 65_536, store.count))
        scores, ids = faiss.knn(vectors, store.vectors(rows), 10, metric=faiss.METRIC_INNER_PRODUCT)
        heap.add_result(scores, ids + first)
    heap.finalize()
    hits = sum(len(a & set(b.tolist())) for a, b in zip(found, heap.I, strict=True))
    return {"recall@10": hits / (10 * len(questions)), "peak_mb": peak}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passages", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--work", type=Path, help="folder for seeds and index (default: a temporary one)")
    parser.add_argument("--step", choices=["build", "ask"], help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.step:
        print(json.dumps({"build": build, "ask": ask}[args.step](args.work)))
        return
    for passages in args.passages:
        with tempfile.TemporaryDirectory(dir=args.work) as name:
            (Path(name) / "seeds").mkdir()
            write_seeds(Path(name) / "seeds", passages)
            row: dict[str, object] = {}
            for step in ("build", "ask"):
                command = [sys.executable, __file__, "--step", step, "--work", name]
                row |= json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            row["serve_peak_share_of_vectors"] = float(str(row["serve_peak_mb"])) * 2**20 / (passages * DIM * 4)
            print(
                json.dumps({key: round(value, 3) if isinstance(value, float) else value for key, value in row.items()}),
                flush=True,
            )


if __name__ == "__main__":
    main()
