"""Numbers that an asker brings along: who pays for a repair of 80 euros, I am 17, may I come -> what is compared with the documents' bounds.

In -> out: the text of a question -> `Given`s; a Given and a text -> whether the text has a number to compare it with.
Does not: compare them, or take for given what is to be found: a year, the number of a name ("stage 9"), "the 45 member states", what happened.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from qa.datatypes import Span
from qa.patterns import pattern
from qa.records import record
from qa.text.numbers import MONTHS, plain_form
from qa.text.sentences import goes_on
from qa.text.tokens import fold, is_content_word, stem

LONGEST = 500
"""A longer text is no question with a circumstance."""
_TOKEN = pattern(r"[^\W_]+(?:[.,'’-][^\W_]+)*|[^\w\s]")
_NUMBER = pattern(r"(\d+(?:[.,]\d+)?)-?([^\W\d_]*)(?:-[^\W\d_]+)*\Z")
_YEAR = pattern(r"(?:1\d|20)\d\d\Z")
_SIGNS = frozenset("%€$£°")
_ENDS = frozenset(",;:.?!–—")
_ASKING = frozenset(("who", "whom", "whose", "what", "when", "where", "which", "why", "how"))
_ASKING_VERBS = frozenset(
    ("can", "could", "may", "might", "must", "should", "shall", "will", "would", "is", "are", "am", "do", "does", "has", "have")
)  # fmt: skip
_PAST = frozenset(("did", "was", "were", "had"))
_OPENING = frozenset(("and", "but", "so", "then", "ok", "please"))
_BEING = frozenset(("am", "is", "are", "turn", "turned", "aged", "age"))
_PERSONS = frozenset(("i", "we", "he", "she", "they", "it"))
_ASKERS = frozenset(("i", "we", "you", "one", "my", "our"))
_DEFINITE = frozenset(("the", "these", "those", "this", "that", "all", "both", "their", "its", "his", "her", "which", "whose", "what"))  # fmt: skip
_OTHERS = frozenset(("other", "first", "last", "next", "same", "remaining", "few", "top", "only"))
_BEFORE_A_MEASURE = frozenset(("of", "for", "with", "at", "from", "over", "under", "above", "below", "after", "within", "by", "a", "an"))  # fmt: skip
_OF_A_YEAR = frozenset(("in", "since", "of", "by", "from", "until", "before", "after", "during"))
_BOUNDS = frozenset(("under", "over", "to", "from", "aged", "age", "least", "most", "than", "below", "above", "until", "between", "up"))  # fmt: skip
_HEAD = 3
"""Words before an "of" among which its head and its article stand."""
_UNITS = {
    each: words[0]
    for words in (
        ("time", "second", "minute", "min", "hour", "h", "day", "night", "week", "month", "year"),
        ("money", "euro", "eur", "€", "pound", "gbp", "£", "dollar", "usd", "$", "cent", "franc", "chf"),
        ("percent", "%", "per", "percentag"), ("weight", "kilo", "kg", "kilogram", "gram", "g", "tonn", "ton", "lb"),
        ("length", "m", "metr", "meter", "cm", "centimetr", "mm", "millimetr", "km", "kilometr", "mile", "feet", "foot", "inch"),
        ("warmth", "degre", "°", "°c", "celsius"), ("size", "kb", "mb", "gb", "tb", "megabyt", "gigabyt"),
        ("people", "person", "peopl", "guest", "player", "child", "children", "adult", "member", "passeng", "participant", "visitor"),
    )
    for each in words
}  # fmt: skip
"""What units measure, by their stems: what is bounded in days is compared with months, too."""


@record
class Given:
    """A number in a question in figures, and the stem of what it counts: "" where it stands alone ("I am 17")."""

    span: Span
    number: str
    unit: str


Word = tuple[Span, str]


def given_in(text: str) -> list[Given]:
    """Return the numbers of a question that are circumstances of the asker's, in order."""
    if len(text) > LONGEST or not any(_number(word) for _, word in _words(text)):
        return []
    words, numbered = [], set()
    for span, word in _words(text):
        following = _next_word(text, span.end)
        if word == "." and goes_on(text, following):  # "Sec. 3.2" names a section
            numbered.add(following)
        else:
            words.append((span, word))
    clauses = _clauses(words)
    asked = any(_asks(clause) for clause in clauses) or any(_is_turned(a, b) for (_, a), (_, b) in pairwise(words))
    found = (given for clause in clauses for at in range(len(clause)) if asked and (given := _given(text, clause, at)))
    return [given for given in found if given.span.start not in numbered]


def is_comparable(given: Given, text: str) -> bool:
    """Tell whether a text has a number of what a given one counts; one that bounds something, or of years, where that counts nothing."""
    words = [word for _, word in _words(text)]
    return any(_is_alike(given, words, at) for at, word in enumerate(words) if _number(word))


def has_number(given: Given, text: str) -> bool:
    """Tell whether a text has the very number, of the same."""
    words = [word for _, word in _words(text)]
    return any(_unit(words, at) == given.unit for at, word in enumerate(words) if _number(word) == given.number)


