import math
from itertools import pairwise

import numpy as np
import pytest

from qa.answers.joining import AROUND, rank_windows, windows_around
from qa.answers.matching import SHORTEST, match_tokens
from qa.answers.retrieval import make_query, most_lexical, rank_passages, scores_of
from qa.answers.searching import understand
from qa.engine import Engine
from qa.errors import SettingsError
from qa.indexing.lexical import LexicalIndex


def windows_of(corpus, means, question):
    query, _ = understand(corpus, means, question)
    ranked = rank_passages(corpus, query, means.settings.candidates, lexical_weight=means.settings.lexical_weight)
    windows = windows_around(corpus, ranked, 1, hit_tokens=means.settings.hit_tokens)
    match = match_tokens(corpus, query, [row for window in windows for row in range(window.first, window.last + 1)])
    return query, ranked, windows, match


def test_hits_are_ranked_located_and_scored(small):
    hits = small.retrieve("Caesar crossed the Rubicon", k=5)
    assert [hit.rank for hit in hits] == [1, 2]
    best = hits[0]
    assert best.passage.doc_id == "rome.txt"
    assert best.passage.passage_id == f"rome.txt#{best.passage.span.start}-{best.passage.span.end}"
    # nearest, and every word is met; of the BM25 score that words repeated for ever would have, ln 2 for each of three in one of two passages
    corpus, means = small.parts()
    sentence = float(windows_of(corpus, means, "Caesar crossed the Rubicon")[-1].best_sentences(corpus).max())
    expected = 0.3 + 0.7 * best.lexical_score / (3 * math.log(2)) + 3 + 2 * sentence
    assert best.score == pytest.approx(expected / 6, abs=1e-6)
    # 4 words in common; the question has 4 words, the passage 9 and two stops, of which "the" and "." occur twice
    assert best.dense_score == pytest.approx((1 + 1 + 2 + 1) / math.sqrt(4) / math.sqrt(7 + 2 * 4), abs=1e-5)
    assert hits[1].lexical_score == 0


def test_one_word_met_of_many_is_no_match_of_all(small):
    corpus, means = small.parts()
    scores = []
    for text in ("Caesar crossed the Rubicon", "Caesar ate purple grapes quietly"):
        best = rank_passages(corpus, make_query(text, means.embedder), 1, lexical_weight=1)[0]
        assert corpus.passage(best.row).doc_id == "rome.txt"
        scores.append(best.score)
    assert 0 < scores[1] < scores[0] / 2


def test_k_limits_and_a_million_gives_what_there_is(small):
    assert len(small.retrieve("cats", k=1)) == 1
    assert len(small.retrieve("cats", k=1_000_000)) == 2


@pytest.mark.parametrize("k", [0, -1])
def test_k_below_one_is_a_mistake(small, k):
    with pytest.raises(ValueError, match=f"k has to be at least 1, got {k}"):
        small.retrieve("cats", k=k)
    with pytest.raises(ValueError, match="k has to be at least 1"):
        small.ask("cats", k=k)


@pytest.mark.parametrize("question", ["", "  \n", "?!", "😀"])
def test_a_question_without_a_word_has_no_hits(small, question):
    assert small.retrieve(question) == []


def test_equal_passages_are_ordered_by_doc_id(small):
    for name in ("b.txt", "a.txt"):
        (small.settings.seeds / name).write_text(f"Whales sing.\n\n{'x' * 900}{name}")
    small.build()
    hits = [hit for hit in small.retrieve("whales sing", k=9) if "Whales" in hit.passage.text]
    assert [hit.passage.doc_id for hit in hits] == ["a.txt", "b.txt"]
    assert hits[0].score == hits[1].score


def test_max_tokens_keeps_the_best_that_fit(small):
    from qa import prompt_of
    from qa.errors import SettingsError
    from qa.text.tokens import count_prompt_tokens

    question = "Caesar crossed the Rubicon"
    both = small.retrieve(question, k=9)
    least = count_prompt_tokens(prompt_of(question, []))
    for budget in range(least, least + 200, 7):
        packed = small.retrieve(question, k=9, max_tokens=budget)
        assert count_prompt_tokens(prompt_of(question, [hit.passage for hit in packed])) <= budget
    assert packed == both
    with pytest.raises(SettingsError, match=f"needs {least} tokens, the budget is 5"):
        small.retrieve(question, max_tokens=5)


