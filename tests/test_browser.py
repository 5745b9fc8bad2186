"""The page in a real browser: asking, reading, going back, adding, printing."""

import dataclasses
import json
import re
import shutil
from pathlib import Path

import pytest
from browsing import ask, browser, check_quotes, cite, serve, site, violations, visit  # noqa: F401
from conftest import SEEDS
from made import pdf

from qa.engine import Engine
from qa.ui.serving import launch

KALLAS = "what did Kallas say about appeasement"
RUN = "document.body.dataset.pwned=1"
NASTY = (
    f'<img src=x onerror="{RUN}"> ${{{RUN}}} </mark><script>{RUN}</script> {{{{x}}}} [a](javascript:{RUN}) &amp; "q"'
)


@pytest.fixture(scope="module")
def hostile_site(tmp_path_factory, model):
    def write(seeds):
        seeds.mkdir()
        (seeds / "<img src=x onerror=alert(1)>.txt").write_bytes(
            f"The whale said {NASTY} loudly.\r\nIt was a blue whale.\r\n".encode()
        )
        (seeds / "letters.md").write_text(
            "# Letters\n\nThe e\u0301clair 👩‍👩‍👧 costs ${5}\u00a0euros at the cafe\u0301.\n\nהלווייתן שר בלילה ליד החוף.\n",
            encoding="utf-8",
        )
        (seeds / "sources.toml").write_text(f"[\"letters.md\"]\ntitle = '''{NASTY}'''\n", encoding="utf-8")

    engine, page, url = serve(tmp_path_factory, model, write)
    yield engine, url
    page.close(verbose=False)


def test_ask_cite_step_and_go_back(site, visit):
    engine, url = site
    page = visit(url)
    card = ask(page, KALLAS)
    assert "word for word from 1 document" in card.locator(".lead").first.inner_text()
    check_quotes(page, card, engine)
    assert "likely" not in card.locator(".lead").inner_text()  # never calibrated on these documents
    assert float(card.locator(".best .qt").evaluate("e => parseFloat(getComputedStyle(e).fontSize)")) >= 18
    around = card.locator(".around").first
    around.click()
    assert around.get_attribute("aria-expanded") == "true"
    assert card.locator(".ctx:not([hidden])").count() == 1
    quote, opened = card.locator(".qt").first.text_content(), card.locator(".ctx:not([hidden])").text_content()
    paragraphs = engine.document("004_7ef07e8e4c86d72a.txt").text.split("\n\n")
    assert any(quote in each and opened.strip() in each for each in paragraphs)  # the rest of its own
    cite(page, card, 1)
    assert not card.locator(".tip").first.is_visible()  # a click hides it
    page.click("[data-act=next]")
    page.wait_for_function("document.querySelector('.step b').textContent.startsWith('2 of')")
    box = page.locator("mark.on").first.bounding_box()
    assert 0 < box["y"] < 800
    page.fill("#find", "appeasement")
    assert re.fullmatch(r"1 of \d", page.inner_text("#found"))
    page.press("#find", "Enter")
    assert page.inner_text("#found").startswith("2 of")
    page.fill("#find", "zebra")
    assert page.inner_text("#found") == "Not found"
    page.click("[data-act=list]")
    page.wait_for_selector(".docs")
    assert page.locator(".docrow").count() == 5
    page.mouse.move(5, 5)
    pill = card.locator(".cite").first
    pill.hover()
    tip = card.locator(".tip").first
    assert tip.is_visible()
    assert tip.bounding_box()["y"] >= pill.bounding_box()["y"] + pill.bounding_box()["height"]  # never over its quote
    talk = ask(page, "thanks a lot")
    assert talk.locator("[data-act=helpful]").count() == 0
    assert "none" not in talk.get_attribute("class").split()


