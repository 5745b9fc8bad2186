"""The folder against Milvus: the same hits, and how many times as long a build and a question take, with what memory.

    python benchmarks/stores.py [--passages 2000 20000] [--questions 100]

The passages are those of benchmarks/scale.py, so no model runs. Every question is asked of both in turn. Without TEST_MILVUS_URI=host:port the
server is `milvus-lite server` on this machine, which compares every vector in Python: what it takes says nothing of a real Milvus.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from scale import CENTRES, Synthetic, engine_of, write_seeds  # noqa: E402
from stored import Server  # noqa: E402

from qa.engine import Engine  # noqa: E402


def questions_of(count: int) -> list[str]:
    chooser = random.Random(1)
    return [
        f"Centre{chooser.randrange(CENTRES)} w{chooser.randrange(3000):05d} w{chooser.randrange(3000):05d} {n}"
        for n in range(count)
    ]


def stored(work: Path, store: str) -> Engine:
    local = engine_of(work)
    return Engine(dataclasses.replace(local.settings, index=work / "sent", store=store), embedder=Synthetic())


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def hits_of(engine: Engine, question: str) -> list[tuple[str, float]]:
    return [(hit.passage.passage_id, round(hit.score, 5)) for hit in engine.retrieve(question, k=10)]


def asked(engine: Engine, question: str) -> tuple[list[tuple[str, float]], float]:
    """Return hits, and the seconds they took."""
    began = time.perf_counter()
    return hits_of(engine, question), time.perf_counter() - began


def own_peak_mb() -> float:
    """Return the peak memory of this process since it began (getrusage would tell its parent's)."""
    return int(re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[0]) / 1024


def peak_of(work: Path, store: str, count: int) -> float:
    """Return the peak memory, in MB, of a process that asks."""
    command = [sys.executable, __file__, "--asks", str(work), store, "--questions", str(count)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def compare(work: Path, store: str, count: int) -> dict[str, object]:
    """Build and ask both side by side."""
    local, over = engine_of(work), stored(work, store)
    built = [seconds(engine.build) for engine in (local, over)]
    (work / "seeds" / "d000000.txt").write_text("Centre1 is edited.")
    edited = [seconds(engine.build) for engine in (local, over)]
    questions, same = questions_of(count), 0
    took: list[list[float]] = []
    for engine in (local, over):
        hits_of(engine, "Centre1")
    for question in questions:
        (of_folder, first), (of_store, second) = asked(local, question), asked(over, question)
        took.append([first, second])
        same += of_folder == of_store
    ratios = np.array(took)[:, 1] / np.array(took)[:, 0]
    return {
        "passages": local.status().passages, "same hits and scores": f"{same} of {count}",
        "build": f"x{built[1] / built[0]:.1f}", "build after an edit": f"x{edited[1] / edited[0]:.1f}",
        "question, median": f"x{np.median(ratios):.1f}", "question, 95 %": f"x{np.quantile(ratios, 0.95):.1f}",
        "MB of a process that asks": [round(peak_of(work, each, count)) for each in ("", store)],
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passages", type=int, nargs="+", default=[2_000, 20_000])
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--asks", nargs=2, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.asks:
        work = Path(args.asks[0])
        engine = stored(work, args.asks[1]) if args.asks[1] else engine_of(work)
        for question in questions_of(args.questions):
            hits_of(engine, question)
        print(own_peak_mb())
        return
    for passages in args.passages:
        with tempfile.TemporaryDirectory() as name:
            (Path(name) / "seeds").mkdir()
            write_seeds(Path(name) / "seeds", passages)
            server = Server(Path(name))
            if not server.is_elsewhere:
                server.start()
            try:
                print(json.dumps(compare(Path(name), server.store(f"bench{passages}"), args.questions)), flush=True)
            finally:
                server.kill()


if __name__ == "__main__":
    main()
