"""A document cannot turn round what the page shows of it, or of others: where the letters stand in a real browser."""

from itertools import pairwise

import pytest
from browsing import ask, browser, cite, serve, visit  # noqa: F401

TEXT = "The tunnel was paid for by \u202eselas tnemnrevog fo tuo\u202c the city council. The tunnel opened in 1932 under the sta\u200bdium."
LINES = """selector => [...document.querySelectorAll(selector)].map(part => {
    const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT), places = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode())
        for (let i = 0; i < node.data.length; i++) {
            const range = document.createRange();
            range.setStart(node, i); range.setEnd(node, i + 1);
            const box = range.getBoundingClientRect();
            if (box.width && /[a-z0-9]/i.test(node.data[i])) places.push([Math.round(box.bottom), box.left, node.data[i]]);
        }
    return places;
})"""
"""The letters of each part in the order of its text, with the line and the place in it where each is seen."""


@pytest.fixture(scope="module")
def site(tmp_path_factory, model):
    def write(seeds):
        seeds.mkdir()
        (seeds / "tunnel.txt").write_text(f"Report on the airport\u202e\n\n{TEXT}\n", encoding="utf-8")
        (seeds / "eve\u202etxt.lamron.txt").write_text(
            "The bridge was paid for by the harbour company in 1950.\n", encoding="utf-8"
        )

    engine, page, url = serve(tmp_path_factory, model, write)
    yield engine, url
    page.close(verbose=False)


def is_in_order(places):
    """Whether each letter is seen behind the one before, on its line or on a lower one."""
    return all(after[0] > before[0] + 4 or after[1] > before[1] for before, after in pairwise(places))


def seen(page, selector):
    found = [part for part in page.evaluate(LINES, selector) if part]
    assert found, selector
    return found


def test_letters_stand_in_the_order_of_the_text(site, visit):
    _, url = site
    page = visit(url)
    for question in ("who paid for the tunnel", "who paid for the bridge"):
        card = ask(page, question)
        assert card.locator(".cite").count()
        for part in seen(page, "#chat .ans blockquote, #chat .ans .q, #chat .ans .src"):
            assert is_in_order(part), "".join(letter for *_, letter in part)
        cite(page, card, 1)
        for part in seen(page, "mark.on"):
            assert is_in_order(part), "".join(letter for *_, letter in part)


def test_what_is_not_closed_in_is_turned_and_seen_to_be(visit, site):
    """What this file looks for happens to a text that is shown as it is."""
    page = visit(site[1])
    page.evaluate(
        "text => { const p = document.createElement('p'); p.id = 'bare'; p.textContent = text; document.body.prepend(p); }",
        TEXT,
    )
    assert not is_in_order(seen(page, "#bare")[0])
