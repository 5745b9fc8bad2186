"""Seeds -> a published snapshot, embedding only texts that have no vector yet.

In -> out: Settings, the seeds folder and the last snapshot -> a new snapshot (or none, where nothing changed), BuildReport.
Does not: touch the snapshot that answers; whatever goes wrong, it stays.

An unchanged document is copied from the last snapshot. Of a new or changed one, a passage is embedded unless the last
snapshot or an interrupted build has one with the same text.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import accumulate
from typing import Any

from qa.errors import IndexIncompatible, IndexMissing, SeedError
from qa.indexing import snapshots
from qa.indexing.comparing import Reading, compare_files, describe_all, split_known_bad
from qa.indexing.corpus import ALWAYS_HASHED, SnapshotCorpus
from qa.indexing.drafting import CorpusWriter, DraftedDocument
from qa.indexing.encodings import EncodingSource, Progress, Tally
from qa.indexing.hands import Hands, Hire, OwnHands
from qa.indexing.locks import build_lock
from qa.indexing.projection import make_projection, state_width
from qa.indexing.recipes import recipe_of, refuse_foreign
from qa.indexing.resuming import discard_cache, resume_cache
from qa.indexing.shapes import check_manifest
from qa.indexing.telling import unread_languages
from qa.models.encoding import Embedder, unknown_piece
from qa.reports import BuildReport
from qa.settings import Settings
from qa.text.documents import SeedFile, Seeds, list_seeds


def build_index(
    settings: Settings,
    load_embedder: Callable[[], Embedder],
    *,
    full: bool = False,
    strict: bool = False,
    most_bytes: int | None = None,
    progress: Progress | None = None,
    hire: Hire | None = None,
) -> BuildReport:
    """Bring the index in line with the seeds; with `full`, embed everything and look at no earlier snapshot.

    With `most_bytes`, only the first documents up to that size, and at least one: a later build adds the others.

    Raises SeedError, BuildLocked, StoreUnavailable, SettingsError, or IndexIncompatible/IndexCorrupt (fixed by `full`).
    """
    started = time.perf_counter()
    with build_lock(settings.index):
        seeds = list_seeds(
            settings.seeds, max_file_mb=settings.max_file_mb, strict=strict, text_suffixes=settings.text_suffixes
        )
        seeds = seeds if most_bytes is None else replace(seeds, files=_first_of(seeds.files, most_bytes))
        previous = None if full else _open_previous(settings, seeds.files)
        before = previous.manifest if previous else None
        known, files = split_known_bad(before, seeds.files)
        reading = Reading(files, strict=strict)
        if strict and known:
            raise SeedError(known[0].reason)
        if previous and not any(compare_files(before, files)[key] for key in ("added", "changed", "removed")):
            snapshot, embedded = previous, 0
            discard_cache(settings.index)
            snapshots.prune(settings.index)
        else:
            if full:
                discard_cache(settings.index)
            snapshot, embedded = _build(settings, seeds, reading, load_embedder(), previous, progress, hire or OwnHands)
        skipped = tuple(sorted((*seeds.skipped, *known, *reading.unread), key=lambda each: each.doc_id))
        bad = {each.doc_id for each in skipped}
        difference = compare_files(before, [file for file in files if file.doc_id not in bad])
        passages = snapshot.manifest["counts"]["passages"]
        unread = unread_languages(snapshot.manifest)
        return BuildReport(
            **difference, passages=passages, embedded=embedded, reused=passages - embedded,
            seconds=time.perf_counter() - started, snapshot=snapshot.name,
            warnings=(*(each.reason for each in skipped), *seeds.warnings, *_partly_read(snapshot), *unread), skipped=skipped,
        )  # fmt: skip


def _first_of(files: Sequence[SeedFile], most_bytes: int) -> tuple[SeedFile, ...]:
    sizes = accumulate(file.size_bytes for file in files)
    return tuple(
        file for n, (file, so_far) in enumerate(zip(files, sizes, strict=True)) if n == 0 or so_far <= most_bytes
    )


def _open_previous(settings: Settings, files: Sequence[SeedFile]) -> snapshots.Snapshot | None:
    try:
        previous = check_manifest(snapshots.open_snapshot(settings.index))
    except IndexMissing:
        return None
    refuse_foreign(previous.manifest["recipe"], recipe_of(settings, None))
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


def _build(
    settings: Settings,
    seeds: Seeds,
    reading: Reading,
    embedder: Embedder,
    previous: snapshots.Snapshot | None,
    progress: Progress | None,
    hire: Hire,
) -> tuple[snapshots.Snapshot, int]:
    recipe = recipe_of(settings, embedder)
    if previous:
        refuse_foreign(previous.manifest["recipe"], recipe)
    width = state_width(embedder, sum(file.size_bytes for file in seeds.files))
    fits = previous is not None and previous.manifest["state_bytes"] == width  # else all states are taken anew
    stored = SnapshotCorpus(previous) if previous and fits else None
    manifest = {"created": _now(), "recipe": recipe, "state_bytes": width}
    with resume_cache(settings.index, {**recipe, "state_bytes": width}) as cache:
        hands = hire(embedder)
        projection = stored.projection if stored else make_projection(embedder, width)
        source = EncodingSource(hands, projection, stored, cache, Tally(reading.files, progress))
        budget = min(settings.passage_tokens, embedder.window_tokens)
        with snapshots.draft_snapshot(settings.index) as folder:
            with CorpusWriter(folder, projection, unknown_piece(embedder)) as writer:
                for batch in _batches(reading, stored, hands, budget):
                    source.write(batch, writer)
                if not writer.passage_count:
                    why = "".join(f" ({each.reason.rstrip('.')})" for each in reading.unread[:1])
                    raise SeedError(
                        f"The documents in {settings.seeds} hold nothing to quote{why}: add text, or name another folder."
                    )
                written = writer.finish()
            before = previous.manifest if previous else None
            described = describe_all(seeds.files, reading, before, writer.warnings, writer.languages)
            snapshot = snapshots.publish(folder, {**manifest, **described, **written}, always_hashed=ALWAYS_HASHED)
        cache.clear()
        return snapshot, source.embedded


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _batches(
    reading: Reading, stored: SnapshotCorpus | None, hands: Hands, budget: int
) -> Iterator[list[DraftedDocument | SeedFile]]:
    """Yield the documents in order, unchanged ones as they are listed, others read, until they have as many passages as are embedded at once."""
    batch: list[DraftedDocument | SeedFile] = []
    passages = 0
    known = stored.number_of_text if stored else {}
    drafted = hands.draft(reading, [file for file in reading.files if (file.sha256, file.reader) not in known], budget)
    for file in reading.files:
        if (file.sha256, file.reader) in known:
            batch.append(file)
        elif fresh := next(drafted):
            batch.append(fresh)
            passages += len(fresh.drafts)
        if max(passages, len(batch)) >= hands.batch_passages:
            yield batch
            batch, passages = [], 0
    if batch:
        yield batch
