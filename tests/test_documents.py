import os
from pathlib import Path

import pytest
from conftest import SEEDS

from qa.errors import SeedError
from qa.formats import parse_file
from qa.formats.reading import Unreadable
from qa.text.documents import left_out, list_seeds, read_parsed
from qa.text.sources import read_examples
from qa.text.titles import guessed_title, title_of


def write(folder: Path, **files: str | bytes) -> Path:
    for name, content in files.items():
        path = folder / name.replace("__", "/").replace("_txt", ".txt").replace("_md", ".md")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def test_documents_come_sorted_with_posix_ids_and_untouched_text(tmp_path):
    write(tmp_path, b_txt="two\r\n", a__c_md="# One\n", a__b_txt="\ufeffthree", hidden="")
    (tmp_path / ".hidden.txt").write_text("no")
    (tmp_path / "backup.txt~").write_text("no")
    (tmp_path / "~$plan.docx").write_bytes(b"\0" * 162)
    (tmp_path / ".~lock.plan.odt#").write_text("no")
    seeds = read_seeds(tmp_path)
    assert [(d.doc_id, read_parsed(d)[0].text) for d in seeds.files] == [
        ("a/b.txt", "\ufeffthree"),
        ("a/c.md", "# One\n"),
        ("b.txt", "two\r\n"),
    ]
    assert seeds.skipped[0].doc_id == "hidden"
    assert seeds.skipped[0].reason.startswith("hidden is passed over: only .txt .md")


def read_seeds(folder, *, strict=False, max_file_mb=1):
    return list_seeds(folder, max_file_mb=max_file_mb, strict=strict)


def why_not(seeds, doc_id):
    """Why a listed file cannot be read."""
    file = next(file for file in seeds.files if file.doc_id == doc_id)
    with pytest.raises(Unreadable) as caught:
        read_parsed(file)
    return left_out(file, caught.value).reason


BAD = {
    "latin1": (b"caf\xe9", r"bad.txt is not UTF-8 (byte 3), it looks like Windows-1252: save it as UTF-8"),
    "binary": (b"PK\0\0", r"bad.txt is not a text file: remove it"),
    "blank": (b" \n", r"bad.txt holds no text."),
}


@pytest.mark.parametrize(("content", "message"), BAD.values(), ids=BAD.keys())
def test_a_bad_file_is_named_with_its_fix(tmp_path, content, message):
    write(tmp_path, good_txt="Good text.", bad_txt=content)
    assert why_not(read_seeds(tmp_path, strict=True), "bad.txt").startswith(message)


def test_a_file_in_another_encoding_is_read_where_sources_names_it(tmp_path):
    write(tmp_path, bad_txt=b"caf\xe9")
    (tmp_path / "sources.toml").write_text('["bad.txt"]\nencoding = "cp1252"\n')
    (file,) = read_seeds(tmp_path).files
    assert read_parsed(file)[0].text == "café"
    assert file.reader.endswith(":cp1252")


def test_equal_files_are_one_document_with_both_names(tmp_path):
    (file,) = read_seeds(write(tmp_path, a__terms_md="Pay.", b__terms_md="Pay.")).files
    assert (file.doc_id, file.also) == ("a/terms.md", ("b/terms.md",))


def test_links_that_lead_nowhere_or_out_are_refused(tmp_path):
    folder = write(tmp_path / "seeds", good_txt="Good text.")
    (folder / "dangling.txt").symlink_to(tmp_path / "gone.txt")
    with pytest.raises(SeedError, match=r"dangling\.txt is a link that leads nowhere"):
        read_seeds(folder, strict=True)
    (folder / "dangling.txt").unlink()
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "out.txt").symlink_to(tmp_path / "secret.txt")
    with pytest.raises(SeedError, match=r"out\.txt is a link that leaves the folder"):
        read_seeds(folder, strict=True)
    assert [d.doc_id for d in read_seeds(folder).files] == ["good.txt"]


