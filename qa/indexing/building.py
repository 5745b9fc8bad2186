"""Seeds -> a published snapshot, embedding only texts that have no vector yet.

In -> out: Settings, the seeds folder and the last snapshot -> a new snapshot (or none, where nothing changed), BuildReport.
Does not: touch the snapshot that answers; whatever goes wrong, it stays.

An unchanged document is copied from the last snapshot. Of a new or changed one, a passage is embedded unless the last
snapshot or an interrupted build has one with the same text.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from qa.datatypes import BuildReport, Document, Kind, Parsed, Skipped
from qa.errors import IndexIncompatible, IndexMissing, SeedError
from qa.formats.reading import Unreadable
from qa.indexing import encodings, snapshots
from qa.indexing.corpus import ALWAYS_HASHED, SnapshotCorpus
from qa.indexing.drafting import CorpusWriter, DraftedDocument, PassageDraft
from qa.indexing.encodings import EncodingSource, Progress, Tally
from qa.indexing.locks import build_lock
from qa.indexing.projection import make_projection, state_width
from qa.indexing.resuming import discard_cache, resume_cache
from qa.indexing.shapes import check_manifest
from qa.models.encoding import Embedder
from qa.settings import Settings
from qa.text import chunking, sentences, tokens
from qa.text.documents import SeedFile, Seeds, left_out, list_seeds, read_parsed
from qa.text.shown import Shown

_DESCRIBED = ("doc_id", "sha256", "reader", "meta", "also")


def build_index(
    settings: Settings,
    load_embedder: Callable[[], Embedder],
    *,
    full: bool = False,
    strict: bool = False,
    progress: Progress | None = None,
) -> BuildReport:
    """Bring the index in line with the seeds; with `full`, embed everything and look at no earlier snapshot.

    Raises SeedError, BuildLocked, StoreUnavailable, SettingsError, or IndexIncompatible/IndexCorrupt (fixed by `full`).
    """
    started = time.perf_counter()
    with build_lock(settings.index):
        seeds = list_seeds(
            settings.seeds, max_file_mb=settings.max_file_mb, strict=strict, text_suffixes=settings.text_suffixes
        )
        previous = None if full else _open_previous(settings, seeds.files)
        before = previous.manifest if previous else None
        known, files = split_known_bad(before, seeds.files)
        unread: list[Skipped] = []
        if strict and known:
            raise SeedError(known[0].reason)
        if previous and not any(compare_files(before, files)[key] for key in ("added", "changed", "removed")):
            snapshot, embedded = previous, 0
            discard_cache(settings.index)
            snapshots.prune(settings.index)
        else:
            if full:
                discard_cache(settings.index)
            reading = _Reading(files, strict=strict, unread=unread)
            snapshot, embedded = _build(settings, seeds, reading, load_embedder(), previous, progress)
        skipped = tuple(sorted((*seeds.skipped, *known, *unread), key=lambda each: each.doc_id))
        bad = {each.doc_id for each in skipped}
        difference = compare_files(before, [file for file in files if file.doc_id not in bad])
        passages = snapshot.manifest["counts"]["passages"]
        return BuildReport(
            **difference, passages=passages, embedded=embedded, reused=passages - embedded,
            seconds=time.perf_counter() - started, snapshot=snapshot.name,
            warnings=(*(each.reason for each in skipped), *seeds.warnings, *_partly_read(snapshot)), skipped=skipped,
        )  # fmt: skip


def split_known_bad(
    manifest: Mapping[str, Any] | None, files: Sequence[SeedFile]
) -> tuple[list[Skipped], list[SeedFile]]:
    """Return the files of which a snapshot with this manifest says why they cannot be read, and the others."""
    known = {(s["doc_id"], s["sha256"], s["reader"]): s["reason"] for s in (manifest or {}).get("skipped", ())}
    bad, good = [], []
    for file in files:
        reason = known.get((file.doc_id, file.sha256, file.reader))
        if reason:
            bad.append(Skipped(file.doc_id, reason))
        else:
            good.append(file)
    return bad, good


def check_recipe(manifest: Mapping[str, Any], settings: Settings, embedder: Embedder) -> None:
    """Raise IndexIncompatible, naming what differs, unless the snapshot was built by this version and this model."""
    _refuse_foreign(manifest["recipe"], _recipe(settings, embedder))


def compare_files(manifest: Mapping[str, Any] | None, files: Sequence[SeedFile]) -> dict[str, tuple[str, ...]]:
    """Return the doc_ids `added`, `changed`, `removed` and `unchanged` since a snapshot with this manifest was built."""
    old = {entry["doc_id"]: entry for entry in (manifest["documents"] if manifest else ())}
    old = {doc_id: {key: entry[key] for key in _DESCRIBED} for doc_id, entry in old.items()}
    new = {entry["doc_id"]: entry for entry in map(_describe, files)}
    return {
        "added": tuple(sorted(new.keys() - old.keys())),
        "changed": tuple(sorted(key for key in new.keys() & old.keys() if new[key] != old[key])),
        "removed": tuple(sorted(old.keys() - new.keys())),
        "unchanged": tuple(sorted(key for key in new.keys() & old.keys() if new[key] == old[key])),
    }


def _open_previous(settings: Settings, files: Sequence[SeedFile]) -> snapshots.Snapshot | None:
    try:
        previous = check_manifest(snapshots.open_snapshot(settings.index))
    except IndexMissing:
        return None
    _refuse_foreign(previous.manifest["recipe"], _recipe(settings, None))
    now = {file.doc_id: file.reader for file in files}
    for entry in previous.manifest["documents"]:
        wanted = now.get(entry["doc_id"], entry["reader"])
        if entry["reader"].partition(":")[0] != wanted.partition(":")[0] and _format(entry) == wanted.split("-")[0]:
            raise IndexIncompatible(
                f"{entry['doc_id']} was read by {entry['reader']}, now it is read by {wanted}: run `qa build --full`."
            )
    return previous


def _format(entry: Mapping[str, Any]) -> str:
    return str(entry["reader"]).split("-")[0]


def _partly_read(snapshot: snapshots.Snapshot) -> list[str]:
    """Sentences on what was left out of documents, with their names."""
    return [f"{e['doc_id']}: {text}" for e in snapshot.manifest["documents"] for text in e.get("warnings", ())]


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
    """What makes a document another one."""
    return {
        "doc_id": file.doc_id, "sha256": file.sha256, "reader": file.reader, "meta": file.meta, "also": list(file.also),
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Reading:
    """The files of a build that may be readable, and those that turned out not to be."""

    files: Sequence[SeedFile]
    unread: list[Skipped]
    strict: bool

    def read(self, file: SeedFile) -> tuple[Document, Parsed] | None:
        """Read one, None where that cannot be done."""
        try:
            return read_parsed(file)
        except Unreadable as exc:
            skipped = left_out(file, exc)
            if self.strict:
                raise SeedError(skipped.reason) from exc
            self.unread.append(skipped)
            return None


def _build(
    settings: Settings,
    seeds: Seeds,
    reading: _Reading,
    embedder: Embedder,
    previous: snapshots.Snapshot | None,
    progress: Progress | None,
) -> tuple[snapshots.Snapshot, int]:
    recipe = _recipe(settings, embedder)
    if previous:
        _refuse_foreign(previous.manifest["recipe"], recipe)
    width = state_width(embedder, sum(file.size_bytes for file in seeds.files))
    fits = previous is not None and previous.manifest["state_bytes"] == width  # else all states are taken anew
    stored = SnapshotCorpus(previous) if previous and fits else None
    manifest = {"created": _now(), "recipe": recipe, "state_bytes": width}
    with resume_cache(settings.index, {**recipe, "state_bytes": width}) as cache:
        projection = stored.projection if stored else make_projection(embedder, width)
        source = EncodingSource(embedder, projection, stored, cache, Tally(reading.files, progress))
        budget = min(settings.passage_tokens, embedder.window_tokens)
        with snapshots.draft_snapshot(settings.index) as folder:
            with CorpusWriter(folder, projection) as writer:
                for batch in _batches(reading, stored, embedder, budget):
                    source.write(batch, writer)
                if not writer.passage_count:
                    why = "".join(f" ({each.reason.rstrip('.')})" for each in reading.unread[:1])
                    raise SeedError(
                        f"The documents in {settings.seeds} hold nothing to quote{why}: add text, or name another folder."
                    )
                written = writer.finish()
            described = _describe_all(seeds.files, reading.unread, previous, writer.warnings)
            snapshot = snapshots.publish(folder, {**manifest, **described, **written}, always_hashed=ALWAYS_HASHED)
        cache.clear()
        return snapshot, source.embedded


def _describe_all(
    files: Sequence[SeedFile],
    unread: Sequence[Skipped],
    previous: snapshots.Snapshot | None,
    warnings: Mapping[str, Sequence[str]],
) -> dict[str, Any]:
    """Return what the manifest says of the files: those that are documents, and those that could not be read."""
    bad = {s.doc_id: s.reason for s in (*split_known_bad(previous.manifest if previous else None, files)[0], *unread)}
    documents = [_describe(file) for file in files if file.doc_id not in bad]
    for entry in documents:
        if warnings.get(entry["doc_id"]):
            entry["warnings"] = list(warnings[entry["doc_id"]])
    skipped = [
        {"doc_id": f.doc_id, "sha256": f.sha256, "reader": f.reader, "reason": bad[f.doc_id]}
        for f in files
        if f.doc_id in bad
    ]
    return {"documents": documents, "skipped": skipped}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _batches(
    reading: _Reading, stored: SnapshotCorpus | None, embedder: Embedder, budget: int
) -> Iterator[list[DraftedDocument | SeedFile]]:
    """Yield the documents in order, unchanged ones as they are listed, others read, until they have BATCH_PASSAGES passages."""
    batch: list[DraftedDocument | SeedFile] = []
    passages = 0
    for file in reading.files:
        if stored and (file.sha256, file.reader) in stored.number_of_text:
            batch.append(file)
        elif read := reading.read(file):
            fresh = _cut(file, *read, embedder, budget)
            batch.append(fresh)
            passages += len(fresh.drafts)
        if max(passages, len(batch)) >= encodings.BATCH_PASSAGES:
            yield batch
            batch, passages = [], 0
    if batch:
        yield batch


def _cut(file: SeedFile, document: Document, parsed: Parsed, embedder: Embedder, budget: int) -> DraftedDocument:
    shown = Shown(document.text, parsed.hidden)
    spans = sentences.split_sentences(document.text, parsed.blocks, parsed.hidden)
    begins = {block.span.start for block in parsed.blocks if block.kind is Kind.HEADING}
    sections = {number for number, span in enumerate(spans) if span.start in begins}
    chunks = chunking.chunk_text(shown, spans, embedder.token_starts, budget=budget, sections=sections)
    drafts = [
        PassageDraft(c.span, c.first_sentence, c.last_sentence, shown.of(c.span), shown.places(c.span)) for c in chunks
    ]
    return DraftedDocument(file, document, parsed, spans, drafts)
