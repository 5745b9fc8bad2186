import json

import pytest
from conftest import GOLD

from qa import cli
from qa.answers.confidence import Evidence, Fitted, Weights
from qa.datatypes import Span
from qa.engine import Engine
from qa.errors import IndexCorrupt, SettingsError
from qa.evals.calibration import Example, fit, fit_first, held_out, report
from qa.evals.gold import Counts, GoldQuestion, read_gold
from qa.evals.metrics import auroc, compare, hits, summarize
from qa.evals.runner import Bench, as_table, evaluate
from qa.settings import Settings
from qa.text.documents import list_seeds, read_parsed

TRUST = GOLD.parent / "trust"


COLLECTIONS = [GOLD.parent / "collections", GOLD.parent / "unseen"]


@pytest.mark.parametrize("folder", COLLECTIONS, ids=lambda folder: folder.name)
def test_what_answers_questions_about_many_collections_stands_in_their_documents(folder):
    asked = []
    for collection in sorted(folder.iterdir()):
        files = list_seeds(collection / "docs", max_file_mb=1).files
        texts = {document.doc_id: document.text for document, _ in map(read_parsed, files)}
        asked += read_gold(collection / "questions.jsonl", texts.get)
    assert len(asked) > 300
    assert 0.2 < sum(not question.places for question in asked) / len(asked) < 0.4


def judged(question, *quotes, answered=True, confidence=0.5):
    return compare(
        question,
        [(doc_id, Span(start, end)) for start, end, doc_id in quotes],
        answered=answered,
        confidence=confidence,
    )


def gold(*places, needs_files=0):
    return GoldQuestion("1", "q", "fact", (), places, needs_files)


def test_clear_answers_are_counted_right_and_wrong():
    place = ("a.txt", Span(100, 120))
    right = compare(gold(place), [("a.txt", Span(100, 120))], answered=True, confidence=0.9, clear=True)
    wrong = compare(gold(place), [("a.txt", Span(300, 320))], answered=True, confidence=0.8, clear=True)
    made_up = compare(gold(), [("a.txt", Span(300, 320))], answered=True, confidence=0.7, clear=True)
    refused = compare(gold(), [("a.txt", Span(300, 320))], answered=False, confidence=0.1, clear=True)
    row = summarize([right, wrong, made_up, refused])
    assert (row["clear_right"], row["clear_wrong"], row["risk@0.5"], row["risk@0.8"]) == (0.5, 0.5, 0.5, 0.6667)


@pytest.mark.parametrize(("quote", "place", "hit"), [((0, 10), (5, 100), True), ((0, 10), (6, 100), False), ((0, 100), (90, 110), True),
                                                    ((0, 100), (91, 110), False), ((0, 10), (10, 20), False)])  # fmt: skip
def test_a_hit_shares_half_of_the_shorter(quote, place, hit):
    assert hits(Span(*quote), Span(*place)) is hit


def test_metrics_by_hand():
    place = ("a.txt", Span(100, 120))
    outcomes = [
        judged(gold(place), (100, 120, "a.txt"), confidence=0.9),  # first; read 10 of 20 characters
        judged(gold(place), (300, 595, "a.txt"), (100, 120, "a.txt"), confidence=0.9),  # second; 295 + 10 characters
        judged(
            gold(place), (100, 120, "a.txt"), answered=False, confidence=0.1
        ),  # refused although there is an answer, and it is first
        judged(gold(), answered=False, confidence=0.1),  # rightly refused
        judged(gold(), (0, 5, "a.txt"), confidence=0.5),  # answered although there is none
        judged(gold(place, ("b.txt", Span(0, 9)), needs_files=2), (100, 120, "a.txt"), (0, 9, "b.txt"), confidence=0.9),
    ]
    assert summarize(outcomes) == {
        "questions": 6, "hit@1": 0.5, "hit@3": 0.75, "hit@5": 0.75, "mrr@10": 0.625, "within_300_chars": 0.5, "within_600_chars": 0.75,
        "sentence_hit@1": 0.75, "sentence_hit@3": 1.0, "false_refusals": 0.25, "refusal_recall": 0.5, "refusal_precision": 0.5,
        "auroc": 0.8125, "calibration_error": 0.25, "needs_files_met": 1.0,
        "clear_wrong": 0.0, "quote_precision": 0.8, "quotes_an_answer": 1.6667, "risk@0.5": 0.3333, "risk@0.8": 0.4,
    }  # fmt: skip


