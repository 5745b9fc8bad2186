import copy
import dataclasses
import inspect
import pickle
from dataclasses import FrozenInstanceError, dataclass, field

import numpy as np
import pytest

from qa.datatypes import Passage, Span
from qa.records import record
from qa.settings import Settings


@record
class Note:
    """A record of each kind of field."""

    text: str
    count: int = 3
    tags: list[str] = field(default_factory=list)
    secret: str = field(default="s", repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.count < 0:
            raise ValueError("a count is not below 0")

    @property
    def loud(self) -> str:
        return self.text.upper()


@dataclass(frozen=True, slots=True)
class Plain:
    """The same as `dataclasses` makes it."""

    text: str
    count: int = 3
    tags: list[str] = field(default_factory=list)
    secret: str = field(default="s", repr=False, compare=False)


@record
class Array:
    """One field that has no truth value when compared."""

    values: object


def test_a_record_is_made_shown_and_compared_as_a_dataclass():
    ours, theirs = Note("a", tags=["b"], secret="x"), Plain("a", tags=["b"], secret="x")
    assert repr(ours) == repr(theirs).replace("Plain", "Note")
    assert dataclasses.asdict(ours) == dataclasses.asdict(theirs)
    assert dataclasses.astuple(ours) == dataclasses.astuple(theirs)
    assert [f.name for f in dataclasses.fields(Note)] == [f.name for f in dataclasses.fields(Plain)]
    assert ours == Note("a", 3, ["b"], "y") and ours != Note("b", 3, ["b"], "x") and ours != theirs
    assert dataclasses.replace(ours, count=4) == Note("a", 4, ["b"])
    assert ours.loud == "A" and not hasattr(ours, "__dict__")
    assert Note("a").tags is not Note("a").tags


def test_what_a_record_does_not_take_is_a_mistake_before_and_after_its_first_use():
    for _ in range(2):
        with pytest.raises(TypeError, match=r"Note.__init__\(\) missing 1 required positional argument: 'text'"):
            Note()
        with pytest.raises(TypeError, match="unexpected keyword argument 'other'"):
            Note("a", other=1)
        with pytest.raises(ValueError, match="not below 0"):
            Note("a", -1)


def test_the_signature_is_told_before_a_record_is_made():
    @record
    class Fresh:
        """Nobody has made one."""

        size: int
        name: str = "x"

    assert str(inspect.signature(Fresh)) == "(size: int, name: str = 'x') -> None"
    assert list(inspect.signature(Settings).parameters)[:2] == ["seeds", "index"]


@pytest.mark.parametrize("change", [lambda n: setattr(n, "text", "b"), lambda n: delattr(n, "text"), lambda n: setattr(n, "new", 1)])  # fmt: skip
def test_a_record_stays_as_it_is(change):
    note = Note("a")
    with pytest.raises(FrozenInstanceError):
        change(note)
    assert note == Note("a")


def test_records_are_copied_pickled_and_keys():
    note = Note("a", 1, ["b"], "c")
    for again in (copy.copy(note), copy.deepcopy(note), pickle.loads(pickle.dumps(note))):
        assert again == note and again.secret == "c" and type(again) is Note
    assert len({Passage("1", "d", "t", Span(0, 1), "x", len), Passage("1", "d", "t", Span(0, 1), "x", len)}) == 1
    with pytest.raises(TypeError, match="unhashable"):
        hash(note)
    values = np.arange(3)
    assert Array(values) == Array(values)
