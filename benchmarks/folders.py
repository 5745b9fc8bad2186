"""Many small collections as one set: the figures of `qa eval` over the questions of all of them, each asked of its own documents.

    python benchmarks/folders.py tests/gold/unseen [--indexes DIR] [--each]

Below the folder, each collection has its documents in docs/ and its questions in questions.jsonl, as `qa eval` reads them.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path

from qa.engine import Engine
from qa.evals.gold import GoldQuestion, read_gold
from qa.evals.runner import Bench, as_table, outcomes_of, report_of
from qa.settings import Settings


def collections(folder: Path) -> list[Path]:
    """Return the collections below a folder, in order."""
    found = sorted(path.parent for path in folder.glob("*/questions.jsonl"))
    if not found:
        raise SystemExit(f"{folder} holds no collection: each is a folder with docs/ and questions.jsonl.")
    return found


def asked(folder: Path, indexes: Path, reader: str = "default") -> Iterator[tuple[Path, Engine, list[GoldQuestion]]]:
    """Yield each collection with its engine, its index built, and its questions."""
    for collection in collections(folder):
        engine = Engine(Settings(seeds=collection / "docs", index=indexes / collection.name, reader=reader))
        engine.build()
        yield collection, engine, gold_of(engine, collection / "questions.jsonl")


def gold_of(engine: Engine, questions: Path) -> list[GoldQuestion]:
    """Read the questions that are asked of an index."""
    return read_gold(questions, lambda doc_id: d.text if (d := engine.document(doc_id)) else None)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--indexes", type=Path, help="folder in which the indexes are kept (default: a temporary one)")
    parser.add_argument("--each", action="store_true", help="a line for each collection")
    args = parser.parse_args()
    everything = []
    with tempfile.TemporaryDirectory() as temporary:
        for collection, engine, questions in asked(args.folder, args.indexes or Path(temporary)):
            outcomes = outcomes_of(Bench(*engine.parts()), questions)
            everything += outcomes
            if args.each:
                figures = report_of(outcomes)["all"]
                told = ("questions", "hit@1", "quote_precision", "clear_right")
                print(f"{collection.name:24}", *(f"{k} {v}" for k, v in figures.items() if k in told), flush=True)
    print(as_table(report_of(everything)))


if __name__ == "__main__":
    main()