def test_refusals_follow_ups_and_what_was_searched(site, visit):
    engine, url = site
    page = visit(url)
    refusal = ask(page, "what did Merkel say about NATO and the talks with Russia")
    assert "The documents do not answer this." in refusal.inner_text()
    assert "No document mentions “Merkel”." in refusal.inner_text()
    assert refusal.locator(".qt").first.is_visible()
    assert not refusal.locator(".qt").nth(1).is_visible()
    assert refusal.locator(".chip").count() == 2
    check_quotes(page, refusal, engine)
    ask(page, "would Britain send soldiers?")
    follow_up = ask(page, "and what about Italy?")
    assert "Your earlier question was taken along: " in follow_up.inner_text()
    assert follow_up.locator(".part").all_inner_texts() == ["would Britain send soldiers?"]
    assert "after=would%20Britain" in page.url
    assert "Meloni" in follow_up.locator(".qt").first.inner_text()
    count = page.locator("#chat .ans").count()
    follow_up.locator("[data-act=typed]").click()
    page.locator("#chat .ans").nth(count).wait_for()
    assert "taken along" not in page.locator("#chat .ans").nth(count).inner_text()
    quoted = follow_up.locator(".qt").all_inner_texts()
    page.goto(page.url.split("?")[0] + "?q=and+what+about+Italy%3F&after=would+Britain+send+soldiers%3F")
    page.wait_for_function("document.querySelectorAll('#chat .ans').length")
    page.wait_for_timeout(300)
    assert (
        page.locator("#chat .ans").last.locator(".qt").all_inner_texts() == quoted
    )  # what a link gives is what it was copied from
    page.locator(".part").last.click()
    page.wait_for_function("new URLSearchParams(location.search).getAll('after').length === 0")
    assert "taken along" not in page.locator("#chat .ans").last.inner_text()
    unclear = ask(visit(url), "what is the capital of Ukraine")
    assert unclear.inner_text().startswith("No clear answer found. Closest passages:")
    look = "e => { const s = getComputedStyle(e); return [s.borderStyle, s.backgroundColor, getComputedStyle(e.querySelector('.quote')).fontSize]; }"
    told, said = unclear.evaluate(look), ask(visit(url), KALLAS).evaluate(look)
    assert all(a != b for a, b in zip(told, said, strict=True))  # another frame, another ground, smaller words


@pytest.mark.parametrize(("width", "height"), [(1100, 760), (390, 760), (1280, 500)])
def test_the_end_of_a_long_card_is_reached_and_its_first_quote_is_seen_at_once(site, visit, width, height):
    _, url = site
    page = visit(url, width=width, height=height)
    card = ask(page, "List the people mentioned")
    assert card.locator(".qt").count() > 8
    page.wait_for_timeout(300)
    chat = page.locator("#chat").bounding_box()
    first, head = (card.locator(part).first.bounding_box() for part in (".quote", ".lead"))
    assert head["y"] >= chat["y"]
    assert first["y"] + first["height"] <= chat["y"] + chat["height"]
    page.evaluate("document.querySelector('#chat .bubble-wrap').scrollTop = 1e9")
    end = card.bounding_box()
    assert end["y"] + end["height"] <= chat["y"] + chat["height"] - 24  # above where the chat fades out
    assert page.evaluate("getComputedStyle(document.querySelector('#chat'), '::after').backgroundImage").startswith(
        "linear"
    )


def test_history_links_and_a_new_chat(site, visit):
    _, url = site
    page = visit(url, path="?q=what+did+Kallas+say+about+appeasement")
    assert "Kallas" in page.locator("#chat .qt").first.inner_text()
    ask(page, "who edited the dw piece")
    assert "?q=who%20edited" in page.url
    page.reload()
    page.locator("#chat .ans").nth(1).wait_for()
    page.wait_for_timeout(500)
    assert page.locator("#chat .message-wrap .ask").all_inner_texts() == [KALLAS, "who edited the dw piece"]
    page.click("[data-act=new]")
    page.wait_for_selector(".welcome")
    page.wait_for_timeout(500)
    page.reload()
    page.wait_for_selector(".welcome")
    page.locator(".chip").first.click()
    page.locator("#chat .ans").first.wait_for()


