"""Regular expressions that are compiled when they are first used: compiling all of them takes longer than a question from the shell.

In -> out: what `re.compile` takes -> what stands for the compiled pattern.
Does not: know what is looked for.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

_METHODS = ("search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer")


class _Pattern:
    """A `re.Pattern` in everything but the moment at which it is made."""

    def __init__(self, source: str, flags: int) -> None:
        self._made_of = source, flags

    if not TYPE_CHECKING:  # a checker sees a re.Pattern, which has nothing else
        __class__ = property(lambda self: re.Pattern)

    def __getattr__(self, name: str) -> Any:
        made = re.compile(*self._made_of)
        for method in _METHODS:  # from now on found on the object itself, without a call of this function
            self.__dict__[method] = getattr(made, method)
        return getattr(made, name)


def pattern(source: str, flags: int = 0) -> re.Pattern[str]:
    """Return a pattern that is compiled at its first use; re.error comes only then."""
    return cast(re.Pattern[str], _Pattern(source, flags))
