"""The seven promises, with the real model and the real seeds (qa/tests with hypothesis cover the odd texts)."""

import dataclasses
import json
import re
import shutil
from html import unescape

import pytest
from conftest import KALLAS, SEEDS

from qa.engine import Engine
from qa.errors import IndexCorrupt
from qa.fields import answer_to_dict
from qa.indexing.snapshots import latest_name
from qa.ui.document import document_html

QUESTIONS = [
    "what did Kallas say about appeasement",
    "How many of the EU's critical minerals does Ukraine hold?",
    "Will American soldiers be sent to Ukraine?",
    "who edited the dw piece",
    "where does Maryam Masoud work",
    "what did Merkel say about appeasement",
]
ODD_TEXT = (
    "\ufeffTitle of a strange document here\r\n\r\nThe café\u0301 opened in\u00a0Zürich 👩‍👩‍👧 on 4½ days.\r\n"
    "قالت الوزيرة إن الغابة كبيرة. The minister spoke of the forest fire.\r\n\u2028Next \u202fline: “Die Brücke ist neu.” Ende der Meldung"
)


def quoted(engine):
    for question in QUESTIONS:
        yield from engine.ask(question).citations


def test_1_a_quote_is_its_span_of_the_file_and_ends_at_sentence_edges(real):
    found = list(quoted(real))
    assert len(found) >= 6
    for citation in found:
        text = (SEEDS / citation.doc_id).read_bytes().decode("utf-8")
        assert text[citation.span.start : citation.span.end] == citation.text == citation.text.strip()
        before, after = text[: citation.span.start], text[citation.span.end :]
        assert not before or before[-1].isspace(), citation
        assert not after or after[0].isspace() or after.startswith("Image: "), citation


def test_1_a_quote_of_odd_text_is_verbatim(tmp_path, real, model):
    shutil.copytree(real.settings.seeds, tmp_path / "seeds")
    (tmp_path / "seeds" / "odd.txt").write_bytes(ODD_TEXT.encode("utf-8"))
    engine = Engine(
        dataclasses.replace(real.settings, seeds=tmp_path / "seeds", index=tmp_path / "index"), embedder=model
    )
    engine.build()
    quotes = [
        c
        for q in ("the minister and the forest fire", "the café in Zürich", "Die Brücke ist neu")
        for c in engine.ask(q).citations
    ]
    odd = [citation for citation in quotes if citation.doc_id == "odd.txt"]
    assert len(odd) >= 3
    for citation in odd:
        assert ODD_TEXT[citation.span.start : citation.span.end] == citation.text


def test_2_every_citation_is_located(real):
    documents = {document.doc_id: document for document in real.documents()}
    for citation in quoted(real):
        document = documents[citation.doc_id]
        lines = document.text.split("\n")
        assert citation.sha256 == document.sha256
        assert lines[citation.line - 1][citation.column - 1 :].startswith(citation.text.split("\n")[0])
        shown = unescape(re.sub("<[^>]+>", "", document_html(document.text)))
        assert citation.span.of(shown) == citation.text  # where the page marks it: tests/test_source.py


def test_3_what_the_documents_do_not_say_is_refused_with_a_reason(real):
    answer = real.ask("what did Merkel say about appeasement")
    assert not answer.answered
    assert answer.citations == ()
    assert answer.reason == "No document mentions “Merkel”."
    assert answer.hits


@pytest.mark.parametrize("question", ["how do i make pasta carbonara", "hello", "best laptop under 1000 euros?"])
def test_3_off_topic_is_refused(real, question):
    assert not real.ask(question).answered


def test_4_a_damaged_index_is_refused_by_name(tmp_path, real, model):
    shutil.copytree(real.settings.index, tmp_path / "index")
    engine = Engine(dataclasses.replace(real.settings, index=tmp_path / "index"), embedder=model)
    victim = tmp_path / "index" / latest_name(tmp_path / "index") / "vectors.faiss"
    data = bytearray(victim.read_bytes())
    data[len(data) // 2] ^= 1
    victim.write_bytes(data)
    with pytest.raises(IndexCorrupt, match=r"vectors\.faiss is damaged or missing: run `qa build --full`"):
        engine.ask("anything")


def test_4_an_edited_document_is_called_stale_and_quoted_as_indexed(tmp_path, real, model):
    shutil.copytree(real.settings.seeds, tmp_path / "seeds")
    engine = Engine(dataclasses.replace(real.settings, seeds=tmp_path / "seeds"), embedder=model)
    (tmp_path / "seeds" / KALLAS).write_text("Nothing is left of this article.", encoding="utf-8")
    assert engine.status().changed == (KALLAS,)
    assert engine.ask(QUESTIONS[0]).citations[0].text in (SEEDS / KALLAS).read_bytes().decode("utf-8")


def test_5_incremental_equals_full(tmp_path, real, model):
    shutil.copytree(real.settings.seeds, tmp_path / "seeds")
    settings = dataclasses.replace(real.settings, seeds=tmp_path / "seeds", index=tmp_path / "one")
    engine = Engine(settings, embedder=model)
    engine.build()
    text = (tmp_path / "seeds" / KALLAS).read_bytes()
    (tmp_path / "seeds" / KALLAS).write_bytes(text.replace(b"It has never worked", b"It never works"))
    (tmp_path / "seeds" / "001_a78ba7fd6dd591c6.txt").unlink()
    (tmp_path / "seeds" / "new.txt").write_text(
        "The parliament of Latvia voted on Monday. It was close.", encoding="utf-8"
    )
    report = engine.build()
    assert 0 < report.embedded <= 4 < report.reused
    fresh = Engine(dataclasses.replace(settings, index=tmp_path / "two"), embedder=model)
    fresh.build()
    for question in [*QUESTIONS, "what did the parliament of Latvia do"]:
        assert answer_to_dict(engine.ask(question, k=20)) == answer_to_dict(fresh.ask(question, k=20))


def test_7_the_same_question_gets_the_same_answer_byte_for_byte(real, model):
    again = Engine(real.settings, embedder=model)
    for question in QUESTIONS:
        assert json.dumps(answer_to_dict(real.ask(question))) == json.dumps(answer_to_dict(again.ask(question)))
