"""Cards as they are seen and copied in a real browser: what is said once, where it is from, and what it is called."""

import dataclasses
import re
from importlib.metadata import version
from itertools import pairwise

import pytest
from browsing import ask, browser, serve, visit  # noqa: F401

from qa.engine import Engine
from qa.ui.serving import Access, launch

MILL = {
    "mill.txt": "The mayor Anna Berg said that the mill of Atlantis would be rebuilt in spring. "
    "She also said that it would cost two million crowns.\n\nA year later the ferry sank.\n",
    "paper.txt": "So it stood in the paper. The mayor Anna Berg said that the mill of Atlantis would be rebuilt in spring.\n\n"
    "“The mill is the heart of Atlantis”, said Anna Berg on Monday.\n\n“We will not sell the mill,” Anna Berg said. “It is a ruin.”\n",
    "ferry.md": "# Ferry\n\nThe ferry to the island has these parts:\n\n- the hull of the ferry is of oak\n- the sail of the ferry is of linen\n"
    "- the rudder of the ferry is of iron\n",
}  # fmt: skip


@pytest.fixture(scope="module")
def mill_site(tmp_path_factory, model):
    def write(seeds):
        seeds.mkdir()
        for name, text in MILL.items():
            (seeds / name).write_text(text, encoding="utf-8")

    engine, page, url = serve(tmp_path_factory, model, write)
    yield engine, url
    page.close(verbose=False)


def sentences_of(card):
    """Every sentence of the quotes of a card, folded ones as well, without what is only beside them."""
    texts = card.locator(".qt").evaluate_all("all => all.map(e => e.textContent)")
    return [re.sub(r"\W+", " ", each).strip() for text in texts for each in re.split(r"(?<=[.!?])[”\"]?\s+", text)]


@pytest.mark.parametrize("asked", ["What did Anna Berg say about the mill?", "will the mill of Atlantis be rebuilt"])
def test_what_two_documents_say_alike_is_one_quote_that_names_both(mill_site, visit, asked):
    _, url = mill_site
    page = visit(url)
    card = ask(page, asked)
    said = sentences_of(card)
    assert said
    assert len(said) == len(set(said))
    also = card.locator(".cite.also")
    assert also.count() == 1
    also.click()  # and the other place opens
    page.wait_for_selector("mark.on")
    assert "rebuilt in spring" in page.locator("mark.on").first.inner_text()


def test_a_quote_of_several_sentences_is_not_quoted_again_for_each_of_them(mill_site, visit):
    _, url = mill_site
    page = visit(url)
    card = ask(page, "which parts does the ferry to the island have?")
    spans = sorted(page.evaluate("c => JSON.parse(c.dataset.spans)", card.element_handle()))
    assert spans[0][2] - spans[0][1] > 100  # the list with what announces it
    assert all(a[0] != b[0] or a[2] <= b[1] for a, b in pairwise(spans))
    said = sentences_of(card)
    assert len(said) == len(set(said))


def test_what_is_copied_has_one_pair_of_quotation_marks(mill_site, visit):
    _, url = mill_site
    page = visit(url)
    card = ask(page, "What did Anna Berg say about the mill?")
    own = card.locator(".qt").evaluate_all("all => all.map(e => e.textContent)")
    assert any(text.startswith("“") for text in own)
    assert any(not text.startswith("“") for text in own)
    card.locator("[data-kind=plain]").click()
    page.wait_for_timeout(200)
    copied = page.evaluate("navigator.clipboard.readText()")
    for text in own:
        marked = text if text[0] in "“" or text[-1] in "”" else f"“{text}”"
        assert f"{marked}\n(" in copied
    assert not re.search(r"[“\"]{2}|[”\"]{2}", copied)


def test_a_refusal_says_where_the_nearest_sentence_stands_and_opens_it(mill_site, visit):
    _, url = mill_site
    page = visit(url)
    card = ask(page, "what did Merkel say about the mill of Atlantis?")
    assert "No document mentions “Merkel”." in card.inner_text()
    assert re.search(r"line \d", card.locator(".near .src").first.inner_text())
    nearest = card.locator(".near .qt").first.evaluate("e => e.textContent")
    card.locator(".near .cite").first.click()
    page.wait_for_selector("mark.on")
    marked = page.evaluate("[...document.querySelectorAll('mark.on')].map(m => m.textContent).join('')")
    assert marked == nearest  # this sentence, not all that stands around it


def test_a_comparison_with_one_side_is_no_answer_on_the_page(mill_site, visit):
    _, url = mill_site
    card = ask(visit(url), "what is the difference between the ferry and the submarine?")
    assert card.locator(".columns").count() == 0
    assert not re.match(r"Answer|What the documents say|Likely", card.inner_text())


def test_an_agent_in_a_browser_is_told_the_version_of_the_product(mill_site, visit):
    engine, _ = mill_site
    server, url = launch(
        Engine(dataclasses.replace(engine.settings, port=0), embedder=engine._embedder), Access(mcp=True)
    )
    page = visit(url)
    hello = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "initialize",
        "params": {"protocolVersion": "2025-03-26", "capabilities": {}, "clientInfo": {"name": "b", "version": "9.9"}},
    }
    told = page.evaluate(
        """async hello => (await fetch("/mcp", { method: "POST", body: JSON.stringify(hello), headers: {
            "Content-Type": "application/json", Accept: "application/json, text/event-stream" } })).json()""",
        hello,
    )
    assert told["result"]["serverInfo"] == {"name": "Quoted", "version": version("quoted")}
    page.goto("about:blank")  # it would go on asking a server that is gone
    server.close(verbose=False)
