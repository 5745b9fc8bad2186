"""The first lines of a directive of reStructuredText -> its name, argument and options, and where its content stands.

In -> out: lines and the number of the first -> `Directive`, None where it is none.
Does not: know every directive: one that is not named here has an argument that heads its content.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.datatypes import Span
from qa.formats.indents import Line
from qa.patterns import pattern
from qa.records import record

_NAME = re.compile(r"[\w-]+")
HIDDEN = frozenset(
    _NAME.findall(
        "autoattribute autoclass autodata autoexception autofunction automethod automodule autosummary bibliography class contents currentmodule "
        "default-domain default-role graphviz header footer highlight include index ifconfig inheritance-diagram literalinclude meta module "
        "raw restructuredtext-test-directive role rst-class section-numbering sectionauthor sectnum tabularcolumns testcleanup testsetup "
        "title toctree uml mermaid unicode replace target-notes"
    )
)
"""What these say is no text, or stands elsewhere."""
SAID = frozenset(
    _NAME.findall(
        "attention caution centered danger deprecated error hint important note pull-quote seealso tip todo versionadded versionchanged "
        "versionremoved warning compound epigraph highlights"
    )
)
"""The argument of these is the beginning of their text."""
NAMED = frozenset(_NAME.findall("deprecated versionadded versionchanged versionremoved"))
"""What these say is not understood without their names."""
CODE = frozenset(
    _NAME.findall(
        "code code-block ipython math parsed-literal productionlist prompt sourcecode testcode testoutput doctest"
    )
)
PICTURES = frozenset(_NAME.findall("figure image"))
_DIRECTIVE = pattern(r"\.\.\s+(?P<name>[A-Za-z][\w.+:-]{0,60}?)\s?::(?:\s+(?=\S)|\Z)")
_OPTION = pattern(r":(?P<name>[\w-]{1,40}(?: [\w-]{1,40}){0,2}):(?:\s+|\Z)")


@record
class Directive:
    """Where the parts of a directive stand."""

    name: str
    """Without its domain."""
    mark: Span
    """The two dots, the name and the colons."""
    argument: Span | None
    first: int
    """Its first line."""
    options: dict[str, Span]
    content: int
    """The first line behind its options."""
    end: int


def directive_at(lines: Sequence[Line], at: int, end: int) -> Directive | None:
    """Return the directive that the lines up to `end` are."""
    line = lines[at]
    match = _DIRECTIVE.match(line.said)
    if match is None:
        return None
    mark = Span(line.span.start, line.span.start + match.end())
    argument = Span(mark.end, line.span.end) if mark.end < line.span.end else None
    options: dict[str, Span] = {}
    n = at + 1
    while n < end and lines[n].said:
        if option := _OPTION.match(lines[n].said):
            options[option["name"]] = Span(lines[n].span.start + option.end(), lines[n].span.end)
        elif not options and argument is None:
            break  # its content
        elif not options and argument:
            argument = Span(argument.start, lines[n].span.end)
        n += 1
    name = match["name"].rpartition(":")[2].lower()
    return Directive(name, mark, argument, at, options, n, end)
