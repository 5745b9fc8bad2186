"""Ask the questions of some folders and tell which quotes are scraps (qa/evals/scraps.py): 0 is wanted.

    python benchmarks/scraps.py --set DOCUMENTS QUESTIONS.jsonl [--set DOCUMENTS QUESTIONS.jsonl ...] [--every]

Every quote of every question counts, also of those that are refused. With `--every`, what is quoted for any sentence at all is looked at, too.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

from qa.answers.answering import answer_question
from qa.answers.spans import quote_span
from qa.engine import Engine
from qa.evals.scraps import why_scrap
from qa.settings import from_env


def of_questions(engine, path):
    """Yield each quote with its fault."""
    corpus, means = engine.parts()
    means = replace(means, settings=replace(means.settings, threshold=0.0))
    for line in path.read_text(encoding="utf-8").splitlines():
        asked = json.loads(line)
        for citation in answer_question(corpus, means, asked["question"], history=asked.get("history") or ()).citations:
            seen = corpus.shown(corpus.number_of[citation.doc_id]).of(citation.span)
            yield citation.text, why_scrap(citation, seen)


def of_sentences(engine):
    """Yield what is quoted for each sentence with its fault."""
    corpus = engine.parts()[0]
    for number in range(len(corpus.sentences)):
        if quote := quote_span(corpus, number):
            text = quote.span.of(corpus.sentence(number)[0].text)
            told = SimpleNamespace(text=text, kind=quote.kind, lead=quote.lead)
            yield text, why_scrap(told, corpus.shown(int(corpus.sentences[number, 0])).of(quote.span))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--set", nargs=2, action="append", required=True, metavar=("DOCUMENTS", "QUESTIONS"))
    parser.add_argument("--every", action="store_true")
    args = parser.parse_args()
    faulty = 0
    for folder, questions in args.set:
        with tempfile.TemporaryDirectory() as index:
            engine = Engine(from_env(seeds=Path(folder), index=Path(index)))
            engine.build()
            parts = {"questions": of_questions(engine, Path(questions))}
            parts |= {"sentences": of_sentences(engine)} if args.every else {}
            for name, found in parts.items():
                rows = list(found)
                faults = [(text, fault) for text, fault in rows if fault]
                faulty += len(faults)
                print(
                    f"{folder} {name}: {len(faults)} of {len(rows)} quotes are scraps {dict(Counter(fault for _, fault in faults))}"
                )
                for text, fault in dict.fromkeys(faults):
                    print(f"    {fault}: {text[:160]!r}")
    return int(faulty > 0)


if __name__ == "__main__":
    sys.exit(main())