def test_copying_and_feedback(site, visit):
    engine, url = site
    page = visit(url)
    card = ask(page, KALLAS)
    clipboard = "navigator.clipboard.readText()"
    card.locator("[data-kind=markdown]").click()
    page.wait_for_timeout(200)
    assert page.evaluate(clipboard).startswith("> EU foreign affairs chief Kaja Kallas")
    card.locator("[data-kind=plain]").click()
    page.wait_for_timeout(200)
    assert "““" not in page.evaluate(clipboard)
    assert "004_7ef07e8e4c86d72a.txt, line 24" in page.evaluate(clipboard)
    card.locator("[data-act=link]").click()
    page.wait_for_timeout(200)
    assert page.evaluate(clipboard).endswith("?q=what%20did%20Kallas%20say%20about%20appeasement")
    card.locator(".asprompt summary").click()
    card.locator(".budget").fill("400")
    card.locator("[data-act=prompt]").click()
    page.wait_for_function("document.querySelector('.asprompt output').textContent.endsWith('tokens')")
    assert int(card.locator(".asprompt output").inner_text().split()[0]) <= 400
    page.wait_for_timeout(200)
    assert page.evaluate(clipboard).startswith("Answer the question from the passages")
    card.locator("[data-act=helpful]").click()
    page.wait_for_function("document.querySelector('[data-act=helpful]').ariaPressed === 'true'")
    unhelpful = ask(page, "where was Hegseth born").locator("[data-act=unhelpful]")
    unhelpful.click()
    page.wait_for_timeout(500)
    from qa.evals.gold import read_gold

    (question,) = read_gold(engine.settings.index / "feedback.jsonl", lambda doc_id: engine.document(doc_id).text)
    assert question.question == KALLAS
    assert len(question.places) >= 2


def test_a_changed_document_is_told_and_a_rebuild_goes_on_answering(tmp_path_factory, model, visit):
    engine, server, url = serve(tmp_path_factory, model, lambda seeds: shutil.copytree(SEEDS, seeds))
    page = visit(url)
    assert "5 documents, up to date" in page.inner_text("#status")
    (engine.settings.seeds / "new.txt").write_text("The zebra mayor of Atlantis opened a bakery.")
    ask(page, "hello")
    page.wait_for_function("document.querySelector('#status').textContent.includes('1 document added')")
    page.click("[data-act=rebuild]")
    page.wait_for_function("document.querySelector('#status').textContent.includes('6 documents, up to date')")
    card = ask(page, "what did the zebra mayor of Atlantis open")
    assert "bakery" in card.inner_text()
    (engine.settings.seeds / "new.txt").write_text("A new first line.\n\nThe zebra mayor of Atlantis opened a bakery.")
    engine.build()
    card.locator(".cite").first.click()  # of the answer from the old version: no quote may be marked in the new one
    page.wait_for_selector(".notice")
    assert "has changed since the answer" in page.inner_text(".notice")
    assert page.locator("mark").count() == 0
    engine.settings.seeds.rename(engine.settings.seeds.with_name("away"))
    page.click("[data-act=rebuild]")
    page.wait_for_function("document.querySelector('#status').textContent.includes('Not rebuilt.')")
    assert "The old index still answers." in page.inner_text("#status")
    assert "bakery" in ask(page, "what did the zebra mayor of Atlantis open?").inner_text()
    server.close(verbose=False)


def test_with_the_keyboard_alone(site, visit):
    _, url = site
    page = visit(url)
    page.keyboard.type(KALLAS)  # the question box has the focus
    page.keyboard.press("Enter")
    page.wait_for_selector("#chat .cite")
    page.wait_for_timeout(300)
    for _ in range(40):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.classList.contains('cite')"):
            break
    assert page.evaluate("document.activeElement.classList.contains('cite')")
    assert (
        page.evaluate("document.activeElement.nextElementSibling.style.display") == "block"
    )  # what hover shows, focus shows, too
    page.keyboard.press("Enter")
    page.wait_for_selector("mark.on")
    page.wait_for_function("document.activeElement.id === 'vh'")
    page.keyboard.press("Escape")
    page.wait_for_function("document.activeElement.classList.contains('cite')")
    before = page.evaluate("document.activeElement.dataset.n")
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(400)
    assert page.evaluate("document.activeElement.dataset.n") != before
    page.fill("#find", "peace")
    page.evaluate("document.querySelector('#source .vbody').scrollTop = 9999")
    page.locator(".cite.cur").focus()
    page.keyboard.press("Enter")  # what is open already: back to the quote, and the focus with it
    page.wait_for_function("document.activeElement.id === 'vh'")
    seen = "(m => m.top > 0 && m.bottom < innerHeight)(document.querySelector('mark.on').getBoundingClientRect())"
    assert page.evaluate(seen)
    assert page.input_value("#find") == ""


