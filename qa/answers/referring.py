"""A follow-up, searched with the question before it -> what a reader is asked: the follow-up alone, with what it refers to.

In -> out: a Corpus and a Query -> a text.
Does not: change what is searched. A reader that is given both questions finds the answer to the first one again, and is sure of it.
"""

from __future__ import annotations

from collections.abc import Sequence

from qa.answers.given import has_number
from qa.answers.retrieval import Query, without_requests
from qa.answers.spelling import is_typed_as_name
from qa.indexing.contract import Corpus

HOW_MANY, HOW_OLD = "how many", "how many years old"


def read_as(corpus: Corpus, query: Query, sentences: Sequence[int] = ()) -> str:
    """Return what a reader is asked: a question without requests, with the names of the ones before it in front ("Attic: where is it?").

    Where these have no name, with their words ("tour tasting: and what does it cost?"), but for what they asked for ("which days"). Both are read
    as they are searched where the question only exchanges a name ("and the Cellar?"), which says nothing alone.
    """
    return without_requests(
        _with_names(corpus, query) if query.asked_from else _asked_for_bounds(corpus, query, sentences)
    )


def _asked_for_bounds(corpus: Corpus, query: Query, sentences: Sequence[int]) -> str:
    """Return a question that asks how many where its asker brings a number along that none of the sentences has.

    A reader takes another number for another thing, and says that nothing answers.
    """
    if not query.given:
        return query.text
    text, told = query.text, [span.of(document.text) for document, span in map(corpus.sentence, sentences)]
    for given, _ in reversed(query.given):
        if not any(has_number(given, each) for each in told):
            asked = HOW_MANY if given.unit else HOW_OLD
            text = text[: given.span.start] + asked + text[given.span.end :]
    return text


def _with_names(corpus: Corpus, query: Query) -> str:
    names: list[str] = []
    words: list[str] = []
    has_name = has_more = False
    for shown, word, tokens in query.weighty_words:
        is_name = corpus.is_name(word) or is_typed_as_name(query.text, shown)
        start = int(query.encoding.starts[tokens[0]])
        if start < query.asked_from:
            words += [] if tokens[0] in query.answered else [shown]
            names += [shown] if is_name else []
        elif is_name:
            has_name = True
        else:
            has_more = True
    asked = query.text[query.asked_from :].strip()
    if not any(map(str.isalnum, without_requests(query.text)[query.asked_from :])):
        return query.text  # "tell me more" asks the same again
    if has_name:
        return asked if has_more else query.text
    before = dict.fromkeys(names or words)
    return f"{' '.join(before)}: {asked}" if before else query.text
