"""Text and Markdown read into blocks: they tile, nothing is lost, and each knows what it stands under."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.datatypes import Kind, Parsed
from qa.formats import parse_file, reader_of
from qa.formats.reading import Unreadable, decode


def read(text: str, name: str = "a.md") -> Parsed:
    return parse_file(text.encode("utf-8"), name)


def shown(parsed: Parsed, start: int, end: int) -> str:
    hidden = {i for span in parsed.hidden for i in range(span.start, span.end)}
    return " ".join("".join(c for i, c in enumerate(parsed.text[start:end], start) if i not in hidden).split())


def rows(text: str, name: str = "a.md") -> list[tuple[str, str]]:
    parsed = read(text, name)
    return [(block.kind.value, shown(parsed, block.span.start, block.span.end)) for block in parsed.blocks]


PIECES = st.sampled_from(
    ["# ", "## ", "- ", "  - ", "1. ", "> ", "| a | b |\n|---|---|\n", "| ", "```\n", "**", "*", "[x](y)", "![a](b)", "[[n|m]]",
     "<div>", "</div>", "<!-- c -->", "%%", "---\n", "title: T\n", "[^1]", "==", " ^a",
     "[^1]: note", ": meaning", "{% x %}", "Zoë", "日本", "😀", "word ",
     "Name: said. ", "\n", "\n\n", "\r\n", "    code\n", "===\n", "\\*", "&amp;", "http://x.y ", "\t", "\u00a0", "\x0c"]
)  # fmt: skip


@pytest.mark.parametrize("name", ["a.md", "a.txt"])
@given(st.lists(PIECES, max_size=30))
def test_blocks_tile_the_text_and_no_place_lies_outside_it(name, pieces):
    text = "".join(pieces)
    parsed = read(text, name)
    assert parsed.text == text
    if text.strip():
        assert "".join(block.span.of(text) for block in parsed.blocks) == text or not parsed.blocks
        assert parsed.blocks or not any(map(str.isalnum, text))
    assert all(a.end < b.start for a, b in zip(parsed.hidden, parsed.hidden[1:], strict=False))
    assert all(span.end <= len(text) for span in parsed.hidden)
    assert all(block.lead.end <= block.span.end for block in parsed.blocks if block.lead)


def test_front_matter_is_said_of_the_text_and_is_none_of_it():
    parsed = read('---\ntitle: "The hive"\nauthor: [Nora, Ed]\ndate: 2024-05-02\n---\n\nThe queen was found.')
    assert parsed.meta == {"title": "The hive", "author": "Nora, Ed", "date": "2024-05-02"}
    assert [b.kind for b in parsed.blocks] == [Kind.META, Kind.PARAGRAPH]
    assert read('+++\ntitle = "Soil"\n+++\n\nText.').meta == {"title": "Soil"}
    assert read("---\n[[[: {\n---\n\nText.").meta == {}


def test_what_a_reader_does_not_see_is_hidden():
    assert rows("It needs [Node](https://node.example) 20 or **later**, see [[Set up|the page]] <b>now</b>.[^2]") == [
        ("paragraph", "It needs Node 20 or later, see the page now.")
    ]
    assert rows("<!-- vale off -->\n\n> [!NOTE]\n> Kept `as *is*`.\n\n***\n\n![A chart](c.png)") == [
        ("furniture", ""), ("furniture", ""), ("paragraph", "Kept as *is*."), ("furniture", ""), ("caption", "A chart"),
    ]  # fmt: skip


def test_highlights_and_names_of_paragraphs_are_markup():
    text = (
        "The ==key hangs== behind it. ^note-1\n\nIf a == b and c == d, `x==y==z` and 2^10 hold.\n\n- one ==item== ^i1\n"
    )
    assert rows(text) == [
        ("paragraph", "The key hangs behind it."),
        ("paragraph", "If a == b and c == d, x==y==z and 2^10 hold."),
        ("item", "one item"),
    ]


def test_comments_of_obsidian_are_hidden_in_a_line_and_over_several():
    text = "# Hut %%draft%%\n\nSeen %%not\nso%%.\n\n| a %%b%% | c |\n|---|---|\n\n%%\n# Gone\n\n```\nc\n```\n%%\n\n%%x%% Zoë.\n"
    assert rows(text) == [
        ("heading", "Hut"), ("paragraph", "Seen ."), ("row", "a | c"), ("furniture", ""), ("furniture", ""), ("paragraph", "Zoë."),
    ]  # fmt: skip
    assert read(text).blocks[-1].headings == ("Hut",)
    assert rows("%%\r\na\r\n\r\nb\r\n%%\r\n\r\nSeen.") == [("furniture", ""), ("paragraph", "Seen.")]


@pytest.mark.parametrize(
    "text",
    [
        "`%%a%%` and `%%b%%`.", "Between 100%% and 50%% of it.", "In %%i and %%j.", "Open %% and\n\nclosed %% elsewhere.", "%%%% and %%%%.",
        "One %% alone.", "%%\n\nOne %% two.",
    ],
)  # fmt: skip
def test_what_looks_like_a_comment_of_obsidian_and_is_none_is_read(text):
    assert " ".join(words for _, words in rows(text)) == " ".join(text.replace("`", "").split())
    assert rows(f"```\n{text}\n```") == [("code", " ".join(text.split()))]


def test_each_block_knows_its_headings_and_its_lead():
    text = "# Hut\n\n## *What* to bring\n\nBring:\n\n- a lamp\n- cash\n  - coins\n\nHut phone\n=====\n\n| Day | Who |\n|---|---|\n| Monday | Ann |\n"
    parsed = read(text)
    by_text = {shown(parsed, b.span.start, b.span.end): b for b in parsed.blocks}
    assert by_text["a lamp"].headings == ("Hut", "What to bring")
    assert by_text["a lamp"].lead.of(text).strip() == "Bring:"
    assert by_text["a lamp"].group == by_text["coins"].group and by_text["coins"].level == 1
    assert by_text["coins"].lead.of(text).strip() == "- cash"
    row = by_text["Monday | Ann"]
    assert row.kind is Kind.ROW and row.lead.of(text) == "| Day | Who |" and row.headings == ("Hut phone",)


def test_what_an_item_ends_with_leads_the_items_that_follow_it():
    text = "All profiles show:\n\n* a name\n* the followers\n\n  Some also show:\n* a company\n* a place\n\n"
    text += "1. Run this:\n\n   Then, as root:\n\n       make\n2. Wait.\n"
    parsed = read(text)
    by_text = {shown(parsed, b.span.start, b.span.end): b for b in parsed.blocks}
    assert by_text["a name"].lead.of(text).strip() == "All profiles show:"
    assert by_text["a company"].lead.of(text).strip() == by_text["a place"].lead.of(text).strip() == "Some also show:"
    assert by_text["a company"].group == by_text["a place"].group != by_text["a name"].group
    assert by_text["Wait."].lead is None  # what ends with a colon led to the code


def test_definitions_footnotes_and_turns():
    text = "Larch\n: A tree that\n  drops its needles\n\n[^1]: Weighed in 1911.\n[^b]: By the founder."
    assert [kind for kind, _ in rows(text)] == ["definition", "definition", "footnote", "footnote"]
    talk = "**Ann:** Hello.\n\n**Bo Lind:** Hi.\n\nHow are you?\n\n**Ann:** Fine."
    parsed = read(talk)
    assert [b.lead.of(talk) for b in parsed.blocks] == ["Ann", "Bo Lind", "Bo Lind", "Ann"]
    assert all(b.kind is Kind.TURN for b in parsed.blocks)
    log = "[09:12] ann: who has the key\n[09:13] bo: I have it, it is in the drawer of my desk\n[09:15] ann: ok thanks"
    assert [b.lead.of(log) for b in read(log, "a.txt").blocks] == ["ann", "bo", "ann"]


@pytest.mark.parametrize(
    "said",
    [
        "[12/03/2024, 09:1{n}] {who}: ",
        "3/12/24, 9:1{n} PM - {who}: ",
        "12.03.24, 09:1{n} - {who}: ",
        "2024-03-12 09:1{n} {who}: ",
    ],
)
def test_each_line_of_an_exported_chat_is_a_turn(said):
    texts = ["where do we meet tomorrow", "at the north gate", "fine, and who brings the tent", "Pia does"]
    chat = "".join(said.format(n=n, who=("Mia", "Jonas")[n % 2]) + text + "\n" for n, text in enumerate(texts))
    parsed = parse_file(chat.encode(), "chat.txt")
    assert [block.lead.of(parsed.text) for block in parsed.blocks] == ["Mia", "Jonas", "Mia", "Jonas"]
    assert all(
        block.kind is Kind.TURN and block.span.of(parsed.text).strip().endswith(text)
        for block, text in zip(parsed.blocks, texts, strict=True)
    )


def test_text_with_its_mark_is_read_and_other_encodings_are_refused_with_their_line():
    assert decode("Zoë".encode("utf-16")) == "Zoë"
    marked = parse_file(b"\xef\xbb\xbf---\ntitle: Zo\xc3\xab\n---\n# A", "a.md")
    assert (marked.meta, marked.blocks[1].kind, marked.hidden[0].start) == ({"title": "Zoë"}, Kind.HEADING, 0)
    letter = "Das Café öffnet um neun, die Küche schließt spät.".encode("cp1252")
    with pytest.raises(Unreadable, match=r'Windows-1252.*encoding = "cp1252"'):
        parse_file(letter, "a.txt")
    assert "öffnet" in parse_file(letter, "a.txt", encoding="cp1252").text
    with pytest.raises(Unreadable, match='encoding = "cp1251"'):
        parse_file("Музей открыт каждый день кроме понедельника.".encode("cp1251"), "a.md")
    with pytest.raises(Unreadable, match="not a text file"):
        parse_file(b"\x89PNG\0\0", "a.txt")


def test_a_reader_is_named_with_its_version():
    assert reader_of("x/A.MD").startswith("markdown-") and reader_of("a.txt").startswith("plain-")


def test_html_and_call_outs_in_markdown_are_blocks_of_their_own():
    html = '<h2 align="center">Centre</h2>\n\n<details><summary>More</summary>\n\nText.\n\n</details>\n<p>One <b>bold</b>.<br>Two.</p>\n'
    parsed = read(
        f"# T\n\n{html}<ul><li>a</li><li>b</li></ul>\n<table><tr><th>A</th></tr><tr><td>1</td></tr></table>\n"
    )
    seen = [
        (b.kind.value, b.span.of(parsed.text).strip(), b.headings[1:])
        for b in parsed.blocks
        if b.kind is not Kind.FURNITURE
    ]
    assert seen == [
        ("heading", "# T", ()), ("heading", "Centre", ()), ("heading", "More", ("Centre",)), ("paragraph", "Text.", ("Centre", "More")),
        ("paragraph", "One <b>bold</b>.", ("Centre",)), ("paragraph", "Two.", ("Centre",)), ("item", "a", ("Centre",)), ("item", "b", ("Centre",)),
        ("row", "<tr><th>A</th></tr>", ("Centre",)), ("row", "<tr><td>1</td></tr>", ("Centre",)),
    ]  # fmt: skip
    said = rows(
        '> [!WARNING] Ice\n> It is cold.\n\n:::note\nWe sail.\n:::\n\n!!! tip "Gap"\n    Mind it.\n\nEnd.\n\n    code\n'
    )
    assert [(kind, text) for kind, text in said if kind != "furniture"] == [
        ("heading", "Ice"), ("paragraph", "It is cold."), ("paragraph", "We sail."), ("heading", 'Gap"'), ("paragraph", "Mind it."),
        ("paragraph", "End."), ("code", "code"),
    ]  # fmt: skip


def test_each_entry_of_a_log_is_a_block_with_what_is_set_in_below_it():
    entries = [
        "Nov 26 03:01 mill cron: Backup finished\n",
        "ERROR pump fell below two bar\n  at check (pump.js:12)\n\tat run\n\n",
        "Valve closed",
    ]
    log = "".join(entries)
    assert [block.span.of(log) for block in parse_file(log.encode(), "mill.log").blocks] == entries
    assert len(parse_file(log.encode(), "mill.rst").blocks) == 2
    windows = parse_file(log.replace("\n", "\r\n").encode(), "Mill.LOG")
    assert [block.span.of(windows.text) for block in windows.blocks] == [e.replace("\n", "\r\n") for e in entries]


def test_a_number_at_a_lines_end_that_nothing_counts_up_to_is_no_item():
    said = "Whoever finds the bridge open calls the harbour office by day under 0555 231\n{0} In an emergency the coast guard is told.\n"
    for number in ("799.", "80)", "2024."):
        assert [kind for kind, _ in rows(said.format(number), "a.txt")] == ["paragraph"]
    listed = "What has to be done before the winter comes, as the yard has always asked for\n1. Flush the engine\n2. Fill it\n3. Lock it\n"
    assert [kind for kind, _ in rows(listed, "a.txt")] == ["paragraph", "item", "item", "item"]
    short = "Call 0555 231\n799. Or write.\n"
    assert len(rows(short, "a.txt")) == 2  # nothing says that the line was full
