"""CPU time of `retrieve`, and of `ask` without a reader and with it, against a floor: embedding the question with sentence-transformers
and one exact search.

    python benchmarks/speed.py --set SEEDS QUESTIONS.jsonl [--set SEEDS QUESTIONS.jsonl ...] [--most 100]

One run, the ways alternating question by question, after a warm-up; the table gives ratios of medians.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch
from sentence_transformers import SentenceTransformer
from threadpoolctl import threadpool_limits

from qa.engine import Engine
from qa.models.embedding import load_embedder
from qa.models.minilm import model_folder
from qa.settings import DEFAULT_MODEL, Settings


def cpu_seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def measure(engine: Engine, unread: Engine, model: SentenceTransformer, questions: list[str]) -> dict[str, float]:
    corpus, _ = engine.parts()
    floor = lambda q: corpus.store.search(model.encode(q, normalize_embeddings=True), 5)  # noqa: E731
    ways = {"floor": floor, "retrieve": engine.retrieve, "match": unread.ask, "ask": engine.ask}
    for way in ways.values():
        for question in questions[:5]:
            way(question)
    took: dict[str, list[float]] = {name: [] for name in ways}
    for question in questions:
        for name, way in ways.items():
            took[name].append(cpu_seconds(lambda way=way, question=question: way(question)))
    return {name: statistics.median(times) for name, times in took.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", nargs=2, action="append", type=Path, required=True, metavar=("SEEDS", "QUESTIONS"))
    parser.add_argument("--most", type=int, default=100, help="questions of each set (default 100)")
    args = parser.parse_args()
    threadpool_limits(1, user_api="blas")  # as when it is served: threads that wait would count as work
    torch.set_num_threads(1)
    embedder, model = load_embedder(DEFAULT_MODEL), SentenceTransformer(str(model_folder()))
    print(f"{'documents':30} {'passages':>9} {'retrieve':>9} {'ask, QA_READER=none':>20} {'ask':>6}   (floor = 1)")
    for seeds, questions in args.set:
        with tempfile.TemporaryDirectory() as index:
            engine = Engine(Settings(seeds=seeds, index=Path(index)), embedder=embedder)
            engine.build()
            texts = [json.loads(line)["question"] for line in questions.read_text(encoding="utf-8").splitlines()][
                : args.most
            ]
            unread = Engine(replace(engine.settings, reader="none"), embedder=embedder)
            took = measure(engine, unread, model, texts)
            times = [took[way] / took["floor"] for way in ("retrieve", "match", "ask")]
            print(
                f"{seeds.name:30} {engine.status().passages:9} {times[0]:9.2f} {times[1]:20.2f} {times[2]:6.2f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
