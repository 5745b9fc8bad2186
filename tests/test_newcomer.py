"""A folder of notes with markup, and several questions in one chat, as somebody meets the page for the first time."""

import re
import shutil
from itertools import pairwise

import pytest
from browsing import ask, browser, cite, serve, site, violations, visit  # noqa: F401
from conftest import SEEDS

VAULT = {
    "Plans and storage limits.md": "---\naliases:\n  - Licenses & Payment/Plans\ntags: [sync]\n---\n\nThere are two plans of Sync. "
    "Below is a comparison of Sync Standard and Sync Plus:\n\n"
    "| | Sync Standard | Sync Plus |\n|---|---|---|\n| Storage | 1 GB | 10 GB |\n| Version history of notes | 1 month | 12 months |\n\n"
    '<div style="padding:1px"><iframe src="https://foreign.example/video"></iframe></div>\n\nSync Standard costs 4 dollars a month.\n',
    "Remote vaults.md": "---\ntitle: Remote vaults and how to keep them\n---\n\n## Improvements\n\n"
    "A **remote vault** is a [[Vault|vault]] that is kept on our servers.\n\n"
    "> [!warning] Deleting\n> Deleting a **remote vault** cannot be undone.\n\n## Fixed\n\n- Opening a remote vault took ten seconds.\n",
    "Hotkeys.md": "## Shiny new things\n\nPress `Ctrl+K` to insert a link. **Settings → Hotkeys** changes the [[hotkey]] of a command.\n",
    "2024-02-12.md": "The bakery of Atlantis opened on 12 February 2024.\n",
    "2025-03-01.md": "The bakery of Atlantis opened again on 1 March 2025, after the flood.\n",
}  # fmt: skip
TITLES = ["2024-02-12", "2025-03-01", "Hotkeys", "Plans and storage limits", "Remote vaults and how to keep them"]
MARKUP = re.compile(r"\[\[|\]\]|\*\*|\[!|<div|<iframe|^#+ |^>|^---$", re.MULTILINE)
TALKS = "What did Zelensky say about the talks?"


@pytest.fixture(scope="module")
def vault_site(tmp_path_factory, model):
    def write(seeds):
        seeds.mkdir()
        for name, text in VAULT.items():
            (seeds / name).write_text(text, encoding="utf-8")

    engine, page, url = serve(tmp_path_factory, model, write)
    yield engine, url
    page.close(verbose=False)


def overlaps(page, card):
    spans = sorted(span[:3] for span in page.evaluate("c => JSON.parse(c.dataset.spans)", card.element_handle()))
    return [(a, b) for a, b in pairwise(spans) if a[0] == b[0] and b[1] < a[2]]


def first_quotes(card):
    """What is seen of each quote: its markup is there, for whoever copies, but has no size."""
    seen = "q => { q = q.cloneNode(true); q.querySelectorAll('.mk').forEach(m => m.remove()); return q.textContent; }"
    assert all(mark.evaluate("m => getComputedStyle(m).fontSize") == "0px" for mark in card.locator(".mk").all())
    return [quote.evaluate(seen) for quote in card.locator(".qt").all()]


def test_notes_are_called_by_their_names_and_offer_questions_they_answer(vault_site, visit):
    _, url = vault_site
    page = visit(url)
    page.wait_for_selector(".docrow")
    assert page.locator(".docrow .dt").all_inner_texts() == TITLES
    offered = page.locator(".welcome .chip").all_inner_texts()
    assert not any(re.search(r"Fixed|Ctrl|Shiny|Improvements|aliases", question) for question in offered)
    for question in offered:
        assert "The documents do not answer this." not in ask(page, question).inner_text()


@pytest.mark.parametrize(
    "question",
    ["what is a remote vault?", "can I undo deleting a remote vault", "how do I change a hotkey", "how long did opening a remote vault take"],
)  # fmt: skip
def test_no_markup_is_seen_and_nothing_is_called_likely(vault_site, visit, question):
    _, url = vault_site
    page = visit(url)
    card = ask(page, question)
    quotes = first_quotes(card)
    assert quotes
    assert [quote for quote in quotes if MARKUP.search(quote) or quote.rstrip().endswith(":")] == []
    assert "likely" not in card.inner_text()
    assert overlaps(page, card) == []