SIZES = [
    (1280, 800, False),
    (1280, 800, True),
    (390, 844, False),
    (390, 844, True),
    (320, 568, False),
    (2560, 1440, False),
]


@pytest.mark.parametrize(("width", "height", "dark"), SIZES)
def test_axe_finds_nothing_in_any_state(site, visit, width, height, dark):
    _, url = site
    page = visit(url, width=width, height=height, dark=dark)
    page.wait_for_timeout(300)
    assert violations(page) == []
    card = ask(page, KALLAS)
    unclear = ask(page, "how long did the ryadh meeting last")
    refusal = ask(page, "who won the world cup")
    refusal.locator(".rest summary").click()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    cite(page, card, 2)
    page.wait_for_timeout(1100)  # the mark has stopped flashing
    assert violations(page) == []
    if width < 900:
        page.keyboard.press("Escape")
        page.wait_for_function("!document.body.classList.contains('viewer-open')")
    assert unclear.is_visible()


def test_nothing_of_a_hostile_document_or_question_runs_and_all_is_shown_as_it_is(hostile_site, visit):
    from urllib.parse import quote

    engine, url = hostile_site
    page = visit(url, path="?q=" + quote(NASTY))
    assert page.locator("#chat .ask").first.inner_text() == NASTY
    for question in (
        f"what did the whale say {NASTY}",
        "what did the whale say",
        "was it a blue whale",
        "what does the éclair cost",
        "הלווייתן שר בלילה",
    ):
        card = ask(page, question)
        assert page.locator("#chat .ask").last.inner_text() == question
        check_quotes(page, card, engine)
    page.click("[data-act=list]")
    page.wait_for_selector(".docs")
    for i in range(2):
        page.locator(".docrow").nth(i).click()
        page.wait_for_selector(".text")
        page.click("[data-act=list]")
        page.wait_for_selector(".docs")
    assert page.locator("img[src=x]").count() == 0


def test_ten_people_at_once_see_their_own_answers(site, visit):
    _, url = site
    questions = [
        KALLAS,
        "who edited the dw piece",
        "what did Rutte say",
        "what does Meloni think",
        "why is Ukraine important",
    ]
    questions += [question + " exactly" for question in questions]
    pages = [visit(url) for _ in questions]
    for page, question in zip(pages, questions, strict=True):
        page.fill("#ask textarea", question)
        page.press("#ask textarea", "Enter")
    for page, question in zip(pages, questions, strict=True):
        page.wait_for_selector("#chat .ans")
        assert page.locator("#chat .message-wrap .ask").all_inner_texts() == [question]


def test_on_a_phone_the_sheet_is_a_dialog_over_a_page_that_rests(site, visit):
    _, url = site
    page = visit(url, width=390, height=844)
    card = ask(page, KALLAS)
    cite(page, card, 2)
    page.wait_for_function("document.activeElement.id === 'vh'")
    for _ in range(12):  # all the way round, and never into the page behind
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('#viewcol')")
    assert page.locator("#viewcol").get_attribute("aria-modal") == "true"
    page.mouse.click(195, 100)  # beside the sheet
    page.wait_for_function("!document.body.classList.contains('viewer-open')")
    assert page.evaluate("document.activeElement.dataset.n") == "2"
    page.click("[data-act=sources]")
    page.wait_for_function("document.activeElement.id === 'vh'")
    page.click("[data-act=close]")
    page.wait_for_function("document.activeElement.dataset.act === 'sources'")
    assert page.evaluate("document.querySelectorAll('[inert]').length") == 0


def test_back_closes_the_sheet_and_then_goes_to_the_question_before(site, visit):
    _, url = site
    page = visit(url, width=390, height=844)
    ask(page, "who edited the dw piece")
    card = ask(page, KALLAS)
    cite(page, card, 1)
    page.go_back()
    page.wait_for_function("!document.body.classList.contains('viewer-open')")
    assert "q=what%20did%20Kallas" in page.url
    page.click("[data-act=sources]")
    page.wait_for_selector(".docs")  # the list, not the document that was open
    page.click("[data-act=close]")
    page.wait_for_function("!document.body.classList.contains('viewer-open')")
    page.wait_for_timeout(200)
    page.go_back()
    page.wait_for_function("location.search.startsWith('?q=who%20edited')")
    page.wait_for_timeout(200)
    assert 0 <= page.locator("#chat .message-wrap .ask").first.bounding_box()["y"] < 200


