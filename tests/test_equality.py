"""Promise 5 by random walk: after every edit, in all kinds of files, the incremental snapshot gives the hits of a build from nothing.

`QA_TESTS=full pytest tests/test_equality.py` takes 200 steps (and 12 with the real model); without, a tenth of them.
"""

import dataclasses
import json
import tempfile
from pathlib import Path

import pytest
from conftest import SCALE, WordEmbedder
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from made import paragraph, word

from qa.engine import Engine
from qa.settings import Settings

SENTENCES = [f"{who} {does} {what} {where}." for who in ("Cats", "Caesar", "The U.S. minister", "Zelenskýy") for does in ("chase", "fear")
             for what in ("mice", "Rubicon") for where in ("at night", "in Rome")]  # fmt: skip
QUESTIONS = ("what do cats chase at night", "who fears the Rubicon", "Zelenskyy in Rome", "U.S. minister mice")
NAMES = [f"{folder}{name}.txt" for folder in ("", "sub/") for name in "abcde"]
TEXTS = st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=6).map(
    lambda s: "\n\n".join([" ".join(s[:3]), " ".join(s[3:])])
)


def results(engine):
    found = []
    for question in QUESTIONS:
        for hit in engine.retrieve(question, k=50):
            place = (hit.passage.passage_id, hit.passage.title, hit.passage.text, hit.passage.prompt_tokens)
            found.append(
                (
                    question,
                    hit.rank,
                    *place,
                    round(hit.score, 6),
                    round(hit.dense_score, 6),
                    round(hit.lexical_score, 6),
                )
            )
        answer = engine.ask(question)
        found.append(
            (
                question,
                answer.answered,
                round(answer.confidence, 6),
                answer.reason,
                [(c.doc_id, c.span, c.headings, c.lead, c.kind, c.where, c.also) for c in answer.citations],
            )
        )
    return found


class Edits(RuleBasedStateMachine):
    embedder = WordEmbedder()
    full_embedder = WordEmbedder()
    model = "words"

    @initialize(text=TEXTS)
    def start(self, text):
        self.open_folder()
        self.write("a.txt", text)

    def open_folder(self):
        self.home = tempfile.TemporaryDirectory()
        self.folder = Path(self.home.name)
        (self.folder / "seeds" / "sub").mkdir(parents=True)
        self.kept = {}
        base = Settings(seeds=self.folder / "seeds", index=self.folder / "index", model=self.model, passage_tokens=16)
        self.engine = Engine(base, embedder=self.embedder)

    def path(self, name):
        return self.folder / "seeds" / name

    def write(self, name, text):
        if self.path(name).exists():
            self.kept[name] = self.path(name).read_bytes()
        self.path(name).write_text(text, encoding="utf-8")

    def existing(self, index):
        names = sorted(p.relative_to(self.folder / "seeds").as_posix() for p in (self.folder / "seeds").rglob("*.txt"))
        return names[index % len(names)], len(names)

    @rule(name=st.sampled_from(NAMES), text=TEXTS)
    def add_or_rewrite(self, name, text):
        self.write(name, text)

    @rule(index=st.integers(0, 9), sentence=st.sampled_from(SENTENCES))
    def edit_one_sentence(self, index, sentence):
        name, _ = self.existing(index)
        self.write(name, self.path(name).read_text(encoding="utf-8") + " " + sentence)

    @rule(index=st.integers(0, 9))
    def delete(self, index):
        name, count = self.existing(index)
        if count > 1:
            self.kept[name] = self.path(name).read_bytes()
            self.path(name).unlink()

    @rule(index=st.integers(0, 9), name=st.sampled_from(NAMES))
    def rename(self, index, name):
        self.path(self.existing(index)[0]).replace(self.path(name))

    @rule(index=st.integers(0, 9), name=st.sampled_from(NAMES))
    def copy(self, index, name):
        self.path(name).write_bytes(self.path(self.existing(index)[0]).read_bytes())

    @rule(index=st.integers(0, 9))
    def touch(self, index):
        self.path(self.existing(index)[0]).touch()

    @rule(name=st.sampled_from(NAMES))
    def revert(self, name):
        if name in self.kept:
            self.path(name).write_bytes(self.kept[name])

    @rule(title=st.sampled_from(["One title", "Another"]), name=st.sampled_from(NAMES))
    def retitle(self, title, name):
        (self.folder / "seeds" / "sources.toml").write_text(f'["{name}"]\ntitle = "{title}"\n')

    @invariant()
    def incremental_equals_full(self):
        if not hasattr(self, "engine"):
            return
        self.engine.build()  # a copy is a twin, and is left out
        with tempfile.TemporaryDirectory() as index:
            full = Engine(dataclasses.replace(self.engine.settings, index=Path(index)), embedder=self.full_embedder)
            full.build()
            assert results(self.engine) == results(full)

    def teardown(self):
        if hasattr(self, "home"):
            self.home.cleanup()


