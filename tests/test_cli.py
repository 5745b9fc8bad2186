import gc
import io
import json
import os
import socket
import subprocess
import sys

import pytest
from conftest import ROOT, SEEDS

from qa import cli
from qa.cli import main
from qa.options import make_parser

CITATION_KEYS = [
    "label",
    "doc_id",
    "title",
    "start",
    "end",
    "line",
    "column",
    "sha256",
    "text",
    "score",
    "probability",
    "answer",
    "kind",
    "also",
    "stale",
    "format",
    "place",
    "page",
    "page_label",
    "pages",
    "boxes",
    "headings",
    "paragraph",
    "part",
    "sheet",
    "cell",
]
HIT_KEYS = ["rank", "doc_id", "title", "start", "end", "text", "score", "dense_score", "lexical_score"]
ANSWER_KEYS = [
    "question",
    "searched",
    "corrections",
    "answered",
    "kind",
    "clear",
    "confidence",
    "reason",
    "stale",
    "citations",
    "hits",
]


@pytest.fixture
def qa(real, monkeypatch, capsys):
    """Run a verb on the real index; return (exit status, stdout, stderr)."""

    def run(*arguments, stdin=""):
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        monkeypatch.setattr("qa.engine.Engine", lambda settings: real)
        try:
            status = main([*arguments])
        except SystemExit as exit_:
            status = exit_.code
        return (status, *capsys.readouterr())

    return run


def test_ask_quotes_kallas_and_the_offsets_cut_the_quote_from_the_file(qa):
    status, out, err = qa("ask", "--json", "what did Kallas say about appeasement")
    answer = json.loads(out)
    assert (status, err) == (0, "")
    quote = next(c for c in answer["citations"][:2] if "“It’s appeasement. It has never worked.”" in c["text"])
    text = (SEEDS / quote["doc_id"]).read_bytes().decode("utf-8")
    assert text[quote["start"] : quote["end"]] == quote["text"]
    assert quote["title"].startswith("At NATO meeting")


def test_json_keys_are_stable(qa):
    answer = json.loads(qa("ask", "--json", "what did Kallas say about appeasement")[1])
    assert list(answer) == ANSWER_KEYS
    assert list(answer["citations"][0]) == CITATION_KEYS
    assert list(answer["hits"][0]) == HIT_KEYS
    hits = json.loads(qa("retrieve", "--json", "-k", "2", "appeasement")[1])
    assert list(hits) == ["question", "hits"]
    assert [list(hit) for hit in hits["hits"]] == [HIT_KEYS] * 2


def test_a_refusal_has_exit_status_3(qa):
    status, out, _ = qa("ask", "what", "did", "Merkel", "say", "about", "appeasement")
    assert status == 3
    assert out.startswith("The documents do not answer this. No document mentions “Merkel”.")


def test_minus_reads_lines_and_objects_and_answers_in_order(qa):
    lines = [
        "what did Kallas say about appeasement",
        "",
        json.dumps({"question": "and what about Italy?", "history": ["would Britain send soldiers?"], "k": 1}),
        "{broken",
        json.dumps({"question": "x", "k": 0}),
        json.dumps({"question": 3}),
        json.dumps({"question": "who edited the dw piece"}),
    ]
    status, out, err = qa("ask", "-", stdin="\n".join(lines))
    answers = [json.loads(line) for line in out.splitlines()]
    assert status == 1
    assert [a.get("question") for a in answers] == [
        lines[0],
        "and what about Italy?",
        None,
        None,
        None,
        "who edited the dw piece",
    ]
    assert len(answers[1]["hits"]) == 1
    assert answers[2]["error"].startswith("Line 4 is no JSON object")
    assert answers[3]["error"] == "Line 5 has k 0: give a whole number from 1."
    assert answers[4]["error"].startswith("Line 6 needs `question`")
    assert err.count("error: Line") == 3


def test_retrieve_reads_lines_too(qa):
    status, out, _ = qa("retrieve", "-", "-k", "1", stdin="appeasement\nminerals\n")
    assert status == 0
    assert [len(json.loads(line)["hits"]) for line in out.splitlines()] == [1, 1]


def test_retrieve_knows_earlier_questions_as_ask_does(qa):
    earlier = "would britain send soldiers to ukraine"
    found = [
        json.loads(qa("retrieve", "--json", *arguments)[1])["hits"]
        for arguments in (("--history", earlier, "and what about Italy?"), (f"{earlier} and what about Italy?",))
    ]
    line = json.dumps({"question": "and what about Italy?", "history": [earlier]})
    found.append(json.loads(qa("retrieve", "-", stdin=line)[1])["hits"])
    assert found[0] == found[1] == found[2]
    assert json.loads(qa("retrieve", "--json", "and what about Italy?")[1])["hits"] != found[0]


