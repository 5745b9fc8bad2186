"""Where the CPU time of a build goes, stage by stage, and what a build costs that is killed half-way and started again.

    python benchmarks/building.py DOCUMENTS [--kill]

Shares of the CPU time of all threads of one process; a stage that another one calls counts for itself alone. With --kill, a second build of the
same documents is killed (SIGKILL) when half of the passages are embedded, and a third goes on; told are the passages that it embedded anew
and the CPU time of both together, a build that is left alone being 1.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from qa.engine import Engine
from qa.indexing import encodings, hands, snapshots
from qa.indexing.comparing import Reading
from qa.indexing.drafting import CorpusWriter
from qa.indexing.resuming import ResumeCache
from qa.models import minilm
from qa.settings import Settings

STAGES: tuple[tuple[str, Any, str], ...] = (
    ("read the files", Reading, "read"),
    ("cut into sentences and passages", hands, "cut"),
    ("load the model", minilm, "load_weights"),
    ("load the model", minilm, "mapped_session"),
    ("load the model", minilm, "load_tokenizer"),
    ("embed", minilm.MiniLMEmbedder, "_encode_passage"),
    ("count tokens", minilm.MiniLMEmbedder, "token_starts"),
    ("project and round token states", encodings, "project"),
    ("project and round token states", encodings, "quantize"),
    ("keep for a build that goes on", ResumeCache, "put"),
    ("write passages, terms, tables", CorpusWriter, "add"),
    ("write passages, terms, tables", CorpusWriter, "finish"),
    ("flush, check and publish", snapshots, "publish"),
)
ONE_BUILD = """
import resource, sys
from pathlib import Path
from qa import Engine, Settings
def tell(done, total, note):
    print(note, flush=True)
report = Engine(Settings(seeds=Path(sys.argv[1]), index=Path(sys.argv[2]))).build(progress=tell)
print("passages", report.passages, report.embedded, flush=True)
"""


class Stages:
    """CPU seconds of each stage, over all threads, what it calls of others not counted."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()
        self._here = threading.local()
        self._lock = threading.Lock()

    def watch(self, name: str, home: Any, attribute: str) -> None:
        work: Callable[..., Any] = getattr(home, attribute)

        def watched(*args: Any, **named: Any) -> Any:
            start, outside = time.thread_time(), getattr(self._here, "inner", 0.0)
            self._here.inner = 0.0
            try:
                return work(*args, **named)
            finally:
                took = time.thread_time() - start
                with self._lock:
                    self.seconds[name] += took - self._here.inner
                self._here.inner = outside + took

        setattr(home, attribute, watched)


def by_stage(documents: Path, index: Path) -> None:
    stages = Stages()
    for stage in STAGES:
        stages.watch(*stage)
    start = time.process_time()
    report = Engine(Settings(seeds=documents, index=index)).build()
    took = time.process_time() - start
    print(f"{documents.name}: {report.passages} passages, {report.embedded / took:.1f} a CPU second")
    for name, seconds in [*stages.seconds.most_common(), ("everything else", took - stages.seconds.total())]:
        print(f"| {name} | {100 * seconds / took:.1f} % |")


def build(documents: Path, index: Path, *, kill_at: int = 0) -> tuple[float, list[str]]:
    """Build in a process of its own; return its CPU seconds and what it said. With `kill_at`, kill it after so many passages."""
    command = [sys.executable, "-c", ONE_BUILD, str(documents), str(index)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    said: list[str] = []
    with child:
        for line in child.stdout or ():
            said.append(line.strip())
            told = re.search(r"(\d+) passages", line)
            if kill_at and told and int(told[1]) >= kill_at:
                child.send_signal(signal.SIGKILL)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in (0, -signal.SIGKILL):
        sys.exit(f"the build failed: {child.returncode}")
    return usage.ru_utime + usage.ru_stime, said


def killed_half_way(documents: Path, scratch: Path) -> None:
    whole, said = build(documents, scratch / "whole")
    passages, embedded = map(int, said[-1].split()[1:])
    first, _ = build(documents, scratch / "killed", kill_at=passages // 2)
    second, said = build(documents, scratch / "killed")
    again = int(said[-1].split()[2])
    print(
        f"killed after {passages // 2} of {passages} passages: the next build embedded {again} of {embedded} different texts;"
    )
    print(f"both together took {(first + second) / whole:.2f} of the CPU time of a build that was left alone")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("documents", type=Path)
    parser.add_argument("--kill", action="store_true", help="also kill a build half-way and go on")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        by_stage(args.documents, Path(scratch) / "stages")
        if args.kill:
            killed_half_way(args.documents, Path(scratch))


if __name__ == "__main__":
    main()
