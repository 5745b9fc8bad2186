"""How fast the page feels, in Chromium: Enter to answer, click to source, twenty programs at once.

    python benchmarks/page.py [--questions 40] [--documents 5000]

Serves the seeds, among so many short notes that there are `--documents`, from a process of its own. Everything is measured in one run;
`ask()` alone is timed here, alternating with the page.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from qa.engine import Engine
from qa.settings import Settings

ROOT = Path(__file__).parent.parent
CLIENTS, CALLS, ROUNDS = 20, 10, 5


@contextmanager
def serving(index: Path, seeds: Path = ROOT / "seeds") -> Iterator[tuple[str, int]]:
    """Serve a folder in a process of its own: its address and its number."""
    command = [
        sys.executable,
        "-m",
        "qa",
        "serve",
        "--json",
        "--seeds",
        str(seeds),
        "--index",
        str(index),
        "--port",
        "0",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            written = ""
            while "}" not in written:
                written += server.stdout.readline()
            yield json.loads(written)["url"], server.pid
        finally:
            server.terminate()


def documents_among_notes(folder: Path, count: int) -> Path:
    """Copy the seeds and write short notes beside them until there are `count` documents."""
    shutil.copytree(ROOT / "seeds", folder)
    for n in range(count - sum(path.suffix == ".txt" for path in folder.iterdir())):
        part = folder / f"part{n % 25:02}"
        part.mkdir(exist_ok=True)
        note = f"# Note {n:04} of the archive\n\nThe lamp number {n} in the harbour of Atlantis burns at night.\n"
        (part / f"note-{n:04}.md").write_text(note, encoding="utf-8")
    return folder


def milliseconds(start: float) -> float:
    return (time.perf_counter() - start) * 1000


def p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def ask_in_page(page: Page, question: str) -> float:
    count = page.locator("#chat .ans").count()
    page.fill("#ask textarea", question)
    start = time.perf_counter()
    page.press("#ask textarea", "Enter")
    page.wait_for_function("n => document.querySelectorAll('#chat .ans').length > n", arg=count)
    return milliseconds(start)


def ask_over_http(url: str, question: str) -> None:
    body = json.dumps({"data": [question, None, 5]}).encode()
    post = urllib.request.Request(url + "gradio_api/run/ask", body, {"content-type": "application/json"})
    with urllib.request.urlopen(post, timeout=120) as response:
        assert json.load(response)["data"][0]["question"] == question


def served_to_many(engine: Engine, url: str, work: list[str]) -> float:
    """Throughput over HTTP by that of `ask()` alone, one after the other."""
    start = time.perf_counter()
    for question in work:
        engine.ask(question)
    alone = milliseconds(start)
    start = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(lambda question: ask_over_http(url, question), work))
    return alone / milliseconds(start)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=40)
    parser.add_argument(
        "--documents", type=int, default=0, help="how many there are at least (default: the five seeds)"
    )
    args = parser.parse_args()
    lines = (ROOT / "tests/gold/seeds.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in lines][: args.questions]
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        seeds = documents_among_notes(Path(folder) / "seeds", args.documents)
        engine = Engine(Settings(seeds=seeds, index=Path(folder) / "index"))
        engine.build()
        engine.ask(questions[0])
        with serving(engine.settings.index, seeds) as (url, _):
            page = playwright.chromium.launch(executable_path=chromium).new_page(
                viewport={"width": 1280, "height": 800}
            )
            page.goto(url)
            page.wait_for_selector(".welcome")
            page.wait_for_timeout(1000)
            alone, shown, cited = [], [], []
            for number, question in enumerate(questions):
                if number % 10 == 0:
                    page.click("[data-act=new]")
                    page.wait_for_selector(".welcome")
                start = time.perf_counter()
                engine.ask(question)
                alone.append(milliseconds(start))
                shown.append(ask_in_page(page, question))
                page.wait_for_timeout(200)
                pill = page.locator("#chat .ans").last.locator(".cite")
                if pill.count() and pill.first.is_visible():
                    page.evaluate("document.querySelectorAll('mark').forEach(m => m.replaceWith(...m.childNodes))")
                    start = time.perf_counter()
                    pill.first.click()
                    page.wait_for_selector("mark.on")
                    cited.append(milliseconds(start))
            added = [s - a for s, a in zip(shown, alone, strict=True)]
            print(
                f"Enter to answer, beyond ask() itself: p50 {statistics.median(added):.0f} ms, p95 {p95(added):.0f} ms"
            )
            print(f"citation to highlighted source: p50 {statistics.median(cited):.0f} ms, p95 {p95(cited):.0f} ms")
            page.context.browser.close()
            work = [questions[i % len(questions)] for i in range(CLIENTS * CALLS)]
            ratios = sorted(served_to_many(engine, url, work) for _ in range(ROUNDS))
            print(
                f"{CLIENTS} programs at once, {ROUNDS} times {len(work)} questions, no error: "
                f"{statistics.median(ratios):.2f} of the throughput of ask() alone ({ratios[0]:.2f} to {ratios[-1]:.2f})"
            )


if __name__ == "__main__":
    main()