HEADINGS = ("Feeding", "In Rome", "Night")
FORMATS = (".md", ".html", ".csv", ".ipynb", ".docx", ".txt", ".jsonl", ".srt")
PARTS = st.lists(
    st.tuples(st.sampled_from(HEADINGS), st.lists(st.sampled_from(SENTENCES), max_size=3)), min_size=1, max_size=4
)


def as_file(suffix, title, parts):
    """Return a document of sections in a format; the title is in its front matter or metadata, where there is such a place."""
    lines = [(heading, sentence) for heading, said in parts for sentence in said or ("Nothing.",)]
    if suffix == ".md":
        text = f"---\ntitle: {title}\n---\n" + "".join(f"## {h}\n\n{' '.join(s)}\n\n- one\n- two\n\n" for h, s in parts)
    elif suffix == ".html":
        text = f"<title>{title}</title>" + "".join(f"<h2>{h}</h2><p>{' '.join(s)}</p>" for h, s in parts)
    elif suffix == ".csv":
        text = "topic,said\n" + "".join(f'{h},"{s}"\n' for h, s in lines)
    elif suffix == ".ipynb":
        cells = [{"cell_type": "markdown", "source": f"# {h}\n\n{s}"} for h, s in lines]
        text = json.dumps({"nbformat": 4, "cells": cells})
    elif suffix == ".docx":
        return word("".join(paragraph(h, "H1") + "".join(paragraph(s) for s in said) for h, said in parts))
    elif suffix == ".jsonl":
        text = "".join(json.dumps({"topic": h, "said": s}) + "\n" for h, s in lines)
    elif suffix == ".srt":
        text = "".join(
            f"{n}\n00:00:{n:02},000 --> 00:00:{n:02},900\n{s}\n\n" for n, (_, s) in enumerate(lines, start=1)
        )
    else:
        text = "\n\n".join(" ".join(s) or "Nothing." for _, s in parts)
    return text.encode()


class FormatEdits(Edits):
    """The same over formats: sections move below other headings, titles change, a document is saved in another format."""

    def existing(self, index):
        names = sorted(self.parts)
        return names[index % len(names)], len(names)

    @initialize(parts=PARTS)
    def start(self, parts):
        self.open_folder()
        self.parts = {}
        self.save("a.md", "A", parts)

    def save(self, name, title, parts):
        self.parts[name] = (title, parts)
        self.path(name).write_bytes(as_file(self.path(name).suffix, title, parts))

    @rule(stem=st.sampled_from("abc"), suffix=st.sampled_from(FORMATS), parts=PARTS)
    def add_document(self, stem, suffix, parts):
        self.save(stem + suffix, "A", parts)

    @rule(index=st.integers(0, 9), one=st.integers(0, 9), other=st.integers(0, 9))
    def swap_sections_below_their_headings(self, index, one, other):
        name, _ = self.existing(index)
        title, parts = self.parts[name]
        parts = list(parts)
        a, b = one % len(parts), other % len(parts)
        (h, said), (i, told) = parts[a], parts[b]
        parts[a], parts[b] = (h, told), (i, said)
        self.save(name, title, parts)

    @rule(index=st.integers(0, 9), heading=st.sampled_from(HEADINGS))
    def rename_the_first_heading(self, index, heading):
        name, _ = self.existing(index)
        title, parts = self.parts[name]
        self.save(name, title, [(heading, parts[0][1]), *parts[1:]])

    @rule(index=st.integers(0, 9), title=st.sampled_from(["Cats at night", "Minutes"]))
    def change_front_matter(self, index, title):
        name, _ = self.existing(index)
        self.save(name, title, self.parts[name][1])

    @rule(index=st.integers(0, 9), suffix=st.sampled_from(FORMATS))
    def save_in_another_format(self, index, suffix):
        name, _ = self.existing(index)
        title, parts = self.parts.pop(name)
        self.path(name).unlink()
        self.save(self.path(name).stem + suffix, title, parts)

    @rule(index=st.integers(0, 9))
    def damage(self, index):
        name, count = self.existing(index)
        if count > 1:
            self.parts.pop(name)
            self.path(name).write_bytes(b"\x00\xff\xfe damaged")

    add_or_rewrite = edit_one_sentence = delete = rename = copy = touch = revert = retitle = None


def walk(machine, steps):
    options = settings(
        max_examples=1, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    run_state_machine_as_test(machine, settings=options)


@pytest.mark.parametrize("seed", range(2))
def test_incremental_equals_full_on_a_random_walk(seed):
    walk(type(f"Edits{seed}", (Edits,), {}), 20 * SCALE)


@pytest.mark.parametrize("seed", range(2))
def test_incremental_equals_full_over_formats_moves_and_titles(seed):
    walk(type(f"FormatEdits{seed}", (FormatEdits,), {}), 12 * SCALE)


def test_incremental_equals_full_with_the_real_model(model):
    real = type("RealEdits", (Edits,), {"embedder": model, "full_embedder": model, "model": "all-MiniLM-L6-v2"})
    walk(real, 4 if SCALE == 1 else 12)