def test_a_link_to_a_folder_is_named_and_not_followed(tmp_path):
    folder = write(tmp_path / "seeds", good_txt="Good text.")
    write(tmp_path / "other", secret_txt="Secret.")
    (folder / "linked").symlink_to(tmp_path / "other")
    seeds = read_seeds(folder)
    assert [file.doc_id for file in seeds.files] == ["good.txt"]
    assert seeds.skipped[0].reason == "linked is passed over: links to folders are not followed."


def test_an_unreadable_file_is_named(tmp_path, monkeypatch):
    write(tmp_path, good_txt="Good text.", locked_txt="x")
    if os.geteuid() == 0:  # root reads everything
        real = os.open

        def refuse(path, *args, **kwargs):
            if path == "locked.txt":
                raise PermissionError(13, "Permission denied")
            return real(path, *args, **kwargs)

        monkeypatch.setattr(os, "open", refuse)
    else:
        (tmp_path / "locked.txt").chmod(0)
    with pytest.raises(SeedError, match=r"locked\.txt cannot be read \(Permission denied\): correct its permissions"):
        read_seeds(tmp_path, strict=True)


@pytest.mark.parametrize("files", [{}, {"image_png": "x"}])
def test_a_folder_without_text_is_an_error(tmp_path, files):
    with pytest.raises(SeedError, match="There is no document in"):
        read_seeds(write(tmp_path, **files))


def test_a_missing_folder_is_an_error(tmp_path):
    with pytest.raises(SeedError, match=r"There is no folder .*nowhere: create it"):
        read_seeds(tmp_path / "nowhere")


def test_two_empty_files_are_no_twins(tmp_path):
    seeds = read_seeds(write(tmp_path, a_txt="", b_txt="", c_txt="Text."))
    assert why_not(seeds, "a.txt") == "a.txt holds no text."
    assert seeds.skipped[0].reason == "b.txt holds no text."


def test_sources_give_title_author_and_examples(tmp_path):
    toml = 'examples = ["Who?"]\n["a.txt"]\ntitle = "A title"\nauthor = "Ann"\n["gone.txt"]\ntitle = "x"\n'
    write(tmp_path, a_txt="Some text.")
    (tmp_path / "sources.toml").write_text(toml)
    seeds = read_seeds(tmp_path)
    assert seeds.files[0].meta == {"title": "A title", "author": "Ann"}
    assert read_parsed(seeds.files[0])[0].title == "A title"
    assert seeds.warnings == ("sources.toml describes gone.txt, but there is no such document.",)
    assert read_examples(tmp_path) == ["Who?"]


@pytest.mark.parametrize("toml", ["[", '["a.txt"]\npages = "3"', '["a.txt"]\ntitle = 3', 'title = "x"', "examples = 3"])
def test_wrong_sources_are_an_error_that_names_the_file(tmp_path, toml):
    write(tmp_path, a_txt="Some text.")
    (tmp_path / "sources.toml").write_text(toml)
    with pytest.raises(SeedError, match=r"sources\.toml"):
        read_seeds(tmp_path)


TITLES = {
    "navigation above it": ("top of page\n\nA Long Walk Through Rome\n\nWriter: Ann B. Cee Dee\n", "A Long Walk Through Rome"),
    "date above it": ("En\nEnglishDeutsch\nFebruary 16, 2025\n\nPeace Talks: What Comes Next\n\nIt began early.", "Peace Talks: What Comes Next"),
    "slug above it": ("at-the-meeting-(en)\n\nAt the meeting, all agreed (EN)\n\nNo one doubts it.", "At the meeting, all agreed (EN)"),
    "Markdown": ("Some note\n\n## Install it #\n\ntext", "Install it"),
    "one word": ("Normans\n\nThe Normans were a people who came from the north of Europe.", "Normans"),
    "no headline": ("In a sudden turn of events, the long-anticipated talks between both countries have begun at last.",
                    "In a sudden turn of events, the long-anticipated talks between both countries …"),
    "short note": ("buy milk", "buy milk"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "title"), TITLES.values(), ids=TITLES.keys())
def test_title_is_what_a_person_would_call_it(text, title):
    assert guessed_title(text, "folder/file.txt") == title


