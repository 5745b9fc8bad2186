"""The page for everybody, in a real browser: what is announced, where the Tab key stops, what can be touched, which chats there are."""

import re

from browsing import ask, browser, cite, site, violations, visit  # noqa: F401

KALLAS = "what did Kallas say about appeasement"
TALKS = "What did Zelensky say about the talks?"


def contrast(one, other):
    def light(color):
        red, green, blue = (int(part) / 255 for part in re.findall(r"\d+", color)[:3])
        linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in (red, green, blue)]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, bright = sorted((light(one), light(other)))
    return (bright + 0.05) / (dark + 0.05)


def test_an_answer_is_announced_once_and_has_headings(site, visit):
    _, url = site
    page = visit(url)
    page.evaluate("""() => { window.said = []; const live = document.getElementById('live');
        new MutationObserver(() => { if (live.textContent) said.push(live.textContent); })
        .observe(live, { childList: true, characterData: true, subtree: true }); }""")
    ask(page, KALLAS)
    page.wait_for_timeout(500)
    said = page.evaluate("said")
    assert len(said) == 1
    assert "appeasement" in said[0]
    live = page.evaluate("""[...document.querySelectorAll('#chat, #chat *')].filter(part => part.querySelector('.ans')
        && ((part.ariaLive ?? 'off') !== 'off' || (part.getAttribute('role') === 'log' && part.ariaLive !== 'off'))).length""")
    assert live == 0  # nothing else announces it
    assert page.locator("#chat [aria-label*='message']").count() == 0
    heads = page.locator("#chat h2, #chat h3").all_inner_texts()
    assert heads[0] == KALLAS
    assert "word for word from 1 document" in heads[1]
    assert page.get_attribute("#ask textarea", "aria-label") == "Your question"


def test_the_first_stop_skips_to_the_box_and_an_answer_has_few_stops(site, visit):
    _, url = site
    page = visit(url)
    ask(page, KALLAS)
    page.evaluate("document.activeElement.blur()")
    page.evaluate("document.querySelector('.skip').focus()")
    assert page.locator(".skip").bounding_box()["width"] > 50
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.tagName") == "TEXTAREA"
    stops = []
    for _ in range(30):
        page.keyboard.press("Shift+Tab")
        inside = page.evaluate(
            "document.activeElement.closest('.ans') && (document.activeElement.className || document.activeElement.tagName)"
        )
        if not inside and stops:
            break
        stops += [inside] if inside else []
    assert len([stop for stop in stops if "cite" in stop]) == 1
    assert len([stop for stop in stops if "quiet" in stop]) == 1
    assert len([stop for stop in stops if "around" in stop]) == 1
    ask(page, "how can Europe protect Ukraine")
    page.locator("#chat .ans").last.locator(".around").first.focus()
    page.keyboard.press("ArrowRight")
    named = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert re.fullmatch(r"Show the text (before|after) quote \d", named)
    assert named != page.locator("#chat .ans").last.locator(".around").first.get_attribute("aria-label")
    first = page.locator("#chat .ans .foot [tabindex='0'], #chat .ans .foot button:not([tabindex])").first
    first.focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.textContent") == "Copy quotes"
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.activeElement.textContent") == "Copy link"


def test_borders_of_controls_are_seen_and_targets_are_large_enough(site, visit, browser):
    _, url = site
    for dark in (False, True):
        page = visit(url, dark=dark)
        for part in ("#ask", ".act:visible", ".chip", "#viewcol .act:visible"):
            found = page.locator(part).first.evaluate("""e => { const up = e => { const c = getComputedStyle(e).backgroundColor;
                return /rgba\\(.*, 0\\)|transparent/.test(c) && e.parentElement ? up(e.parentElement) : c; };
                return [getComputedStyle(e).borderTopColor, up(e.parentElement)]; }""")
            assert contrast(*found) >= 3, (part, dark, found)
    page = visit(url)
    cite(page, ask(page, KALLAS), 1)
    small = """least => [...document.querySelectorAll('button, summary, input, a')].filter(e => e.checkVisibility({ visibilityProperty: true }))
        .filter(e => !e.closest('.sr, .skip'))
        .map(e => { const r = e.getBoundingClientRect(), s = getComputedStyle(e, '::after'), b = getComputedStyle(e, '::before');
          const more = n => Math.max(0, ...[s, b].map(c => c.content !== 'none' && c.position === 'absolute' ? -parseFloat(c[n]) || 0 : 0));
          return [e.className || e.id, Math.round(r.width + 2 * more('left')), Math.round(r.height + 2 * more('top'))]; })
        .filter(([name, w, h]) => w && h && Math.min(w, h) < least && !/tick|sr/.test(name))"""
    assert page.evaluate(small, 24) == []
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    phone = context.new_page()
    phone.goto(url)
    phone.wait_for_selector(".welcome")
    ask(phone, KALLAS)
    assert phone.evaluate(small, 44) == []
    phone.locator(".cite").first.tap()
    phone.wait_for_selector("mark.on")
    assert phone.evaluate(small, 44) == []
    context.close()


