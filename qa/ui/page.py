"""The chat page: where things stand and what happens when they are used.

In -> out: an Engine -> `gr.Blocks`; two public endpoints, `/retrieve` and `/ask`.
Does not: retrieve or render by itself (qa/engine.py, qa/ui/cards.py), or start a server (qa/ui/serving.py).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from importlib.resources import files
from typing import Any

import gradio as gr

from qa.engine import Engine
from qa.errors import QAError
from qa.prompts import answer_to_prompt
from qa.text.tokens import count_prompt_tokens
from qa.ui import cards, sources
from qa.ui.cards import Asked
from qa.ui.endpoints import MAX_QUESTION_CHARS, Endpoints, Refused
from qa.ui.examples import Offered
from qa.ui.feedback import keep_feedback
from qa.ui.panel import all_sources, source_panel
from qa.ui.rebuild import rebuild_steps

TURNS_KEPT = 20
REMEMBERED = "quoted.questions.1"
_SILENT: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
_AFTER_ANSWER = "() => window.quoted.answered()"

Turn = dict[str, Any]
"""`question`, `as_typed`, and once it is answered `card`, its HTML."""


def head() -> str:
    """Return the style sheet for the page's head."""
    return f"<style>{files('qa.ui').joinpath('style.css').read_text(encoding='utf-8')}</style>"


def make_page(engine: Engine, endpoints: Endpoints) -> gr.Blocks:
    """Return the page over an Engine whose index exists."""
    script = files("qa.ui").joinpath("script.js").read_text(encoding="utf-8")
    offered = Offered(engine)

    with gr.Blocks(title="Quoted", analytics_enabled=False, fill_width=True) as page:
        turns = gr.State([], time_to_live=24 * 3600)
        remembered = gr.BrowserState([], storage_key=REMEMBERED, secret="questions only")
        _html(cards.HEADER, elem_id="top")
        with gr.Row(elem_id="main", equal_height=True):
            with gr.Column(elem_id="chatcol", scale=3, min_width=300):
                chat = gr.Chatbot(
                    value=_messages([], offered), elem_id="chat", label="Conversation", show_label=False, buttons=[], height=None,
                    container=False, autoscroll=False, latex_delimiters=[], group_consecutive_messages=False, layout="bubble",
                )  # fmt: skip
                box = gr.Textbox(
                    elem_id="ask", label="Your question", placeholder="Ask the documents…", show_label=False, container=False,
                    lines=1, max_lines=5, max_length=MAX_QUESTION_CHARS, autofocus=True, submit_btn="Ask",
                )  # fmt: skip
            with gr.Column(elem_id="viewcol", scale=2, min_width=300):
                panel = gr.HTML(
                    all_sources(engine), elem_id="viewer", apply_default_css=False, js_on_load=script,
                    server_functions=_server_functions(engine, endpoints),
                )  # fmt: skip
                status = _html(_status(engine), elem_id="status")

        def show_question(text: str, before: list[Turn], *, as_typed: bool = False) -> tuple[Any, ...]:
            question = text.strip()[:MAX_QUESTION_CHARS]
            if not question:
                return gr.skip(), before, "", gr.skip()
            after = [*before[1 - TURNS_KEPT :], {"question": question, "as_typed": as_typed}]
            return _messages(after, offered), after, "", [turn["question"] for turn in after]

        def show_asked(before: list[Turn], event: gr.EventData) -> tuple[Any, ...]:
            payload = _payload(event)
            return show_question(str(payload.get("question", "")), before, as_typed=payload.get("as_typed") is True)

        def show_answer(before: list[Turn]) -> tuple[Any, ...]:
            if not before or "card" in before[-1]:
                return gr.skip(), before, gr.skip()
            after = _answered(engine, endpoints, before)
            return _messages(after, offered), after, _status(engine)

        def restore(saved: Any, request: gr.Request) -> tuple[Any, ...]:
            """Ask again what this browser asked before, and then what the address asks (`?q=`)."""
            questions = [q for q in saved if isinstance(q, str)][-TURNS_KEPT:] if isinstance(saved, list) else []
            linked = str(request.query_params.get("q") or "").strip()[:MAX_QUESTION_CHARS]
            if linked and questions[-1:] != [linked]:
                questions.append(linked)
            restored: list[Turn] = []
            for question in questions[-TURNS_KEPT:]:
                restored = _answered(engine, endpoints, [*restored, {"question": question[:MAX_QUESTION_CHARS]}])
            asked = [turn["question"] for turn in restored]
            return (
                _messages(restored, offered),
                restored,
                asked,
                all_sources(engine),
                _status(engine),
            )

        def show_source(event: gr.EventData) -> Any:
            return source_panel(engine, _payload(event)) or gr.skip()

        def start_again() -> tuple[Any, ...]:
            return _messages([], offered), [], all_sources(engine), []

        def rebuild() -> Iterator[tuple[Any, ...]]:
            for line in rebuild_steps(engine):
                yield line, gr.skip()
            yield line, all_sources(engine)

        def retrieve(question: str, k: int = 5) -> dict[str, Any]:
            """Return the best passages of the documents for a question.

            Args:
                question: The question.
                k: How many passages, 1 to 100.

            Returns:
                The JSON object of `qa retrieve --json`.
            """
            return _checked(lambda: endpoints.retrieve(question, k))

        def ask(question: str, history: list[str] | None = None, k: int = 5) -> dict[str, Any]:
            """Quote the sentences of the documents that answer a question, or say that they do not.

            Args:
                question: The question.
                history: Earlier questions of the conversation, oldest first.
                k: How many passages to return beside the quotes.

            Returns:
                The JSON object of `qa ask --json`.
            """
            return _checked(lambda: endpoints.ask(question, history, k))

        for asked in (
            box.submit(show_question, [box, turns], [chat, turns, box, remembered], queue=False, **_SILENT),
            panel.ask(show_asked, turns, [chat, turns, box, remembered], queue=False, **_SILENT),
        ):
            answered = asked.success(
                show_answer, turns, [chat, turns, status], concurrency_limit=2, concurrency_id="ask", **_SILENT
            )
            answered.then(None, None, None, js=_AFTER_ANSWER, api_visibility="private")
        panel.cite(show_source, None, panel, queue=False, **_SILENT)
        panel.reset(start_again, None, [chat, turns, panel, remembered], queue=False, **_SILENT)
        panel.rebuild(rebuild, None, [status, panel], concurrency_limit=1, concurrency_id="rebuild", **_SILENT)
        loaded = page.load(restore, remembered, [chat, turns, remembered, panel, status], **_SILENT)
        loaded.then(None, None, None, js=_AFTER_ANSWER, api_visibility="private")
        gr.Timer(30).tick(lambda: _status(engine), None, status, queue=False, **_SILENT)
        gr.api(retrieve, api_name="retrieve", queue=False)  # Endpoints keeps its own, lighter queue
        gr.api(ask, api_name="ask", queue=False)
    return page