FILES = {
    "front matter": ("2024 hive.md", "---\ntitle: The *hive*\n---\n# Bees\n", "The *hive*"),
    "one main heading": ("x.md", "<!-- a -->\n# The [roof](x) of it\n\n## Rain\n", "The roof of it"),
    "two main headings": ("site-policy/team-handbook.md", "# One\n\n# Two\n", "Team handbook"),
    "name": ("2023-11-07_minutes.txt", "Present: all.", "2023-11-07 minutes"),
    "date": ("minutes/2023-11-07.md", "All came.", "2023-11-07"),
    "hash": (
        "004_7ef07e8e4c86d72a.txt",
        "Notes on the last of the bells\n\nIt rang.",
        "Notes on the last of the bells",
    ),
    "number": ("17.md", "---\n- a: b\n---\n\nA short note", "A short note"),
}


@pytest.mark.parametrize(("name", "text", "title"), FILES.values(), ids=FILES.keys())
def test_a_title_is_the_documents_own_or_the_files_name(name, text, title):
    assert title_of(parse_file(text.encode(), name), name) == title


def test_no_seed_is_called_by_its_navigation_or_file_name():
    for file in read_seeds(SEEDS).files:
        document = read_parsed(file)[0]
        assert len(document.title.split()) >= 6
        assert "page" not in document.title


def test_a_file_that_grows_while_it_is_read_is_not_indexed_half(tmp_path, monkeypatch):
    write(tmp_path, good_txt="Good text.")
    real = os.fstat

    def growing(descriptor):
        found = real(descriptor)
        with (tmp_path / "good.txt").open("a") as file:
            file.write(" More.")
        return found

    monkeypatch.setattr("qa.opening.os.fstat", growing)
    with pytest.raises(SeedError, match=r"good\.txt is being written: build again when it is complete"):
        read_seeds(tmp_path, strict=True)


def test_a_file_that_disappears_between_listing_and_reading_is_not_there(tmp_path, monkeypatch):
    write(tmp_path, a_txt="One.", b_txt="Two.")
    monkeypatch.setattr(
        "qa.text.documents._files", lambda folder: iter([folder / "a.txt", folder / "gone.txt", folder / "b.txt"])
    )
    assert [file.doc_id for file in read_seeds(tmp_path).files] == ["a.txt", "b.txt"]


def test_a_document_that_changed_since_it_was_listed_is_refused(tmp_path):
    (file,) = read_seeds(write(tmp_path, a_txt="One.")).files
    write(tmp_path, a_txt="Two.")
    with pytest.raises(SeedError, match=r"a\.txt has changed while it was indexed: build again"):
        read_parsed(file)


def test_a_file_beyond_the_limit_is_named_with_its_size(tmp_path):
    write(tmp_path, big_txt="word " * 500_000)
    with pytest.raises(SeedError, match=r"big\.txt has 2 MB, more than the 1 that QA_MAX_FILE_MB allows"):
        read_seeds(tmp_path, strict=True)


ODD_NAMES = [
    "new\nline.txt",
    "quote\"'.txt",
    "Readme.txt",
    "README.txt",
    "café.txt",
    "cafe\u0301.txt",
    "tab\t.md",
    "ünï/😀.txt",
]


def test_odd_names_are_documents_and_are_shown_in_one_line(tmp_path):
    for number, name in enumerate(ODD_NAMES):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"Text number {number}.")
    (tmp_path / "bad\n.txt").write_bytes(b"\xff")
    seeds = read_seeds(tmp_path)
    assert sorted(file.doc_id for file in seeds.files) == sorted([*ODD_NAMES, "bad\n.txt"])
    assert why_not(seeds, "bad\n.txt").startswith("'bad\\n.txt' is not UTF-8")


def test_a_name_that_is_not_utf8_is_refused(tmp_path):
    path = os.fsencode(tmp_path) + b"/caf\xe9.txt"
    with open(path, "w") as file:  # noqa: PTH123  # pathlib takes no bytes
        file.write("Text.")
    write(tmp_path, a_txt="One.")
    with pytest.raises(SeedError, match="has a name that is not UTF-8: rename it"):
        read_seeds(tmp_path, strict=True)
