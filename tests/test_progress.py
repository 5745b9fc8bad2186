import io
import sys

from qa.progress import progress_bar


class Terminal(io.StringIO):
    def isatty(self):
        return True


def count(stream, monkeypatch, total=8):
    monkeypatch.setattr(sys, "stderr", stream)
    with progress_bar("asking", "question") as progress:
        for done in range(1, total + 1):
            progress(done, total, "")
    return stream.getvalue()


def test_a_terminal_gets_a_bar_with_counts(monkeypatch, capsys):
    drawn = count(Terminal(), monkeypatch)
    assert "asking: 100%" in drawn
    assert "8/8" in drawn
    assert capsys.readouterr().out == ""


def test_elsewhere_a_few_plain_lines(monkeypatch):
    lines = count(io.StringIO(), monkeypatch).splitlines()
    assert lines == [f"asking: {n} % ({n * 8 // 100} of 8 questions)" for n in (25, 50, 75, 100)]


def test_nothing_is_drawn_when_nothing_is_counted(monkeypatch):
    assert count(Terminal(), monkeypatch, total=0) == ""
