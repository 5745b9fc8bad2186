"""The source beside the chat, in a real browser: what is marked, what moves, how a document reads."""

import random

import pytest
from browsing import ask, browser, serve, violations, visit  # noqa: F401

ODD = (
    "# Éclair 👩‍👩‍👧 costs\r\n\r\nThe e\u0301clair 👩‍👩‍👧 costs *5* euros\u202e at the "
    "**cafe\u0301**, `x` [here](http://a.b).\r\nA second line.\r\n\r\n"
    "| Name 🦉 | Price |\r\n|---|---|\r\n| owl 🦉 | **2** |\r\n| hen | 3 |\r\n\r\n- one 🐝\r\n"
    "- two\r\n  1. deep\r\n\r\n```py\r\nx = '🐍'\r\n```\r\n\r\n"
    "> quoted 🐋 words\r\n\r\nהלווייתן שר בלילה ליד החוף. The owl sleeps.\r\n"
)
LONG = "The owl number {n} sleeps in the tower of Atlantis beside the old harbour, as {n} others did before it.\n\n"


@pytest.fixture(scope="module")
def odd_site(tmp_path_factory, model):
    def write(seeds):
        seeds.mkdir()
        (seeds / "odd.md").write_bytes(ODD.encode())
        (seeds / "other.md").write_text("# Other\n\nThe hen sleeps.\n\n## Second\n\nEnd.\n", encoding="utf-8")
        (seeds / "long.txt").write_text("".join(LONG.format(n=n) for n in range(2000)), encoding="utf-8")

    engine, page, url = serve(tmp_path_factory, model, write)
    yield engine, url
    page.close(verbose=False)


MARKED = "[...document.querySelectorAll('mark.on')].map(m => m.textContent).join('')"


def show(page, doc_id, span, version=""):
    """Point the answer's first number at a place of our own, and press it; return what is marked."""
    card = page.locator("#chat .ans").first
    card.evaluate(
        "(c, spans) => { c.dataset.spans = JSON.stringify(spans); c.querySelector('.cite').dataset.n = 1; }",
        [[doc_id, *span, version]],
    )
    card.locator(".cite").first.click()
    units = len(text_of(doc_id)[slice(*span)].encode("utf-16-le")) // 2
    page.wait_for_function(f"n => {MARKED}.length === n", arg=units)
    return page.evaluate(MARKED)


def text_of(doc_id):
    return ODD if doc_id == "odd.md" else "".join(LONG.format(n=n) for n in range(2000))


def test_any_span_is_marked_to_the_character_and_nothing_else_changes(odd_site, visit):
    engine, url = odd_site
    page = visit(url)
    ask(page, "where does the owl sleep?")
    whole = "document.querySelector('#source .text').textContent"
    pick = random.Random(7)
    spans = [(0, len(ODD)), *(sorted(pick.sample(range(len(ODD)), 2)) for _ in range(40))]
    assert engine.text("odd.md") == ODD
    for span in spans:
        assert show(page, "odd.md", span) == ODD[slice(*span)]
        assert page.evaluate(whole) == ODD


def test_in_the_same_document_only_the_marks_move(odd_site, visit):
    _, url = odd_site
    page = visit(url)
    ask(page, "where does the owl sleep?")
    text = text_of("long.txt")
    places = [text.index(f"number {n} ") for n in (5, 1500, 700)]
    show(page, "long.txt", (places[0], places[0] + 8))
    page.evaluate("document.querySelector('#source .text').dataset.same = 'yes'")
    sent = []
    page.on("request", lambda request: sent.append(request.url))
    for start in places[1:]:
        show(page, "long.txt", (start, start + 8))
        page.wait_for_timeout(200)
        box = page.locator("mark.on").first.bounding_box()
        assert 100 < box["y"] < 700
    assert page.evaluate("document.querySelector('#source .text').dataset.same") == "yes"
    assert [url for url in sent if "component_server" in url] == []