def test_each_tab_has_its_own_chat_and_the_others_are_offered(site, visit):
    _, url = site
    first = visit(url)
    ask(first, KALLAS)
    second = first.context.new_page()
    second.goto(url)
    second.wait_for_selector(".earlier")
    ask(second, "who edited the dw piece")
    second.click("[data-act=new]")
    second.wait_for_selector(".welcome")
    first.reload()
    first.wait_for_selector("#chat .ans")
    first.wait_for_timeout(300)
    assert first.locator("#chat .message-wrap .ask").all_inner_texts() == [KALLAS]
    second.reload()
    second.wait_for_selector(".earlier")
    second.click(".earlier button:has-text('who edited')")
    second.wait_for_selector("#chat .ans")
    assert second.locator("#chat .message-wrap .ask").all_inner_texts() == ["who edited the dw piece"]


def test_a_question_is_drawn_at_once_and_kept_when_the_server_does_not_answer(tmp_path_factory, model, browser):
    engine, server, url = serve(tmp_path_factory, model, lambda seeds: shutil.copytree(SEEDS, seeds))
    context = browser.new_context()
    page = context.new_page()
    page.goto(url)
    page.wait_for_selector(".welcome")
    card = ask(page, KALLAS)
    held = []
    page.route("**/gradio_api/**", lambda route: held.append(route))
    page.fill("#ask textarea", "who edited the dw piece")
    with page.expect_request(
        "**/gradio_api/**"
    ):  # it is held, so what is drawn is drawn without an answer of the server
        page.press("#ask textarea", "Enter")
    page.wait_for_selector("#pending .ask:has-text('who edited')")
    assert "Searching 5 documents" in page.inner_text("#pending .working")
    assert held
    server.close(verbose=False)
    page.unroute("**/gradio_api/**")
    page.wait_for_function("document.querySelector('#pending [data-act=again]')", timeout=20_000)
    assert "does not answer" in page.inner_text("#pending .working")
    assert page.input_value("#ask textarea") == "who edited the dw piece"
    card.locator("[data-act=helpful]").click()
    page.wait_for_function(
        "document.querySelector('[data-act=helpful]').textContent.includes('does not answer')", timeout=25_000
    )
    assert page.locator(".toast-body").filter(visible=True).count() == 0
    page.click("#pending [data-act=again]")
    page.wait_for_function("document.querySelector('#pending .working').textContent.includes('It was tried again.')")
    port = int(url.rstrip("/").rpartition(":")[2])
    again, _ = launch(Engine(dataclasses.replace(engine.settings, port=port), embedder=model))
    page.click("#pending [data-act=again]")  # the server runs again: the question is asked, the chat is still there
    page.locator("#chat .ans").nth(1).wait_for(timeout=30_000)
    page.locator("#chat .ans", has_text="It has never worked").first.wait_for(timeout=30_000)
    assert page.locator("#chat .message-wrap .ask").all_inner_texts() == [KALLAS, "who edited the dw piece"]
    context.close()
    again.close(verbose=False)


def test_a_second_question_is_drawn_below_one_that_still_waits(site, visit):
    page = visit(site[1])
    page.route("**/gradio_api/**", lambda route: None)
    for question in (KALLAS, "who edited the dw piece"):
        page.fill("#ask textarea", question)
        page.press("#ask textarea", "Enter")
        page.wait_for_selector(f"#chat .ask:has-text('{question}')")
        assert page.input_value("#ask textarea") == ""
    assert page.locator("#chat .ask").all_inner_texts() == [KALLAS, "who edited the dw piece"]
    assert page.locator("#chat .working").count() == 1
    page.unroute_all()  # what was held goes on, either of the two first
    page.locator("#chat .ans").nth(1).wait_for()
    page.wait_for_selector("#pending", state="detached")
    assert sorted(page.locator("#chat .ask").all_inner_texts()) == [KALLAS, "who edited the dw piece"]


def test_every_match_is_counted_and_steps_go_both_ways(site, visit):
    _, url = site
    page = visit(url)
    page.locator(".docrow:has-text('European Reactions')").click()
    page.wait_for_selector("#find")
    page.fill("#find", "e")
    document = page.evaluate("document.querySelector('.text').textContent.toLowerCase().split('e').length - 1")
    assert document > 2000
    assert page.inner_text("#found") == f"1 of {document}"
    page.click("[data-act=findprev]")
    assert page.inner_text("#found") == f"{document} of {document}"
    page.click("[data-act=findnext]")
    assert page.inner_text("#found") == f"1 of {document}"