def _is_alike(given: Given, words: Sequence[str], at: int) -> bool:
    if not given.unit:
        return _measured(_unit(words, at)) == "time" or not _BOUNDS.isdisjoint(words[max(at - 2, 0) : at])
    units = _unit(words, at), _unit(words, at, further=1), _sign_before(words, at)
    return _measured(given.unit) in map(_measured, units)


def _measured(unit: str) -> str:
    return _UNITS.get(unit, unit)


def _words(text: str) -> Iterator[Word]:
    return ((Span(*match.span()), fold(match.group().replace("’", "'"))) for match in _TOKEN.finditer(text))


def _next_word(text: str, end: int) -> int:
    return end + len(text[end:]) - len(text[end:].lstrip())


def _clauses(words: Sequence[Word]) -> list[list[Word]]:
    clauses: list[list[Word]] = [[]]
    for word in words:
        clauses[-1].append(word)
        if word[1] in _ENDS:
            clauses.append([])
    return [clause for clause in clauses if clause]


def _asks(clause: Sequence[Word]) -> bool:
    """Tell whether a clause asks: its first word does, after "and" and the like."""
    first = next((word for _, word in clause if word not in _OPENING), "")
    return first in _ASKING or first in _ASKING_VERBS or first in _PAST


def _is_turned(word: str, following: str) -> bool:
    """Tell whether two words are the beginning of a question, wherever they stand: "can he"."""
    return word in _ASKING_VERBS and following in _PERSONS


def _given(text: str, clause: Sequence[Word], at: int) -> Given | None:
    span, word = clause[at]
    number = _number(word)
    if not number:
        return None
    words = [each for _, each in clause]
    before, unit = words[at - 1] if at else "", _unit(words, at) or _sign_before(words, at)
    if _is_named(text, clause, at) or _is_date(words, at, number, unit) or _is_definite(words, at):
        return None
    if before in _BEING and at > 1 and (words[at - 2] in _PERSONS or {"my", "our"} & set(words[: at - 1])):
        return Given(span, number, unit)
    if before in ("i'm", "im", "we're", "he's", "she's"):
        return Given(span, number, unit)
    if not _asks(clause):
        return Given(span, number, unit) if unit or before in _BEING else None
    if not unit or _PAST & set(words):
        return None
    is_asker = bool(_ASKERS & set(words)) or next(w for w in words if w not in _OPENING) in _ASKING_VERBS
    return Given(span, number, unit) if is_asker or before in _BEFORE_A_MEASURE or before in _SIGNS else None


def _number(word: str) -> str:
    """Return the figures of a number in a question, without what is joined to them ("80kg", "17-year-old"); "" for other words."""
    if word[:1].isdigit():
        return found[1] if (found := _NUMBER.match(word)) and found[2] not in ("st", "nd", "rd", "th", "s") else ""
    plain = plain_form(word) or ""
    return plain if plain.isdigit() and not word.endswith("th") else ""


def _unit(words: Sequence[str], at: int, *, further: int = 0) -> str:
    """Return what the number at a place counts, the stem of the word behind it; "" where none follows."""
    joined = _NUMBER.match(words[at])
    after = joined[2] if joined and joined[2] else words[at + 1 + further] if at + 1 + further < len(words) else ""
    if not after or not (after in _SIGNS or after in _UNITS or after == "per" or is_content_word(after)):
        return ""
    return "" if after[0].isdigit() or after in _ENDS else stem(after)


def _sign_before(words: Sequence[str], at: int) -> str:
    return words[at - 1] if at and words[at - 1] in _SIGNS else ""


def _is_named(text: str, clause: Sequence[Word], at: int) -> bool:
    """Tell whether a number belongs to the word before it: to a name, or to "stage" in "the stage 9", "does stage 9 go"."""
    if not at:
        return False
    span, before = clause[at - 1]
    if not before[0].isalpha():
        return before not in _SIGNS and before not in _ENDS
    if before in _BEFORE_A_MEASURE or not is_content_word(before):
        return False
    earlier = clause[at - 2][1] if at > 1 else ""
    if not _asks(clause):
        return text[span.start].isupper() and span.start > clause[0][0].start
    return text[span.start].isupper() or earlier in _DEFINITE or earlier in _ASKING_VERBS | _PAST | {"", "in", "on"}


def _is_date(words: Sequence[str], at: int, number: str, unit: str) -> bool:
    around = {words[at - 1] if at else "", words[at + 1] if at + 1 < len(words) else ""}
    if not around.isdisjoint(MONTHS):
        return True
    return bool(_YEAR.match(number)) and (not unit or (at > 0 and words[at - 1] in _OF_A_YEAR and unit not in _UNITS))


def _is_definite(words: Sequence[str], at: int) -> bool:
    """Tell whether a number counts what is known to be there: "the 45 members", "the study of 450 patients"."""
    back = at - 1
    while back >= 0 and words[back] in _OTHERS:
        back -= 1
    if back >= 0 and words[back] in _DEFINITE:
        return True
    if back < 0 or words[back] != "of":
        return False
    head = words[max(back - _HEAD, 0) : back]
    last = next((word for word in reversed(head) if not is_content_word(word)), "")
    return last in _DEFINITE
