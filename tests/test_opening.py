"""Files that are no files: nothing hangs, nothing outside is read, and the name and the kind are told."""

import os
import socket
import threading
from pathlib import Path

import pytest

from qa.engine import Engine
from qa.errors import SeedError
from qa.opening import NotAFile, Outside, TooLarge, Unsettled, open_private, read_regular
from qa.text.documents import list_seeds, read_parsed
from qa.text.sources import read_examples


def make_pipe(path):
    os.mkfifo(path)


def make_socket(path):
    with socket.socket(socket.AF_UNIX) as bound:
        here = Path.cwd()
        os.chdir(path.parent)  # a socket's path may have 107 characters only
        try:
            bound.bind(path.name)
        finally:
            os.chdir(here)


def make_folder(path):
    path.mkdir()


ODD = {"pipe": (make_pipe, "is a pipe"), "socket": (make_socket, "is a socket"), "folder": (make_folder, "is a folder")}
DEVICES = ("/dev/zero", "/dev/null", "/dev/urandom", "/dev/tty")


@pytest.mark.parametrize(("make", "told"), ODD.values(), ids=ODD.keys())
def test_what_is_no_file_is_told_at_once(tmp_path, make, told):
    make(tmp_path / "odd.txt")
    with pytest.raises(NotAFile, match=told):
        read_regular(tmp_path / "odd.txt", tmp_path, 100)


@pytest.mark.parametrize("device", DEVICES)
def test_a_device_is_neither_read_nor_opened(tmp_path, device):
    with pytest.raises(NotAFile, match="is a device"):
        read_regular(Path(device), Path("/dev"), 100)
    (tmp_path / "link.txt").symlink_to(device)
    with pytest.raises(Outside):
        read_regular(tmp_path / "link.txt", tmp_path, 100)


@pytest.mark.parametrize("name", ["/etc/passwd", "../secret.txt", "a/../../secret.txt", "."])
def test_nothing_outside_is_read(tmp_path, name):
    folder = tmp_path / "seeds"
    (folder / "a").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text("secret")
    with pytest.raises(Outside):
        read_regular(folder / name, folder, 10_000)


def test_a_link_inside_is_followed_and_a_limit_kept(tmp_path):
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / "a.txt").write_text("text")
    (tmp_path / "b.txt").symlink_to(tmp_path / "deep" / "er" / "a.txt")
    assert read_regular(tmp_path / "b.txt", tmp_path, 4) == b"text"
    with pytest.raises(TooLarge):
        read_regular(tmp_path / "b.txt", tmp_path, 3)


@pytest.mark.parametrize("swapped", ["file", "folder"])
def test_a_link_that_is_swapped_in_after_the_check_is_not_followed(tmp_path, monkeypatch, swapped):
    seeds, secret = tmp_path / "seeds", tmp_path / "secret"
    (seeds / "a").mkdir(parents=True)
    secret.mkdir()
    (seeds / "a" / "b.txt").write_text("open")
    (secret / "b.txt").write_text("secret")
    real = os.path.realpath

    def swap(path, **kwargs):
        found = real(path, **kwargs)
        if str(path).endswith("b.txt") and not (tmp_path / "done").exists():
            (tmp_path / "done").touch()
            victim = seeds / "a" / "b.txt" if swapped == "file" else seeds / "a"
            victim.rename(tmp_path / "away")
            victim.symlink_to(secret / "b.txt" if swapped == "file" else secret)
        return found

    monkeypatch.setattr(os.path, "realpath", swap)
    with pytest.raises(OSError):  # each system has its own word for it
        read_regular(seeds / "a" / "b.txt", seeds, 100)


def test_a_file_that_never_stops_growing_is_unsettled(tmp_path, monkeypatch):
    path = tmp_path / "log.txt"
    path.write_text("line\n")
    real = os.fstat

    def growing(descriptor):
        found = real(descriptor)
        with path.open("a") as file:
            file.write("line\n")
        return found

    monkeypatch.setattr("qa.opening.os.fstat", growing)
    with pytest.raises(Unsettled):
        read_regular(path, tmp_path, 1000)


@pytest.mark.parametrize("make", [make_pipe, make_socket])
def test_a_pipe_among_the_documents_is_named_or_left_out(tmp_path, make):
    (tmp_path / "good.txt").write_text("Good text.")
    make(tmp_path / "odd.txt")
    seeds = list_seeds(tmp_path, max_file_mb=1)
    assert [file.doc_id for file in seeds.files] == ["good.txt"]
    assert any("odd.txt is a" in each.reason for each in seeds.skipped)


def test_a_document_that_became_a_pipe_is_refused_not_waited_for(tmp_path):
    (tmp_path / "a.txt").write_text("Some text.")
    (file,) = list_seeds(tmp_path, max_file_mb=1).files
    (tmp_path / "a.txt").unlink()
    make_pipe(tmp_path / "a.txt")
    with pytest.raises(SeedError, match="has changed"):
        read_parsed(file)


def test_sources_as_a_pipe_are_refused(tmp_path):
    make_pipe(tmp_path / "sources.toml")
    with pytest.raises(SeedError, match=r"sources\.toml cannot be read \(is a pipe\)"):
        read_examples(tmp_path)


def test_a_quoted_document_that_became_a_pipe_is_stale_and_the_engine_goes_on(small: Engine):
    path = small.settings.seeds / "rome.txt"
    path.unlink()
    make_pipe(path)
    found = []
    asked = threading.Thread(target=lambda: found.append(small.ask("Who crossed the Rubicon?")), daemon=True)
    asked.start()
    asked.join(20)
    assert found
    assert all(citation.stale for citation in found[0].citations if citation.doc_id == "rome.txt")
    assert small.status().stale


def test_a_private_file_is_its_owners_and_never_behind_a_link(tmp_path):
    with open_private(tmp_path / "log", append=True) as file:
        file.write("one\n")
    assert (tmp_path / "log").stat().st_mode & 0o777 == 0o600
    (tmp_path / "target").write_text("kept")
    (tmp_path / "link").symlink_to(tmp_path / "target")
    make_pipe(tmp_path / "pipe")
    for name in ("link", "pipe"):
        with pytest.raises(NotAFile):
            open_private(tmp_path / name, append=True)
    assert (tmp_path / "target").read_text() == "kept"
