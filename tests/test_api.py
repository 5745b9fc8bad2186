"""The public surface, the rooms and what an import costs."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

import qa
from qa.errors import QAError

# The order of DESIGN: a room imports only from rooms before it.
ROOMS = [
    "errors",
    "datatypes",
    "settings",
    "titles",
    "documents",
    "sentences",
    "tokens",
    "chunking",
    "embedding",
    "locks",
    "projection",
    "snapshots",
    "lexical",
    "stores",
    "corpus",
    "drafting",
    "resuming",
    "encodings",
    "building",
    "retrieval",
    "matching",
    "joining",
    "spelling",
    "asking",
    "attribution",
    "quoting",
    "reranking",
    "confidence",
    "calibrated",
    "followups",
    "answering",
    "verifying",
    "rendering",
    "engine",
    "api",
    "progress",
    "following",
    "lines",
    "evals",
    "ui",
    "cli",
    "__main__",
]
HEAVY = [
    "torch",
    "faiss",
    "gradio",
    "numpy",
    "sentence_transformers",
    "bm25s",
    "tiktoken",
    "tqdm",
    "rapidfuzz",
    "portalocker",
    "watchfiles",
    "syntok",
]


def test_public_names_are_sorted_and_exist():
    assert qa.__all__ == sorted(qa.__all__)
    assert all(hasattr(qa, name) for name in qa.__all__)
    exported = {name for name in vars(qa) if not name.startswith("_") and not isinstance(getattr(qa, name), type(ast))}
    assert exported == set(qa.__all__)


def test_no_exported_function_has_the_name_of_a_module():
    modules = {path.stem for path in (ROOT / "qa").rglob("*.py")}
    assert not modules & set(qa.__all__)


def test_import_qa_loads_nothing_heavy():
    code = f"import sys, qa; print([name for name in {[*HEAVY, 'qa.stores.faiss', 'qa.ui']} if name in sys.modules])"
    assert subprocess.check_output([sys.executable, "-c", code], text=True, cwd=ROOT) == "[]\n"


def imports_of(path: Path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "qa":
            parts = node.module.split(".")
            yield from [parts[1]] if len(parts) > 1 else [alias.name for alias in node.names]


def test_a_room_imports_only_from_rooms_before_it():
    for path in sorted((ROOT / "qa").rglob("*.py")):
        room = path.relative_to(ROOT / "qa").parts[0].removesuffix(".py")
        if room in ("__init__", "vocabulary"):
            continue
        for other in imports_of(path):
            if other in ROOMS and other != room:
                assert ROOMS.index(other) < ROOMS.index(room), f"{path} imports {other}"


def test_every_room_says_what_it_does_and_does_not():
    for path in sorted((ROOT / "qa").rglob("*.py")):
        if path.name not in ("__init__.py", "__main__.py", "base.py", "errors.py"):
            docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
            assert "In -> out: " in docstring, path
            assert "Does not: " in docstring, path


def test_no_room_is_too_large():
    for path in (ROOT / "qa").rglob("*.py"):
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 300, path


def test_every_error_is_below_qaerror_and_drawn_in_the_tree():
    from qa import errors

    for name, value in vars(errors).items():
        if isinstance(value, type) and issubclass(value, Exception):
            assert issubclass(value, QAError)
            assert name in errors.__doc__


def test_the_verbs_share_one_engine(real, monkeypatch):
    monkeypatch.setattr("qa.api.default_engine", lambda: real)
    assert qa.ask("what did Kallas say about appeasement").answered
    assert [hit.rank for hit in qa.retrieve("appeasement", k=3)] == [1, 2, 3]
    assert qa.build().embedded == 0


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (3, 2)])
def test_a_span_has_two_edges_in_order(start, end):
    with pytest.raises(ValueError, match="0 <= start <= end"):
        qa.Span(start, end)