@pytest.mark.parametrize("dark", [True, False])
def test_six_answers_are_whole_on_paper_and_light(site, visit, tmp_path, dark):
    import pypdfium2

    _, url = site
    page = visit(url, dark=dark)
    asked = [
        KALLAS,
        "what did Merkel say about appeasement",
        "What did Zelensky say about the talks?",
        "who edited the dw piece",
    ]
    asked += ["what does Meloni think", "would Britain send soldiers?"]
    cards = [ask(page, question) for question in asked]
    quoted = [
        quote.evaluate("e => e.textContent") for card in cards for quote in card.locator(".best .qt, .quotes .qt").all()
    ]
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.pdf(path=tmp_path / "paper.pdf", print_background=True)
    document = pypdfium2.PdfDocument(tmp_path / "paper.pdf")
    printed = re.sub(r"\W+", "", "".join(p.get_textpage().get_text_range() for p in document))
    refused = cards[1].locator(".qt").evaluate_all("all => all.map(e => e.textContent)")
    for text in [*asked, *(text for text in quoted if text not in refused)]:
        assert re.sub(r"\W+", "", text) in printed
    for sheet in document:
        drawn = sheet.render(scale=1).to_pil().convert("L")
        edges = [(0, 0, 4, drawn.height), (drawn.width - 4, 0, drawn.width, drawn.height)]
        assert all(drawn.crop(edge).getextrema() == (255, 255) for edge in edges)  # white paper, whatever the theme
        assert sum(drawn.histogram()[:128]) < 0.3 * drawn.width * drawn.height
        assert sheet.get_textpage().count_chars() > 20  # no sheet for a button


def test_files_are_dropped_indexed_and_asked_and_none_is_written_over(tmp_path_factory, model, visit):
    engine, server, url = serve(tmp_path_factory, model, lambda seeds: shutil.copytree(SEEDS, seeds))
    page = visit(url)
    drop = """files => { const data = new DataTransfer();
        for (const [name, text] of files) data.items.add(new File([text], name));
        for (const kind of ['dragover', 'drop']) document.querySelector('#chat').dispatchEvent(
          new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true })); }"""
    first = [
        ["zebra.txt", "The zebra mayor of Atlantis opened a bakery."],
        ["notes.md", "# Notes\n\nThe ferry to Atlantis leaves at noon."],
        ["owl.txt", "The owl of Atlantis sleeps in the tower."],
    ]
    page.evaluate(drop.replace("['dragover', 'drop']", "['dragover']"), first)
    assert page.evaluate("document.body.classList.contains('dropping')")
    assert violations(page) == []
    page.evaluate(drop, [*first, ["tool.exe", "MZ"]])
    page.wait_for_function("document.querySelector('#status').textContent.includes('8 documents, up to date')")
    page.wait_for_function("document.querySelector('#adding')?.textContent.includes('3 added.')")
    page.wait_for_function(
        "document.querySelector('#adding')?.textContent.includes('tool.exe is not of a kind that is read')"
    )
    assert not page.evaluate("document.body.classList.contains('dropping')")
    assert "bakery" in ask(page, "what did the zebra mayor of Atlantis open").inner_text()
    assert "noon" in ask(page, "when does the ferry to Atlantis leave").inner_text()
    assert "tower" in ask(page, "where does the owl of Atlantis sleep").inner_text()
    assert page.inner_text(".which").startswith("All 8 are asked")
    for name in ("zebra.txt", "owl.txt"):
        page.locator(f".tick[data-within='{name}']").check()
    page.locator(".tick[data-within='zebra.txt']").uncheck()
    card = ask(page, "what did the zebra mayor of Atlantis open?")  # it is not asked any longer
    assert "bakery" not in card.inner_text()
    card = ask(page, "where does the owl of Atlantis sleep?")
    assert page.evaluate("c => JSON.parse(c.dataset.spans).map(s => s[0])", card.element_handle()) == ["owl.txt"]
    assert page.inner_text(".which") == "Only what is ticked is asked."
    page.click("[data-act=untick]")
    assert "bakery" in ask(page, "what did the zebra mayor of Atlantis open").inner_text()
    other = [["zebra.txt", "Something else."], ["../up.txt", "Up."], ["sources.toml", "x = 1"]]
    page.evaluate(drop, other)
    page.wait_for_function("document.querySelector('#adding')?.textContent.includes('no name for a document')")
    assert "is in the folder already" in page.inner_text("#adding")
    assert (engine.settings.seeds / "zebra.txt").read_text() == first[0][1]
    assert {p.name for p in engine.settings.seeds.iterdir()} >= {"zebra.txt", "notes.md"}
    assert not (engine.settings.seeds.parent / "up.txt").exists()
    assert not list(engine.settings.seeds.glob(".quoted-*"))
    server.close(verbose=False)


