"""The chat page: where things stand and what happens when they are used.

In -> out: an Engine -> `gr.Blocks`; one public endpoint, `/ask`.
Does not: retrieve or render by itself (qa/engine.py, qa/ui/html.py), or start a server (qa/ui/serving.py).
"""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import gradio as gr

from qa.datatypes import Document, Span
from qa.engine import Engine
from qa.errors import QAError
from qa.rendering import answer_to_dict
from qa.ui import html
from qa.ui.examples import answered_examples

MAX_QUESTION_CHARS = 2000
TURNS_KEPT = 20
_SILENT: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
_SCROLL = (
    "() => setTimeout(() => [...document.querySelectorAll('#chat .ask')].pop()?.scrollIntoView({block: 'start'}), 50)"
)

Turn = dict[str, Any]
"""`question`, and once it is answered `card`, its HTML."""


def head() -> str:
    """Return the style sheet for the page's head."""
    return f"<style>{files('qa.ui').joinpath('style.css').read_text(encoding='utf-8')}</style>"


def make_page(engine: Engine) -> gr.Blocks:
    """Return the page over an Engine whose index exists."""
    script = files("qa.ui").joinpath("script.js").read_text(encoding="utf-8")
    examples = answered_examples(engine)

    with gr.Blocks(title="Quoted", analytics_enabled=False, fill_width=True) as page:
        turns = gr.State([], time_to_live=24 * 3600)
        _html(html.HEADER, elem_id="top")
        with gr.Row(elem_id="main", equal_height=True):
            with gr.Column(elem_id="chatcol", scale=3, min_width=320):
                chat = gr.Chatbot(
                    value=_messages([], examples), elem_id="chat", label="Conversation", show_label=False, buttons=[], height=None,
                    container=False, autoscroll=False, latex_delimiters=[], group_consecutive_messages=False, layout="bubble",
                )  # fmt: skip
                box = gr.Textbox(
                    elem_id="ask", label="Your question", placeholder="Ask the documents…", show_label=False, container=False,
                    lines=1, max_lines=5, max_length=MAX_QUESTION_CHARS, autofocus=True, submit_btn="Ask",
                )  # fmt: skip
            with gr.Column(elem_id="viewcol", scale=2, min_width=300):
                panel = gr.HTML(
                    html.source_list(engine.documents()), elem_id="viewer", apply_default_css=False, js_on_load=script
                )
                status = _html(_status(engine), elem_id="status")

        def show_question(text: str, before: list[Turn]) -> tuple[Any, ...]:
            question = text.strip()[:MAX_QUESTION_CHARS]
            if not question:
                return gr.skip(), before, ""
            after = [*before[1 - TURNS_KEPT :], {"question": question}]
            return _messages(after, examples), after, ""

        def show_answer(before: list[Turn]) -> tuple[Any, ...]:
            if not before or "card" in before[-1]:
                return gr.skip(), before, gr.skip()
            *earlier, last = before
            card = _answer(engine, last["question"], [turn["question"] for turn in earlier])
            after = [*earlier, {**last, "card": card}]
            return _messages(after, examples), after, _status(engine)

        def take_example(event: gr.EventData) -> str:
            return str(_payload(event).get("question", ""))[:MAX_QUESTION_CHARS]

        def show_source(event: gr.EventData) -> Any:
            return _source(engine, _payload(event)) or gr.skip()

        def start_again() -> tuple[Any, ...]:
            return _messages([], examples), [], html.source_list(engine.documents())

        def ask(question: str, history: list[str] | None = None, k: int = 5) -> dict[str, Any]:
            """Quote the sentences of the documents that answer a question, or say that they do not.

            Args:
                question: The question.
                history: Earlier questions of the conversation, oldest first.
                k: How many passages to return beside the quotes.

            Returns:
                The JSON object of `qa ask --json`.
            """
            return _ask_checked(engine, question, history, k)

        for submitted in (box.submit, panel.ask(take_example, None, box, queue=False, **_SILENT).then):
            asked = submitted(show_question, [box, turns], [chat, turns, box], queue=False, **_SILENT)
            answered = asked.success(
                show_answer, turns, [chat, turns, status], concurrency_limit=4, concurrency_id="ask", **_SILENT
            )
            answered.then(None, None, None, js=_SCROLL, api_visibility="private")
        panel.cite(show_source, None, panel, queue=False, **_SILENT)
        panel.reset(start_again, None, [chat, turns, panel], queue=False, **_SILENT)
        page.load(lambda: (html.source_list(engine.documents()), _status(engine)), None, [panel, status], **_SILENT)
        gr.api(ask, api_name="ask", concurrency_limit=4, concurrency_id="ask")
    return page