def test_a_passage_knows_its_cost(small):
    from qa.text.tokens import count_prompt_tokens

    for hit in small.retrieve("cats", k=9):
        assert hit.passage.prompt_tokens == count_prompt_tokens(hit.passage.text)


def test_bm25_is_the_formula(tmp_path):
    index = LexicalIndex.of([["a", "b"], ["b", "b", "c"], []])
    # Lucene's BM25: idf = ln(1 + (n - df + .5) / (df + .5)), tf / (tf + k1 (1 - b + b len / mean len))
    idf_b = math.log(1 + (3 - 2 + 0.5) / (2 + 0.5))
    expected = [idf_b * tf / (tf + 0.9 * (0.6 + 0.4 * length / (5 / 3))) for tf, length in ((1, 2), (2, 3))]
    assert index.scores(["b", "unknown"]).tolist() == pytest.approx([*expected, 0])
    index.save(tmp_path)
    assert LexicalIndex.open(tmp_path).scores(["b"]).tolist() == pytest.approx([*expected, 0])
    assert (index.passage_frequency("b"), index.passage_frequency("unknown")) == (2, 0)


def test_bm25_read_without_its_library_gives_the_same_bits(tmp_path):
    import bm25s

    drawn = np.random.default_rng(3)
    words = [f"w{n}" for n in range(60)]
    LexicalIndex.of([[words[n] for n in drawn.zipf(1.3, 40) % 60] for _ in range(500)]).save(tmp_path)
    ours, theirs = LexicalIndex.open(tmp_path), bm25s.BM25.load(str(tmp_path), mmap=True, show_progress=False)
    for question in (["w1"], words[:20], ["w1", "w1", "w2"], ["w3", "nowhere"], []):
        known = [theirs.vocab_dict[word] for word in question if word in theirs.vocab_dict]
        expected = np.asarray(theirs.get_scores_from_ids(known), np.float32)
        assert ours.scores(question).tobytes() == expected.tobytes()


@pytest.mark.parametrize(("offset", "step"), [(0, 1), (0, 2), (1, 2)])
def test_every_token_has_the_last_sentence_that_begins_before_it(real, offset, step):
    corpus, _ = real.parts()
    rows = np.arange(offset, len(corpus.passages), step)
    numbers, at, edges = corpus.sentences_of(rows)
    of_token = np.repeat(numbers, np.diff(edges, append=int(np.diff(corpus.passages[rows, 5:7]).sum())))
    found = np.split(of_token, np.cumsum(np.diff(corpus.passages[rows, 5:7])))
    assert (np.diff(at) >= 0).all()
    for row, sentences in zip(rows.tolist(), found, strict=False):
        first, last, first_token, end_token = map(int, corpus.passages[row, 3:7])
        places = corpus.token_places[first_token:end_token, 0].tolist()
        begin = [int(corpus.sentences[n, 1]) for n in range(first, last + 1)]
        expected = [first + max((i for i, start in enumerate(begin) if start <= place), default=0) for place in places]
        assert sentences.tolist() == expected


def test_no_passage_is_lost_between_two_better_hits(real):
    """It may have no window of its own that overlaps neither: then it is a hit as what is left of one."""
    corpus, means = real.parts()
    for question in ("what did Zelenskyy ask for", "who met in Riyadh", "will the US send troops"):
        query, ranked, windows, match = windows_of(corpus, means, question)
        scores, most = scores_of(corpus, query, match.rows), most_lexical(corpus, query)
        found = rank_windows(corpus, match, scores, windows, 10_000, lexical_weight=0.7, most=most)
        places = sorted((hit.passage.doc_id, hit.passage.span) for hit in found)
        assert all(a[0] != b[0] or a[1].end <= b[1].start for a, b in pairwise(places))
        assert [hit.score for hit in found] == sorted((hit.score for hit in found), reverse=True)
        for passage in (corpus.passage(each.row) for each in ranked[:AROUND]):
            at = [
                s
                for d, s in places
                if d == passage.doc_id and s.start <= passage.span.start and passage.span.end <= s.end
            ]
            assert len(at) == 1


