"""The names that documents use: of people, as far as their surroundings show it, or of anything.

In -> out: sentences -> `Named`, most frequent first, each with the sentence that introduces it.
Does not: know any name. A person is who speaks, has a title or an age, or is somebody "who"; a name with neither is left out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from qa.patterns import pattern
from qa.text.tokens import fold, is_content_word, sound

_WORD = r"[^\W\d_a-z][^\W\d_]*(?:[-’'][^\W\d_a-z][^\W\d_]*)*"
_INITIAL = r"[^\W\d_a-z]\."
_NAME = pattern(
    rf"(?<![\w’'-]){_WORD}(?: (?:{_INITIAL}|(?:(?:van|von|de|der|den|da|di|al|bin|la|le) ){{0,2}}{_WORD})){{0,6}}"
)
_WORDS = pattern(r"[^\W\d_]+")
_CAMEL = pattern(r"\b(?!Mc|Mac|De|Di|La|Le)[^\W\d_]+[a-z][A-Z]|\b[A-Z]{4,}\b|\A(?>.*?\b[A-Z]{2,}\b).*[a-z]")
_TITLE = pattern(
    r"(?:\A|(?<!\w))(?:mr|mrs|ms|miss|mx|dr|prof|professor|sir|dame|lord|lady|saint|st|king|queen|prince|princess|president|chancellor|minister|secretary|senator"
    r"|governor|mayor|judge|justice|general|colonel|captain|major|sergeant|admiral|ambassador|pope|bishop|father|sister|brother|aunt|uncle"
    r"|chief|director|chair(?:man|woman|person)?|founder|author|editor|engineer|scientist|researcher|historian|analyst|spokes(?:man|woman|person)|leader"
    r"|premier|commissioner|representative|congress(?:man|woman)|diplomat|envoy|composer|painter|writer|actor|actress|singer"
    r"|coach|farmer|teacher)\.? \Z",
    re.IGNORECASE,
)  # fmt: skip
_SPEAKS = (
    r"(?:said|says|told|tells|wrote|writes|added|adds|argued|argues|warned|warns|asked|asks|explained|explains|noted|notes|recalled|replied"
    r"|insisted|claimed|believes|thinks|thought|joined|married|died|resigned|grew up|was born|was elected|was appointed|lives|lived)\b"
)
_AFTER = pattern(
    rf"(?:,? (?:who|whose|whom)\b|,? (?:aged? )?\d\d\b[,.]| (?:also |later |has |had )?{_SPEAKS}|[,”\"]+ {_SPEAKS})"
)
_SAYS_BEFORE = pattern(rf"{_SPEAKS} \Z")
_NO_PERSON = frozenset(
    word
    for line in (
        "act agency april army association august avenue bank center centre church city college commission committee company",
        "congress corporation council county court day december department east eastern february force forces foundation friday",
        "fund group hospital house inc institute island islands january journal july june kingdom lake ltd march may ministry",
        "monday month mountain museum navy news north northern november ocean october office organisation organization park",
        "parliament party post republic river road saturday school sea senate september society south southern square state",
        "states station street sunday thursday times treaty tuesday union university war wednesday week west western",
    )
    for word in line.split()
)


@dataclass(slots=True)
class Named:
    """A name as it is written in full, how often it is used, and the sentences it stands in, by their numbers."""

    name: str
    count: int = 0
    titled: int = 0
    """How often it stands behind a title."""
    acting: int = 0
    """How often it speaks, has an age, or is somebody "who"."""
    sentences: list[int] = field(default_factory=list)

    @property
    def is_person(self) -> bool:
        """Tell whether it is somebody's, as far as can be told: what speaks may be a country, if it has one word."""
        words = re.findall(r"[^\W_]+", self.name)
        is_other = self.name.isupper() or _CAMEL.search(self.name) or _NO_PERSON & set(map(fold, words))
        return not is_other and self.titled + self.acting * (len(words) > 1) > 0


