"""Everything behind one object: retrieve, ask, build, status over the newest snapshot.

In -> out: Settings -> an `Engine`; its methods return the records of qa/datatypes.py.
Does not: keep state about users, or open anything (qa/holding.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from qa.datatypes import Answer, Block, Document, Hit, Span, Where
from qa.defaults import HITS_SHOWN
from qa.errors import SeedError
from qa.holding import Holding
from qa.indexing.telling import languages_of, unread_languages
from qa.models.embedding import runtime_of
from qa.models.encoding import Embedder
from qa.originals import Originals
from qa.picturing import PagePictures
from qa.reports import BuildReport, Status
from qa.settings import Settings

if TYPE_CHECKING:  # a method imports what it needs: `qa status` needs no answers, a question no builder
    from qa.answers.verifying import Verification
    from qa.indexing.encodings import Progress


class Engine(Holding):
    """Answers from one index folder; safe to share between threads. A newly published snapshot is picked up by itself."""

    def __init__(self, settings: Settings | None = None, *, embedder: Embedder | None = None) -> None:
        """Take settings (default: `from_env()`) and, for another model than `settings.model`, an embedder."""
        super().__init__(settings, embedder)
        self._originals = Originals(self.settings)
        self._pictures = PagePictures(self.settings)

    def retrieve(
        self, question: str, k: int = HITS_SHOWN, *, history: Sequence[str] = (), max_tokens: int | None = None, within: Sequence[str] = (),
    ) -> list[Hit]:  # fmt: skip
        """Return the k best hits (fewer where there are fewer), best first: neighbouring passages joined, none overlapping.

        `history` are the questions before it, oldest first, as in `ask`.
        With `max_tokens`, those of them whose prompt (`qa.prompt_of`) costs at most that many o200k_base tokens.
        ValueError for k < 1; the errors of an index that is missing, foreign or damaged.
        """
        from qa.answers.searching import find_hits
        from qa.prompts import pack_passages

        if k < 1:
            raise ValueError(f"k has to be at least 1, got {k}")
        hits = self._answered(within, lambda corpus, means: find_hits(corpus, means, question, k, history=history))
        if max_tokens is None:
            return hits
        packed = {p.passage_id for p in pack_passages(question, [hit.passage for hit in hits], max_tokens)}
        return [hit for hit in hits if hit.passage.passage_id in packed]

    def ask(
        self, question: str, *, history: Sequence[str] = (), k: int = HITS_SHOWN, as_typed: bool = False, within: Sequence[str] = (),
    ) -> Answer:  # fmt: skip
        """Return the Answer to a question; `history` are the questions before it, oldest first; `k` hits go with it.

        With `as_typed`, what is searched is the question alone, in its own spelling; with `within`, only these documents and
        folders are asked (SettingsError where there is none of that name).
        ValueError for k < 1; the errors of an index that is missing, foreign or damaged.
        """
        from qa.answers.answering import answer_question

        answer = self._answered(
            within,
            lambda corpus, means: answer_question(corpus, means, question, history=history, k=k, as_typed=as_typed),
        )
        if not self._originals.at_hand():
            return answer
        citations, nearest = (
            tuple(replace(c, stale=self._originals.hash_of(c.doc_id) != c.sha256) for c in quotes)
            for quotes in (answer.citations, answer.nearest)
        )
        return replace(answer, citations=citations, nearest=nearest)

    def verify_quote(self, text: str) -> Verification:
        """Return whether and where the documents have a text word for word."""
        from qa.answers.verifying import verify

        return verify(self._open().corpus, text)

    def build(
        self, *, full: bool = False, strict: bool = False, progress: Progress | None = None, ray: str | None = None
    ) -> BuildReport:
        """Bring the index in line with the seeds and return what was done; see `qa.indexing.building.build_index`.

        With `ray`, the address of a Ray cluster ("" starts one here), its workers read, cut and embed.
        """
        if ray is None:
            return self._shelf.build(self._load_embedder, full=full, strict=strict, progress=progress)
        from qa.indexing.spreading import workers

        with workers(ray, self.settings.model) as hire:
            return self._shelf.build(self._load_embedder, full=full, strict=strict, progress=progress, hire=hire)

    def build_part(self, most_bytes: int) -> BuildReport:
        """Index the first documents, up to so many bytes of them, in the index folder; `build` adds the others."""
        from qa.indexing.building import build_index

        return build_index(self.settings, self._load_embedder, most_bytes=most_bytes)

    def roll_back(self) -> Status:
        """Let the snapshot before the newest answer again; a second call goes forward again."""
        self._shelf.roll_back()
        return self.status()

    def status(self, *, verify: bool = False) -> Status:
        """Return what the index holds and which documents have changed since it was built.

        With `verify`, every byte of the newest snapshot is compared with its checksum first (IndexCorrupt).
        """
        if verify:
            self._shelf.verify()
        state = self._look()
        manifest = state.manifest
        difference, skipped = self._originals.difference(state)
        age = datetime.now(UTC) - datetime.fromisoformat(manifest["created"])
        return Status(
            snapshot=state.name,
            model=manifest["recipe"]["model"],
            created=manifest["created"],
            age_seconds=max(age.total_seconds(), 0.0),
            **manifest["counts"],
            size_bytes=self._shelf.size_bytes(state.name),
            store=manifest["store"],
            warning=state.warning,
            added=difference["added"],
            changed=difference["changed"],
            removed=difference["removed"],
            skipped=skipped,
            runtime=runtime_of(self.settings.model),
            languages=languages_of(manifest),
            unread=tuple(unread_languages(manifest)),
        )

    def list_snapshots(self) -> list[dict[str, Any]]:
        """Return of each snapshot that is kept, newest first: name, created, counts, or what is wrong with it."""
        return self._shelf.listed()

    def document_count(self) -> int:
        """Return how many documents are indexed."""
        return len(self._open().corpus.entries)

    def documents(self, limit: int | None = None) -> list[Document]:
        """Return every document as it was indexed, in order of doc_id; with `limit`, the first of them."""
        corpus = self._open().corpus
        return [corpus.document(number) for number in range(len(corpus.entries))[:limit]]

    def listed(self) -> list[Document]:
        """Return every document in order of doc_id, without its text."""
        entries = self._open().corpus.entries
        return [Document(e["doc_id"], e["title"], "", e["sha256"], e["meta"]) for e in entries]

    def document(self, doc_id: str) -> Document | None:
        """Return one document as it was indexed, None where there is none of this id."""
        return self._open().corpus.find_document(doc_id)

    def text(self, doc_id: str) -> str:
        """Return what was read of a document: its text as it was indexed. SeedError where there is none of this id."""
        document = self.document(doc_id)
        if document is None:
            raise SeedError(
                f"There is no document {doc_id!r} in the index: `qa status` lists what has changed, `qa build` reads it."
            )
        return document.text

    def where(self, doc_id: str, span: Span) -> tuple[Where, int]:
        """Return where a span of a document stands, and how many pages the document has (0: none). KeyError where there is no such document."""
        from qa.answers.spans import where_of

        corpus = self._open().corpus
        number = corpus.number_of[doc_id]
        return where_of(corpus, number, span), len(corpus.structure.pages_of(number))

    def structure(self, doc_id: str) -> tuple[list[Block], list[Span]]:
        """Return the blocks of a document and its markup, in order. KeyError where there is no such document."""
        corpus = self._open().corpus
        number, built = corpus.number_of[doc_id], corpus.structure
        return [built.block(each) for each in built.blocks_of(number)], built.hidden_of(number)

    def page_picture(self, doc_id: str, page: int, width: int = 1000) -> bytes:
        """Return a page (from 1) of a PDF as a PNG, `width` 700, 1000 or 1400 pixels wide.

        SeedError where there is no such document or page, or its file is no longer the one that was indexed.
        """
        document = self.document(doc_id)
        if document is None or not doc_id.lower().endswith(".pdf"):
            raise SeedError(f"There are no pages of {doc_id!r}: only PDF documents of the index have them.")
        return self._pictures.picture(document, page, width, self._originals.hash_of(doc_id))

    def names_offered(self, limit: int) -> list[str]:
        """Return names of the documents that can be asked about, those of more words first."""
        from qa.answers.offering import names_offered

        return names_offered(self._open().corpus, limit)
