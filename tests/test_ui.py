import dataclasses
import json
import urllib.error
import urllib.request
from html.parser import HTMLParser

import pytest
from conftest import KALLAS
from hypothesis import given
from hypothesis import strategies as st

from qa.datatypes import Document, Span
from qa.engine import Engine
from qa.ui import html
from qa.ui.examples import answered_examples
from qa.ui.serving import launch

HOSTILE = "<img src=x onerror=alert(1)> ${alert(2)} </mark><script>alert(3)</script> {{x}} & \"quotes\" 'too' `tick`"


class Marks(HTMLParser):
    """Collect the text of the page's text element, of `mark.on`, and every tag."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text = self.on = ""
        self.tags: list[str] = []
        self._inside = self._marked = False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        classes = dict(attrs).get("class", "")
        self._inside |= classes == "text"
        self._marked = classes == "on" if tag == "mark" else self._marked

    def handle_endtag(self, tag):
        self._inside &= tag != "div"
        self._marked &= tag != "mark"

    def handle_data(self, data):
        self.text += data if self._inside else ""
        self.on += data if self._marked else ""


TEXTS = st.text(st.sampled_from("ab<>&\"'`${}\n\u00a0é👩\u200d"), min_size=1, max_size=60)


@given(TEXTS, st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=4))
def test_the_source_is_shown_whole_with_exactly_the_quote_marked(text, edges):
    spans = [Span(*sorted((min(a, len(text)), min(b, len(text))))) for a, b in edges]
    page = Marks(html.marked_text(text, list(enumerate(spans, 1)), 1))
    assert page.text == text
    assert page.on == spans[0].of(text)
    assert set(page.tags) <= {"div", "mark"}


def test_text_of_documents_and_questions_is_never_html(small):
    (small.settings.seeds / "bad.txt").write_text(f"Whales sing {HOSTILE}.")
    small.build()
    answer = small.ask(f"whales sing {HOSTILE}")
    assert answer.answered
    document = dataclasses.replace(small.document("bad.txt"), title=HOSTILE)
    refusal = small.ask(f"who crossed the Danube {HOSTILE}")
    pages = [html.answer_card(answer, 2), html.answer_card(refusal, 2), html.question_card(HOSTILE), html.source_text(document),
             html.source_list([document]), html.welcome([HOSTILE]), html.error_card(HOSTILE)]  # fmt: skip
    for page in pages:
        assert not {"img", "script"} & set(Marks(page).tags)


def test_the_cards_say_what_they_are(real):
    card = html.answer_card(real.ask("what did Kallas say about appeasement"), 5)
    assert "2 quotes from 1 document, word for word" in card
    assert card.count('class="cite"') == 2
    refusal = html.answer_card(real.ask("what did Merkel say about appeasement"), 5)
    assert "The documents do not answer this." in refusal
    assert "No document mentions “Merkel”." in refusal
    assert "they are no answer to the question" in refusal


def test_status_line():
    assert "1 document changed" in html.status_line(5, 1)
    assert "5 documents, up to date" in html.status_line(5, 0)


def test_examples_are_really_answered(real, small):
    examples = answered_examples(real)
    assert len(examples) == 4
    assert all(real.ask(question).answered for question in examples)
    assert all(small.ask(question).answered for question in answered_examples(small))


@pytest.fixture(scope="module")
def url(real):
    engine = Engine(dataclasses.replace(real.settings, port=0), embedder=real._embedder)
    page, address = launch(engine)
    yield address
    page.close(verbose=False)


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


def test_ask_is_the_only_public_endpoint(url):
    assert list(json.loads(request(url, "gradio_api/info")[1])["named_endpoints"]) == ["/ask"]


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
    from qa.ui.page import _source

    for payload in ({}, {"n": 1}, {"n": 9, "spans": []}, {"n": 0, "spans": [[KALLAS, 0, 5]]}, {"n": 1, "spans": [[KALLAS, 5, 1]]},
                    {"n": 1, "spans": [["../secret", 0, 5]]}, {"n": "x", "spans": 3}, {"open": "../../etc/passwd"}):  # fmt: skip
        assert _source(real, payload) is None
    page = Marks(_source(real, {"n": 1, "spans": [[KALLAS, 0, 5], [KALLAS, 0, 10**9]]}))
    assert page.on == real.document(KALLAS).text[:5]


def test_an_index_that_breaks_while_serving_is_told_in_words(tmp_path, model, real):
    from qa.ui.page import _answer, _status

    engine = Engine(dataclasses.replace(real.settings, index=tmp_path / "gone"), embedder=model)
    assert "There is no index in" in _answer(engine, "anything", [])
    assert "There is no index in" in _status(engine)


def test_a_document_is_described_by_what_is_known(real):
    described = html.source_list([Document("a.txt", "T", "one two", "", {"author": "Ann", "date": "2025"})])
    assert "Ann · 2025 · 2 words" in described
