"""Subtitles (SRT, VTT): what is said, joined to paragraphs, with the time at which each cue begins.

In -> out: bytes -> `Parsed` with a "time" mark a cue ("00:12:03").
Does not: keep cue numbers, settings, styles or comments.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from qa.datatypes import Block, Kind, Mark, Parsed, Span
from qa.formats.flow import tile
from qa.formats.reading import Unreadable, decode
from qa.patterns import pattern

SUFFIXES = (".srt", ".vtt")
VERSION = 2
PAUSE_SECONDS = 4.0
"""After a longer silence a new paragraph begins."""
PARAGRAPH_CHARS = 600
_TIME = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})[.,](\d{1,3})"
_TIMING = re.compile(rf"\s*{_TIME}\s+-->\s+{_TIME}")
_VOICE = re.compile(r"<v(?:\.[^ <>]*)?\s+([^<>]+)>")
_TAG = re.compile(r"</?[a-zA-Z0-9][^<>]{0,200}>|\{\\[^}]{0,100}\}")
_NAME = pattern(r"([^\W\d_][^\n:<>*]{0,40}):\s++(?=\S)")
"""What a program that writes down a talk has before what is said ("Ann Lund: Hello")."""
_NAMED_LEAST = 3
_DASH = pattern(r"\s*(?:<[^<>]{0,40}>\s*)?[-–—]\s*\S")
_STOP = re.compile(r"[.!?…。！？]['\"”’)]*$")


@dataclass(frozen=True, slots=True)
class _Cue:
    start: float
    end: float
    speaker: str
    text: str


def parse(data: bytes, name: str) -> Parsed:
    """Read subtitles."""
    cues = list(_named(list(_cues(decode(data)))))
    if not cues and data.strip():
        raise Unreadable("has no line of times (00:01:02,500 --> 00:01:04,000): it is no file of subtitles.")
    text, blocks, marks = "", [], []
    parts: list[str] = []
    length, start, lead, before = 0, 0, None, None
    for cue in cues:
        new = before is None or _begins(before, cue, length - start)
        if before is not None:
            if new:
                blocks.append(Block(Span(start, length), Kind.TURN if lead else Kind.PARAGRAPH, lead=lead))
            parts.append("\n\n" if new else " ")
            length += len(parts[-1])
        marks.append(Mark(length, "time", _clock(cue.start)))
        if new:
            start = length
            lead = Span(start, start + len(cue.speaker)) if cue.speaker else None
        parts.append(f"{cue.speaker}: {cue.text}" if new and cue.speaker else cue.text)
        length += len(parts[-1])
        before = cue
    if cues:
        blocks.append(Block(Span(start, length), Kind.TURN if lead else Kind.PARAGRAPH, lead=lead))
    text = "".join(parts)
    return Parsed(text, tile(blocks, len(text)), marks=tuple(marks))


def _begins(before: _Cue, cue: _Cue, length: int) -> bool:
    """Tell whether a cue begins a paragraph."""
    if (
        cue.speaker != before.speaker
        or _NAME.match(cue.text)
        or cue.text.startswith("- ")
        or cue.start - before.end > PAUSE_SECONDS
    ):
        return True
    return length > PARAGRAPH_CHARS and bool(_STOP.search(before.text))


def _named(cues: Sequence[_Cue]) -> Iterator[_Cue]:
    """Yield cues with the speakers they name in words, where a talk is written down so; without a name the speaker before goes on."""
    found = [None if cue.speaker else _NAME.match(cue.text) for cue in cues]
    names = Counter(match[1] for match in found if match)
    if names.total() < _NAMED_LEAST or 3 * names.total() < len(cues) or max(names.values()) < 2:
        yield from cues
        return
    speaker = ""
    for cue, match in zip(cues, found, strict=True):
        speaker = match[1] if match else speaker
        yield replace(cue, speaker=cue.speaker or speaker, text=cue.text[match.end() :] if match else cue.text)


def _cues(text: str) -> Iterator[_Cue]:
    lines = [*text.splitlines(), ""]
    at = 0
    while at < len(lines):
        timing = _TIMING.match(lines[at])
        at += 1
        if not timing:
            continue
        said = []
        while at < len(lines) and lines[at].strip():
            said.append(lines[at])
            at += 1
        groups, parts = timing.groups(), said if _is_of_two(said) else [" ".join(said)]
        for whole in parts:
            voice = _VOICE.search(whole)
            shown = " ".join(_unescaped(_TAG.sub("", whole)).split())
            if shown:
                speaker = " ".join(voice.group(1).split()) if voice else ""
                yield _Cue(_seconds(groups[:4]), _seconds(groups[4:]), speaker, shown)


def _is_of_two(said: Sequence[str]) -> bool:
    """Tell whether each line of a cue is said by another speaker."""
    return len(said) > 1 and all(_DASH.match(line) for line in said)


def _unescaped(text: str) -> str:
    for sign, char in (("&lt;", "<"), ("&gt;", ">"), ("&nbsp;", " "), ("&lrm;", ""), ("&rlm;", ""), ("&amp;", "&")):
        text = text.replace(sign, char)
    return text


def _seconds(groups: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, fraction = groups
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0) + float(f"0.{fraction}")


def _clock(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"