def test_the_list_says_its_folder_filters_and_keeps_its_place(tmp_path_factory, model, visit):
    def write(seeds):
        (seeds / "reports").mkdir(parents=True)
        for n in range(60):
            folder = seeds / "reports" if n % 2 else seeds
            (folder / f"{n:02}.md").write_text(f"# Title {n:02}\n\nThe whale number {n} sings at night.")
        (seeds / "broken.pdf").write_bytes(b"no pdf")

    engine, server, url = serve(tmp_path_factory, model, write)
    page = visit(url)
    page.wait_for_selector(".docs")
    assert page.inner_text("#folder") == str(engine.settings.seeds.resolve())
    page.click("[data-act=path]")
    page.wait_for_timeout(200)
    assert page.evaluate("navigator.clipboard.readText()") == str(engine.settings.seeds.resolve())
    page.click(".left summary")
    assert "broken.pdf" in page.inner_text(".left")
    page.click(".left summary")  # what is closed again does not move the rows below it
    page.wait_for_timeout(200)
    titles = page.locator(".docrow .dt").all_text_contents()
    assert titles == sorted(titles)
    page.locator(".docrow").nth(50).scroll_into_view_if_needed()
    page.wait_for_timeout(200)
    before = page.evaluate("document.querySelector('.vbody').scrollTop")
    assert before > 500
    page.locator(".docrow").nth(50).click()
    page.wait_for_selector(".text")
    page.click("[data-act=list]")
    page.wait_for_selector(".docs")
    page.wait_for_timeout(200)
    assert abs(page.evaluate("document.querySelector('.vbody').scrollTop") - before) < 80
    page.locator(".folders .tick").check()
    assert "Asking only reports/" in page.inner_text("#only")
    card = ask(page, "whale number 7 sings")
    cited = page.evaluate("c => JSON.parse(c.dataset.spans).map(s => s[0])", card.element_handle())
    assert cited
    assert all(doc_id.startswith("reports/") for doc_id in cited)
    assert "within=reports" in page.url
    page.reload()
    page.wait_for_selector("#chat .ans")
    page.wait_for_timeout(300)
    assert page.evaluate("JSON.parse(document.querySelector('#chat .ans').dataset.spans).map(s => s[0])") == cited
    page.wait_for_selector(".docs")
    page.fill("#filter", "reports")
    assert page.locator(".docs li:not([hidden])").count() == 30
    assert page.inner_text("#listed") == "30 of 60"
    page.locator(".docrow:visible").first.focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.textContent").startswith("Title 03")
    assert violations(page) == []
    server.close(verbose=False)


def test_a_pasted_sentence_is_found_word_for_word_or_the_words_that_differ_are_shown(site, visit):
    engine, url = site
    page = visit(url)

    def check(text, *, by_key=False):
        count = page.locator("#chat .ans").count()
        page.locator("[data-act=check]:visible").first.click()
        assert page.evaluate("document.activeElement.id") == "checked"
        page.fill("#checked", text)
        assert violations(page) == []
        if by_key:
            page.press("#checked", "Enter")
        else:
            page.click("#checker [value=check]")
        page.locator("#chat .ans").nth(count).wait_for()
        page.wait_for_timeout(200)
        return page.locator("#chat .ans").nth(count)

    card = check("It has never worked.", by_key=True)
    assert "character for character" in card.inner_text()
    check_quotes(page, card, engine)
    card = check("It has never failed.")
    assert card.locator("del").all_inner_texts() == ["failed"]
    assert card.locator("ins").all_inner_texts() == ["worked"]
    check_quotes(page, card, engine)
    assert violations(page) == []
    page.click(".top [data-act=check]")
    page.keyboard.press("Escape")  # nothing is sent
    address = page.url
    page.goto("about:blank")
    page.goto(address)
    page.locator("#chat .ans").nth(1).wait_for()
    assert page.locator("#chat .ans").last.locator("del").all_inner_texts() == ["failed"]
    ask(page, KALLAS)  # what was checked is no earlier question
    assert page.locator("#chat .ans").last.locator(".searched").count() == 0