def test_the_best_sentence_of_a_passage_is_the_one_whose_tokens_are_most_alike_on_the_whole(real):
    corpus, means = real.parts()
    *_, match = windows_of(corpus, means, "why could peacekeepers be dangerous for NATO itself")
    similar, lengths = match.cosines @ match.weights, np.diff(match.edges, append=len(match.cosines))
    for place, best in enumerate(match.best_sentences(corpus).tolist()):
        numbers, _, edges = corpus.sentences_of(match.rows[place : place + 1])
        parts = np.split(similar[match.edges[place] :][: lengths[place]], edges[1:])
        assert len(parts) == len(numbers)
        assert best == pytest.approx(max(float(part.sum()) / max(len(part), SHORTEST) for part in parts), abs=1e-5)


def test_words_that_one_sentence_says_together_are_more_than_the_same_words_scattered(settings, embedder):
    (settings.seeds / "a.txt").write_text("Caesar slept until noon. Some army crossed it. A dog was Rubicon.")
    (settings.seeds / "b.txt").write_text("It slept until noon. Caesar crossed Rubicon. A dog was some army.")
    engine = Engine(settings, embedder=embedder)
    engine.build()
    first, second = engine.retrieve("Caesar crossed Rubicon")
    assert (first.passage.doc_id, second.passage.doc_id) == ("b.txt", "a.txt")
    assert first.lexical_score == pytest.approx(second.lexical_score)


def test_only_the_documents_and_folders_that_are_named_are_asked(settings, embedder):
    (settings.seeds / "reports").mkdir()
    (settings.seeds / "reports" / "may.txt").write_text("The ferry to Atlantis sank in May.")
    (settings.seeds / "june.txt").write_text("The ferry to Atlantis sank in June.")
    (settings.seeds / "reports-old.txt").write_text("The ferry to Atlantis sank in July.")
    engine = Engine(settings, embedder=embedder)
    engine.build()
    question = "the ferry to Atlantis sank"
    assert len({hit.passage.doc_id for hit in engine.retrieve(question)}) == 3
    for within, expected in (
        (["reports/"], {"reports/may.txt"}),
        (["june.txt", "reports"], {"june.txt", "reports/may.txt"}),
    ):
        assert {hit.passage.doc_id for hit in engine.retrieve(question, within=within)} == expected
        answer = engine.ask(question, within=within)
        assert {citation.doc_id for citation in answer.citations} <= expected
        assert {hit.passage.doc_id for hit in answer.hits} <= expected
    with pytest.raises(SettingsError, match=r"julne\.txt"):
        engine.ask(question, within=["julne.txt"])


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("Tell me more about weaving", ["weaving"]),
        ("When is the pottery course? please tell me more", ["pottery", "course"]),
        ("Could you please explain to me the parking rules?", ["parking", "rules"]),
        ("I'd like to know who wound the clock", ["wound", "clock"]),
        ("tell me more", ["tell"]),
        ("Who was William Tell?", ["William", "Tell"]),
        ("What does the porter tell us?", ["porter", "tell", "us"]),
    ],
)
def test_what_only_says_that_something_is_asked_is_not_looked_for(embedder, question, asked):
    query = make_query(question, embedder)
    assert [shown for shown, _, _ in query.weighty_words] == asked
    assert query.text == question and len(query.terms) == len(query.weighty_words)


def test_a_request_for_more_is_answered_on_what_was_asked_before(settings, model):
    courses = "We offer three courses for beginners: pottery, weaving and bookbinding. The pottery course takes place on Tuesdays. "
    courses += "The weaving course takes place on Wednesdays and costs eighty euros. The bookbinding course is full until June."
    (settings.seeds / "courses.txt").write_text(courses)
    engine = Engine(settings, embedder=model)
    engine.build()
    answer = engine.ask("tell me more", history=["What about the weaving course?"])
    assert answer.citations[0].text.startswith("The weaving course")
    assert "Tell" not in engine.ask("Tell me more about bread").reason
    (settings.seeds / "courses.txt").write_text(
        "Sian Powys teaches on Mondays. " + courses.replace("weaving course", "course of Ada Brangwyn")
    )
    engine.build()
    assert (
        "Brangwyn" in engine.ask("tell me more", history=["What about the course of Ada Brangwyn?"]).citations[0].text
    )
