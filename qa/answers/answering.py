"""A question -> an Answer: quotes, or a refusal with its reason.

In -> out: a Corpus, `Means`, a question, earlier questions -> an `Answer`.
Does not: search (qa/answers/searching.py), or write a sentence of its own into an answer; only the reason of a refusal is ours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from qa.answers.acronyms import spelled_out, unknown_acronyms
from qa.answers.authors import written
from qa.answers.confidence import judge
from qa.answers.context import stems_said
from qa.answers.exchanging import exchanged, other_thing
from qa.answers.followups import is_courtesy, may_stand_alone, reply_to, searched_for
from qa.answers.merging import of_the_other, rather_alone, rather_named, with_parts, with_sides
from qa.answers.named import named
from qa.answers.offering import names_offered
from qa.answers.overview import overview, overview_of
from qa.answers.parts import parts_of, sides_asked
from qa.answers.quoting import choose_quotes
from qa.answers.searching import Findings, Means, find_hits, look_for
from qa.answers.spelling import corrected, guesses
from qa.answers.whole import asked_of_whole
from qa.answers.words import with_answers
from qa.datatypes import COURTESY, Answer, Hit
from qa.defaults import HITS_SHOWN
from qa.indexing.contract import Corpus
from qa.indexing.telling import unread_question
from qa.text.tokens import content_words, lexical_terms

NAMES_OFFERED = 2
UNREAD_QUESTION = 0.5
"""A question of which the model has no piece for so large a share is refused: it would match anything."""


def answer_question(
    corpus: Corpus,
    means: Means,
    question: str,
    *,
    history: Sequence[str] = (),
    k: int = HITS_SHOWN,
    as_typed: bool = False,
) -> Answer:
    """Return the Answer; `k` is how many hits it carries. A question without a word gets a refusal, never an error.

    A question about the documents as a whole gets an overview. With `as_typed` it is searched like any other, and neither
    `history` nor the documents' spelling of its words changes what is searched.
    """
    if k < 1:
        raise ValueError(f"k has to be at least 1, got {k}")
    if isinstance(history, str):
        raise TypeError("history has to be a list of questions, got one text")
    if is_courtesy(question):
        return replace(_refuse(question, question.strip(), (), 0.0, _courtesy(corpus, question)), kind=COURTESY)
    if not as_typed and len(means.documents) < 2 and (asked := asked_of_whole(question)):
        one = _meant(corpus, means, asked.topic) if asked.topic or means.documents else None
        found = overview(corpus, question, asked, one)
        if found.answered or asked.on is None:
            return found
    if (
        not as_typed
        and not means.documents
        and (by := written(corpus, question, lambda topic: _meant(corpus, means, topic)))
    ):
        return overview_of(corpus, question, by)
    searched = question.strip() if as_typed else searched_for(question, history, corpus.is_name)
    findings = look_for(corpus, means, searched, k=k, as_typed=as_typed, asked=question.strip())
    if findings is None:
        return _refuse(question, searched, (), 0.0, "The question holds no word to look for.")
    if findings.query.unread_share >= UNREAD_QUESTION:
        return _refuse(question, searched, findings.hits, 0.0, unread_question(means.settings.model))
    answer = _decide(corpus, means, question, findings)
    if searched != question.strip():
        earlier = [text for text in history if text.strip() and not is_courtesy(text)][-1]
        readings = exchanged(earlier, question, corpus.is_name)
        others = _answers_to(corpus, means, question, readings, k)
        thing, _ = other_thing(question)
        answer = of_the_other(answer, others, thing, means.settings.quotes)
        if thing or may_stand_alone(question):
            (alone,) = _answers_to(corpus, means, question, [question.strip()], k)
            answer = rather_named(answer, alone, thing) if thing else rather_alone(alone, answer)
            searched = answer.searched
    if not as_typed and not answer.clear:
        if acronyms := unknown_acronyms(corpus, findings.query):
            answer = _rather(
                corpus, means, answer, findings, spelled_out(corpus, acronyms, findings.match.rows.tolist())
            )
        elif guessed := guesses(corpus, findings.query, means.embedder.vocabulary):
            answer = _rather(corpus, means, answer, findings, guessed)
    # With the question before it, a follow-up has two parts: that one was answered already.
    if not as_typed and searched == question.strip():
        if sides := sides_asked(searched):
            first, second = sides
            each = _side(corpus, means, question, first, second), _side(corpus, means, question, second, first)
            answer = with_sides(answer, [side for side in each if side], means.settings)
            answer = replace(answer, clear=answer.clear and means.is_calibrated)
        elif parts := parts_of(searched):
            found_in_parts = _answers_to(corpus, means, question, parts, k)
            if len(found_in_parts) == len(parts) or answer.answered:
                answer = with_parts(answer, found_in_parts, means.settings.quotes)
    if not as_typed and not answer.answered and not means.documents and (documents := named(corpus, question)):
        return replace(overview_of(corpus, question, documents), hits=findings.hits)
    return answer


def _meant(corpus: Corpus, means: Means, topic: str) -> int | None:
    """Return the number of the document on a topic: the one whose title or name has it, else the one that says most of it."""
    if means.documents:
        return means.documents[0]
    words = set(content_words(topic))
    for number, entry in enumerate(corpus.entries):
        if words and words <= set(content_words(f"{entry['title']} {entry['doc_id']}")):
            return number
    hits = find_hits(corpus, means, topic, 1)
    return corpus.number_of[hits[0].passage.doc_id] if hits else None


def _answers_to(corpus: Corpus, means: Means, question: str, readings: Sequence[str], k: int) -> list[Answer]:
    """Return the answer to each reading of a question that holds a word."""
    found = [look_for(corpus, means, reading, k=k) for reading in readings]
    return [_decide(corpus, means, question, findings) for findings in found if findings]


def _side(corpus: Corpus, means: Means, question: str, thing: str, other: str) -> Answer | None:
    """Return what is said of one of two things, rather of it alone; None where it holds no word."""
    found = look_for(corpus, means, thing)
    if found is None:
        return None
    answer = _decide(corpus, means, question, found)
    named = set(lexical_terms(other)) - set(lexical_terms(thing))
    numbers = [int(number) for number in found.ranking.sentences]
    alone = [at for at, number in enumerate(numbers) if not named <= stems_said(corpus, number)]
    if not answer.answered or not alone or alone[0] == 0:
        return answer
    import numpy as np

    quotes = choose_quotes(corpus, found.ranking.in_order(np.array(alone)), means.settings.quotes, asked=thing)
    return replace(answer, citations=tuple(quotes)) if quotes else answer


def _rather(corpus: Corpus, means: Means, refused: Answer, findings: Findings, changed: Mapping[str, str]) -> Answer:
    """Return the answer to a question with some of its words changed, where that is clear, else the refusal."""
    again = look_for(corpus, means, corrected(findings.query.text, changed), k=len(refused.hits)) if changed else None
    if again is None:
        return refused
    answer = _decide(corpus, means, refused.question, again)
    return replace(answer, corrections={**answer.corrections, **changed}) if answer.clear else refused


def _decide(corpus: Corpus, means: Means, question: str, found: Findings) -> Answer:
    judgement = judge(corpus, found.query, found.match, found.ranking, found.reads, means.weights)
    settings, searched, confidence = means.settings, found.query.text, judgement.confidence
    is_sure = judgement.sure >= settings.clear_threshold
    nearest = choose_quotes(corpus, found.ranking, settings.quotes, asked=searched, sure=is_sure)
    citations = nearest if confidence >= settings.threshold else []
    if is_sure:  # words of what may be no answer are none either
        citations = with_answers(corpus, citations, found.reads, searched)
    if not citations:
        refused = _refuse(question, searched, found.hits, confidence, judgement.reason, found.corrections)
        return replace(refused, nearest=tuple(nearest))
    clear = is_sure and means.is_calibrated
    return Answer(question, searched, tuple(citations), found.hits, True, confidence, "", clear, found.corrections)


def _refuse(
    question: str,
    searched: str,
    hits: tuple[Hit, ...],
    confidence: float,
    reason: str,
    changed: Mapping[str, str] | None = None,
) -> Answer:
    return Answer(question, searched, (), hits, False, confidence, reason, False, changed or {})


def _courtesy(corpus: Corpus, question: str) -> str:
    names = names_offered(corpus, NAMES_OFFERED)
    about = f", for example {' or '.join(names)}" if names else ""
    return f"{reply_to(question)} Ask what the documents say about something{about}.".lstrip()