def test_what_is_compared_in_a_table_is_a_table_with_its_header(vault_site, visit):
    _, url = vault_site
    page = visit(url)
    card = ask(page, "how long is the version history of notes?")
    table = card.locator("table").first
    assert table.locator("th").all_inner_texts() == ["Sync Standard", "Sync Plus"]
    assert "12 months" in table.locator("tbody").inner_text()
    assert violations(page) == []


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_a_timeline_and_columns_are_in_order_and_need_no_eyes(vault_site, visit, width, dark):
    _, url = vault_site
    page = visit(url, width=width, dark=dark)
    card = ask(page, "when did the bakery of Atlantis open?")
    dates = card.locator(".timeline .value").all_inner_texts()
    assert [re.search(r"20\d\d", date)[0] for date in dates] == ["2024", "2025"]
    assert violations(page) == []
    card = ask(page, "the difference between the hotkey and the remote vault")
    assert card.locator(".columns h4").all_inner_texts() == ["Hotkey", "Remote vault"]
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_question_that_stands_alone_is_not_mixed_with_the_one_before(tmp_path_factory, model, visit):
    def write(seeds):
        shutil.copytree(SEEDS, seeds)
        (seeds / "beavers.txt").write_text("Beavers in Lithuania build dams of birch beside the river Neris.")

    _, server, url = serve(tmp_path_factory, model, write)
    page = visit(url)
    card = ask(page, TALKS)
    assert overlaps(page, card) == []
    alone = ask(page, "beavers in Lithuania")
    assert "taken along" not in alone.inner_text()
    assert "build dams of birch" in first_quotes(alone)[0]
    other = visit(url, path=page.url.removeprefix(url))  # what a link gives is what it was copied from
    assert first_quotes(other.locator("#chat .ans").last) == first_quotes(alone)
    page.reload()
    page.locator("#chat .ans").nth(1).wait_for()
    assert first_quotes(page.locator("#chat .ans").last) == first_quotes(alone)
    server.close(verbose=False)


def test_a_follow_up_about_somebody_else_is_about_them(site, visit):
    _, url = site
    page = visit(url)
    ask(page, "What does Macron say?")
    scholz = ask(page, "and Scholz?")
    assert "Scholz" in scholz.inner_text().split("Ask without it")[-1].split("Copy link")[0]
    assert "Scholz" in first_quotes(scholz)[0] + scholz.locator(".src").first.inner_text()
    link = page.url.removeprefix(url)
    other = visit(url, path=link)
    assert first_quotes(other.locator("#chat .ans").last) == first_quotes(scholz)


def test_a_refusal_is_explained_by_what_was_typed_alone(site, visit):
    _, url = site
    page = visit(url)
    ask(page, "summarise this")
    about = ask(page, "what are these documents about")
    assert "summarise" not in about.inner_text()
    pasted = (
        "The delegations of Arabia met in Paris, and those of Germany in Bern, to speak of rails and harbours. " * 8
    )
    ask(page, pasted)
    ask(page, "thank you")
    card = ask(page, "When did the war start?")
    said = card.inner_text()
    assert not {"Arabia", "rails", "harbours"} & set(re.findall(r"\w+", said.split("The nearest passage")[0]))
    assert "taken along" not in said


def test_a_number_that_was_pressed_shows_that_it_works(site, visit):
    _, url = site
    page = visit(url)
    card = ask(page, TALKS)
    held = []
    page.route("**/component_server**", lambda route: held.append(route))
    card.locator(".cite").first.click()
    page.wait_for_selector("#viewer.loading")
    assert (
        float(
            page.locator("#viewer").evaluate(
                "e => getComputedStyle(e.querySelector('.pane:not([hidden]) .vbody')).opacity"
            )
        )
        < 1
    )
    page.wait_for_timeout(100)
    for route in held:
        route.continue_()
    page.wait_for_selector("mark.on")
    assert page.locator("#viewer.loading").count() == 0
    page.unroute("**/component_server**")
    cite(page, card, 2)
