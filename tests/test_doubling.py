"""Nothing takes the square of what it is given: every pattern of the package, every reader of text, and `ask` as a whole, on what is made to be slow.

A line that is eight times as long may take some eight times as long; where it took the square, it would be 64 times. What is fast at
the longest is linear enough; only what is not is measured again and compared, the best of several in CPU time, so that a busy machine fails nothing.
"""

import ast
import contextlib
import dataclasses
import gc
import importlib
import itertools
import pkgutil
import re
import signal
import time
from re import _constants as sre
from re import _parser

import pytest
from conftest import ROOT

import qa
from qa.answers.parts import LONGEST, parts_of
from qa.answers.whole import asked_of_whole
from qa.formats import FORMATS, format_of
from qa.formats.reading import Unreadable
from qa.ui.forms import form_of

CHARS = 8_000
TIMES = 8
FAST_SECONDS = 0.03
"""In which some three million steps are made; the square of CHARS is 64 million."""
SLACK = 3
METHODS = {"search": "search", "match": "match", "fullmatch": "fullmatch", "finditer": "finditer", "findall": "finditer", "sub": "finditer",
           "subn": "finditer", "split": "finditer", "pattern": None, "flags": None, "groups": None}  # fmt: skip
SAMPLES = {sre.CATEGORY_DIGIT: "1", sre.CATEGORY_NOT_DIGIT: "a", sre.CATEGORY_SPACE: " ", sre.CATEGORY_NOT_SPACE: "a", sre.CATEGORY_WORD: "a",
           sre.CATEGORY_NOT_WORD: "."}  # fmt: skip
PLAIN = ["a", " ", "\n", "1", ".", "-", "“", "\u200b", "A"]
LEFT_OUT = ("__main__", "peer", "make")
PACKED = ("pdf", "docx", "pptx", "odt", "epub", "office")
"""Not characters: what is slow in them is ended by the limits of the process that reads them."""
SHORT = {"qa.answers.parts": LONGEST, "qa.answers.whole": LONGEST, "qa.ui.forms": LONGEST}
"""Modules that look at no longer text: what is longer, they leave alone (`test_what_is_long_is_left_alone`)."""


def modules():
    for found in pkgutil.walk_packages(qa.__path__, "qa."):
        if found.name.rpartition(".")[2] not in LEFT_OUT:
            try:
                yield importlib.import_module(found.name)
            except ImportError:  # needs an extra that is not installed
                continue


def held(value, depth=0):
    """The patterns of a value: itself, or what a collection holds."""
    if isinstance(value, re.Pattern):
        yield value
    elif depth < 3 and isinstance(value, dict):
        for each in (*value.keys(), *value.values()):
            yield from held(each, depth + 1)
    elif depth < 3 and isinstance(value, (list, tuple, set, frozenset)):
        for each in value:
            yield from held(each, depth + 1)


def used():
    """How each name is used in each module, as `_WORD.findall` uses `_WORD`; a name that others may import counts in all of them.

    What a loop goes over is used as the loop's own name is: `for form in FORMS: form.match(...)`.
    """
    found = {}
    for path in (ROOT / "qa").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        loops = {}
        for node in ast.walk(tree):
            if isinstance(node, (ast.For, ast.comprehension)):
                for target in names(node.target):
                    loops.setdefault(target, set()).update(names(node.iter))
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and METHODS.get(node.attr):
                for name in {node.value.id, *loops.get(node.value.id, ())}:
                    where = path.relative_to(ROOT).as_posix() if name.startswith("_") else ""
                    found.setdefault((where, name), set()).add(METHODS[node.attr])
    return found


def names(tree):
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def patterns():
    """Every pattern of the package, by where it stands: the pattern, and the ways in which it is used."""
    uses, found = used(), {}
    for module in modules():
        path = module.__name__.replace(".", "/")
        for name, value in vars(module).items():
            for pattern in held(value):
                where = ("", f"{path}.py", f"{path}/__init__.py") if name.startswith("_") else ("",)
                ways = {way for each in where for way in uses.get((each, name), ())} or {"finditer"}
                key = (pattern.pattern, pattern.flags)
                found.setdefault(key, (f"{module.__name__}.{name}", pattern, set()))[2].update(ways)
    for path in sorted((ROOT / "qa").rglob("*.py")):
        for line, way, pattern in in_calls(path):
            found.setdefault((pattern.pattern, pattern.flags), (f"{path.stem}:{line}", pattern, set()))[2].add(way)
    return found