def test_a_document_reads_as_it_is_built_and_raw_shows_every_character(odd_site, visit):
    _, url = odd_site
    page = visit(url)
    page.locator(".docrow[data-open='odd.md']").click()
    page.wait_for_selector("#source .text")
    seen = page.inner_text("#source .text")
    assert not set("#*`|[") & set(seen)
    assert "deep" in seen
    assert page.locator("#source [role=table] [role=columnheader]").count() == 2
    assert page.locator("#source a, #source img").count() == 0
    assert violations(page) == []
    page.fill("#find", "http://a.b")  # is not seen
    assert page.inner_text("#found") == "Not found"
    page.click("[data-act=raw]")
    assert page.get_attribute("[data-act=raw]", "aria-pressed") == "true"
    lines = [line for line in ODD.replace("\u202e", "").split("\r\n") if line.strip()]
    assert [
        line.replace("\u202e", "").rstrip("\r") for line in page.inner_text("#source .text").split("\n") if line.strip()
    ] == lines
    page.fill("#find", "http://a.b")
    assert page.inner_text("#found") == "1 of 1"
    assert violations(page) == []


def test_the_outline_goes_to_a_heading(odd_site, visit):
    _, url = odd_site
    page = visit(url, height=300)
    page.locator(".docrow[data-open='other.md']").click()
    page.click(".outline summary")
    assert page.locator(".outline button").all_inner_texts() == ["Other", "Second"]
    assert violations(page) == []
    page.click(".outline button >> nth=1")
    page.wait_for_function("document.activeElement.textContent.includes('Second')")
    assert not page.locator(".outline ul").is_visible()


def test_ten_lines_of_the_source_are_seen_at_200_percent(odd_site, visit):
    _, url = odd_site
    page = visit(url, width=720, height=450)
    card = ask(page, "where does the owl sleep?")
    card.locator(".cite").first.click()
    page.wait_for_selector("mark.on")
    page.wait_for_timeout(400)  # the sheet has risen
    body = page.locator("#source .vbody").bounding_box()
    line = page.evaluate("parseFloat(getComputedStyle(document.querySelector('#source .text')).lineHeight)")
    assert body["height"] / line >= 10
    assert body["y"] + body["height"] <= 450
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_items_are_counted_lines_break_and_words_of_a_narrow_column_stay_whole(tmp_path_factory, model, visit):
    text = (
        "# Rules\n\n1. First of them\n1. `Second` of them\n   1. Inside it\n1. Third of them\n\nAlso:\n\n* [Linked](a.md)\n\n"
        "One line\\\nand another.\n\n```\n$ go\n```\n\n| Section | What |\n|---|---|\n"
        f"| Indemnification and Miscellaneous | {'We are not liable for what may be. ' * 6}|\n"
    )
    _, site, url = serve(tmp_path_factory, model, lambda seeds: (seeds.mkdir(), (seeds / "r.md").write_text(text)))
    page = visit(url)
    page.locator(".docrow").first.click()
    page.wait_for_selector(".text .b.item")
    seen = page.locator(".text").evaluate(
        "e => [...e.querySelectorAll('.item')].map(i => getComputedStyle(i, '::before').content)"
    )
    assert [content.strip('"') for content in seen] == ["none", "2. ", "none", "3. ", ""]
    assert page.locator(".item").all_inner_texts()[:3] == ["1. First of them", "Second of them", "1. Inside it"]
    assert page.locator(".item.dot").inner_text() == "Linked"
    assert page.locator(".text br").count() == 1
    assert "\\" not in page.locator(".text").inner_text()
    code = page.locator(".b.code").evaluate(
        "e => [e.getBoundingClientRect().height, parseFloat(getComputedStyle(e).lineHeight)]"
    )
    assert code[0] < 3 * code[1]  # one line and the edge around it: the lines of the fences take no room
    broken = page.locator(".cell", has_text="Indemnification").evaluate(
        "e => { const w = document.createTreeWalker(e, NodeFilter.SHOW_TEXT), r = document.createRange(); let t; "
        "do { t = w.nextNode(); } while (!t.data.includes('Indem')); const at = t.data.indexOf('Indem'); "
        "r.setStart(t, at); r.setEnd(t, at + 15); return r.getClientRects().length; }"
    )
    assert broken == 1
    site.close(verbose=False)