def test_a_quote_of_a_pdf_is_marked_on_the_picture_of_its_page(tmp_path_factory, model, visit):
    def write(seeds):
        seeds.mkdir()
        lines = [
            "The hive lies on the hill.",
            "Bees dance at dawn on the lavender of Atlantis.",
            "The end of the book.",
        ]
        text = [f"BT /F 20 Tf 60 {700 - 200 * n} Td ({line}) Tj ET" for n, line in enumerate(lines)]
        (seeds / "hive.pdf").write_bytes(pdf(["BT /F 20 Tf 60 700 Td (Contents of the book) Tj ET", "\n".join(text)]))

    engine, server, url = serve(tmp_path_factory, model, write)
    page = visit(url)
    card = ask(page, "when do the bees dance on the lavender?")
    assert "page 2" in card.inner_text()
    card.locator(".cite").first.click()
    page.wait_for_selector(".sheet i")
    assert page.inner_text(".pagesaid") == "Page 2 of 2"
    assert page.locator(".text").is_hidden()
    box, sheet = page.locator(".sheet i").first.bounding_box(), page.locator(".sheet").bounding_box()
    assert 0.3 < (box["y"] - sheet["y"]) / sheet["height"] < 0.4  # 500 of 800 points from below
    assert page.evaluate("document.querySelector('.sheet img').naturalWidth") in (700, 1000, 1400)
    assert violations(page) == []
    page.click("[data-act=pageback]")
    page.wait_for_function("document.querySelector('.pagesaid').textContent === 'Page 1 of 2'")
    page.wait_for_selector(".sheet:not(.busy)")
    assert page.locator(".sheet i").count() == 0
    page.click("[data-act=astext]")
    assert page.locator("mark.on").is_visible()
    page.click("[data-act=astext]")
    page.fill("#find", "lavender")  # what is looked for is found in the text
    assert page.inner_text("#found") == "1 of 1"
    assert page.locator(".text").is_visible()
    (engine.settings.seeds / "hive.pdf").write_bytes(pdf(["BT /F 20 Tf 60 700 Td (Other) Tj ET"]))
    page.click("[data-act=astext]")
    page.wait_for_selector(".gone")
    assert "has changed since it was indexed" in page.inner_text(".gone")
    server.close(verbose=False)


def test_a_chat_is_exported_with_its_quotes_and_the_documents_it_quotes(site, visit, browser, tmp_path):
    engine, url = site
    page = visit(url)
    ask(page, KALLAS)
    ask(page, "who edited the dw piece")
    kept = {}
    for kind in ("html", "md", "json", "bib"):
        page.click("[data-act=export]")
        assert violations(page) == []
        with page.expect_download() as download:
            page.click(f"#exporter [value={kind}]")
        assert download.value.suggested_filename == f"quoted.{kind}"
        kept[kind] = Path(download.value.path()).read_text(encoding="utf-8")
    assert kept["md"].startswith(f"## {KALLAS}\n\n> EU foreign affairs chief Kaja Kallas")
    quoted = {c.doc_id for q in (KALLAS, "who edited the dw piece") for c in engine.ask(q).citations}
    assert {row["id"] for row in json.loads(kept["json"])} == quoted
    assert kept["bib"].count("@misc{") == len(quoted)
    reader = browser.new_page()
    asked = []
    reader.on("request", lambda request: asked.append(request.url))
    (tmp_path / "kept.html").write_text(kept["html"], encoding="utf-8")
    reader.goto(f"file://{tmp_path / 'kept.html'}")
    assert KALLAS in reader.inner_text("h2 >> nth=0")
    assert "It’s appeasement. It has never worked." in reader.inner_text("main")
    assert len(asked) == 1  # itself
    reader.close()
