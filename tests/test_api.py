"""The public surface, the rooms and what an import costs."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from conftest import ROOT

import qa
from qa.errors import QAError

# A room imports only from rooms before it; a wing is its rooms in the order its docstring gives.
ROOMS = [
    *(
        "defaults",
        "errors",
        "patterns",
        "records",
        "datatypes",
        "reports",
        "settings",
        "opening",
        "vocabulary",
        "formats",
    ),
    *(
        "text.shown",
        "text.cells",
        "text.titles",
        "text.sources",
        "text.documents",
        "text.sentences",
        "text.numbers",
        "text.languages",
        "text.tokens",
        "text.chunking",
    ),
    *(
        "models.encoding",
        "models.weights",
        "models.wire",
        "models.graph",
        "models.rounded",
        "models.plain",
        "models.sessions",
        "models.minilm",
        "models.transformer",
        "models.embedding",
        "models.reading",
        "models.reader",
        "models.readers",
    ),
    "stores",
    *(
        "indexing.projection",
        "indexing.locks",
        "indexing.sums",
        "indexing.snapshots",
        "indexing.lexical",
        "indexing.structure",
        "indexing.shapes",
        "indexing.contract",
        "indexing.tables",
        "indexing.vouching",
        "indexing.corpus",
    ),
    *(
        "indexing.telling",
        "indexing.words",
        "indexing.drafting",
        "indexing.resuming",
        "indexing.comparing",
        "indexing.recipes",
        "indexing.hands",
        "indexing.encodings",
        "indexing.building",
        "indexing.spreading",
        "indexing.shelf",
    ),
    *("milvus.address", "milvus.client", "milvus.pages", "milvus.tables", "milvus.root", "milvus.layout"),
    *("milvus.lease", "milvus.generations", "milvus.sending", "milvus.recall", "milvus.rows"),
    *("milvus.corpus", "milvus.reviving", "milvus.shelf"),
    *(
        "answers.given",
        "answers.retrieval",
        "answers.matching",
        "answers.joining",
        "answers.slips",
        "answers.spelling",
        "answers.versions",
        "answers.acronyms",
        "answers.asking",
        "answers.attribution",
    ),
    *(
        "answers.edges",
        "answers.announced",
        "answers.defined",
        "answers.replies",
        "answers.spans",
        "answers.surroundings",
        "answers.context",
        "answers.ranking",
        "answers.quoting",
        "answers.referring",
        "answers.reading",
        "answers.weighing",
        "answers.rows",
        "answers.worth",
        "answers.confidence",
        "answers.calibrated",
        "answers.followups",
        "answers.exchanging",
        "answers.parts",
        "answers.cited",
        "answers.merging",
    ),
    *(
        "answers.dates",
        "answers.words",
        "answers.people",
        "answers.whole",
        "answers.authors",
        "answers.named",
        "answers.overview",
    ),
    *("answers.offering",),
    *("answers.searching", "answers.answering", "answers.alike", "answers.verifying"),
    *("answers.sides", "answers.wanted"),
    *("fields", "rendering", "prompts", "picturing", "originals", "holding", "engine", "api"),
    *("progress", "following", "lines", "evals", "ui", "options", "verbs", "cli", "__main__"),
]
WINGS = ("text", "models", "indexing", "milvus", "answers")
HEAVY = [
    "torch",
    "onnxruntime",
    "tokenizers",
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
    "py3langid",
    "tree_sitter",
    "yaml",
    "pypdfium2",
    "selectolax",
    "PIL",
    "pymilvus",
    "ray",
]

UNUSED_BY_A_QUESTION = {
    *("tiktoken", "faiss", "bm25s", "scipy", "portalocker", "tqdm", "syntok", "numpy.ma"),
    *("shutil", "logging", "subprocess", "concurrent.futures", "runpy", "tempfile"),
}


def test_public_names_are_sorted_and_exist():
    assert qa.__all__ == sorted(qa.__all__)
    assert all(hasattr(qa, name) for name in qa.__all__)
    told = ast.parse((ROOT / "qa" / "__init__.py").read_text(encoding="utf-8"))
    typed = [
        node for node in ast.walk(told) if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("qa.")
    ]
    assert sorted(alias.name for node in typed for alias in node.names) == qa.__all__, "what an editor completes"
    assert set(qa.__all__) < set(dir(qa))
    with pytest.raises(AttributeError, match="'qa' has no attribute 'nothing'"):
        qa.nothing  # noqa: B018


def test_no_exported_function_has_the_name_of_a_module():
    modules = {path.stem for path in (ROOT / "qa").rglob("*.py")}
    assert not modules & set(qa.__all__)


def test_import_qa_loads_nothing_heavy():
    code = f"import sys, qa; print([name for name in {[*HEAVY, 'qa.stores.faiss', 'qa.ui']} if name in sys.modules])"
    assert subprocess.check_output([sys.executable, "-c", code], text=True, cwd=ROOT) == "[]\n"


def test_import_qa_loads_the_standard_library_alone():
    code = (
        "import sys; before = set(sys.modules); import qa; print(*{m.split('.')[0] for m in set(sys.modules) - before})"
    )
    loaded = subprocess.check_output([sys.executable, "-c", code], text=True, cwd=ROOT).split()
    assert set(loaded) - {"qa"} <= sys.stdlib_module_names


def test_help_loads_the_standard_library_and_no_engine():
    code = (
        "import sys; before = set(sys.modules); from qa.options import make_parser; import qa.cli; make_parser().format_help(); "
        "print(*sorted(set(sys.modules) - before))"
    )
    loaded = subprocess.check_output([sys.executable, "-c", code], text=True, cwd=ROOT).split()
    assert {name.split(".")[0] for name in loaded} - {"qa"} <= sys.stdlib_module_names
    assert not {"dataclasses", "inspect", "json", "shutil", "threading", "urllib.request"} & set(loaded)
    assert {name for name in loaded if name.startswith("qa")} <= {
        "qa",
        "qa.cli",
        "qa.defaults",
        "qa.errors",
        "qa.options",
    }


def test_a_question_loads_only_what_it_uses(tmp_path):
    code = (
        "import sys; from pathlib import Path; from qa import Engine, Settings; "
        "e = Engine(Settings(seeds=Path(sys.argv[1]), index=Path(sys.argv[2]))); "
        "does = {'build': e.build, 'status': e.status, 'ask': lambda: e.ask('do whales sing?')}; "
        "does[sys.argv[3]](); print(*sorted(sys.modules))"
    )
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "a.txt").write_text("Whales sing at night. Nobody knows why they do so.")
    for doing, unused in (
        ("build", {"tiktoken"}),
        ("status", {"numpy", "faiss", "onnxruntime", "tiktoken", "qa.answers.answering", "qa.indexing.building"}),
        ("ask", UNUSED_BY_A_QUESTION),
    ):
        command = [sys.executable, "-c", code, str(tmp_path / "seeds"), str(tmp_path / "index"), doing]
        loaded = set(subprocess.check_output(command, text=True, cwd=ROOT).split())
        assert not loaded & {"torch", "transformers", "sentence_transformers", "gradio", "watchfiles", *unused}


def room_of(parts: Sequence[str]) -> str:
    return ".".join(parts[: 2 if parts[0] in WINGS else 1])


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "qa":
            parts = node.module.split(".")[1:]
            whole = not parts or (parts == [parts[0]] and parts[0] in WINGS)
            yield from [room_of([*parts, alias.name]) for alias in node.names] if whole else [room_of(parts)]


def test_a_room_imports_only_from_rooms_before_it():
    for path in sorted((ROOT / "qa").rglob("*.py")):
        if path.stem != "__init__" or path.parent.name in ("evals", "ui", "stores", "formats"):
            room = room_of(path.relative_to(ROOT / "qa").with_suffix("").parts)
            for other in imports_of(path):
                if other != room:
                    assert ROOMS.index(other) < ROOMS.index(room), f"{path} imports {other}"


def test_every_room_stands_in_its_wings_order():
    for wing in WINGS:
        order = [room.split(".")[1] for room in ROOMS if room.startswith(wing + ".")]
        told = ast.get_docstring(ast.parse((ROOT / "qa" / wing / "__init__.py").read_text(encoding="utf-8")))
        listed = [word for word in re.findall(r"[a-z]+", told.partition("reading order")[2]) if word in order]
        assert list(dict.fromkeys(listed)) == order
        assert {path.stem for path in (ROOT / "qa" / wing).glob("*.py")} == {"__init__", *order}


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
