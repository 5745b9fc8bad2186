import json
import os
import subprocess
import sys

import pytest

from qa.errors import BuildLocked, IndexCorrupt, IndexIncompatible, IndexMissing, StoreUnavailable
from qa.indexing import snapshots, sums
from qa.indexing.locks import build_lock


def publish(index, text="content", **manifest):
    with build_lock(index), snapshots.draft_snapshot(index) as draft:
        (draft / "data.txt").write_text(text)
        return snapshots.publish(draft, manifest)


def test_the_newest_answers_and_two_are_kept(tmp_path):
    for text in ("one", "two", "three"):
        publish(tmp_path, text)
    assert snapshots.latest_name(tmp_path) == "snapshot-000003"
    assert sorted(p.name for p in tmp_path.glob("snapshot-*")) == ["snapshot-000002", "snapshot-000003"]
    assert (snapshots.open_snapshot(tmp_path).folder / "data.txt").read_text() == "three"


def test_the_checksums_are_those_of_sha256sum(tmp_path):
    folder = publish(tmp_path).folder
    assert subprocess.run(["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=folder, check=False).returncode == 0


@pytest.mark.parametrize("name", ["data.txt", "manifest.json", "SHA256SUMS"])
@pytest.mark.parametrize("damage", ["flip", "truncate", "remove"])
@pytest.mark.parametrize("limit", ["SIDE_BY_SIDE_FROM", "AT_ONCE", "none"])
def test_a_damaged_file_is_named(tmp_path, monkeypatch, name, damage, limit):
    monkeypatch.setattr(sums, limit, 0, raising=False)  # as where files are large, or many
    path = publish(tmp_path).folder / name
    data = path.read_bytes()
    if damage == "remove":
        path.unlink()
    else:
        path.write_bytes(data[:-3] if damage == "truncate" else bytes([data[0] ^ 1]) + data[1:])
    with pytest.raises(IndexCorrupt, match=r"is damaged or missing: run `qa build --full`"):
        snapshots.open_snapshot(tmp_path)


def test_another_format_is_incompatible(tmp_path, monkeypatch):
    monkeypatch.setattr(snapshots, "FORMAT", 99)
    publish(tmp_path)
    monkeypatch.undo()
    with pytest.raises(IndexIncompatible, match=f"has format 99, this version reads {sums.FORMAT}"):
        snapshots.open_snapshot(tmp_path)


@pytest.mark.parametrize(
    "make", [lambda p: None, lambda p: p.mkdir(), lambda p: (p / "snapshot-12").mkdir(parents=True)]
)
def test_no_snapshot_is_a_missing_index(tmp_path, make):
    make(tmp_path / "index")
    with pytest.raises(IndexMissing, match="run `qa build`"):
        snapshots.open_snapshot(tmp_path / "index")


def test_a_failed_build_publishes_nothing_and_leaves_nothing(tmp_path):
    publish(tmp_path, "good")
    with pytest.raises(RuntimeError), build_lock(tmp_path), snapshots.draft_snapshot(tmp_path) as draft:
        (draft / "data.txt").write_text("half")
        raise RuntimeError
    assert (snapshots.open_snapshot(tmp_path).folder / "data.txt").read_text() == "good"
    assert not (tmp_path / ".draft").exists()


def test_what_a_killed_build_left_is_removed_by_the_next(tmp_path):
    (tmp_path / ".draft").mkdir()
    (tmp_path / ".draft" / "half").touch()
    publish(tmp_path)
    assert not (tmp_path / ".draft").exists()


def test_a_full_disk_leaves_the_old_index(tmp_path, monkeypatch):
    publish(tmp_path, "good")

    def full(path):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(snapshots, "_flush", full)
    with pytest.raises(StoreUnavailable, match="cannot be written \\(No space left on device\\): free space"):
        publish(tmp_path, "new")
    assert (snapshots.open_snapshot(tmp_path).folder / "data.txt").read_text() == "good"


def test_an_index_that_is_no_folder_cannot_be_written(tmp_path):
    (tmp_path / "index").write_text("a file")
    with pytest.raises(StoreUnavailable, match="cannot be written"):
        publish(tmp_path / "index")


HOLD = """
import sys, time
from pathlib import Path
from qa.indexing.locks import build_lock
with build_lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_one_builder_at_a_time_named_and_the_lock_dies_with_it(tmp_path):
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(BuildLocked, match=f"Process {holder.pid} is building"):
            publish(tmp_path)
        holder.kill()
    assert publish(tmp_path).name == "snapshot-000001"


def test_the_manifest_holds_no_path_of_this_machine(tmp_path):
    manifest = json.loads((publish(tmp_path, recipe={}).folder / "manifest.json").read_text())
    assert str(tmp_path) not in json.dumps(manifest)
    assert os.sep + "tmp" not in json.dumps(manifest)