def test_character_metrics_by_hand():
    question = GoldQuestion(
        "1", "q", "a.txt", (), (("a.txt", Span(0, 10)), ("a.txt", Span(20, 30))), counts=Counts.CHARACTERS
    )
    outcome = judged(question, (5, 25, "a.txt"), (0, 20, "b.txt"))
    assert (outcome.recall, outcome.precision, outcome.iou) == (10 / 20, 10 / 40, 10 / 50)


def test_a_pair_is_told_apart_when_the_answerable_question_has_more_confidence():
    twins = [
        GoldQuestion("1a", "q", "t", (), (("a.txt", Span(0, 9)),), pair="1"),
        GoldQuestion("1b", "q", "t", (), (), pair="1"),
    ]
    right = [judged(q, confidence=c) for q, c in zip(twins, (0.6, 0.5), strict=True)]
    wrong = [judged(q, confidence=c) for q, c in zip(twins, (0.5, 0.5), strict=True)]
    assert summarize(right)["pair_accuracy"] == 1.0
    assert summarize(wrong)["pair_accuracy"] == 0.0


def test_auroc_counts_ties_half():
    assert auroc([0.9, 0.5], [0.5, 0.1]) == 0.875


def test_a_fit_finds_what_separates_and_says_what_it_is_worth_held_out():
    nothing = (0.0,) * 4
    examples = [Example((i % 7 / 10, 0.0, 0.0, 0.0, float(i % 2), *nothing), i % 2 == 0, str(i)) for i in range(60)]
    weights = fit(examples)
    assert weights.evidence[4] < -2
    assert report(examples, held_out(examples))["auroc"] == 1.0


def test_how_sure_the_first_quote_is_is_fitted_to_whether_it_is_right():
    examples = [Example((0.0,) * 8 + (float(i % 4),), True, str(i), right=i % 4 > 1) for i in range(60)]
    first = fit_first(examples)
    sure = [first.probability(Evidence(*((0.0,) * 8), ahead=float(ahead))) for ahead in range(4)]
    assert sure == sorted(sure)
    assert sure[0] < 0.2
    assert sure[3] > 0.8


def test_a_quote_from_another_document_is_no_hit():
    assert judged(gold(("b.txt", Span(100, 120))), (100, 120, "a.txt")).rank == 0


WRONG = {"no JSON": "{", "no answers": '{"id": "1"}', "unknown file": '{"id":"1","question":"q","type":"t","answers":[{"file":"x","quote":"q"}]}',
         "not in it": '{"id":"1","question":"q","type":"t","answers":[{"file":"cats.txt","quote":"dragons"}]}', "empty": ""}  # fmt: skip


@pytest.mark.parametrize("line", WRONG.values(), ids=WRONG.keys())
def test_a_question_file_that_cannot_be_used_is_named(small, tmp_path, line):
    path = tmp_path / "gold.jsonl"
    path.write_text(line)
    with pytest.raises(SettingsError, match=r"gold\.jsonl"):
        read_gold(path, lambda doc_id: d.text if (d := small.document(doc_id)) else None)


def test_feedback_on_what_a_document_no_longer_says_is_passed_over(small, tmp_path):
    path = tmp_path / "feedback.jsonl"
    quotes = {"cats.txt": "Dogs bark at cats.", "rome.txt": "Rome lies on the Seine.", "gone.txt": "Anything."}
    entries = [{"question": f"what of {doc_id}", "history": [], "helpful": True, "answers": [{"file": doc_id, "quote": quote}]}
               for doc_id, quote in quotes.items()]  # fmt: skip
    path.write_text("\n".join(map(json.dumps, [*entries, {**entries[0], "helpful": False}])))
    questions = read_gold(path, lambda doc_id: d.text if (d := small.document(doc_id)) else None)
    assert [question.question for question in questions] == ["what of cats.txt"]


def test_report_has_a_row_for_each_type(small, tmp_path):
    path = tmp_path / "gold.jsonl"
    entries = [
        {
            "id": "1",
            "question": "who crossed the Rubicon",
            "type": "who",
            "answers": [{"file": "rome.txt", "quote": "Caesar crossed the Rubicon."}],
        },
        {"id": "2", "question": "how do purple elephants juggle", "type": "none", "answers": []},
    ]
    path.write_text("\n".join(map(json.dumps, entries)))
    questions = read_gold(path, lambda doc_id: small.document(doc_id).text)
    table = evaluate(Bench(*small.parts()), questions, baselines=True)
    assert table["by_type"]["who"]["hit@1"] == 1.0
    assert table["by_type"]["none"] == {
        "questions": 1,
        "clear_wrong": 0.0,
        "refusal_recall": 1.0,
        "refusal_precision": 1.0,
    }
    assert [row.split()[0] for row in as_table(table).splitlines()] == [
        "type",
        "who",
        "none",
        "all",
        "(bm25)",
        "(dense)",
        "(fused)",
        "from",
        "to",
    ]


