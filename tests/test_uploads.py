"""Files that are dropped on the page: what is taken, what is not, and from whom."""

import dataclasses
import urllib.error
import urllib.request

import pytest

from qa.engine import Engine
from qa.settings import Settings
from qa.ui.serving import Access, launch
from qa.ui.uploads import NotTaken, keep_file, why_not

NAMES = ["", ".", "..", "../x.txt", "a/b.txt", "a\\b.txt", ".hidden.txt", "x.txt ", "x.txt.", "a\x00.txt", "con.txt", "LPT1.md",
         "sources.toml", "Sources.TOML",
         "x.exe", "x", "a:b.txt", "gpj\u202etxt.txt", "x" * 300 + ".txt", "C:\\x.txt"]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_could_leave_the_folder_or_deceive_is_refused(settings, name):
    before = set(settings.seeds.parent.rglob("*"))
    with pytest.raises(NotTaken):
        keep_file(settings, name, b"text")
    assert set(settings.seeds.parent.rglob("*")) == before


def test_a_file_is_kept_and_none_is_written_over(settings):
    assert keep_file(settings, "a b é.txt", b"one") == "a b é.txt"
    assert keep_file(settings, "a b é.txt", b"one") == "a b é.txt"
    with pytest.raises(NotTaken, match="in the folder already"):
        keep_file(settings, "a b é.txt", b"two")
    outside = settings.seeds.parent / "outside.txt"
    (settings.seeds / "link.txt").symlink_to(outside)
    with pytest.raises(NotTaken):
        keep_file(settings, "link.txt", b"through the link")
    assert not outside.exists()
    assert sorted(p.name for p in settings.seeds.iterdir()) == ["a b é.txt", "link.txt"]


def test_size_is_limited(settings):
    small = dataclasses.replace(settings, max_file_mb=1)
    assert "larger than 1 MB" in why_not(small, "a.txt", 1024 * 1024 + 1)
    assert why_not(small, "a.txt", 0) == "a.txt is empty."
    assert why_not(small, "a.txt", 1024 * 1024) == ""


def post(url, **headers):
    try:
        request = urllib.request.Request(url + "documents?name=new.txt", b"text", headers)
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status
    except urllib.error.HTTPError as error:
        return error.code


@pytest.mark.parametrize(("change", "access", "status"), [
    ({}, Access(), 200), ({}, Access(upload=False), 404), ({}, Access("ann", "secret"), 404), ({"public_url": "https://docs.example"}, Access(), 404),
])  # fmt: skip
def test_only_this_machine_may_add_files_and_only_from_the_page_itself(small, change, access, status):
    settings: Settings = dataclasses.replace(small.settings, port=0, **change)
    page, _ = launch(Engine(settings, embedder=small._embedder), access)
    local = f"http://127.0.0.1:{page.server_port}/"
    try:
        assert post(local, Origin="https://evil.example") in (403, 404)
        assert post(local, **{"Sec-Fetch-Site": "cross-site"}) in (403, 404)
        assert post(local) == status
    finally:
        page.close(verbose=False)
    assert (settings.seeds / "new.txt").exists() is (status == 200)