def names_in(
    sentences: Mapping[int, str], is_name: Callable[[str], bool], speakers: Mapping[int, str], *, people: bool
) -> list[Named]:
    """Return the names of numbered sentences, most frequent first; with `people`, those of persons alone.

    `is_name` tells of a folded word whether it has a capital inside sentences, too; `speakers` are those of sentences that are turns.
    What is one word counts for the full name that ends with it, where there is one: "Rutte" for "Mark Rutte"; and a full name
    for the one used most often that is spoken alike: "Volodymyr Zelenskiy" for "Volodymyr Zelensky".
    """
    written = Counter(word for text in sentences.values() for word in _WORDS.findall(text))
    found: dict[str, Named] = {}
    for number, text in sentences.items():
        for name, titled, acting in _names_of(
            text, lambda word, rest: is_name(fold(word)) or _is_first_name(word, rest, written)
        ):
            _add(found, name, number, titled=titled, acting=acting)
        if speaker := speakers.get(number):
            _add(found, speaker, number, titled=True)
    _join_single(found)
    _join_spellings(found)
    kept = [named for named in found.values() if (named.is_person if people else named.count > 1)]
    common = {word.lower() for word in written if word.islower()}
    if people:
        kept = [
            named
            for named in kept
            if (named.titled and " " in named.name) or not common.issuperset(named.name.lower().split())
        ]
    return sorted(kept, key=lambda named: (-named.count, named.name))


def _add(found: dict[str, Named], name: str, number: int, *, titled: bool = False, acting: bool = False) -> None:
    named = found.setdefault(name, Named(name))
    named.count += 1
    named.titled += titled
    named.acting += acting
    named.sentences.append(number)


def _is_first_name(word: str, rest: str, written: Mapping[str, int]) -> bool:
    """Tell whether a capital that opens a sentence belongs to the name after it: "Camille Grand said", not "Given Russia"."""
    return bool(rest) and word.lower() not in written and written[rest.split()[0]] <= written[word]


def _names_of(text: str, is_named: Callable[[str, str], bool]) -> Iterator[tuple[str, bool, bool]]:
    """Yield the names of a sentence, each with whether it has a title, and whether it acts as people do."""
    text = text.replace("\u00a0", " ")
    for match in _NAME.finditer(text):
        words = match.group().split()
        opens = not any(map(str.isalnum, text[: match.start()]))
        while words and (
            not is_content_word(fold(words[0])) or (opens and not is_named(words[0], " ".join(words[1:])))
        ):
            opens = opens and is_content_word(fold(words[0])) and bool(_TITLE.match(f"{words[0]} "))
            words = words[1:]
        last_title = max((n for n, word in enumerate(words[:-1], 1) if _TITLE.match(f"{word} ")), default=0)
        name = " ".join(words[last_title:])
        begins = text.rfind(name, match.start(), match.end())
        if len(name) > 1 and begins >= 0 and not _TITLE.match(f"{name} "):
            before, after = text[:begins], text[match.end() :]
            yield name, bool(_TITLE.search(before)), bool(_SAYS_BEFORE.search(before) or _AFTER.match(after))


def _join_single(found: dict[str, Named]) -> None:
    """Count each single word for the most frequent name in full that ends with it, if there is one."""
    full: dict[str, Named] = {}
    for named in sorted(found.values(), key=lambda named: (named.count, named.name)):
        if " " in named.name:
            full[named.name.rpartition(" ")[2]] = named
    for name in [name for name in found if name in full]:
        _join(full[name], found.pop(name))


def _join_spellings(found: dict[str, Named]) -> None:
    """Count each name in full for the most frequent one whose last word is spoken alike and whose others are the same."""
    alike: dict[tuple[str, str], Named] = {}
    for named in sorted(found.values(), key=lambda named: (-named.count, named.name)):
        others, _, last = named.name.rpartition(" ")
        first = alike.setdefault((others, sound(fold(last))), named) if others else named
        if first is not named:
            _join(first, found.pop(named.name))


def _join(named: Named, other: Named) -> None:
    named.count += other.count
    named.titled += other.titled
