"""Seeds -> a published snapshot, embedding only texts that have no vector yet.

In -> out: Settings, the seeds folder and the last snapshot -> a new snapshot (or none, where nothing changed), BuildReport.
Does not: touch the snapshot that answers; whatever goes wrong, it stays.

An unchanged document is copied from the last snapshot. Of a new or changed one, a passage is embedded unless the last
snapshot or an interrupted build has one with the same text.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from qa.datatypes import BuildReport, Document
from qa.errors import IndexIncompatible, IndexMissing, SeedError
from qa.indexing import encodings, snapshots
from qa.indexing.corpus import ALWAYS_HASHED, Corpus
from qa.indexing.drafting import CorpusWriter, PassageDraft
from qa.indexing.embedding import Embedder
from qa.indexing.encodings import EncodingSource, FreshDocument, Progress, Tally
from qa.indexing.locks import build_lock
from qa.indexing.projection import make_projection, state_width
from qa.indexing.resuming import discard_cache, resume_cache
from qa.settings import Settings
from qa.text import chunking, sentences, tokens
from qa.text.documents import SeedFile, Seeds, list_seeds, read_document


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
    with build_lock(settings.index):
        seeds = list_seeds(settings.seeds, max_file_mb=settings.max_file_mb, skip_bad=skip_bad)
        previous = None if full else _open_previous(settings)
        difference = compare_files(previous.manifest if previous else None, seeds.files)
        if previous and len(difference["unchanged"]) == len(seeds.files) and not difference["removed"]:
            snapshot, embedded = previous, 0
            discard_cache(settings.index)
            snapshots.prune(settings.index)
        else:
            if full:
                discard_cache(settings.index)
            snapshot, embedded = _build(settings, seeds, load_embedder(), previous, progress)
        passages = snapshot.manifest["counts"]["passages"]
        return BuildReport(
            **difference, passages=passages, embedded=embedded, reused=passages - embedded,
            seconds=time.perf_counter() - started, snapshot=snapshot.name, warnings=seeds.warnings,
        )  # fmt: skip


def check_recipe(manifest: Mapping[str, Any], settings: Settings, embedder: Embedder) -> None:
    """Raise IndexIncompatible, naming what differs, unless the snapshot was built by this version and this model."""
    _refuse_foreign(manifest["recipe"], _recipe(settings, embedder))


def compare_files(manifest: Mapping[str, Any] | None, files: Sequence[SeedFile]) -> dict[str, tuple[str, ...]]:
    """Return the doc_ids `added`, `changed`, `removed` and `unchanged` since a snapshot with this manifest was built."""
    old = {entry["doc_id"]: entry for entry in (manifest["documents"] if manifest else ())}
    new = {entry["doc_id"]: entry for entry in map(_describe, files)}
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


def _describe(file: SeedFile) -> dict[str, Any]:
    return {"doc_id": file.doc_id, "title": file.title, "sha256": file.sha256, "meta": file.meta}


def _build(
    settings: Settings, seeds: Seeds, embedder: Embedder, previous: snapshots.Snapshot | None, progress: Progress | None
) -> tuple[snapshots.Snapshot, int]:
    recipe = _recipe(settings, embedder)
    if previous:
        _refuse_foreign(previous.manifest["recipe"], recipe)
    width = state_width(embedder, sum(file.size_bytes for file in seeds.files))
    fits = previous is not None and previous.manifest["state_bytes"] == width  # else all states are taken anew
    stored = Corpus(previous) if previous and fits else None
    described = [_describe(file) for file in seeds.files]
    manifest = {"created": _now(), "recipe": recipe, "state_bytes": width, "documents": described}
    with resume_cache(settings.index, {**recipe, "state_bytes": width}) as cache:
        projection = stored.projection if stored else make_projection(embedder, width)
        source = EncodingSource(embedder, projection, stored, cache, Tally(seeds.files, progress))
        budget = min(settings.passage_tokens, embedder.window_tokens)
        with snapshots.draft_snapshot(settings.index) as folder:
            with CorpusWriter(folder, projection) as writer:
                for batch in _batches(seeds.files, stored, embedder, budget):
                    source.write(batch, writer)
                if not writer.passage_count:
                    raise SeedError(
                        f"The documents in {settings.seeds} hold nothing to quote: add text, or name another folder."
                    )
                written = writer.finish()
            snapshot = snapshots.publish(folder, {**manifest, **written}, always_hashed=ALWAYS_HASHED)
        cache.clear()
        return snapshot, source.embedded


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _batches(
    files: Sequence[SeedFile], stored: Corpus | None, embedder: Embedder, budget: int
) -> Iterator[list[FreshDocument | SeedFile]]:
    """Yield the documents in order, unchanged ones as they are listed, others read, until they have BATCH_PASSAGES passages."""
    batch: list[FreshDocument | SeedFile] = []
    passages = 0
    for file in files:
        if stored and file.sha256 in stored.number_of_text:
            batch.append(file)
        else:
            fresh = _cut(read_document(file), embedder, budget)
            batch.append(fresh)
            passages += len(fresh.drafts)
        if max(passages, len(batch)) >= encodings.BATCH_PASSAGES:
            yield batch
            batch, passages = [], 0
    if batch:
        yield batch


def _cut(document: Document, embedder: Embedder, budget: int) -> FreshDocument:
    spans = sentences.split_sentences(document.text)
    chunks = chunking.chunk_text(document.text, spans, embedder.token_starts, budget=budget)
    drafts = [PassageDraft(c.span, c.first_sentence, c.last_sentence, c.span.of(document.text)) for c in chunks]
    return FreshDocument(document, spans, drafts)