def in_calls(path):
    """The patterns that stand in a call, as in re.sub("a+", ...)."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and names(node.func) == {"re"}:
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Constant) and METHODS.get(node.func.attr):
                yield node.lineno, METHODS[node.func.attr], re.compile(first.value)


PATTERNS = patterns()


def sampled(parsed):
    """A text that a parsed pattern finds or nearly finds, and the pieces it is made of."""
    pieces, whole = [], ""
    for kind, value in parsed:
        if kind is sre.LITERAL:
            part = chr(value)
        elif kind is sre.NOT_LITERAL or kind is sre.ANY:
            part = "a"
        elif kind is sre.IN:
            part, more = one_of(value)
            pieces += more
        elif kind in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            part, more = sampled(value[2])
            pieces += [*more, part]
            part *= max(1, min(value[0], 8))
        elif kind is sre.SUBPATTERN:
            part, more = sampled(value[3])
            pieces += more
        elif kind is sre.ATOMIC_GROUP:
            part, more = sampled(value)
            pieces += more
        elif kind is sre.BRANCH:
            branches = [sampled(branch) for branch in value[1]]
            pieces += [piece for text, more in branches for piece in (text, *more)]
            part = branches[0][0]
        elif kind in (sre.ASSERT, sre.ASSERT_NOT):
            pieces += [sampled(value[1])[0]]
            part = ""
        else:
            part = ""
        whole += part
        pieces.append(whole)  # each beginning of it
    return whole, pieces


def one_of(choices):
    found = []
    for kind, value in choices:
        if kind is sre.LITERAL:
            found.append(chr(value))
        elif kind is sre.RANGE:
            found.append(chr(value[0]))
        elif kind is sre.CATEGORY:
            found.append(SAMPLES.get(value, "a"))
    if (sre.NEGATE, None) in choices:
        return "a", found
    return (found or ["a"])[0], found


def pumps(pattern):
    """What lines are made of by repetition: the pieces of the pattern, and pairs of the shortest."""
    texts = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    pieces = sampled(
        _parser.parse(texts, pattern.flags & ~re.UNICODE if isinstance(pattern.pattern, bytes) else pattern.flags)
    )[1]
    pieces = list(dict.fromkeys(piece for piece in [*PLAIN, *pieces] if piece))
    short = sorted(pieces, key=len)[:14]
    pairs = [first + second for first in short for second in short if first != second]
    long = sorted(pieces, key=len)[14:]
    return [*pieces[:60], *pairs, *(long[-1:] and [long[-1] + " ", long[-1] + "\n"])]


def cost(pattern, way, line):
    """CPU seconds of one use."""
    line = line if isinstance(pattern.pattern, str) else line.encode("utf-8")
    started = time.process_time()
    if way == "finditer":
        for _ in pattern.finditer(line):
            pass
    else:
        getattr(pattern, way)(line)
    return time.process_time() - started


def grows(spend, short, long, *, fast=FAST_SECONDS):
    """Whether the longer takes more than its length explains, by the best of several."""
    if spend(long) < fast:
        return False
    small, large = min(spend(short) for _ in range(5)), min(spend(long) for _ in range(3))
    return large > fast and large > SLACK * TIMES * max(small, 1e-5)


@pytest.fixture
def alarm():
    """What takes a minute of the processor is ended, with the line that took it."""

    def ring(*_):
        raise AssertionError("it takes more than a minute")

    before = signal.signal(signal.SIGPROF, ring)
    yield lambda: signal.setitimer(signal.ITIMER_PROF, 60)
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.signal(signal.SIGPROF, before)


def test_there_are_patterns_and_ways():
    assert len(PATTERNS) > 100
    assert {way for _, _, ways in PATTERNS.values() for way in ways} >= {"search", "match", "fullmatch", "finditer"}


@pytest.mark.parametrize(("pattern", "way"), [
    pytest.param(re.compile(r"(a+)+b"), "match", id="exponential"), pytest.param(re.compile(r"\s+$"), "search", id="square"),
    pytest.param(re.compile(r"did (?:\w+ )*what"), "search", id="the square of words"),
])  # fmt: skip
def test_the_test_finds_what_grows(pattern, way, alarm):
    alarm()
    sizes = (3, 25) if "+)+" in pattern.pattern else (CHARS // TIMES, CHARS)
    assert any(
        grows(lambda size, pump=pump: cost(pattern, way, (pump * size)[:size] + "!"), *sizes) for pump in pumps(pattern)
    )


@pytest.mark.parametrize("key", PATTERNS, ids=lambda key: PATTERNS[key][0])
def test_no_pattern_takes_the_square(key, alarm):
    where, pattern, ways = PATTERNS[key]
    most = SHORT.get(where.rpartition(".")[0], CHARS)
    alarm()
    for way in sorted(ways):
        for pump in pumps(pattern):
            for end in ("", "\0", "!"):
                spend = lambda size, p=pump, e=end, w=way: cost(pattern, w, (p * (size // len(p) + 1))[:size] + e)  # noqa: E731
                assert not grows(spend, most // TIMES, most), (pattern.pattern, way, pump, end)


def test_what_is_long_is_left_alone(small):
    for asked, form in (("who built the mill and when", parts_of), ("list the people mentioned", asked_of_whole)):
        assert form(asked)
        assert not form("please " * (LONGEST // 7) + asked)
    spoken = dataclasses.replace(small.ask("cats"), question="tea vs milk")
    sides = [dataclasses.replace(each, text=text) for text in ("tea", "milk") for each in spoken.citations[:1]]
    spoken = dataclasses.replace(spoken, citations=tuple(sides))
    assert form_of(spoken).columns
    assert not form_of(dataclasses.replace(spoken, question="please " * (LONGEST // 7) + "tea vs milk")).columns


QUESTIONS = [
    "a", "A ", "1 ", "1,", "?", "\n", "'", "“a” ", "(", "[", "`", "*", "-", "é", "。", "\u200b", "how much ", "did a ", "who said ", "Anna Lund ",
    "and when ", "or ", "$1 ", "2 May 2001 ", "is it true that ", "vs ", "xqzv ", "xqzv", "A.B. ", "it ", "cats chase mice ", "NATO ",
    "summarize ", "please ", "list the people ", "a-", "Dr. ", "between ", "what about ", "who is he ",
]  # fmt: skip
MARKUP = [
    "a", " ", "\n", "\t", "1 ", "*", "_", "`", "\\`", "~a", "- a\n", "1. a\n", "  - a\n", "> a\n", "> > a\n", "# a\n", "| a | b |\n", "```\n",
    "[a](b) ", "![a](b)", "![", "[[", "[^a] ", "[^a]: ", "[a]: b\n", "**a ", "<b>", "<b", "<p>a</p>", "<!--", "<div>", "<table><tr><td>", "<ul><li>",
    "<a href=\"", "<details><summary>", "{%", "{{", "&amp;", "&#", "a. A", "a.[1] ", "....", "a\n\n", "Anna: a\n", "10:00 Anna: a\n", "http://a.b ",
    "।", '"a",', "a,b\n", "a;", "{\"a\":", "[1,", "---\n", "a: b\n", "00:01.000 --> 00:02.000\n<v Anna>a\n\n", "<v.a ", "=?utf-8?q?a?= ",
    "\"a\" ", "“a ", "%%a ", "%%a%% ", "==a ", "==a== ", "a ^b ", ".. a:: b\n", ":a:`b <c>` ",
]  # fmt: skip
AROUND = {".eml": "Subject: x\nContent-Type: text/html\n\n%s", ".vtt": "WEBVTT\n\n%s", ".json": '{"a": ["%s"]}'}
DOCUMENTS = [
    "a ",
    "A. ",
    "- a\n",
    "cats chase mice ",
    "Cats chase mice. ",
    "“a” ",
    "Anna: cats.\n",
    "*",
    "2 May 2001 ",
    "Anna Lund ",
    "a\n\n",
    "(a) ",
]


def made_of(piece, size):
    return (piece * (size // len(piece) + 1))[:size]


def seconds(work):
    """CPU seconds without the garbage collector's: what it looks through is the heap of all the tests before."""
    gc.disable()
    try:
        started = time.process_time()
        work()
        return time.process_time() - started
    finally:
        gc.enable()


