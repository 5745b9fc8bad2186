"""Never silently old: an answer that quotes a file which has changed or gone says so."""

import pytest

from qa.fields import answer_to_dict
from qa.rendering import answer_to_text
from qa.ui import cards

QUESTION = "who crossed the Rubicon"
CHANGES = {
    "edited": lambda path: path.write_text("Rome was rebuilt.", encoding="utf-8"),
    "gone": lambda path: path.unlink(),
    "renamed": lambda path: path.rename(path.with_name("italy.txt")),
}


def test_an_answer_from_files_as_they_are_is_not_stale(small):
    answer = small.ask(QUESTION)
    assert answer.citations
    assert not answer.stale
    assert answer_to_dict(answer)["stale"] is False
    assert "has changed" not in answer_to_text(answer) + cards.answer_card(answer, 2)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_quote_of_a_changed_file_is_exact_and_marked(small, change):
    small.ask(QUESTION)
    change(small.settings.seeds / "rome.txt")
    answer = small.ask(QUESTION)
    assert answer.citations[0].text == "Caesar crossed the Rubicon."
    assert answer.stale
    assert answer_to_dict(answer)["citations"][0]["stale"] is True
    assert "rome.txt, line 1 (the file has changed since it was indexed)" in answer_to_text(answer)
    assert "the file has changed since it was indexed" in cards.answer_card(answer, 2)


def test_a_quote_of_another_file_is_not_marked(small):
    (small.settings.seeds / "rome.txt").unlink()
    assert not small.ask("do dogs bark at cats").stale


def test_a_file_that_was_only_touched_is_not_stale(small):
    path = small.settings.seeds / "rome.txt"
    data = path.read_bytes()
    path.write_bytes(b"other")
    small.ask(QUESTION)
    path.write_bytes(data)
    assert not small.ask(QUESTION).stale


def test_status_names_what_changed(small):
    (small.settings.seeds / "rome.txt").write_text("Rome was rebuilt.")
    (small.settings.seeds / "cats.txt").unlink()
    (small.settings.seeds / "new.txt").write_text("News.")
    status = small.status()
    assert (status.added, status.changed, status.removed) == (("new.txt",), ("rome.txt",), ("cats.txt",))
    assert status.stale


def test_status_reads_the_documents_again_only_when_one_was_touched(small, monkeypatch):
    import qa.originals

    listed = []
    real = qa.originals.list_seeds
    monkeypatch.setattr(qa.originals, "list_seeds", lambda *args, **options: listed.append(1) or real(*args, **options))
    assert not small.status().stale
    assert not small.status().stale
    assert len(listed) == 1
    (small.settings.seeds / "new.txt").write_text("News.")
    assert small.status().stale
    assert small.status().stale
    assert len(listed) == 2
    small.build()
    assert not small.status().stale