def test_prompt_stays_within_its_budget(qa):
    from qa.text.tokens import count_prompt_tokens

    for budget in (120, 300, 1000):
        status, out, _ = qa("ask", "--prompt", "--max-tokens", str(budget), "who pays for rebuilding ukraine")
        assert status == 0
        assert count_prompt_tokens(out) <= budget
        assert out.rstrip().endswith("Question: who pays for rebuilding ukraine")
    assert out.count("<passage-") > 3
    assert "[1] At NATO meeting" in out


@pytest.mark.parametrize("arguments", [("retrieve", "-k", "0", "x"), ("ask", "-k", "-1", "x"), ("ask", "-k", "many", "x"), ("ask",), ("what",), (),
                                       ("ask", "--max-tokens", "9", "x"), ("serve", "extra")])  # fmt: skip
def test_wrong_usage_has_exit_status_2(qa, arguments):
    status, out, err = qa(*arguments)
    assert (status, out) == (2, "")
    assert "error:" in err


def test_status_and_eval_write_text_and_json(qa):
    status, out, _ = qa("status")
    assert status == 0
    assert "5 documents, 109 passages" in out
    assert json.loads(qa("status", "--json")[1])["stale"] is False
    assert qa("eval", "nowhere.jsonl")[0] == 1


@pytest.mark.parametrize("verb", ["build", "status", "retrieve", "ask", "text", "serve", "eval"])
def test_every_verb_has_help_and_an_example(qa, verb):
    status, out, _ = qa(verb, "--help")
    assert status == 0
    assert f"example: qa {verb}" in out
    assert "--json" in out
    assert "--seeds DIR" in out


def test_no_verb_is_undocumented():
    assert set(next(a.choices for a in make_parser()._actions if a.choices)) == {
        "build",
        "status",
        "retrieve",
        "ask",
        "text",
        "serve",
        "eval",
    }


def run(*arguments, **options):
    return subprocess.run(
        [sys.executable, "-m", "qa", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        **options,
    )


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "a.txt").write_text("Whales sing at night.\n")
    return tmp_path


def test_from_nothing_to_an_answer_in_a_shell(folder):
    missing = run("ask", "whales", cwd=folder)
    assert (missing.returncode, missing.stdout) == (1, "")
    assert missing.stderr.startswith("error: There is no index in")
    assert "run `qa build`" in missing.stderr

    built = run("build", "--json", cwd=folder)
    assert built.returncode == 0, built.stderr
    assert json.loads(built.stdout)["added"] == ["a.txt"]
    assert "indexing: 100 % (1 of 1 documents, 1 passages, " in built.stderr

    asked = run("ask", "do whales sing at night", cwd=folder, env={"LC_ALL": "C", "PATH": "", "PYTHONPATH": str(ROOT)})
    assert (asked.returncode, asked.stderr) == (0, "")
    assert asked.stdout == "[1] Whales sing at night.\n    Whales sing at night. · a.txt, line 1\n"

    (folder / "seeds" / "b.txt").write_text("News.")
    stale = run("status", cwd=folder)
    assert stale.returncode == 4
    assert "added since: b.txt" in stale.stdout


def test_a_users_mistake_is_one_line_and_no_traceback(folder):
    (folder / "seeds" / "bad.txt").write_bytes(b"\xff")
    for arguments, message in {
        ("build", "--strict"): "error: bad.txt is not UTF-8 (byte 0), it looks like Windows-1252: save it as UTF-8, or",
        ("build", "--seeds", "nowhere"): "error: There is no folder nowhere",
        ("build", "--index", "seeds/a.txt"): "error: The index folder seeds/a.txt cannot be written",
        ("serve", "--port", "99999"): "error: port is 99999, but it has to lie between 0 and 65535: change QA_PORT.",
        ("serve", "--port", "x"): "error: the value given for port is 'x', which is not a number",
    }.items():
        result = run(*arguments, cwd=folder)
        assert (result.returncode, result.stdout) == (1, "")
        assert result.stderr.startswith(message)
        assert result.stderr.count("\n") == 1


def test_an_unknown_model_is_one_line_too(folder):
    (folder / "model").mkdir()
    result = run(
        "build",
        cwd=folder,
        env={"QA_MODEL": str(folder / "model"), "PATH": "", "PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"},
    )
    assert result.returncode == 1
    assert "cannot be loaded" in result.stderr
    assert "unset it to use all-MiniLM-L6-v2" in result.stderr
    assert "Traceback" not in result.stderr


def test_app_py_is_a_few_lines():
    lines = [line for line in (ROOT / "app.py").read_text().splitlines() if line.strip()]
    assert len(lines) <= 8


