"""The words of a snapshot, and how often they occur in it: words.u32, words.json, word_counts.npy and bm25 (qa/indexing/corpus.py).

In -> out: the sentences of passages, or words of the last snapshot -> files in a draft.
Does not: write what else is told of a passage (qa/indexing/drafting.py), or search (qa/indexing/lexical.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.indexing.corpus import SnapshotCorpus
from qa.indexing.lexical import LexicalIndex
from qa.patterns import pattern
from qa.text.numbers import dates_said
from qa.text.tokens import folded_words, is_content_word, is_shouted, stem

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_WORD = pattern(r"(?:[^\W\d_]\.){2,}|[^\W_]+")


class WordWriter:
    """Appends the content words of passages, in their order, numbered as they come; `finish` numbers them alphabetically."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = (folder / "words.u32").open("wb")
        self._ids: dict[str, int] = {}
        self._new_ids: NDArray[np.uint32] | None = None
        self.count = 0
        """How many occurrences have been written."""

    def add(self, sentences: Iterable[tuple[str, bool]]) -> None:
        """Append a passage: the text of each of its sentences, and whether the sentence begins in it."""
        import numpy as np

        found = [
            self._ids.setdefault(word, len(self._ids)) << 2 | inside << 1 | capital
            for text, is_begun in sentences
            for inside, word, capital in _words(text, starts_sentence=is_begun)
        ]
        self._append(np.array(found, np.uint32))

    def copy(self, stored: SnapshotCorpus, first: int, end: int) -> None:
        """Append occurrences of the last snapshot."""
        import numpy as np

        occurrences = np.asarray(stored.occurrences[first:end])
        self._append(self._remap(stored)[occurrences >> 2] << 2 | occurrences & 3)

    def finish(self, passages: NDArray[np.int64]) -> None:
        """Number the words alphabetically, leave out those that no longer occur, and weigh their stems."""
        import numpy as np

        self.close()
        path = self._folder / "words.u32"
        occurrences = np.fromfile(path, np.uint32)
        used = np.flatnonzero(np.bincount(occurrences >> 2, minlength=len(self._ids)))
        by_id = list(self._ids)
        vocabulary = sorted((by_id[i], i) for i in used)
        final = np.zeros(len(by_id), np.uint32)
        final[[i for _, i in vocabulary]] = np.arange(len(vocabulary), dtype=np.uint32)
        occurrences = final[occurrences >> 2] << 2 | occurrences & 3
        occurrences.astype(np.uint32).tofile(path)
        words = [word for word, _ in vocabulary]
        (self._folder / "words.json").write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")
        inside, capital = (occurrences & 2) > 0, (occurrences & 3) == 3
        counts = [np.bincount(occurrences[chosen] >> 2, minlength=len(words)) for chosen in (inside, capital)]
        np.save(self._folder / "word_counts.npy", np.stack(counts, axis=1).astype(np.int64))
        stems: dict[str, int] = {}
        stem_ids = np.array([stems.setdefault(stem(word), len(stems)) for word in words], np.int32)
        terms = stem_ids[occurrences >> 2] if len(words) else np.empty(0, np.int32)
        LexicalIndex.of_ids([terms[a:b] for a, b in passages[:, 7:9]], stems).save(self._folder / "bm25")

    def close(self) -> None:
        """Close the file that is open."""
        self._file.close()

    def _append(self, occurrences: Any) -> None:
        import numpy as np

        self._file.write(occurrences.astype(np.uint32).tobytes())
        self.count += len(occurrences)

    def _remap(self, stored: SnapshotCorpus) -> NDArray[np.uint32]:
        """Return the new id of each word of the last snapshot."""
        import numpy as np

        if self._new_ids is None:
            ids = [self._ids.setdefault(word, len(self._ids)) for word in stored.vocabulary]
            self._new_ids = np.array(ids, np.uint32)
        return self._new_ids


def _words(piece: str, *, starts_sentence: bool) -> Iterator[tuple[bool, str, bool]]:
    """Yield each content word of a piece of text: whether it is not the first word of its sentence, folded, with a capital."""
    shouted = is_shouted(piece)
    for position, match in enumerate(_WORD.finditer(piece)):
        for word in folded_words(match.group().lower() if shouted else match.group()):
            if is_content_word(word):
                yield position > 0 or not starts_sentence, word, match.group()[0].isupper()
    for _, _, date in dates_said(piece):
        yield from ((False, word, False) for word in date if is_content_word(word))