def _html(content: str, **options: Any) -> gr.HTML:
    """Our own HTML, as it is: Gradio's message text would pass through Markdown and a sanitizer and change quotes."""
    return gr.HTML(content, apply_default_css=False, js_on_load=None, **options)


def _messages(turns: list[Turn], offered: Offered) -> list[dict[str, Any]]:
    if not turns:
        return [{"role": "assistant", "content": _html(offered.welcome())}]
    messages = []
    for turn in turns:
        messages.append({"role": "user", "content": _html(cards.question_card(turn["question"]))})
        if "card" in turn:
            messages.append({"role": "assistant", "content": _html(turn["card"])})
    return messages


def _answered(engine: Engine, endpoints: Endpoints, turns: list[Turn]) -> list[Turn]:
    """Return the turns with the card of the last one."""
    *earlier, last = turns
    asked = Asked(last["question"], tuple(turn["question"] for turn in earlier), bool(last.get("as_typed")))
    return [*earlier, {**last, "card": _card(engine, endpoints, asked)}]


def _card(engine: Engine, endpoints: Endpoints, asked: Asked) -> str:
    try:
        answer = endpoints.answer(asked.question, asked.history, as_typed=asked.as_typed)
        return cards.answer_card(answer, engine.document_count(), asked)
    except (QAError, Refused) as exc:
        return cards.error_card(str(exc))


def _status(engine: Engine) -> str:
    try:
        return sources.index_status(engine.status())
    except QAError as exc:
        return cards.error_card(str(exc))


def _server_functions(engine: Engine, endpoints: Endpoints) -> list[Callable[..., str]]:
    """What the script of the page calls and waits for; arguments come from a browser and are checked."""

    def make_prompt(sent: Any) -> str:
        """Return JSON: the prompt for a language model and what it costs, or an error in words."""
        try:
            asked = _read_asked(sent)
            answer = endpoints.answer(asked.question, asked.history, k=50, as_typed=asked.as_typed)
            text = answer_to_prompt(answer, max(1, min(int(sent["budget"]), 100_000)))
        except (QAError, Refused, LookupError, TypeError, ValueError) as exc:
            return json.dumps({"error": str(exc)})
        return json.dumps({"prompt": text, "tokens": count_prompt_tokens(text)})

    def give_feedback(sent: Any) -> str:
        """Keep a verdict on an answer; return JSON: an error in words, or nothing."""
        try:
            asked = _read_asked(sent)
            answer = engine.ask(asked.question, history=asked.history, as_typed=asked.as_typed)
            keep_feedback(engine.settings.index, answer, asked, helpful=sent["helpful"] is True)
        except (QAError, LookupError, TypeError, ValueError, OSError) as exc:
            return json.dumps({"error": str(exc)})
        return "{}"

    return [make_prompt, give_feedback]


def _read_asked(sent: Any) -> Asked:
    question, history, as_typed = sent["asked"]
    texts = [str(text)[:MAX_QUESTION_CHARS] for text in (question, *history[-TURNS_KEPT:])]
    return Asked(texts[0], tuple(texts[1:]), as_typed is True)


def _payload(event: gr.EventData) -> dict[str, Any]:
    data = event._data
    return data if isinstance(data, dict) else {}


def _checked(call: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return call()
    except Refused as exc:
        raise gr.Error(str(exc), print_exception=False) from exc
