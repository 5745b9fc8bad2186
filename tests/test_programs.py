"""The plain routes for programs, over a socket, and what their description says of them."""

import dataclasses
import json
from urllib.parse import quote

import pytest
from conftest import KALLAS
from test_guard import exchange

from qa.engine import Engine
from qa.ui.programs import make_program_apps, openapi
from qa.ui.serving import Access, launch
from qa.ui.shares import Busy


@pytest.fixture(scope="module")
def served(real):
    page, url = launch(Engine(dataclasses.replace(real.settings, port=0), embedder=real._embedder))
    yield url
    page.close(verbose=False)


def get(url, path, *headers):
    status, answer = exchange(url, [f"GET {path} HTTP/1.1", "host: 127.0.0.1", *headers])
    return status, answer.partition(b"\r\n\r\n")[2]


def test_a_question_in_the_address_gets_what_the_command_line_prints(served, real):
    from qa.fields import answer_to_dict, hits_to_dict

    question = "what did Kallas say about appeasement"
    status, body = get(served, f"/ask?q={quote(question)}&k=2")
    assert (status, json.loads(body)) == (200, answer_to_dict(real.ask(question, k=2)))
    status, body = get(served, f"/retrieve?q={quote(question)}&k=3")
    assert (status, json.loads(body)) == (200, hits_to_dict(question, real.retrieve(question, 3)))
    found = json.loads(get(served, "/verify?q=It+has+never+worked.")[1])
    assert (found["found"], found["places"][0]["doc_id"]) == (True, KALLAS)
    earlier = json.loads(get(served, f"/ask?q=and+why%3F&after={quote(question)}")[1])
    assert earlier["searched"] == real.ask("and why?", history=[question]).searched


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/ask", "takes q, after, k, within: q is missing"),
        ("/ask?question=x", "no parameter 'question'"),
        ("/retrieve?q=x&k=0", "1 to 100"),
        ("/retrieve?q=x&k=²", "1 to 100"),
        ("/ask?q=x&k=" + "9" * 400, "1 to 100"),
        ("/ask?q=x&q=y", "more than once"),
        ("/verify?q=" + "x" * 2001, "at most 2000 characters"),
        ("/ask?q=x" + "&after=y" * 51, "at most 50 questions"),
    ],
)
def test_a_wrong_parameter_is_said_in_words(served, path, said):
    status, body = get(served, quote(path, safe="/?=&"))
    assert (status, said in json.loads(body)["error"]) == (400, True)


def test_another_site_cannot_ask(served):
    assert get(served, "/ask?q=x", "sec-fetch-site: cross-site")[0] == 403
    assert get(served, "/ask?q=x", "origin: http://elsewhere.example")[0] == 403


def test_programs_log_in_as_the_page_does(real):
    settings = dataclasses.replace(real.settings, port=0)
    page, url = launch(Engine(settings, embedder=real._embedder), Access("ann", "secret"))
    try:
        for path in ("/ask?q=x", "/retrieve?q=x", "/verify?q=x", "/api.json"):
            assert get(url, path)[0] == 401
        assert get(url, "/api.json", "authorization: Basic YW5uOnNlY3JldA==")[0] == 200
    finally:
        page.close(verbose=False)


def test_the_description_names_the_routes_and_their_parameters(served):
    described = json.loads(get(served, "/api.json")[1])
    assert described == openapi()
    for path, route in described["paths"].items():
        names = [parameter["name"] for parameter in route["get"]["parameters"]]
        refused = json.loads(get(served, path)[1])["error"]
        assert refused.startswith(f"{path} takes {', '.join(names)}:")


def test_who_comes_when_too_many_wait_is_told_to_come_again():
    import asyncio

    class Full:
        def ask(self, *_):
            raise Busy("Too many questions are waiting: ask again in a moment")

    sent = []

    async def call():
        async def send(message):
            sent.append(message)

        scope = {"type": "http", "query_string": b"q=x", "path": "/ask", "method": "GET", "headers": []}
        await make_program_apps(Full())["/ask"](scope, None, send)

    asyncio.run(call())
    assert sent[0]["status"] == 503
