import io
import re
import sys

from conftest import WordEmbedder

from qa.engine import Engine
from qa.progress import progress_bar
from qa.settings import Settings


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


def test_a_build_shows_a_bar_before_the_first_passage_then_passages_rate_and_time_left(tmp_path, monkeypatch):
    (tmp_path / "seeds").mkdir()
    for number in range(3):
        (tmp_path / "seeds" / f"{number}.txt").write_text(f"Whale {number} sings at night. " * 40)
    told = []
    engine = Engine(Settings(seeds=tmp_path / "seeds", index=tmp_path / "index"), embedder=WordEmbedder())
    monkeypatch.setattr(sys, "stderr", Terminal())
    with progress_bar("indexing", "B") as progress:
        engine.build(progress=lambda *call: (told.append(call), progress(*call)))
    drawn = sys.stderr.getvalue()
    assert told[0] == (0, told[0][1], "0 of 3 documents, 0 passages")
    assert told[-1][0] == told[-1][1]
    assert "indexing:   0 %" in drawn
    assert re.search(r"100 %\|.*\| 00:00 left, 3 of 3 documents, \d+ passages, \d+/s", drawn)