def test_the_gold_questions_are_answered_as_well_as_the_readme_says(real):
    """Floors with a little room below what was measured, so that a change that costs quality is seen."""
    questions = read_gold(GOLD, lambda doc_id: real.document(doc_id).text)
    assert len(questions) == 90
    metrics = evaluate(Bench(*real.parts()), questions)["all"]
    assert metrics["hit@1"] >= 0.74
    assert metrics["hit@3"] >= 0.82
    assert metrics["quote_precision"] >= 0.52
    assert metrics["clear_wrong"] <= 0.05
    assert metrics["within_300_chars"] >= 0.75
    assert metrics["refusal_recall"] >= 0.75
    assert metrics["false_refusals"] <= 0.05
    assert metrics["needs_files_met"] >= 0.5


def test_who_said_it_and_which_way(model, tmp_path):
    """40 pairs over texts of our own, written before the rules: the speaker, not who is spoken of; the denial; the right name with a wrong topic."""
    engine = Engine(Settings(seeds=TRUST, index=tmp_path), embedder=model)
    engine.build()
    questions = read_gold(TRUST.with_suffix(".jsonl"), lambda doc_id: engine.document(doc_id).text)
    assert len(questions) == 80
    rows = evaluate(Bench(*engine.parts()), questions)
    assert rows["by_type"]["negation"]["hit@1"] == 1.0
    assert rows["by_type"]["speaker"]["hit@1"] >= 0.88
    assert rows["all"]["pair_accuracy"] >= 0.9


def test_spans_and_references_are_read_too_and_two_runs_give_the_same_bytes(small, tmp_path):
    squad, chunks = tmp_path / "squad.jsonl", tmp_path / "chunks.jsonl"
    squad.write_text('{"id":"1","question":"who crossed the Rubicon","file":"rome.txt","answers":[{"start":24,"end":30}]}\n'
                     '{"id":"2","question":"who crossed the Danube","file":"rome.txt","answers":[]}')  # fmt: skip
    chunks.write_text(
        '{"id":"1","question":"who crossed the Rubicon","file":"rome.txt","references":[{"start":24,"end":30}]}'
    )
    for path, metric in ((squad, "hit@1"), (chunks, "recall")):
        runs = [
            json.dumps(evaluate(Bench(*small.parts()), read_gold(path, lambda d: small.document(d).text)))
            for _ in range(2)
        ]
        assert json.loads(runs[0])["all"][metric] == 1.0
        assert runs[0] == runs[1]


def test_a_calibration_is_kept_beside_the_index_and_used(small, tmp_path):
    before = small.ask("who crossed the Rubicon").confidence
    path = small.keep_calibration(Fitted(Weights((0.0,) * 9, -5.0), Weights((0.0,) * 9, -5.0)))
    assert small.ask("who crossed the Rubicon").confidence < 0.01 < before
    path.write_text("{")
    with pytest.raises(IndexCorrupt, match="calibrate"):
        small.ask("who crossed the Rubicon")
    path.unlink()
    assert small.ask("who crossed the Rubicon").confidence == before


def test_calibrating_from_the_shell_tells_the_trade_off_and_changes_the_confidence(
    model, tmp_path, monkeypatch, capsys
):
    engine = Engine(Settings(seeds=TRUST, index=tmp_path), embedder=model)
    engine.build()
    monkeypatch.setattr("qa.engine.Engine", lambda settings: engine)
    before = engine.ask("How old is Karl Amundsen?").confidence
    assert cli.main(["eval", "--calibrate", "--json", str(TRUST.with_suffix(".jsonl"))]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["held_out"]["questions"] == 80
    assert [row["threshold"] for row in told["trade_off"]][:2] == [0.05, 0.1]
    refused = [row["refusal_recall"] for row in told["trade_off"]]
    assert refused == sorted(refused)
    assert engine.ask("How old is Karl Amundsen?").confidence != before
    few = tmp_path / "few.jsonl"
    few.write_text('{"id": "1", "question": "When was the bridge built?", "type": "t", "answers": []}')
    assert cli.main(["eval", "--calibrate", str(few)]) == 1
    assert "at least 10 questions" in capsys.readouterr().err
