"""Numbers of versions: v4.1.0, version 4.1, 4.1.0 -> as the documents write them.

In -> out: a Corpus and a Query -> those that the documents write otherwise, each as they do.
Does not: know which version comes before another, or take a version for one of a series ("4.2" for "4.2.3").
"""

from __future__ import annotations

from qa.answers.retrieval import POOL, Query
from qa.indexing.contract import Corpus
from qa.text.numbers import versions_said
from qa.text.tokens import lexical_terms


def as_written(corpus: Corpus, query: Query) -> dict[str, str]:
    """Return the versions of a question that the documents write otherwise, each as they do."""
    found = {}
    for start, end, plain in versions_said(query.text):
        shown = query.text[start:end]
        terms = tuple(lexical_terms(f"{shown} {plain[1:]}"))
        rows = corpus.candidates(query.encoding.vector, terms, POOL).rows
        forms = [form for row in rows.tolist() for form in _forms(corpus.passage(row).text, plain)]
        if forms and shown not in forms:
            found[shown] = max(sorted(set(forms)), key=forms.count)
    return found


def _forms(text: str, plain: str) -> list[str]:
    return [text[start:end] for start, end, other in versions_said(text, dotted=True) if other == plain]
