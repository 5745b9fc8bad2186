"""What one edited sentence costs, against a full build, with the real model.

    python benchmarks/incremental.py TEXTS [--documents 1000] [--words 1500]

TEXTS is a folder of .txt and .md files; documents are made of their sentences, seeded. Prints one line a build, as a share of the
full build of the same run.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from pathlib import Path

from qa.engine import Engine
from qa.models.embedding import load_embedder
from qa.settings import Settings
from qa.text.sentences import split_sentences


def write_documents(texts: Path, folder: Path, *, documents: int, words: int) -> None:
    """Write documents of about `words` words, each with a sentence of its own so that no two are the same."""
    pool = []
    for path in sorted(texts.rglob("*")):
        if path.suffix in (".txt", ".md"):
            text = path.read_text(encoding="utf-8")
            pool += [" ".join(span.of(text).split()) for span in split_sentences(text)]
    pool = [sentence for sentence in pool if 4 <= len(sentence.split()) <= 60]
    chooser = random.Random(0)
    for number in range(documents):
        lines, count = [f"This is report {number} of the archive.\n"], 0
        while count < words:
            paragraph = chooser.choices(pool, k=5)
            count += sum(len(sentence.split()) for sentence in paragraph)
            lines.append(" ".join(paragraph) + "\n")
        (folder / f"report{number:05d}.txt").write_text("\n".join(lines), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts", type=Path)
    parser.add_argument("--documents", type=int, default=1000)
    parser.add_argument("--words", type=int, default=1500)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        seeds = Path(name) / "seeds"
        seeds.mkdir()
        write_documents(args.texts, seeds, documents=args.documents, words=args.words)
        engine = Engine(Settings(seeds=seeds, index=Path(name) / "index"), embedder=load_embedder("all-MiniLM-L6-v2"))
        middle = seeds / f"report{args.documents // 2:05d}.txt"

        def edit() -> None:
            first, _, rest = middle.read_text(encoding="utf-8").partition("\n")
            middle.write_text(f"{first} One sentence was added here.\n{rest}", encoding="utf-8")

        def rename() -> None:
            middle.rename(seeds / "renamed.txt")

        full = 0.0
        for label, change in (
            ("full", None),
            ("unchanged", None),
            ("one edited sentence", edit),
            ("one renamed file", rename),
        ):
            if change:
                change()
            started = time.perf_counter()
            report = engine.build()
            seconds = time.perf_counter() - started
            full = full or seconds
            print(
                f"{label:20} {report.passages} passages, {report.embedded} embedded, {seconds / full:8.3%} of the full build",
                flush=True,
            )


if __name__ == "__main__":
    main()