def _html(content: str, **options: Any) -> gr.HTML:
    """Our own HTML, as it is: Gradio's message text would pass through Markdown and a sanitizer and change quotes."""
    return gr.HTML(content, apply_default_css=False, js_on_load=None, **options)


def _messages(turns: list[Turn], examples: list[str]) -> list[dict[str, Any]]:
    if not turns:
        return [{"role": "assistant", "content": _html(html.welcome(examples))}]
    messages = []
    for turn in turns:
        messages.append({"role": "user", "content": _html(html.question_card(turn["question"]))})
        if "card" in turn:
            messages.append({"role": "assistant", "content": _html(turn["card"])})
    return messages


def _answer(engine: Engine, question: str, history: list[str]) -> str:
    try:
        return html.answer_card(engine.ask(question, history=history), engine.document_count())
    except QAError as exc:
        return html.error_card(str(exc))


def _status(engine: Engine) -> str:
    try:
        status = engine.status()
    except QAError as exc:
        return html.error_card(str(exc))
    return html.status_line(status.documents, len(status.added) + len(status.changed) + len(status.removed))


def _source(engine: Engine, payload: dict[str, Any]) -> str | None:
    """Return the panel a click asks for; None for anything a browser should not have sent."""
    if payload.get("list"):
        return html.source_list(engine.documents())
    if "open" in payload:
        document = engine.document(str(payload["open"]))
        return html.source_text(document) if document else None
    try:
        spans = [(str(doc_id), Span(int(start), int(end))) for doc_id, start, end in payload["spans"]][:50]
        number = int(payload["n"])
        doc_id = spans[number - 1][0] if number >= 1 else ""
    except (KeyError, IndexError, TypeError, ValueError):
        return None
    document = engine.document(doc_id)
    return html.source_text(document, _marks(document, spans), number, len(spans)) if document else None


def _marks(document: Document, spans: list[tuple[str, Span]]) -> list[tuple[int, Span]]:
    return [
        (n, span)
        for n, (doc_id, span) in enumerate(spans, 1)
        if doc_id == document.doc_id and span.end <= len(document.text)
    ]


def _payload(event: gr.EventData) -> dict[str, Any]:
    data = event._data
    return data if isinstance(data, dict) else {}


def _ask_checked(engine: Engine, question: Any, history: Any, k: Any) -> dict[str, Any]:
    """Gradio passes on whatever types a caller sends, so they are checked here."""
    if not isinstance(question, str) or len(question) > MAX_QUESTION_CHARS:
        raise gr.Error(f"question has to be a text of at most {MAX_QUESTION_CHARS} characters", print_exception=False)
    earlier = [] if history is None else history
    if not isinstance(earlier, list) or not all(isinstance(text, str) for text in earlier):
        raise gr.Error("history has to be a list of questions", print_exception=False)
    if not isinstance(k, int) or isinstance(k, bool) or not 1 <= k <= 100:
        raise gr.Error("k has to be a whole number from 1 to 100", print_exception=False)
    try:
        return answer_to_dict(engine.ask(question, history=earlier, k=k))
    except QAError as exc:
        raise gr.Error(str(exc), print_exception=False) from exc
