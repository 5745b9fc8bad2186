"""The names that are offered to ask about: such as running text uses, in full, and no word for being frequent."""

import pytest

from qa.answers.offering import names_offered
from qa.engine import Engine

TALK = """**Ada Lund:** We built the ferry with Bo Holm. Lund was the first to say so. Yeah, it was late. And so -- Yeah.

**Bo Holm:** Oh, well. In March we met at the Harbour Museum, then on Mondays. Always at noon - Always! The Danish crew slept.
The IMPORTANT part is NATO.

**Ada Lund:** Yeah. The terms changed: Yeah, the Terms of Hire of Lund. We went to Aarhus and to Denmark’s coast. Yeah. That is what I said.
"""


def offered(settings, embedder, texts, limit=20):
    for name, text in texts.items():
        (settings.seeds / name).write_text(text, encoding="utf-8")
    engine = Engine(settings, embedder=embedder)
    engine.build()
    return engine, names_offered(engine.parts()[0], limit)


def test_names_in_full_are_offered_before_single_ones_and_words_that_are_only_frequent_never(settings, embedder):
    engine, names = offered(settings, embedder, {"talk.md": TALK})
    assert names[:2] == ["Ada Lund", "Bo Holm"]
    assert set(names) == {"Ada Lund", "Bo Holm", "Harbour Museum", "Terms of Hire of Lund", "Aarhus", "Denmark", "NATO"}
    assert [" " in name for name in names] == [True] * 4 + [False] * 3
    assert engine.ask("thanks").reason.endswith("for example Ada Lund or Bo Holm.")
    assert engine.names_offered(1) == ["Ada Lund"]


@pytest.mark.parametrize(
    "text", ["# Ada Lund\n\nOPEN NOW. Always.\n", "Yeah. Oh. I said so.", "| Ada | Lund |\n|---|---|\n| Yeah | Oh |\n"]
)
def test_where_no_name_stands_in_running_text_none_is_offered(settings, embedder, text):
    engine, names = offered(settings, embedder, {"a.md": text})
    assert names == []
    assert engine.ask("thanks").reason == "You are welcome. Ask what the documents say about something."


def test_what_all_of_many_sentences_are_about_is_not_offered(settings, embedder):
    text = "\n\n".join(
        f"On day {n} they spoke of Atlantis{' and of Numenor' if n % 50 == 0 else ''}." for n in range(250)
    )
    assert offered(settings, embedder, {"a.txt": text})[1] == ["Numenor"]
