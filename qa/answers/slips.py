"""How one word may have slipped from another: a letter missing, doubled, exchanged or turned with the next.

In -> out: a word and others -> those one slip away; two words -> whether the slip can be believed of so short a word, or makes it another one.
Does not: know which words the documents or the language have (qa/answers/spelling.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from qa.patterns import pattern

SLIP_LETTERS = 4
"""Fewest letters of a word in which a slip is seen."""
SURE_LETTERS = 6
"""Below so many letters a slip is only seen in names, or where letters are turned, missing, doubled or exchanged for a neighbour, and only
behind the right first letter; with SLIP_LETTERS alone no letter is exchanged."""
_KEYS, _VOWELS = ("qwertyuiop", "asdfghjkl", "zxcvbnm"), frozenset("aeiou")
_OPPOSITE = pattern(r"(?:un|in|im|il|ir|dis|non|de|a|mis|re|pre|anti|counter)\Z")


def one_slip_away(words: Sequence[str], word: str) -> list[str]:
    """Return the words with the same first letter that are one slip away."""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    if len(word) < SLIP_LETTERS:
        return []
    near = process.extract(word, words, scorer=OSA.distance, score_cutoff=1, limit=None)
    return [other for other, slips, _ in near if slips == 1 and other[0] == word[0]]


def is_short_slip(word: str, other: str) -> bool:
    """Tell whether a short word is another with a letter missing, doubled, turned with the next or, if it is not the shortest, exchanged for
    one beside it on the keyboard.
    """
    if len(other) > len(word) or sorted(word) == sorted(other):
        return True
    if len(other) < len(word):
        return any(a == b for a, b in pairwise(word))
    exchanged = [(a, b) for a, b in zip(word, other, strict=True) if a != b]
    return len(word) > SLIP_LETTERS and all(_are_neighbours(a, b) for a, b in exchanged)


def _are_neighbours(a: str, b: str) -> bool:
    """Tell whether two letters lie side by side on a keyboard, or are both vowels."""
    return {a, b} <= _VOWELS or any(abs(row.find(a) - row.find(b)) == 1 for row in _KEYS if a in row and b in row)


def is_other_word(word: str, other: str) -> bool:
    """Tell whether one word begins with the other (macron, macro), or is it with a prefix that may turn its meaning (unmodified, modified)."""
    shorter, longer = sorted((word, other), key=len)
    rest = longer[: len(longer) - len(shorter)]
    return longer.startswith(shorter) or (longer.endswith(shorter) and bool(_OPPOSITE.match(rest)))