def test_watch_builds_what_changes_until_it_is_interrupted(folder):
    import signal
    import time

    def hear():  # as from a terminal: a shell lets what it starts in the background ignore Ctrl-C
        signal.signal(signal.SIGINT, signal.default_int_handler)

    command = [sys.executable, "-m", "qa", "build", "--watch", "--json"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=folder, preexec_fn=hear, **pipes) as process:
        for line in process.stderr:
            if line.startswith("following"):
                break
        (folder / "seeds" / "bad.txt").write_bytes(b"\xff")
        (folder / "seeds" / "b.txt").write_text("News of the day.")
        time.sleep(5)
        process.send_signal(signal.SIGINT)
        try:
            out, err = process.communicate(timeout=30)
        finally:
            process.kill()
    assert process.returncode == 0
    reports = [json.loads(text + "\n}") for text in out.strip().removesuffix("\n}").split("\n}\n")]
    assert [report["added"] for report in reports] == [["a.txt"], ["b.txt"]]
    assert "bad.txt is not UTF-8" in err
    assert "no longer following" in err
    assert "Traceback" not in err


def test_snapshots_are_listed_verified_and_rolled_back(folder):
    assert run("build", cwd=folder).returncode == 0
    (folder / "seeds" / "b.txt").write_text("News of the day.")
    assert run("build", cwd=folder).returncode == 0
    listed = run("status", "--snapshots", cwd=folder).stdout.splitlines()
    assert [line.split()[0] for line in listed] == ["snapshot-000002", "snapshot-000001"]
    assert run("status", "--verify", cwd=folder).stdout.endswith("Every byte is as it was written.\n")
    rolled = run("build", "--rollback", cwd=folder)
    assert (rolled.returncode, "added since: b.txt" in rolled.stdout) == (0, True)
    assert run("ask", "news of the day", cwd=folder).returncode == 3
    victim = folder / "index" / "snapshot-000003" / "texts.utf8"
    victim.write_bytes(victim.read_bytes()[:-1])
    damaged = run("status", "--verify", cwd=folder)
    assert (damaged.returncode, damaged.stdout) == (1, "")
    assert "texts.utf8 is damaged or missing: run `qa build --full`" in damaged.stderr


@pytest.mark.parametrize(
    ("arguments", "said", "status"),
    [
        (["--help"], "usage: qa", 0), (["ask", "--help"], "usage: qa ask", 0), (["status", "--what"], "", 2), (["text", "a.txt"], "", 1),
        (["build", "--help"], "usage: qa build", 0), (["build", "--rollback"], "", 1),
    ],
)  # fmt: skip
def test_only_verbs_that_leave_something_to_do_end_by_taking_everything_apart(folder, arguments, said, status):
    code = "import atexit; from qa.cli import run; atexit.register(print, 'taken apart'); run()"
    command = [sys.executable, "-c", code, *arguments]
    result = subprocess.run(
        command, capture_output=True, text=True, cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=False
    )
    assert result.returncode == status
    assert result.stdout.startswith(said)
    assert ("taken apart" in result.stdout) == (arguments[0] == "build")
    assert bool(result.stderr) == bool(status)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_used_port_is_told_before_anything_is_loaded_or_built(folder, host):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        code = (
            "import sys; from qa.cli import main; status = main(sys.argv[1:]); "
            "print(status, [name for name in ('gradio', 'numpy', 'onnxruntime', 'faiss') if name in sys.modules])"
        )
        command = [sys.executable, "-c", code, "serve", "--host", host, "--port", str(port)]
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        result = subprocess.run(command, capture_output=True, text=True, cwd=folder, env=environment, check=False)
    assert result.stdout == "1 []\n"
    assert result.stderr == f"error: Port {port} of {host} cannot be used: choose another with --port or QA_PORT.\n"
    assert not (folder / "index").exists()


@pytest.mark.parametrize(
    ("arguments", "collecting"), [(["ask", "x"], False), (["build"], True), (["serve"], True), ([], False)]
)
def test_the_garbage_of_a_process_that_ends_at_once_is_left_to_the_system(monkeypatch, arguments, collecting):
    def leave(status):
        raise SystemExit(status)

    seen = []
    monkeypatch.setattr("sys.argv", ["qa", *arguments])
    monkeypatch.setattr(cli, "main", lambda: seen.append(gc.isenabled()) or 0)
    monkeypatch.setattr("os._exit", leave)
    try:
        with pytest.raises(SystemExit):
            cli.run()
    finally:
        gc.enable()
    assert seen == [collecting]


def test_any_number_of_questions_from_a_pipe_leaves_no_garbage(qa):
    gc.disable()
    try:
        qa("retrieve", "-", stdin="whales\n")
        assert gc.isenabled()
    finally:
        gc.enable()
