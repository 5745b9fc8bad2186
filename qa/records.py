"""Frozen, slotted dataclasses whose methods are made when they are first needed: making those of fifty takes longer than to answer a question.

In -> out: a class with annotated fields -> a dataclass for `replace`, `fields`, `asdict`, pickle and type checkers, with its equality and its repr.
Does not: order, or know what a record is for; `dataclasses.dataclass` does the rest where a room is not loaded for a question.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, FrozenInstanceError, dataclass, field, fields
from operator import attrgetter
from typing import Any, TypeVar, dataclass_transform

Record = TypeVar("Record")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(cls: type[Record]) -> type[Record]:
    """Turn a class into what `@dataclass(frozen=True, slots=True)` makes of it."""
    made: Any = dataclass(init=False, repr=False, eq=False, slots=True)(cls)
    told = [each for each in fields(made) if each.repr]
    compared = _values([each.name for each in fields(made) if each.compare])
    names = [each.name for each in fields(made)]

    def shown(self: object) -> str:
        return f"{made.__qualname__}({', '.join(f'{each.name}={getattr(self, each.name)!r}' for each in told)})"

    def equal(self: object, other: object) -> bool:
        return compared(self) == compared(other) if other.__class__ is self.__class__ else NotImplemented

    def hashed(self: object) -> int:
        return hash(compared(self))

    def kept(self: object) -> list[object]:
        return [getattr(self, name) for name in names]

    def revived(self: object, state: list[object]) -> None:
        for name, value in zip(names, state, strict=True):
            object.__setattr__(self, name, value)

    made.__init__, made.__repr__, made.__eq__, made.__hash__ = _Init(made), shown, equal, hashed
    made.__getstate__, made.__setstate__ = kept, revived
    made.__setattr__, made.__delattr__ = _refuse, _refuse
    return made  # type: ignore[no-any-return]


class _Init:
    """Stands for a record's `__init__` until somebody asks for it, to call it or to see its signature."""

    def __init__(self, cls: Any) -> None:
        self._cls = cls

    def __get__(self, instance: object, owner: object = None) -> Any:
        self._cls.__init__ = made = _make_init(self._cls)
        return made if instance is None else made.__get__(instance)


def _make_init(cls: Any) -> Any:
    """Return the function that `dataclass` would have written."""
    known: dict[str, Any] = {"_MISSING": MISSING}
    parameters, lines = ["self"], []
    for each in fields(cls):
        name, value = each.name, each.name
        known[f"_set_{name}"] = cls.__dict__[name].__set__
        known[f"_default_{name}"] = each.default
        if each.default_factory is not MISSING:
            known[f"_new_{name}"] = each.default_factory
            value = f"_new_{name}() if {name} is _MISSING else {name}"
        given = each.default is not MISSING or each.default_factory is not MISSING
        parameters.append(f"{name}=_default_{name}" if given else name)
        lines.append(f" _set_{name}(self, {value})")
    if hasattr(cls, "__post_init__"):
        lines.append(" self.__post_init__()")
    exec(f"def __init__({', '.join(parameters)}):\n" + "\n".join(lines), known)
    made = known["__init__"]
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    made.__annotations__ = {**{each.name: each.type for each in fields(cls)}, "return": None}
    return made


def _values(names: list[str]) -> Callable[[object], Any]:
    """Return what gives the values of some fields: always a tuple, as `==` of two arrays is no truth value."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda self: tuple(getattr(self, name) for name in names)


def _refuse(self: object, name: str, value: object = None) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")
