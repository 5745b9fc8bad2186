"""What reading formats costs: files of thirteen formats against the same text as .txt, built with the real model.

    python benchmarks/mixed.py TEXTS [--files 500] [--words 350]

TEXTS is a folder of .txt and .md files; the files are made of their sentences, seeded. Prints processor time a megabyte of text as a ratio
of that of .txt (children counted, both built twice, alternating), and how many files are parsed when the mixed folder is built again.
"""

from __future__ import annotations

import argparse
import html
import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from made import book, column, open_text, paragraph, pdf, slides, word  # noqa: E402

import qa.text.documents  # noqa: E402
from qa.engine import Engine  # noqa: E402
from qa.formats import parse_file  # noqa: E402
from qa.settings import from_env  # noqa: E402
from qa.text.sentences import split_sentences  # noqa: E402

Sections = list[tuple[str, list[str]]]


def sections_of(pool: list[str], chooser: random.Random, number: int, words: int) -> Sections:
    """Return headings with sentences below, of so many words, the first with one of its own."""
    found: Sections = [(f"Report {number}", [f"This is report {number} of the archive."])]
    while sum(len(s.split()) for _, said in found for s in said) < words:
        found.append((f"Part {len(found)}", chooser.choices(pool, k=6)))
    return found


def _page(said: list[str]) -> str:
    lines, held = [], ""
    for each in " ".join(said).split():
        if len(held) + len(each) > 80:
            lines, held = [*lines, held], ""
        held = f"{held} {each}".strip()
    escaped = [line.replace("\\", "").replace("(", "\\(").replace(")", "\\)") for line in [*lines, held]]
    return column(50, 760, escaped)


def made_as(suffix: str, sections: Sections) -> bytes:
    """Return a file of that format."""
    marked = [(html.escape(h), [html.escape(s) for s in said]) for h, said in sections]
    web = "".join(f"<h2>{h}</h2><p>{' '.join(said)}</p>" for h, said in marked)
    plain = "\n\n".join(f"{h}\n\n{' '.join(said)}" for h, said in sections)
    lines = [s for _, said in sections for s in said]
    match suffix:
        case ".pdf":
            return pdf([_page([s.encode("ascii", "ignore").decode() for s in said]) for _, said in sections])
        case ".docx":
            return word("".join(paragraph(h, "H1") + paragraph(" ".join(said)) for h, said in marked))
        case ".pptx":
            return slides(marked)
        case ".odt":
            return open_text("".join(f"<text:h>{h}</text:h><text:p>{' '.join(said)}</text:p>" for h, said in marked))
        case ".epub":
            return book([f"<h1>{h}</h1><p>{' '.join(said)}</p>" for h, said in marked])
        case ".html":
            text = f"<title>{marked[0][0]}</title>{web}"
        case ".eml":
            head = "From: n@example.org\nSubject: A report\nContent-Type: text/plain; charset=utf-8\n\n"
            text = head + plain
        case ".ipynb":
            cells = [{"cell_type": "markdown", "source": f"# {h}\n\n{' '.join(said)}"} for h, said in sections]
            text = json.dumps({"nbformat": 4, "cells": cells})
        case ".csv":
            text = "number,said\n" + "".join(f"{n},{json.dumps(s).replace(chr(92), '')}\n" for n, s in enumerate(lines))
        case ".jsonl":
            text = "".join(json.dumps({"number": n, "said": s}) + "\n" for n, s in enumerate(lines))
        case ".srt":
            text = "".join(f"{n}\n00:{n:02}:00,000 --> 00:{n:02}:09,000\n{s}\n\n" for n, s in enumerate(lines, 1))
        case ".md":
            text = "\n\n".join(f"## {h}\n\n{' '.join(said)}" for h, said in sections)
        case _:
            text = plain
    return text.encode()


SUFFIXES = (
    ".pdf",
    ".docx",
    ".pptx",
    ".odt",
    ".epub",
    ".html",
    ".eml",
    ".ipynb",
    ".csv",
    ".jsonl",
    ".srt",
    ".md",
    ".txt",
)


def write_both(texts: Path, mixed: Path, plain: Path, *, files: int, words: int) -> float:
    """Write the mixed files, and what is read of each as .txt; return the megabytes of text."""
    pool = []
    for path in sorted(texts.rglob("*")):
        if path.suffix in (".txt", ".md"):
            text = path.read_text(encoding="utf-8")
            pool += [" ".join(span.of(text).split()) for span in split_sentences(text)]
    pool = [sentence for sentence in pool if 4 <= len(sentence.split()) <= 60]
    chooser, size = random.Random(0), 0
    for number in range(files):
        name = f"r{number:04d}{SUFFIXES[number % len(SUFFIXES)]}"
        data = made_as(Path(name).suffix, sections_of(pool, chooser, number, words))
        (mixed / name).write_bytes(data)
        read = parse_file(data, name).text.encode()
        (plain / f"{name}.txt").write_bytes(read)
        size += len(read)
    return size / 1e6


def build_seconds(seeds: Path, index: Path) -> float:
    """Return the processor time of a full build and its children."""
    command = [sys.executable, "-m", "qa", "build", "--full", "--strict", "--seeds", str(seeds), "--index", str(index)]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT)
    _, status, used = os.wait4(child.pid, 0)
    if status:
        raise SystemExit(f"the build of {seeds} failed: {' '.join(command)}")
    return used.ru_utime + used.ru_stime


def parsed_again(seeds: Path, index: Path) -> int:
    """Build once more, each file touched, and return how many are parsed."""
    parsed: list[str] = []
    real = qa.text.documents.parse_file

    def counted(data, name, **options):  # type: ignore[no-untyped-def]
        parsed.append(name)
        return real(data, name, **options)

    qa.text.documents.parse_file = counted
    for path in seeds.iterdir():
        path.touch()
    Engine(from_env(seeds=seeds, index=index)).build()
    return len(parsed)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts", type=Path)
    parser.add_argument("--files", type=int, default=500)
    parser.add_argument("--words", type=int, default=350)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        mixed, plain = home / "mixed", home / "plain"
        mixed.mkdir()
        plain.mkdir()
        size = write_both(args.texts, mixed, plain, files=args.files, words=args.words)
        cost = {folder: [build_seconds(folder, home / f"{folder.name}-index")] for folder in (plain, mixed)}
        for folder in (mixed, plain):
            cost[folder].append(build_seconds(folder, home / f"{folder.name}-index"))
        ratio = sum(cost[mixed]) / sum(cost[plain])
        print(
            f"{args.files} files of {len(SUFFIXES)} formats, {size:.2f} MB of text: {ratio:.2f} times the same text as .txt"
        )
        print(f"parsed at the second build: {parsed_again(mixed, home / 'mixed-index')}")


if __name__ == "__main__":
    main()
