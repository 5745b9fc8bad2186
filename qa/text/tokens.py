"""Token counts for prompts (tiktoken's o200k_base) and the terms that lexical search counts.

In -> out: text -> a number of tokens, or a list of folded and stemmed terms.
Does not: cut text, rebuild text from tokens, or download tiktoken's table (it travels in qa/vocabulary).
"""

from __future__ import annotations

import unicodedata
import zlib
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.errors import SettingsError
from qa.patterns import pattern
from qa.text.numbers import dates_said, plain_form

if TYPE_CHECKING:
    import tiktoken

ANALYZER = "english-4"
"""Names the rule of `lexical_terms`; an index made with another one is incompatible."""

_ACRONYM = pattern(r"\b(?:[^\W\d_]\.){2,}")
_WORD = pattern(r"[^\W_]+")
_UNSPACED = pattern(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]{3,}"
)
"""Scripts that put no space between words: Thai, Lao, Burmese, Khmer, kana, ideographs."""
_CAPITALS = pattern(r"\b[A-Z]{2,}\b")
_CONTRACTIONS = tuple(
    f"{first}'{rest}"
    for rest, firsts in {
        "s": ("what", "who", "where", "when", "how", "that", "there", "it", "he", "she", "here"),
        "t": ("don", "doesn", "didn", "isn", "aren", "wasn", "weren", "won", "wouldn", "couldn", "shouldn", "hasn", "haven", "hadn", "can"),
        "ll": ("they", "you", "that", "it", "there"), "re": ("they", "you", "what"), "ve": ("they", "you", "i"), "m": ("i",),
    }.items()
    for first in firsts
)  # fmt: skip
_NO_STOP_WORDS = frozenset(("cant", "wont"))
_SOUNDS = [(pattern(source), plain) for source, plain in (
    ("ph", "f"), ("ck|ch|kh", "k"), ("c(?=[eiy])", "s"), ("[cq]", "k"), ("w", "v"), ("x", "ks"), ("z", "s"),
    ("[eijy]+", "i"), ("ou", "o"), (r"(.)\1+", r"\1"),
)]  # fmt: skip
_TABLE = Path(__file__).parent.parent / "vocabulary" / "o200k_base.zlib"
# Pattern and special tokens of o200k_base as tiktoken_ext/openai_public.py gives them (MIT, OpenAI).
_O200K_PATTERN = "|".join(
    [
        r"""[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?""",
        r"""[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?""",
        r"""\p{N}{1,3}""",
        r""" ?[^\s\p{L}\p{N}]+[\r\n/]*""",
        r"""\s*[\r\n]+""",
        r"""\s+(?!\S)""",
        r"""\s+""",
    ]
)
_O200K_SPECIAL = {"<|endoftext|>": 199999, "<|endofprompt|>": 200018}


def count_prompt_tokens(text: str) -> int:
    """Return how many o200k_base tokens `text` costs in a prompt, exactly."""
    return len(_o200k().encode_ordinary(text))


def lexical_terms(text: str) -> list[str]:
    """Return the terms of `text` in order: folded to plain lower-case letters, without stop words, stemmed.

    "U.S." and "US" give "us"; "Rutte’s" and "Rutte" give "rutt" (Snowball English).
    """
    return [stem(word) for word in content_words(text)]


def content_words(text: str) -> list[str]:
    """Return the folded words of `text` that carry meaning, in order."""
    return [word for word in folded_words(text) if is_content_word(word)]


def folded_words(text: str) -> Iterator[str]:
    """Return the words of `text`, lower-case and without diacritics, acronyms without their dots, names like "IT" as they are.

    Behind them stand its dates in figures as they are said. Writing without spaces is cut into overlapping pairs of letters.
    """
    return iter(_folded_words(text))


