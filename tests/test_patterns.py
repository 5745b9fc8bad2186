"""Patterns that are compiled at their first use."""

import re
import subprocess
import sys

from conftest import ROOT

from qa.patterns import pattern


def test_it_does_what_a_compiled_pattern_does():
    ours, plain = pattern(r"(a)(?P<rest>b+)", re.IGNORECASE), re.compile(r"(a)(?P<rest>b+)", re.IGNORECASE)
    text = "xABB ab Abbb"
    assert isinstance(ours, re.Pattern)
    assert ours.findall(text) == plain.findall(text)
    assert ours.sub("-", text) == plain.sub("-", text)
    assert ours.split(text) == plain.split(text)
    assert [m.span() for m in ours.finditer(text)] == [m.span() for m in plain.finditer(text)]
    assert ours.search(text)["rest"] == "BB"
    assert ours.match(text) is None and ours.fullmatch("ab")["rest"] == "b"
    assert (ours.pattern, ours.flags, ours.groups) == (plain.pattern, plain.flags, plain.groups)


def test_importing_the_answers_compiles_no_pattern_of_theirs():
    code = (
        "import re, sys; made = []; plain = re._compiler.compile\n"
        "def noted(source, flags):\n"
        "    frame = sys._getframe()\n"
        "    while frame.f_code.co_filename.endswith(('re/__init__.py', '<string>')) and frame.f_back: frame = frame.f_back\n"
        "    if '/qa/' in frame.f_code.co_filename: made.append(source)\n"
        "    return plain(source, flags)\n"
        "re._compiler.compile = noted; import qa.engine, qa.answers.answering; print(made)"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True, cwd=ROOT) == "[]\n"
