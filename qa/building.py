"""Seeds -> a published snapshot, embedding only texts the last snapshot has no vector for.

In -> out: Settings, the seeds folder and the last snapshot -> a new snapshot (or none, where nothing changed), BuildReport.
Does not: touch the snapshot that answers; whatever goes wrong, it stays.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from qa import chunking, sentences, snapshots, tokens
from qa.corpus import Corpus, PassageDraft, StoredEncoding, quantize, write_corpus
from qa.datatypes import BuildReport, Document, Span
from qa.documents import Seeds, read_seeds
from qa.embedding import Embedder, Encoding
from qa.errors import IndexIncompatible, IndexMissing, SeedError
from qa.settings import Settings

Progress = Callable[[int, int], None]
"""Called with (passages embedded, passages to embed)."""


def build_index(
    settings: Settings,
    load_embedder: Callable[[], Embedder],
    *,
    full: bool = False,
    skip_bad: bool = False,
    progress: Progress | None = None,
) -> BuildReport:
    """Bring the index in line with the seeds; with `full`, embed everything and look at no earlier snapshot.

    Raises SeedError, BuildLocked, StoreUnavailable, SettingsError, or IndexIncompatible/IndexCorrupt (fixed by `full`).
    """
    started = time.perf_counter()
    with snapshots.build_lock(settings.index):
        seeds = read_seeds(settings.seeds, skip_bad=skip_bad)
        previous = None if full else _open_previous(settings)
        difference = compare_documents(previous.manifest if previous else None, seeds.documents)
        if previous and len(difference["unchanged"]) == len(seeds.documents) and not difference["removed"]:
            passages = previous.manifest["counts"]["passages"]
            return BuildReport(**difference, passages=passages, embedded=0, reused=passages,
                               seconds=time.perf_counter() - started, snapshot=previous.name, warnings=seeds.warnings)  # fmt: skip
        embedder = load_embedder()
        recipe = _recipe(settings, embedder)
        if previous:
            _refuse_foreign(previous.manifest["recipe"], recipe)
        stored = Corpus(previous.folder) if previous else None
        snapshot, embedded = _write(settings, seeds, embedder, recipe, stored, progress)
        passages = snapshot.manifest["counts"]["passages"]
        return BuildReport(**difference, passages=passages, embedded=embedded, reused=passages - embedded,
                           seconds=time.perf_counter() - started, snapshot=snapshot.name, warnings=seeds.warnings)  # fmt: skip


def check_recipe(manifest: Mapping[str, Any], settings: Settings, embedder: Embedder) -> None:
    """Raise IndexIncompatible, naming what differs, unless the snapshot was built by this version and this model."""
    _refuse_foreign(manifest["recipe"], _recipe(settings, embedder))


def compare_documents(manifest: Mapping[str, Any] | None, documents: Sequence[Document]) -> dict[str, tuple[str, ...]]:
    """Return the doc_ids `added`, `changed`, `removed` and `unchanged` since a snapshot with this manifest was built."""
    old = {entry["doc_id"]: entry for entry in (manifest["documents"] if manifest else ())}
    new = {entry["doc_id"]: entry for entry in _describe(documents)}
    return {
        "added": tuple(sorted(new.keys() - old.keys())),
        "changed": tuple(sorted(key for key in new.keys() & old.keys() if new[key] != old[key])),
        "removed": tuple(sorted(old.keys() - new.keys())),
        "unchanged": tuple(sorted(key for key in new.keys() & old.keys() if new[key] == old[key])),
    }


def _open_previous(settings: Settings) -> snapshots.Snapshot | None:
    try:
        previous = snapshots.open_snapshot(settings.index)
    except IndexMissing:
        return None
    _refuse_foreign(previous.manifest["recipe"], _recipe(settings, None))
    return previous


def _recipe(settings: Settings, embedder: Embedder | None) -> dict[str, Any]:
    """What an index is made with; two indexes with the same recipe hold the same numbers for the same text."""
    without_model = {
        "model": settings.model,
        "passage_tokens": settings.passage_tokens,
        "sentences": sentences.VERSION,
        "chunking": chunking.VERSION,
        "analyzer": tokens.ANALYZER,
    }
    if embedder is None:
        return without_model
    return {
        **without_model,
        "fingerprint": embedder.fingerprint,
        "dim": embedder.dim,
        "window_tokens": embedder.window_tokens,
    }


def _refuse_foreign(built: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    for key, value in wanted.items():
        if built.get(key) != value:
            raise IndexIncompatible(
                f"The index was built with {key} {built.get(key)!r}, now it is {value!r}: run `qa build --full`, "
                f"or set it back to what it was."
            )


def _describe(documents: Sequence[Document]) -> list[dict[str, Any]]:
    return [{"doc_id": d.doc_id, "title": d.title, "sha256": d.sha256, "meta": dict(d.meta)} for d in documents]


def _write(
    settings: Settings,
    seeds: Seeds,
    embedder: Embedder,
    recipe: dict[str, Any],
    stored: Corpus | None,
    progress: Progress | None,
) -> tuple[snapshots.Snapshot, int]:
    spans = [sentences.split_sentences(document.text) for document in seeds.documents]
    budget = min(settings.passage_tokens, embedder.window_tokens)
    drafts = [
        draft for i, document in enumerate(seeds.documents) for draft in _chunk(i, document, spans[i], embedder, budget)
    ]
    if not drafts:
        raise SeedError(
            f"The documents in {settings.seeds} hold nothing that can be quoted: add text, or name another folder with --seeds."
        )
    known = {stored.passage(row).text: row for row in range(len(stored.passages))} if stored else {}
    missing = list(dict.fromkeys(draft.text for draft in drafts if draft.text not in known))
    fresh = _watched(embedder.encode_passages(missing), len(missing), progress)
    with snapshots.draft_snapshot(settings.index) as folder:
        counts = write_corpus(folder, seeds.documents, spans, drafts, _encodings(drafts, stored, known, fresh))
        manifest = {"created": datetime.now(UTC).isoformat(timespec="seconds"), "recipe": recipe, "counts": counts,
                    "documents": _describe(seeds.documents)}  # fmt: skip
        return snapshots.publish(folder, manifest), len(missing)


def _chunk(
    number: int, document: Document, spans: list[Span], embedder: Embedder, budget: int
) -> Iterator[PassageDraft]:
    for chunk in chunking.chunk_text(document.text, spans, embedder.token_starts, budget=budget):
        yield PassageDraft(number, chunk.span, chunk.first_sentence, chunk.last_sentence, chunk.span.of(document.text))


def _encodings(
    drafts: list[PassageDraft], stored: Corpus | None, known: dict[str, int], fresh: Iterator[Encoding]
) -> Iterator[StoredEncoding]:
    """Yield the encoding of each draft: stored, or the next fresh one; a text that occurs twice is embedded once."""
    occurrences = Counter(draft.text for draft in drafts)
    kept: dict[str, StoredEncoding] = {}
    for draft in drafts:
        text = draft.text
        if stored and text in known:
            yield stored.encoding(known[text])
        elif text in kept:
            yield kept[text]
        else:
            new = next(fresh)
            encoding = StoredEncoding(new.vector, quantize(new.states), new.starts, new.pieces)
            if occurrences[text] > 1:
                kept[text] = encoding
            yield encoding


def _watched(encodings: Iterator[Encoding], total: int, progress: Progress | None) -> Iterator[Encoding]:
    for done, encoding in enumerate(encodings, 1):
        if progress:
            progress(done, total)
        yield encoding