@lru_cache(maxsize=4096)
def _folded_words(text: str) -> tuple[str, ...]:
    """One question folds the same sentence up to a dozen times."""
    joined = _ACRONYM.sub(lambda m: m.group().replace(".", "") + " ", text) if "." in text else text
    said = (word for _, _, date in dates_said(text) for word in date)
    if _CAPITALS.search(joined) and not is_shouted(joined):
        return (*(word if _is_name_in_capitals(word) else fold(word) for word in _WORD.findall(joined)), *said)
    if joined.isascii():
        return (*_WORD.findall(joined.lower()), *said)
    return (*(fold(each) for word in _WORD.findall(joined) for each in _pairs(word)), *said)


def _pairs(word: str) -> list[str]:
    if not _UNSPACED.fullmatch(word):
        return [word]
    return [word[n : n + 2] for n in range(len(word) - 1)]


def is_shouted(text: str) -> bool:
    """Tell whether several words are in capitals throughout: then capitals tell nothing."""
    return text.upper() == text and len(text.split()) > 1


def _is_name_in_capitals(word: str) -> bool:
    """Tell whether a word is a stop word but for its capitals: "IT", "WHO" are names, and stay as they are."""
    return len(word) > 1 and word.isascii() and word.isupper() and word.lower() in _stop_words()


def fold(word: str) -> str:
    """Return `word` lower-case and without diacritics: "Zelenskýy" -> "zelenskyy"."""
    if word.isascii():
        return word.lower()
    decomposed = unicodedata.normalize("NFKD", word)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


def sound(word: str) -> str:
    """Return a folded word as it is spoken, roughly: spellings and transliterations of one name give the same."""
    return sounds([word])[0]


def sounds(words: Sequence[str]) -> list[str]:
    """Return the sound of each of some words of letters; all at once, in a tenth of the time."""
    together = "\n".join(words)  # over the end of a line reaches no form
    for form, plain in _SOUNDS:
        together = form.sub(plain, together)
    return together.split("\n") if words else []


def is_content_word(word: str) -> bool:
    """Tell whether a folded word carries meaning: no stop word, no single letter."""
    return word not in _stop_words() and (len(word) > 1 or not word.isascii() or word.isdigit())


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """Return the Snowball English stem of a folded word; of a number its figures, of a short month the whole one (qa/text/numbers.py)."""
    return str(_stemmer().stemWord(plain_form(word) or word))


@cache
def _stemmer() -> Any:  # PyStemmer has no types
    import Stemmer

    return Stemmer.Stemmer("english")


@cache
def _stop_words() -> frozenset[str]:
    published: tuple[str, ...] = _published_stop_words()
    typed = (entry.replace("'", "") for entry in (*published, *_CONTRACTIONS))  # people leave apostrophes out
    return frozenset(word for entry in (*published, *typed) for word in _WORD.findall(entry)) - _NO_STOP_WORDS


def _published_stop_words() -> tuple[str, ...]:
    """Return bm25s' list, read from its one file: the package imports scipy and more, which a question does not need."""
    package = find_spec("bm25s")
    if package is None or package.origin is None:
        raise SettingsError("The package bm25s is not installed: run `pip install bm25s`.")
    lists = spec_from_file_location("_stop_words", Path(package.origin).with_name("stopwords.py"))
    if lists is None or lists.loader is None:
        raise SettingsError("The package bm25s has no list of stop words: reinstall bm25s.")
    module = module_from_spec(lists)
    lists.loader.exec_module(module)  # as compiled when it was installed
    return tuple(module.STOPWORDS_EN_PLUS)


@cache
def _o200k() -> tiktoken.Encoding:
    import tiktoken

    packed = zlib.decompress(_TABLE.read_bytes())
    ranks: dict[bytes, int] = {}
    position = 0
    while position < len(packed):
        end = position + 1 + packed[position]
        ranks[packed[position + 1 : end]] = len(ranks)
        position = end
    return tiktoken.Encoding(
        "quoted_o200k_base", pat_str=_O200K_PATTERN, mergeable_ranks=ranks, special_tokens=_O200K_SPECIAL
    )
