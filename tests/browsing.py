"""The page in a real browser (Chromium), for the tests that use it: fixtures, and what a visitor does and sees.

Skipped where there is no Chromium, unless QA_BROWSER=required, as in CI.
"""

import os
import shutil
from importlib.resources import files

import pytest
from conftest import SEEDS

from qa.engine import Engine
from qa.settings import Settings
from qa.ui.serving import launch

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
if not CHROMIUM and os.environ.get("QA_BROWSER") != "required":
    pytest.skip("no Chromium here: install Debian's package chromium", allow_module_level=True)


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        yield browser
        browser.close()


def serve(tmp_path_factory, model, write):
    folder = tmp_path_factory.mktemp("page")
    write(folder / "seeds")
    engine = Engine(Settings(seeds=folder / "seeds", index=folder / "index", port=0), embedder=model)
    engine.build()
    page, url = launch(engine)
    return engine, page, url


@pytest.fixture(scope="module")
def site(tmp_path_factory, model):
    engine, page, url = serve(tmp_path_factory, model, lambda seeds: shutil.copytree(SEEDS, seeds))
    yield engine, url
    page.close(verbose=False)


@pytest.fixture
def visit(browser):
    """Open pages; afterwards nothing has gone wrong in them: no error, no foreign request, nothing of a document run."""
    contexts, problems = [], []

    def open_page(url, *, width=1280, height=800, dark=False, path=""):
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light"
        )
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=url.rstrip("/"))
        context.on(
            "request", lambda r: problems.append(r.url) if not r.url.startswith((url, "data:", "blob:")) else None
        )
        page = context.new_page()
        page.on("console", lambda m: problems.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("dialog", lambda dialog: problems.append("a dialog opened"))
        contexts.append((context, page))
        page.goto(url + path)
        page.wait_for_selector(
            "#chat .ans" if "q=" in path else "#chat .welcome, #chat .ans"
        )  # the welcome may come first
        return page

    yield open_page
    for context, page in contexts:
        assert page.evaluate("document.body.dataset.pwned ?? null") is None
        context.close()
    assert problems == []


def ask(page, question):
    from playwright.sync_api import TimeoutError as TookTooLong

    count = page.locator("#chat .ans").count()
    page.fill("#ask textarea", question)
    page.press("#ask textarea", "Enter")
    answer = page.locator("#chat .ans").nth(count)
    try:
        answer.wait_for(timeout=60_000)
    except TookTooLong:
        seen = (
            page.locator("#chat").inner_text(),
            page.input_value("#ask textarea"),
            page.locator(".toast-body").all_inner_texts(),
        )
        pytest.fail(f"No answer to {question!r}. What is seen, what stands in the box, and what is said: {seen}")
    page.wait_for_timeout(150)
    return answer


def cite(page, card, number):
    card.locator(f".cite[data-n='{number}']").first.click()
    page.wait_for_selector("mark.on")
    page.wait_for_timeout(250)


def check_quotes(page, card, engine):
    """Every quote shown, and what is marked in its source, is its slice of the file, to the character."""
    spans = page.evaluate("card => JSON.parse(card.dataset.spans)", card.element_handle())
    for folded in card.locator(".rest:not([open]) > summary").all():
        folded.click()
    quotes = card.locator(".qt")
    for i in range(quotes.count()):
        number = int(quotes.nth(i).get_attribute("data-n"))
        doc_id, start, end, *_ = spans[number - 1]
        expected = (engine.settings.seeds / doc_id).read_bytes().decode("utf-8")[start:end]
        shown = quotes.nth(i).evaluate("e => e.textContent")
        assert newlines(shown) == newlines(expected)
        if quotes.nth(i).is_visible():
            cite(page, card, number)
            marked = page.evaluate("[...document.querySelectorAll('mark.on')].map(m => m.textContent).join('')")
            assert newlines(marked) == newlines(expected)


def newlines(text):
    return text.replace("\r\n", "\n")  # an HTML parser turns CRLF into LF; nothing else may differ


def violations(page):
    script = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    if not page.evaluate("'axe' in window"):
        page.evaluate(script)
    found = page.evaluate(
        "axe.run().then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.html.slice(0, 200)).slice(0, 3)]))"
    )
    return found
