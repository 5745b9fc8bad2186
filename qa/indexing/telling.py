"""What documents.json and the manifest say of a document beside its text: what it is called, and the language it is in.

In -> out: what was read of a file, the model's pieces of it -> what is told of it; the manifest -> counts of languages, sentences of warning.
Does not: find the language (qa/text/languages.py) or the title (qa/text/titles.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from qa.datatypes import Parsed
from qa.settings import DEFAULT_MODEL
from qa.text.documents import SeedFile
from qa.text.languages import language_of, name_of
from qa.text.shown import Shown
from qa.text.titles import guessed_title, readable_name, told_title

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MADE_FOR = {DEFAULT_MODEL: "en"}
"""The language a model was made for, where it is one alone."""
OTHER_MODEL = "paraphrase-multilingual-MiniLM-L12-v2"
"""Named as an example of a model for many languages."""
UNREAD = 0.2
"""From this share on of pieces that the model has no name for, it does not read a text."""
NAMES_SHOWN = 3


def told_of(parsed: Parsed, shown: Shown, pieces: Sequence[NDArray[np.int32]], unknown: int) -> dict[str, Any]:
    """Return what a document says of itself; `pieces` are those of its passages, `unknown` the one for what the model has no piece for."""
    from qa.datatypes import Span

    count = sum(len(each) for each in pieces)
    unread = sum(int((each == unknown).sum()) for each in pieces)
    return {
        "title": told_title(parsed), "guess": guessed_title(parsed.text, ""), "meta": dict(parsed.meta), "warnings": list(parsed.warnings),
        "language": language_of(shown.of(Span(0, len(parsed.text)))), "unread": round(unread / max(count, 1), 4),
    }  # fmt: skip


def described(file: SeedFile, told: Mapping[str, Any]) -> dict[str, Any]:
    """Return what documents.json says of a document; `told` is what it says of itself, as it was read."""
    title = file.meta.get("title") or told["title"] or readable_name(file.doc_id) or told["guess"]
    return {
        "doc_id": file.doc_id, "title": title or file.doc_id, "sha256": file.sha256, "meta": {**told["meta"], **file.meta},
        "also": list(file.also), "reader": file.reader, "told": told,
    }  # fmt: skip


def languages_of(manifest: Mapping[str, Any]) -> dict[str, int]:
    """Return how many documents are in each language, by its English name, most frequent first; those that cannot be told are not counted."""
    counts: dict[str, int] = {}
    for entry in manifest["documents"]:
        if code := entry.get("language"):
            counts[name_of(code)] = counts.get(name_of(code), 0) + 1
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def unread_languages(manifest: Mapping[str, Any]) -> list[str]:
    """Return a sentence for each language, or script, of the documents that the model was not made for, with the setting that helps."""
    model, found = str(manifest["recipe"]["model"]), dict[str, list[str]]()
    made_for = MADE_FOR.get(model, "")
    for entry in manifest["documents"]:
        code = entry.get("language", "")
        if entry.get("unread", 0.0) >= UNREAD:
            found.setdefault(f"in {name_of(code)}, which" if code else "in a script that", []).append(entry["doc_id"])
        elif made_for and code not in ("", made_for):
            found.setdefault(f"in {name_of(code)}; {name_of(made_for)} is what", []).append(entry["doc_id"])
    return [_warning(language, names, model) for language, names in sorted(found.items())]


def unread_question(model: str) -> str:
    """Return why a question is refused of which the model knows hardly a piece."""
    return (
        f"The model {model} does not know the words of this question: name one for its language in QA_MODEL, such as {OTHER_MODEL}, "
        "and run `qa build --full`."
    )


def _warning(language: str, names: Sequence[str], model: str) -> str:
    shown = ", ".join(names[:NAMES_SHOWN]) + (", …" if len(names) > NAMES_SHOWN else "")
    count = f"{len(names)} documents are" if len(names) > 1 else "1 document is"
    knows = "was made for" if language.endswith("what") else "does not know"
    return (
        f"{count} {language} the model {model} {knows} ({shown}): set QA_MODEL to a model for the language, such as {OTHER_MODEL}, "
        "and run `qa build --full`."
    )
