"""What readers say of answers survives whatever stands in it; /health answers whatever the documents do."""

import json
import os
import threading

import pytest

from qa.datatypes import Answer
from qa.errors import SettingsError
from qa.evals.gold import read_gold
from qa.ui import feedback
from qa.ui.asked import Asked
from qa.ui.monitor import Monitor
from qa.ui.serving import read_access

BREAKS = ["\u2028", "\u2029", "\u0085", "\u000b", "\u000c", "\u001c", "\u001d", "\u001e", "\r\n", "\n", "\r"]


def refusal(question):
    return Answer(
        question=question, searched=question, citations=(), hits=(), answered=False, confidence=0.0, reason=""
    )


@pytest.fixture(autouse=True)
def nothing_said(monkeypatch):
    monkeypatch.setattr(feedback, "_said", {})


@pytest.mark.parametrize("line_break", BREAKS, ids=ascii)
def test_every_line_break_in_a_question_reads_back(tmp_path, line_break):
    questions = [f"who{line_break}was it", "and who else"]
    for question in questions:
        feedback.keep_feedback(tmp_path, refusal(question), Asked(question), helpful=True)
    assert [gold.question for gold in read_gold(tmp_path / feedback.FILE, lambda _: None)] == questions


@pytest.mark.parametrize("line_break", ["\u2028", "\u2029", "\u0085"], ids=ascii)
def test_a_file_of_an_earlier_version_reads_back(tmp_path, line_break):
    entry = {"question": f"who{line_break}was it", "helpful": True, "answers": []}
    (tmp_path / feedback.FILE).write_text(json.dumps(entry, ensure_ascii=False) + "\n", encoding="utf-8")
    assert len(read_gold(tmp_path / feedback.FILE, lambda _: None)) == 1


def test_a_repetition_is_kept_once_and_a_full_file_is_told(tmp_path, monkeypatch):
    for _ in range(3):
        feedback.keep_feedback(tmp_path, refusal("who"), Asked("who"), helpful=True)
    feedback.keep_feedback(tmp_path, refusal("who"), Asked("who"), helpful=False)
    assert len((tmp_path / feedback.FILE).read_text().splitlines()) == 2
    monkeypatch.setattr(feedback, "MOST_BYTES", 10)
    with pytest.raises(SettingsError, match="move it away"):
        feedback.keep_feedback(tmp_path, refusal("what"), Asked("what"), helpful=True)


def test_feedback_is_private_and_not_written_through_a_link(tmp_path):
    (tmp_path / "index").mkdir()
    (tmp_path / "script.sh").write_text("echo kept\n")
    (tmp_path / "index" / feedback.FILE).symlink_to(tmp_path / "script.sh")
    with pytest.raises(OSError, match="is a link"):
        feedback.keep_feedback(tmp_path / "index", refusal("$(id)"), Asked("$(id)"), helpful=True)
    assert (tmp_path / "script.sh").read_text() == "echo kept\n"
    (tmp_path / "index" / feedback.FILE).unlink()
    feedback.keep_feedback(tmp_path / "index", refusal("who"), Asked("who"), helpful=True)
    assert (tmp_path / "index" / feedback.FILE).stat().st_mode & 0o777 == 0o600


def test_an_unreadable_line_of_feedback_loses_nothing_else(tmp_path, caplog):
    for question in ("who", "what"):
        feedback.keep_feedback(tmp_path, refusal(question), Asked(question), helpful=True)
    with (tmp_path / feedback.FILE).open("a") as file:
        file.write('{"question": "half\n')
    assert len(read_gold(tmp_path / feedback.FILE, lambda _: None)) == 2
    assert "Line 3" in caplog.text


def test_health_is_worked_out_once_at_a_time_and_answered_meanwhile():
    begun, go, calls = threading.Semaphore(0), threading.Event(), []

    class Slow:
        def status(self):
            calls.append(1)
            begun.release()
            go.wait(30)
            raise SettingsError("gone")

    monitor = Monitor(Slow())
    assert [monitor.health()[0] for _ in range(20)] == [503] * 20
    assert begun.acquire(timeout=30)
    assert (len(calls), "starting" in monitor.health()[2]) == (1, True)
    go.set()
    assert "gone" in monitor.health(30)[2]
    assert monitor.health()[2] == monitor.health()[2]
    assert len(calls) == 1


@pytest.mark.skipif(os.name != "posix", reason="no such permissions here")
def test_a_password_that_others_can_read_is_warned_of(tmp_path, capsys):
    path = tmp_path / "secret"
    path.write_text("s3cret\n")
    path.chmod(0o644)
    read_access(f"ann:{path}", None, mcp=False)
    assert "Others on this machine can read the password file" in capsys.readouterr().err
    path.chmod(0o600)
    read_access(f"ann:{path}", None, mcp=False)
    assert capsys.readouterr().err == ""
