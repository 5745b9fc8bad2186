"""Is what answers among the hits of `retrieve`? The share of questions, and each that misses.

    python benchmarks/recall.py --set DOCS QUESTIONS.jsonl [--set DOCS QUESTIONS.jsonl ...]

Each set is a folder of documents and a file of questions as `qa eval` reads them; a hit counts where it shares at least half of the shorter text
with a gold quote. Questions that no document answers are left out; nothing is refused.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from folders import gold_of

from qa.answers.searching import find_hits
from qa.defaults import HITS_SHOWN
from qa.engine import Engine
from qa.evals.metrics import HITS_AT, is_right
from qa.settings import Settings


def place_of(question, found):
    """Return the rank of the first hit that answers, 0 where none does."""
    for hit in found:
        if is_right(question, hit.passage.doc_id, hit.passage.span):
            return hit.rank
    return 0


def told(name, places):
    shares = " ".join(f"@{k} {sum(0 < place <= k for place in places) / max(len(places), 1):.3f}" for k in HITS_AT)
    print(f"{name}: {shares} of {len(places)} questions", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", nargs=2, action="append", type=Path, required=True, metavar=("DOCS", "QUESTIONS"))
    args = parser.parse_args()
    places = []
    for docs, questions in args.set:
        with tempfile.TemporaryDirectory() as index:
            engine = Engine(Settings(seeds=docs, index=Path(index)))
            engine.build()
            corpus, means = engine.parts()
            gold = gold_of(engine, questions)
            of_set = []
            for question in [q for q in gold if q.places]:
                found = find_hits(corpus, means, question.question, HITS_SHOWN, history=question.history)
                of_set.append(place_of(question, found))
                if not of_set[-1]:
                    print(f"  missed {question.question_id}: {question.question}")
            told(docs, of_set)
            places += of_set
            del corpus, means, engine
    told("all", places)


if __name__ == "__main__":
    main()
