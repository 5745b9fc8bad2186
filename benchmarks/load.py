"""How a server does that is left running: its memory over many questions in a row, and many clients at once.

    python benchmarks/load.py [--questions 1500] [--clients 180]

Serves the seeds from a process of its own. Memory is the resident set of that process, read after every hundredth answer.
"""

from __future__ import annotations

import argparse
import itertools
import json
import re
import tempfile
import threading
import urllib.error
import urllib.request
from collections import Counter
from pathlib import Path

from page import ROOT, serving

from qa.engine import Engine
from qa.settings import Settings

FIRST = 300
"""Answers until every cache is full."""


def resident_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024


def ask(url: str, question: str) -> int:
    body = json.dumps({"data": [question, None, 5]}).encode()
    post = urllib.request.Request(url + "gradio_api/run/ask", body, {"content-type": "application/json"})
    try:
        with urllib.request.urlopen(post, timeout=600) as response:
            return response.status if json.load(response)["data"][0]["question"] == question else 0
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return -1


def in_a_row(url: str, pid: int, questions: list[str], count: int) -> dict[int, float]:
    """Ask one after the other, each question with a number so that none is the same, and return the memory by answers given."""
    memory, failed = {0: resident_mb(pid)}, 0
    for number, question in zip(range(1, count + 1), itertools.cycle(questions), strict=False):
        failed += ask(url, f"{question} ({number})") != 200
        if number % 100 == 0:
            memory[number] = resident_mb(pid)
    print(f"{count} questions in a row: {failed} errors; MB " + ", ".join(f"{n}: {mb:.0f}" for n, mb in memory.items()))
    return memory


def at_once(url: str, questions: list[str], clients: int) -> Counter[int]:
    """Let so many clients ask at the same moment, and return how often each status was answered."""
    found: list[int] = []
    ready = threading.Barrier(clients)

    def run(question: str) -> None:
        ready.wait()
        found.append(ask(url, question))

    threads = [threading.Thread(target=run, args=(questions[n % len(questions)],)) for n in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=1500)
    parser.add_argument("--clients", type=int, default=180)
    args = parser.parse_args()
    lines = (ROOT / "tests/gold/seeds.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in lines]
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine(Settings(seeds=ROOT / "seeds", index=Path(folder) / "index"))
        engine.build()
        with serving(engine.settings.index) as (url, pid):
            ask(url, questions[0])
            memory = in_a_row(url, pid, questions, args.questions)
            later = [mb for number, mb in memory.items() if number >= FIRST]
            if later:
                print(
                    f"from {FIRST} on: {max(later) - later[0]:+.1f} MB at most, {later[-1] - later[0]:+.1f} MB at the end"
                )
            statuses = at_once(url, questions, args.clients)
            print(
                f"{args.clients} clients at once: "
                + ", ".join(f"{count} of {status}" for status, count in statuses.items())
            )


if __name__ == "__main__":
    main()