def test_a_tooltip_never_covers_its_quote(site, visit):
    _, url = site
    page = visit(url, height=420)
    card = ask(page, TALKS)
    over = """pill => { const q = pill.closest('.quote').getBoundingClientRect(), tip = pill.nextElementSibling;
        if (getComputedStyle(tip).display === 'none') return false;
        const t = tip.getBoundingClientRect(); return t.left < q.right && t.right > q.left && t.top < q.bottom - 1 && t.bottom > q.top + 1; }"""
    for place in ("start", "center", "end"):
        for pill in card.locator(".cite:not(.also)").all():
            if not pill.is_visible():
                continue
            pill.evaluate("(e, place) => e.scrollIntoView({ block: place })", place)
            page.mouse.move(5, 5)
            pill.hover(force=True)
            assert pill.evaluate(over) is False


def test_the_title_follows_the_question_and_there_is_an_icon(site, visit):
    _, url = site
    page = visit(url)
    assert page.title() == "Quoted"
    ask(page, "who edited the dw piece")
    ask(page, KALLAS)
    assert page.title() == f"{KALLAS} – Quoted"
    page.go_back()
    page.wait_for_function("document.title.startsWith('who edited')")
    page.click("[data-act=new]")
    page.wait_for_selector(".welcome")
    assert page.title() == "Quoted"
    assert page.locator("link[rel=icon][type='image/svg+xml'][href^='data:']").count() == 1
    drawn = page.evaluate("""() => new Promise(done => { const image = new Image();
        image.onload = () => done(image.naturalWidth); image.onerror = () => done(0);
        image.src = document.querySelector('link[rel=icon][type="image/svg+xml"]').href; })""")
    assert drawn > 0


def test_chats_have_names_a_list_and_a_search(site, visit):
    _, url = site
    page = visit(url)
    ask(page, "who edited the dw piece")
    page.click("[data-act=new]")
    page.wait_for_selector(".welcome")
    ask(page, KALLAS)
    page.click("[data-act=chats]:visible")
    names = page.locator("#chatlist .chatname")
    assert names.count() == 2
    assert violations(page) == []
    page.locator("#chatlist li", has_text="edited").locator("[data-act=name]").click()
    page.keyboard.type("The editors")
    page.keyboard.press("Enter")
    page.fill("#chatfind", "editors")
    assert names.count() == 1
    page.fill("#chatfind", "dw piece")  # a question of it
    assert names.first.inner_text().startswith("The editors")
    names.first.click()
    page.wait_for_function("document.querySelector('#chat .ask')?.textContent.includes('who edited')")
    assert not page.locator("#chatlist").is_visible()
    ask(page, TALKS)
    page.click("[data-act=chats]:visible")
    page.wait_for_selector("#chatlist li:has-text('The editors')")  # a name stays
    page.locator("#chatlist li", has_text="Kallas").locator("[data-act=forget]").click()
    assert names.count() == 1


def test_on_a_phone_everything_can_be_reached(site, visit):
    _, url = site
    page = visit(url, width=360, height=740)
    ask(page, KALLAS)
    for act, dialog in (("check", "#checker"), ("export", "#exporter"), ("chats", "#chatlist")):
        page.click(".more summary")
        assert violations(page) == []
        page.click(f".more [data-act={act}]")
        page.wait_for_selector(dialog)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.keyboard.press("Escape")
        assert not page.locator(".more > div").is_visible()
