"""What one costs the processor against LangChain + FAISS + HuggingFaceEmbeddings with the same weights, whole processes side by side.

    python benchmarks/against.py --peer PEER_PYTHON --set DOCUMENTS QUESTIONS.jsonl [--set ...] [--rounds 3]

PEER_PYTHON is the interpreter of an environment that has LangChain (benchmarks/README.md). Every row is CPU time (user and system,
children counted), the two sides in turn, medians of the rounds; memory is the largest resident size of the process. Each runs with
one thread of BLAS and OpenMP: threads that wait would count as work. Cold rows use the first set.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}
AS_INSTALLED = {"PYTHONDONTWRITEBYTECODE": ""}  # pip compiled the peer: from the second start on we are compiled, too
PACKAGES = "numpy, faiss, onnxruntime, tokenizers"
WARM = """
import json, statistics, sys, time
from pathlib import Path
from qa import Engine, Settings
engine = Engine(Settings(seeds=Path(sys.argv[1]), index=Path(sys.argv[2])))
texts, took = [json.loads(line)["question"] for line in open(sys.argv[3], encoding="utf-8")], []
for text in texts[:5] + texts:
    start = time.process_time()
    getattr(engine, sys.argv[4])(text)
    took.append(1000 * (time.process_time() - start))
print(statistics.median(took[5:]))
"""


@dataclass(frozen=True)
class Cost:
    """What one process took: CPU seconds, largest resident megabytes, and what it printed."""

    seconds: float
    megabytes: float
    printed: str


def started(command: Sequence[str | Path]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env={**os.environ, **ONE_THREAD, **AS_INSTALLED, "PYTHONPATH": str(HERE.parent)}, cwd=HERE.parent,
    )  # fmt: skip


def run(*command: str | Path) -> Cost:
    """Run one process to its end; 3 (not in the documents) and 4 (changed) are answers, too."""
    child = started(command)
    with child:
        printed = child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in (0, 3, 4):
        sys.exit(f"{' '.join(map(str, command))[:200]} failed: {printed[-500:]}")
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, printed)


def medians(rounds: int, *ways: tuple[str | Path, ...]) -> list[Cost]:
    """Run the ways in turn, round by round; return the median cost of each."""
    costs = [[run(*way) for way in ways] for _ in range(rounds)]
    return [
        Cost(statistics.median(c.seconds for c in column), statistics.median(c.megabytes for c in column), column[0].printed)
        for column in zip(*costs, strict=True)
    ]  # fmt: skip


def print_row(what: str, ours: float, theirs: float, unit: str) -> None:
    print(f"| {what} | {ours:.2f} {unit} | {theirs:.2f} {unit} | {ours / theirs:.2f} |", flush=True)


def start_of_page(*command: str | Path) -> float:
    """CPU seconds of the page until it answers for the first time: then it is killed."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = started([*command, "--port", str(port)])
    while server.poll() is None:
        with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=60):
            break
        time.sleep(0.02)
    else:
        sys.exit("the page has not started")
    server.kill()
    with server:
        server.stdout.read()
        _, _, usage = os.wait4(server.pid, 0)
        server.returncode = -signal.SIGKILL
    return usage.ru_utime + usage.ru_stime


class Sides:
    """Both sides' indexes of one set of documents, in a folder of their own."""

    def __init__(self, peer: Path, documents: Path, questions: Path, scratch: Path) -> None:
        self.documents, self.questions, self.scratch = scratch / "documents", questions, scratch
        shutil.copytree(
            documents, self.documents, copy_function=shutil.copyfile
        )  # one is edited: it has to be writable
        self.name, self.ours, self.theirs = documents.name, scratch / "ours", scratch / "theirs"
        self.peer = (peer, HERE / "peer.py")

    def qa(self, *arguments: str) -> tuple[str | Path, ...]:
        return (sys.executable, "-m", "qa", *arguments, "--seeds", self.documents, "--index", self.ours)

    def build(self, rounds: int) -> None:
        ours, theirs = medians(rounds, self.qa("build", "--full"), (*self.peer, "build", self.documents, self.theirs))
        print_row(f"{self.name}: build", ours.seconds, theirs.seconds, "s")
        print_row(f"{self.name}: memory of the build", ours.megabytes, theirs.megabytes, "MB")

    def edit(self) -> None:
        """One sentence more in the largest document: both sides embed what they have to."""
        path = max((p for p in self.documents.iterdir() if p.suffix in (".txt", ".md")), key=lambda p: p.stat().st_size)
        text = path.read_text(encoding="utf-8")
        path.write_text(text + "\n\nOne sentence was added at the end.\n", encoding="utf-8")
        ours, theirs = medians(1, self.qa("build"), (*self.peer, "edit", self.documents, self.theirs, path.name))
        print_row(f"{self.name}: build after one edited sentence", ours.seconds, theirs.seconds, "s")

    def warm(self, rounds: int) -> None:
        theirs = (*self.peer, "warm", self.theirs, self.questions)
        for verb in ("ask", "retrieve"):
            ours = (sys.executable, "-c", WARM, self.documents, self.ours, self.questions, verb)
            took = [[float(run(*side).printed.split()[-1]) for side in (ours, theirs)] for _ in range(rounds)]
            print_row(f"{self.name}: a warm question, `{verb}`", *map(statistics.median, zip(*took, strict=True)), "ms")

    def cold(self, rounds: int) -> None:
        question = json.loads(self.questions.read_text(encoding="utf-8").splitlines()[0])["question"]
        ours, theirs, packages, shell, status, fast = medians(
            rounds, self.qa("ask", question), (*self.peer, "ask", self.theirs, question),
            (sys.executable, "-c", f"import {PACKAGES}"), (sys.executable, "-m", "qa", "--help"), self.qa("status"),
            ("env", "QA_READER=none", *self.qa("ask", question)),
        )  # fmt: skip
        print_row("a cold question from the shell", ours.seconds, theirs.seconds, "s")
        print_row("memory of a cold question", ours.megabytes, theirs.megabytes, "MB")
        print(
            f"\nA cold question is {ours.seconds / packages.seconds:.2f} times `import {PACKAGES}` ({packages.seconds:.2f} s), "
            f"with QA_READER=none {fast.seconds / packages.seconds:.2f} times;"
        )
        print(f"`qa --help` takes {shell.seconds:.2f} s, `qa status` {status.seconds:.2f} s.")
        page = statistics.median(start_of_page(*self.qa("serve")) for _ in range(rounds))
        gradio = medians(rounds, (sys.executable, "-c", "import gradio"))[0].seconds
        print(f"The page answers after {page:.2f} s, {page / gradio:.2f} times `import gradio` ({gradio:.2f} s).")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer", type=Path, required=True, help="the Python that has LangChain")
    parser.add_argument("--set", nargs=2, action="append", type=Path, required=True, metavar=("DOCUMENTS", "QUESTIONS"))
    parser.add_argument(
        "--rounds", type=int, default=3, help="of the short rows (default 3); a build of a large set runs once"
    )
    args = parser.parse_args()
    print("| CPU time | Quoted | LangChain | ratio |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as scratch:
        sets = [
            Sides(args.peer, *(p.resolve() for p in each), Path(scratch) / str(n)) for n, each in enumerate(args.set)
        ]
        for number, sides in enumerate(sets):
            sides.build(args.rounds if number == 0 else 1)
            sides.warm(args.rounds if number == 0 else 1)
            sides.edit()
        sets[0].cold(args.rounds)


if __name__ == "__main__":
    main()
