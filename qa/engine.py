"""Everything behind one object: retrieve, ask, build, status over the newest snapshot.

In -> out: Settings -> an `Engine`; its methods return the records of qa/datatypes.py.
Does not: keep state about users; the model is loaded at the first question or build, a snapshot when it is needed.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import UTC, datetime

from qa import snapshots
from qa.answering import HITS_SHOWN, answer_question, has_words
from qa.building import Progress, build_index, check_recipe, compare_documents
from qa.corpus import Corpus
from qa.datatypes import Answer, BuildReport, Document, Hit, Status
from qa.documents import read_seeds
from qa.embedding import Embedder, load_embedder
from qa.errors import SeedError
from qa.rendering import pack_passages
from qa.retrieval import make_query, rank_passages, to_hits
from qa.settings import Settings, from_env


class Engine:
    """Answers from one index folder; safe to share between threads. A newly published snapshot is picked up by itself."""

    def __init__(self, settings: Settings | None = None, *, embedder: Embedder | None = None) -> None:
        """Take settings (default: `from_env()`) and, for another model than `settings.model`, an embedder."""
        self.settings = settings or from_env()
        self._embedder = embedder
        self._opened: tuple[snapshots.Snapshot, Corpus] | None = None
        self._checked = ""
        self._lock = threading.Lock()

    def retrieve(self, question: str, k: int = HITS_SHOWN, *, max_tokens: int | None = None) -> list[Hit]:
        """Return the k best passages (fewer where there are fewer), best first.

        With `max_tokens`, those of them whose prompt (`qa.prompt_of`) costs at most that many o200k_base tokens.
        ValueError for k < 1; the errors of an index that is missing, foreign or damaged.
        """
        if k < 1:
            raise ValueError(f"k has to be at least 1, got {k}")
        corpus, embedder = self._ready()
        hits = []
        if has_words(question):
            query = make_query(question.strip(), embedder)
            hits = to_hits(corpus, rank_passages(corpus, query, k, lexical_weight=self.settings.lexical_weight))
        if max_tokens is None:
            return hits
        packed = {p.passage_id for p in pack_passages(question, [hit.passage for hit in hits], max_tokens)}
        return [hit for hit in hits if hit.passage.passage_id in packed]

    def ask(self, question: str, *, history: Sequence[str] = (), k: int = HITS_SHOWN) -> Answer:
        """Return the Answer to a question; `history` are the questions before it, oldest first; `k` hits go with it.

        ValueError for k < 1; the errors of an index that is missing, foreign or damaged.
        """
        corpus, embedder = self._ready()
        return answer_question(corpus, embedder, self.settings, question, history=history, k=k)

    def build(self, *, full: bool = False, skip_bad: bool = False, progress: Progress | None = None) -> BuildReport:
        """Bring the index in line with the seeds and return what was done; see `qa.building.build_index`."""
        return build_index(self.settings, self._load_embedder, full=full, skip_bad=skip_bad, progress=progress)

    def status(self) -> Status:
        """Return what the index holds and which documents have changed since it was built."""
        snapshot, _ = self._open()
        try:
            documents = read_seeds(self.settings.seeds, skip_bad=True).documents
        except SeedError:
            documents = ()
        difference = compare_documents(snapshot.manifest, documents)
        created = snapshot.manifest["created"]
        age = datetime.now(UTC) - datetime.fromisoformat(created)
        return Status(
            snapshot=snapshot.name,
            model=snapshot.manifest["recipe"]["model"],
            created=created,
            age_seconds=max(age.total_seconds(), 0.0),
            **snapshot.manifest["counts"],
            size_bytes=snapshots.size_bytes(snapshot),
            added=difference["added"],
            changed=difference["changed"],
            removed=difference["removed"],
        )

    def documents(self) -> list[Document]:
        """Return every document as it was indexed, in order of doc_id."""
        _, corpus = self._open()
        return [corpus.document(number) for number in range(len(corpus.doc_ids))]

    def document(self, doc_id: str) -> Document | None:
        """Return one document as it was indexed, None where there is none of this id."""
        _, corpus = self._open()
        return corpus.find_document(doc_id)

    def frequent_names(self, limit: int) -> list[str]:
        """Return the names the documents use most, most frequent first."""
        _, corpus = self._open()
        return corpus.frequent_names(limit)

    def _ready(self) -> tuple[Corpus, Embedder]:
        """Open the newest snapshot first: a missing index is told before a model is loaded."""
        snapshot, corpus = self._open()
        embedder = self._load_embedder()
        if self._checked != snapshot.name:
            check_recipe(snapshot.manifest, self.settings, embedder)
            self._checked = snapshot.name
        return corpus, embedder

    def _open(self) -> tuple[snapshots.Snapshot, Corpus]:
        with self._lock:
            name = snapshots.latest_name(self.settings.index)
            if self._opened is None or self._opened[0].name != name:
                snapshot = snapshots.open_snapshot(self.settings.index, name)
                self._opened = snapshot, Corpus(snapshot.folder)
            return self._opened

    def _load_embedder(self) -> Embedder:
        with self._lock:
            if self._embedder is None:
                self._embedder = load_embedder(self.settings.model)
            return self._embedder
