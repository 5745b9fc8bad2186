"""A build by the workers of a Ray cluster: the same index to the last bit, also when a worker is killed.

Skipped where Ray is not installed, unless QA_RAY=required, as in CI.
"""

import dataclasses
import os
import shutil
import signal
import sys
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import pytest
from conftest import SEEDS, WordEmbedder

from qa.engine import Engine
from qa.errors import SettingsError, StoreUnavailable
from qa.settings import Settings

needs_ray = pytest.mark.skipif(
    find_spec("ray") is None and os.environ.get("QA_RAY") != "required", reason="needs pip install 'quoted[ray]'"
)
TELLS = {"manifest.json", "SHA256SUMS"}
"""The manifest says when it was built; SHA256SUMS has the manifest's."""


def files_of(engine: Engine) -> dict[str, bytes]:
    (snapshot,) = engine.settings.index.glob("snapshot-*")
    files = (path for path in snapshot.rglob("*") if path.is_file() and path.name not in TELLS)
    return {str(path.relative_to(snapshot)): path.read_bytes() for path in files}


def workers_of(ancestor: int) -> list[int]:
    """The processes below ours that Ray has for tasks, those at work first."""
    parents: dict[int, int] = {}
    titles: dict[int, bytes] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            title = (entry / "cmdline").read_bytes()
            if title.startswith((b"ray::_", b"ray::IDLE")):  # its agents are called so, too
                titles[int(entry.name)] = title
        except OSError:
            continue

    def is_ours(process: int) -> bool:
        while process > 1 and process != ancestor:
            process = parents.get(process, 0)
        return process == ancestor

    return [process for process in sorted(titles, key=lambda each: b"IDLE" in titles[each]) if is_ours(process)]


@needs_ray
@pytest.mark.skipif(not Path("/proc").is_dir(), reason="finds the workers in /proc")
def test_a_worker_that_is_killed_loses_nothing_and_the_index_is_the_same_to_the_last_bit(tmp_path, model, monkeypatch):
    import ray

    monkeypatch.setattr(
        ray, "init", partial(ray.init, num_cpus=2, _system_config={"health_check_failure_threshold": 100})
    )
    shutil.copytree(SEEDS, tmp_path / "seeds")
    (tmp_path / "seeds" / "broken.pdf").write_bytes(b"%PDF-1.7 and no more")
    alone = Engine(Settings(seeds=tmp_path / "seeds", index=tmp_path / "alone"), embedder=model)
    expected = alone.build()
    many = Engine(dataclasses.replace(alone.settings, index=tmp_path / "many"), embedder=model)
    killed: list[int] = []

    def kill_one(done: int, total: int, note: str) -> None:
        if not killed and 0.2 < done / total < 0.8:
            killed.append(workers_of(os.getpid())[0])
            os.kill(killed[0], signal.SIGKILL)

    report = many.build(ray="", progress=kill_one)
    assert killed, "a worker was killed half-way"
    assert (report.embedded, report.skipped) == (expected.embedded, expected.skipped)
    assert report.skipped[0].doc_id == "broken.pdf"
    assert files_of(many) == files_of(alone)


@needs_ray
def test_a_cluster_that_is_not_there_is_told(settings):
    with pytest.raises(StoreUnavailable, match=r"No Ray cluster answers at 127\.0\.0\.1:1 .*build without --ray"):
        Engine(settings, embedder=WordEmbedder()).build(ray="127.0.0.1:1")


def test_without_ray_the_command_that_installs_it_is_told(settings, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(SettingsError, match=r"pip install 'quoted\[ray\]'"):
        Engine(settings, embedder=WordEmbedder()).build(ray="")
