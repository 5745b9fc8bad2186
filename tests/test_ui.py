import base64
import dataclasses
import json
import re
import urllib.error
import urllib.request
from html.parser import HTMLParser
from importlib.metadata import version

import pytest
from conftest import KALLAS
from gradio_client import Client
from hypothesis import given
from hypothesis import strategies as st
from threadpoolctl import threadpool_info

from qa.datatypes import Document
from qa.engine import Engine
from qa.errors import SettingsError
from qa.formats import parse_file
from qa.reports import Skipped
from qa.settings import Settings
from qa.ui import cards, sources
from qa.ui.document import document_html, outline_html
from qa.ui.endpoints import AT_ONCE, Endpoints
from qa.ui.examples import Offered, answered_examples, asking_headings
from qa.ui.feedback import keep_feedback
from qa.ui.listing import LISTED, Folder, source_list
from qa.ui.monitor import Monitor
from qa.ui.panel import source_panel
from qa.ui.serving import Access, launch, read_access
from qa.ui.shares import Refused

HOSTILE = "<img src=x onerror=alert(1)> ${alert(2)} </mark><script>alert(3)</script> {{x}} & \"quotes\" 'too' `tick`"


class Read(HTMLParser):
    """Collect the text of the page's text element, and every tag."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.tags: list[str] = []
        self._depth = 0
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        inside = self._depth or dict(attrs).get("class", "") == "text"
        self._depth += 1 if tag == "div" and inside else 0

    def handle_endtag(self, tag):
        self._depth -= 1 if tag == "div" and self._depth else 0

    def handle_data(self, data):
        self.text += data if self._depth else ""


TEXTS = st.text(st.sampled_from("ab<>&\"'`${}\r\n#-|*>\u00a0é👩\u200d\u202e"), min_size=1, max_size=80)


@given(TEXTS)
def test_a_document_is_shown_to_the_character_however_it_is_built(text):
    parsed = parse_file(text.encode("utf-8"), "a.md")
    page = Read(document_html(parsed.text, parsed.blocks, parsed.hidden))
    assert page.text == parsed.text
    assert set(page.tags) <= {"div", "span", "bdi", "code"}


def test_headings_lists_tables_and_code_look_like_what_they_are_and_the_files_html_is_text():
    written = "# Hive\n\nSome *bees*.\n\n1. first\n- dot\n\n"
    written += "| A | B |\n|---|---|\n| [x](http://y.z) | 2 |\n\n```\nx = 1\n```\n\n<img src=x>\n\n## Sub\n\nEnd.\n"
    parsed = parse_file(written.encode(), "a.md")
    page = document_html(parsed.text, parsed.blocks, parsed.hidden)
    assert Read(page).text == parsed.text
    for part in (
        'role="heading" aria-level="3"',
        'class="b item dot"',
        'role="table"',
        'role="columnheader"',
        'class="b code"',
    ):
        assert part in page, part
    assert not {"img", "a"} & set(Read(page).tags)
    seen = re.sub(r"<[^>]+>", "", re.sub(r'<span class="mk">.*?</span>', "", page, flags=re.DOTALL))
    assert "1. first" in seen  # the number of an item is seen, a dash is a dot
    assert not set("#*`|[") & set(seen)
    outline = outline_html(parsed.text, parsed.blocks, parsed.hidden)
    assert re.findall(r'data-at="(\d+)"', outline) == ["0", str(parsed.text.index("## Sub"))]


def test_text_of_documents_and_questions_is_never_html(small):
    (small.settings.seeds / "bad.txt").write_text(f"Whales sing {HOSTILE}.")
    small.build()
    answer = small.ask(f"whales sing {HOSTILE}")
    assert answer.answered
    document = dataclasses.replace(small.document("bad.txt"), title=HOSTILE)
    refusal = small.ask(f"who crossed the Danube {HOSTILE}")
    pages = [cards.answer_card(answer, 2), cards.answer_card(refusal, 2), cards.question_card(HOSTILE),
             sources.source_text(document, document_html(document.text)),
             source_list([document], Folder(HOSTILE, skipped=(Skipped(HOSTILE, HOSTILE),))),
             cards.welcome([HOSTILE]), cards.error_card(HOSTILE)]  # fmt: skip
    for page in pages:
        assert not {"img", "script"} & set(Read(page).tags)


def test_the_cards_say_what_they_are(real):
    card = cards.answer_card(real.ask("what did Kallas say about appeasement"), 5)
    assert "word for word from 1 document" in card
    assert card.count('class="cite"') == 2
    refusal = cards.answer_card(real.ask("what did Merkel say about appeasement"), 5)
    assert "The documents do not answer this." in refusal
    assert "No document mentions “Merkel”." in refusal
    assert "it is no answer to the question" in refusal


def test_the_state_of_the_index_is_told_in_words(real):
    status = real.status()
    assert "5 documents, up to date" in sources.index_status(status)
    touched = dataclasses.replace(status, added=(f"{HOSTILE}.txt",), removed=("a.txt", "b.txt"))
    assert "1 document added, 2 documents removed" in sources.index_status(touched)
    assert "<img" not in sources.index_status(touched)


def test_examples_are_really_answered(real, small):
    examples = answered_examples(real)
    assert len(examples) == 4
    assert all(real.ask(question).answered for question in examples)
    assert all(small.ask(question).answered for question in answered_examples(small))


def test_headings_that_ask_are_offered_before_names_those_of_each_document_in_turn(tmp_path, model):
    told = "## {}\n\nThe harbour master of Bergen keeps two boats there."
    texts = {
        "a.md": ("How many boats does Bergen keep?", "Who keeps the harbour of Bergen?", "Why not?", "Boats"),
        "c.md": ("Who keeps these boats of the harbour?",),
        "b.md": ("Ok, so what should I use?", "What does the harbour master keep?"),
    }
    engine = Engine(Settings(seeds=tmp_path / "seeds", index=tmp_path / "index"), embedder=model)
    engine.settings.seeds.mkdir()
    for name, headings in texts.items():
        (engine.settings.seeds / name).write_text("# Bergen\n\n" + "\n\n".join(map(told.format, headings)))
    engine.build()
    first, second, third = texts["a.md"][0], texts["b.md"][1], texts["a.md"][1]
    assert asking_headings(engine) == [first, second, third]
    assert answered_examples(engine)[:1] == ["What are these documents about?"]
    assert set(answered_examples(engine)) & {first, second, third}


def test_an_empty_chat_offers_questions_to_the_documents_that_are_indexed_now(tmp_path, model):
    engine = Engine(Settings(seeds=tmp_path / "seeds", index=tmp_path / "index"), embedder=model)
    engine.settings.seeds.mkdir()
    (engine.settings.seeds / "a.txt").write_text("Heinz Zubair runs a bakery in the harbour. Later Zubair sold it.")
    engine.build()
    offered = Offered(engine)
    assert "Zubair" in offered.welcome()
    (engine.settings.seeds / "a.txt").write_text("Ida Nakamura mends clocks at the station. Later Nakamura moved.")
    Engine(engine.settings, embedder=model).build()  # as another process does
    assert "Nakamura" in offered.welcome()
    assert "Zubair" not in offered.welcome()


@pytest.fixture(scope="module")
def url(real):
    engine = Engine(dataclasses.replace(real.settings, port=0), embedder=real._embedder)
    page, address = launch(engine)
    yield address
    page.close(verbose=False)


def test_a_question_keeps_no_second_core_busy_waiting(url):
    assert [lib["num_threads"] for lib in threadpool_info() if lib["user_api"] == "blas"]
    assert all(lib["num_threads"] == 1 for lib in threadpool_info() if lib["user_api"] == "blas")


def request(address, path="", data=None, **headers):
    body = None if data is None else json.dumps(data).encode()
    wanted = {"content-type": "application/json", **{k.replace("_", "-"): v for k, v in headers.items()}}
    try:
        with urllib.request.urlopen(urllib.request.Request(address + path, body, wanted), timeout=60) as response:
            return response.status, response.read().decode(), response.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), error.headers


def ask(address, **arguments):
    event = json.loads(request(address, "gradio_api/call/v2/ask", arguments)[1])["event_id"]
    kind, _, data = request(address, f"gradio_api/call/ask/{event}")[1].partition("\n")
    return kind, json.loads(data.partition("data: ")[2].split("\n")[0])


def test_the_page_answers_over_http(url):
    kind, data = ask(url, question="what did Kallas say about appeasement", k=2)
    assert kind == "event: complete"
    assert "“It’s appeasement. It has never worked.”" in data[0]["citations"][1]["text"]
    assert len(data[0]["hits"]) == 2


@pytest.mark.parametrize(
    "wrong", [{"question": 3}, {"question": "x" * 3000}, {"question": "x", "k": 0}, {"question": "x", "history": "y"}]
)
def test_wrong_arguments_over_http_are_an_error_event(url, wrong):
    assert ask(url, **wrong)[0] == "event: error"


def test_retrieve_and_ask_are_the_only_public_endpoints(url):
    assert list(json.loads(request(url, "gradio_api/info")[1])["named_endpoints"]) == ["/retrieve", "/ask"]


def test_gradios_own_client_calls_both(url):
    client = Client(url, verbose=False)
    hits = client.predict(question="appeasement", k=2, api_name="/retrieve")["hits"]
    assert [hit["rank"] for hit in hits] == [1, 2]
    assert client.predict(question="what did Merkel say", api_name="/ask")["answered"] is False
    with pytest.raises(Exception, match="k has to be a whole number"):
        client.predict(question="x", k=1000, api_name="/retrieve")


def test_one_post_gives_the_answer(url):
    status, body, _ = request(url, "gradio_api/run/ask", {"data": ["what did Kallas say about appeasement", None, 2]})
    assert status == 200
    assert json.loads(body)["data"][0]["answered"] is True
    assert request(url, "gradio_api/run/retrieve", {"data": ["x", 0]})[0] == 500


def test_more_questions_than_may_wait_are_refused_at_once(real):
    import threading

    go, entered = threading.Event(), threading.Semaphore(0)

    class Slow:
        def ask(self, question, **_):
            entered.release()
            go.wait(30)
            return real.ask(question)

    endpoints = Endpoints(Slow(), Monitor(real), max_waiting=1)
    threads = [threading.Thread(target=endpoints.ask, args=("who", None, 1)) for _ in range(AT_ONCE + 1)]
    for thread in threads:
        thread.start()
    for _ in range(AT_ONCE):
        assert entered.acquire(timeout=30)
    while not endpoints._shares.waiting():
        pass
    with pytest.raises(Refused, match="Too many questions"):
        endpoints.ask("who", None, 1)
    go.set()
    for thread in threads:
        thread.join()
    assert endpoints.ask("who", None, 1)["question"] == "who"


def test_health_and_metrics(url, real):
    status, body, _ = request(url, "health")
    assert (status, json.loads(body)["status"], json.loads(body)["documents"]) == (200, "ok", 5)
    before = int(re.search(r'outcome="refused"} (\d+)', request(url, "metrics")[1])[1])
    ask(url, question="what did Merkel say")
    after = request(url, "metrics")[1]
    assert int(re.search(r'outcome="refused"} (\d+)', after)[1]) == before + 1
    assert "quoted_answer_seconds_bucket" in after
    gone = Engine(dataclasses.replace(real.settings, index=real.settings.index / "none"), embedder=real._embedder)
    assert Monitor(gone).health(30)[0] == 503


def test_a_password_is_asked_for_and_its_file_is_checked(real, tmp_path):
    (tmp_path / "secret").write_text("s3cret\n")
    access = read_access(f"ann:{tmp_path / 'secret'}", 3, mcp=False)
    assert (access.user, access.password, access.max_queue) == ("ann", "s3cret", 3)
    page, url = launch(Engine(dataclasses.replace(real.settings, port=0), embedder=real._embedder), access)
    try:
        assert request(url, "gradio_api/info")[0] == 401
        assert request(url, "gradio_api/call/v2/ask", {"question": "x"})[0] == 401
        assert request(url, "health")[0] == 200
        client = Client(url, auth=("ann", "s3cret"), verbose=False)
        assert client.predict(question="what did Merkel say", api_name="/ask")["answered"] is False
    finally:
        page.close(verbose=False)
    (tmp_path / "empty").write_text("")
    for wrong in ("ann", "ann:", f"ann:{tmp_path / 'none'}", f"ann:{tmp_path / 'empty'}"):
        with pytest.raises(SettingsError):
            read_access(wrong, None, mcp=False)


def test_an_agent_asks_and_verifies_over_mcp(real):
    import asyncio

    from mcp import ClientSession
    from mcp.client.streamable_http import streamablehttp_client

    async def use(address):
        login = {"Authorization": "Basic " + base64.b64encode("ann:pässword".encode()).decode()}
        async with streamablehttp_client(address, login) as (read, write, _), ClientSession(read, write) as session:
            hello = await session.initialize()
            assert hello.serverInfo.version == version("quoted")
            assert all(tool.annotations.readOnlyHint and tool.title for tool in (await session.list_tools()).tools)
            tools = [tool.name for tool in (await session.list_tools()).tools]
            calls = [("ask", {"question": "what did Merkel say"}), ("retrieve", {"question": "appeasement", "k": 1}),
                     ("verify_quote", {"text": "It has never worked."}), ("retrieve", {"question": "x", "k": 0})]  # fmt: skip
            return tools, [await session.call_tool(name, arguments) for name, arguments in calls]

    page, url = launch(
        Engine(dataclasses.replace(real.settings, port=0), embedder=real._embedder), Access("ann", "pässword", mcp=True)
    )
    try:
        wrong = base64.b64encode(b"ann:guess").decode()
        assert [request(url, "mcp", {}, **sent)[0] for sent in ({}, {"Authorization": f"Basic {wrong}"})] == [401, 401]
        assert "Basic" in request(url, "mcp", {})[2]["www-authenticate"]
        tools, results = asyncio.run(use(url + "mcp"))
        assert request(url, "mcp", {}, Host="evil.example")[0] == 400
    finally:
        page.close(verbose=False)
    assert tools == ["retrieve", "ask", "verify_quote"]
    assert [result.isError for result in results] == [False, False, False, True]
    answer, hits, quote = (json.loads(result.content[0].text) for result in results[:3])
    assert answer["answered"] is False
    assert answer["hits"] == []  # an agent is not given what it did not ask for
    assert len(hits["hits"]) == 1
    assert (quote["found"], quote["places"][0]["doc_id"]) == (True, KALLAS)


QUOTES = {"exact": ("“It’s appeasement. It has never worked.”", [True]), "other marks": ('it\'s APPEASEMENT.  It has never worked', [False]),
          "other punctuation": ("it's appeasement, it has never worked", []),
          "another word": ("It's appeasement. It never worked.", []), "no word": ("…", [])}  # fmt: skip


@pytest.mark.parametrize(("text", "exact"), QUOTES.values(), ids=QUOTES.keys())
def test_a_quote_is_verified_word_for_word(real, text, exact):
    found = real.verify_quote(text)
    assert list(found.exact) == exact
    for place, quote in zip(found.places, found.quotes, strict=True):
        assert place.span.of(real.document(place.doc_id).text) == quote
        assert "never worked" in quote


def test_the_guard_refuses_what_the_page_has_no_use_for(url):
    assert request(url, Host="evil.example")[0] == 400
    assert request(url, "gradio_api/call/v2/ask", {"question": "x"}, Origin="http://evil.example")[0] == 403
    assert request(url, "gradio_api/call/v2/ask", {"question": "x" * 70_000})[0] == 413
    assert request(url, "gradio_api/upload", {})[0] == 404
    assert request(url, "openapi.json")[0] == 404
    assert "default-src 'self'" in request(url)[2]["content-security-policy"]


def test_the_page_loads_its_style_and_names_no_other_host(url):
    body = request(url)[1]
    assert "--q-accent" in body
    assert "fonts.googleapis" not in body


def test_the_panel_ignores_what_a_browser_should_not_send(real):
    for payload in ({}, {"n": 1}, {"open": KALLAS, "start": 5, "end": 1}, {"open": KALLAS, "start": "x"}, {"open": "../secret", "start": 0, "end": 5},
                    {"open": "../../etc/passwd"}, {"open": 3}):  # fmt: skip
        assert source_panel(real, payload) is None
    whole = source_panel(real, {"open": KALLAS, "start": 0, "end": 10**9})
    assert Read(whole["html"]).text == real.document(KALLAS).text


def test_a_document_that_the_browser_shows_is_not_sent_again(real):
    first = source_panel(real, {"open": KALLAS})
    again = {"open": KALLAS, "start": 3, "end": 9, "version": first["version"], "have": first["version"]}
    assert "html" not in source_panel(real, again)
    other = source_panel(real, {**again, "version": "another"})
    assert sources.CHANGED in other["html"]


def test_what_was_asked_as_typed_is_judged_and_copied_as_typed(real, tmp_path, monkeypatch):
    from qa.ui.calls import server_functions

    monkeypatch.setattr(
        "qa.ui.calls.keep_feedback", lambda index, *rest, **options: keep_feedback(tmp_path, *rest, **options)
    )
    make_prompt, give_feedback, *_ = server_functions(real, Endpoints(real, Monitor(real)))
    earlier, question = "what did Kallas say", "how long did the ryadh meeting last"
    for typed in (True, False):
        sent = {"asked": [question, [earlier], typed], "helpful": True, "budget": 900}
        searched = json.loads(make_prompt(sent))["prompt"].splitlines()[-1]
        assert ("ryadh" in searched) is typed
        assert give_feedback(sent) == "{}"
    lines = (tmp_path / "feedback.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["history"] for line in lines] == [[], [earlier]]
    assert "error" in json.loads(give_feedback({"asked": ["x"]}))


def test_an_index_that_breaks_while_serving_is_told_in_words(tmp_path, model, real):
    from qa.ui.conversation import Conversation
    from qa.ui.page import _status

    engine = Engine(dataclasses.replace(real.settings, index=tmp_path / "gone"), embedder=model)
    turns = [{"question": "anything", "as_typed": False}]
    assert Conversation(engine, Endpoints(engine, Monitor(engine)), Offered(real)).asked_now(turns)
    assert "There is no index in" in turns[0]["card"]
    for payload in ({"list": True}, {"open": KALLAS}, {"open": KALLAS, "start": 0, "end": 5}):
        assert "There is no index in" in source_panel(engine, payload)["html"]
    assert "There is no index in" in _status(engine)


def test_a_document_is_described_by_what_is_known(real):
    described = source_list([Document("a.txt", "T", "", "", {"author": "Ann", "date": "2025"})], Folder("/texts"))
    assert "Ann · 2025" in described
    assert "/texts" in described
    assert "are asked" not in described  # one alone is no choice
    many = source_list([Document(f"{n}.txt", f"T{n}", "", "", {}) for n in range(LISTED + 2)], Folder("/texts"))
    assert "and 2 more documents; a citation opens each" in many
    assert many.count("tabindex=-1") == 2 * (LISTED - 1)  # one stop of the Tab key for all titles, one for all ticks


def test_what_a_browser_remembered_is_answered_one_by_one_newest_first_behind_new_questions(real):
    from qa.ui.conversation import Conversation
    from qa.ui.shares import Busy

    asked = []

    class Recording(Endpoints):
        def answer(self, question, *rest, behind=False, **options):
            if question == "busy":
                raise Busy("Too many questions are waiting")
            asked.append((question, behind))
            return super().answer(question, *rest, behind=behind, **options)

    talk = Conversation(real, Recording(real, Monitor(real)), Offered(real))
    turns = []
    saved = [{"question": f"who edited the dw piece {number}"} for number in range(30)]
    talk.restore(turns, {"turns": saved, "linked": {"question": "what did Kallas say about appeasement"}})
    assert len(turns) == 20
    assert asked == []
    assert all('class="owed"' in talk.card(turns, turn) for turn in turns[:-1])
    assert talk.card(turns, turns[-1]) == ""  # what the address asks is new
    assert talk.asked_now(turns)
    assert not talk.asked_now(turns)
    assert talk.asked_before(turns)
    talk.add(turns, {"question": "when was it", "as_typed": True})
    assert talk.asked_now(turns)
    assert talk.asked_before(turns)
    assert asked == [
        ("what did Kallas say about appeasement", False), ("who edited the dw piece 29", True), ("when was it", False),
        ("who edited the dw piece 28", True),
    ]  # fmt: skip
    turns[-5]["question"] = "busy"
    assert not talk.asked_before(turns)
    turns[-5]["question"] = "who was it"
    while talk.asked_before(turns):
        pass
    assert all('class="owed"' not in talk.card(turns, turn) for turn in turns)
    talk.restore(turns, {"turns": [{"question": "same"}], "linked": {"question": "same"}})
    assert not talk.asked_now(turns)
    assert len(turns) == 1


def test_a_new_question_is_not_lost_where_a_remembered_one_is_answered_meanwhile(real):
    """Two answers on their way to one chat: both find their place."""
    import threading

    from qa.ui.conversation import Conversation

    begun, go = threading.Event(), threading.Event()

    class Slow(Endpoints):
        def answer(self, question, *rest, behind=False, **options):
            if behind:
                begun.set()
                go.wait(30)
            return super().answer(question, *rest, behind=behind, **options)

    talk, turns = Conversation(real, Slow(real, Monitor(real)), Offered(real)), []
    talk.restore(turns, {"turns": [{"question": "what did Kallas say about appeasement"}]})
    thread = threading.Thread(target=talk.asked_before, args=(turns,))
    thread.start()
    assert begun.wait(30)
    talk.add(turns, {"question": "what did Merkel say", "as_typed": False})
    assert talk.asked_now(turns)
    go.set()
    thread.join(30)
    assert ["It has never worked" in turns[0]["card"], "Merkel" in turns[1]["card"]] == [True, True]


def test_a_folder_that_holds_all_documents_is_no_choice():
    inside = [Document(f"topics/{n}.md", f"Title {n}", "", "0" * 64) for n in range(3)]
    assert "All 2 are asked" in source_list(inside[:2], Folder("seeds"))
    assert 'class="folders"' not in source_list(inside, Folder("seeds"))
    assert 'data-within="topics/"' in source_list([*inside, Document("a.md", "A", "", "0" * 64)], Folder("seeds"))


def test_names_that_are_offered_have_a_clear_answer(real, monkeypatch):
    monkeypatch.setattr(type(real), "names_offered", lambda self, limit: ["Atlantis", "Zelensky"])
    monkeypatch.setattr("qa.ui.examples.read_examples", lambda seeds: [])
    offered = answered_examples(real)
    assert not any("Atlantis" in question for question in offered)
    assert any("Zelensky" in question for question in offered)