@pytest.mark.parametrize(
    "suffix",
    sorted(
        {
            ".org",
            *{
                format_of(f"a{suffix}"): suffix
                for suffix in (".rst", *FORMATS)
                if format_of(f"a{suffix}") not in PACKED
            }.values(),
        }
    ),
)
def test_no_reader_takes_the_square(suffix, alarm):
    parse = importlib.import_module(f"qa.formats.{format_of('a' + suffix)}").parse

    def read(data):
        with contextlib.suppress(Unreadable):
            parse(data, f"a{suffix}")

    for piece in MARKUP:
        alarm()
        spend = lambda size, p=piece: seconds(lambda: read((AROUND.get(suffix, "%s") % made_of(p, size)).encode()))  # noqa: E731
        assert not grows(spend, 4 * CHARS // TIMES, 4 * CHARS, fast=0.3), piece


def test_no_question_takes_the_square(small, alarm):
    """However often it is asked: each time it is another one, so that no answer is remembered."""
    asked = itertools.count()
    for piece in QUESTIONS:
        alarm()
        spend = lambda size, p=piece: seconds(lambda: small.ask(f"cats {made_of(p, size)} {next(asked)}"))  # noqa: E731
        assert not grows(spend, 2 * CHARS // TIMES, 2 * CHARS, fast=0.5), piece


@pytest.mark.parametrize("piece", DOCUMENTS)
def test_no_document_makes_an_answer_take_the_square(piece, small, settings, alarm):
    asked = itertools.count()

    def spend(size):
        (settings.seeds / "long.md").write_text("Cats " + made_of(piece, size), encoding="utf-8")
        small.build()
        return seconds(
            lambda: [small.ask(f"{text} {next(asked)}") for text in ("what do cats chase", piece, "who said cats")]
        )

    alarm()
    assert not grows(spend, 4 * CHARS // TIMES, 4 * CHARS, fast=0.3)


def test_a_sentence_longer_than_many_passages_is_no_error(small, settings):
    """The passages found may all lie within one sentence, which begins in none of them."""
    (settings.seeds / "long.txt").write_text("cats " + "cats chase mice " * 2000, encoding="utf-8")
    small.build()
    assert small.ask("what do cats chase").searched
