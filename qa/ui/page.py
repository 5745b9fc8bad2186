"""The chat page: where things stand and what happens when they are used.

In -> out: an Engine -> `gr.Blocks`; two public endpoints, `/retrieve` and `/ask`.
Does not: retrieve or render by itself (qa/engine.py, qa/ui/cards.py), or start a server (qa/ui/serving.py).
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from importlib.resources import files
from typing import Any

import gradio as gr

from qa.engine import Engine
from qa.errors import QAError
from qa.ui import cards, sources
from qa.ui.calls import server_functions
from qa.ui.conversation import Conversation
from qa.ui.endpoints import MAX_QUESTION_CHARS, Endpoints
from qa.ui.examples import Offered
from qa.ui.first import FirstIndex
from qa.ui.panel import Reach
from qa.ui.rebuild import rebuild_steps
from qa.ui.shares import CLIENT, Refused, client_name
from qa.ui.turns import Turn, read_turn

_SILENT: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
_AFTER_ANSWER = "() => window.quoted.answered()"
_AFTER_RESTORE = "() => window.quoted.answered(true)"
_AFTER_RESUME = "() => window.quoted.resumed()"
_SCRIPTS = ("script.js", "source.js", "chat.js", "folder.js", "pages.js", "dialogs.js", "access.js")
_STYLES = ("style.css", "source.css", "media.css")
PANES = '<div id="list" class="pane"></div><div id="source" class="pane" hidden></div>'
"""Beside the chat: filled by source.js, which keeps the list while a document is open, and a document while its marks move."""


def head() -> str:
    """Return the style sheets and the icon for the page's head."""
    icon = b64encode(_joined(["icon.svg"]).encode()).decode()
    return f'<link rel="icon" type="image/svg+xml" href="data:image/svg+xml;base64,{icon}"><style>{_joined(_STYLES)}</style>'


def _joined(names: Sequence[str]) -> str:
    return "".join(files("qa.ui").joinpath(name).read_text(encoding="utf-8") for name in names)


def make_page(
    engine: Engine, endpoints: Endpoints, reach: Reach | None = None, first: FirstIndex | None = None
) -> gr.Blocks:
    """Return the page over an Engine whose index exists, or is being built as `first`."""
    script = _joined(_SCRIPTS)
    offered = Offered(engine)
    talk = Conversation(engine, endpoints, offered, first)

    def state() -> str:
        return (first and first.status()) or _status(engine)

    def greet(_: Any) -> str:
        """Return JSON: what an empty chat shows now."""
        return json.dumps({"html": offered.welcome()})

    with gr.Blocks(title="Quoted", analytics_enabled=False, fill_width=True) as page:
        turns = gr.State([], time_to_live=24 * 3600)
        _html(cards.HEADER.format(upload=" data-upload" if reach and reach.upload else ""), elem_id="top")
        with gr.Row(elem_id="main", equal_height=True):
            with gr.Column(elem_id="chatcol", scale=3, min_width=300):
                chat = gr.Chatbot(
                    value=_messages([], offered), elem_id="chat", label="Conversation", show_label=False, buttons=[], height=None,
                    container=False, autoscroll=False, latex_delimiters=[], group_consecutive_messages=False, layout="bubble",
                )  # fmt: skip
                gr.Textbox(
                    elem_id="ask", label="Your question", placeholder="Ask the documents…", show_label=False, container=False,
                    lines=1, max_lines=5, max_length=MAX_QUESTION_CHARS, autofocus=True, submit_btn="Ask",
                )  # fmt: skip
            with gr.Column(elem_id="viewcol", scale=2, min_width=300):
                panel = gr.HTML(
                    PANES, elem_id="viewer", apply_default_css=False, js_on_load=script,
                    server_functions=[*server_functions(engine, endpoints, reach), greet],
                )  # fmt: skip
                status = _html(state(), elem_id="status")

        def show_asked(asked: list[Turn], event: gr.EventData) -> tuple[Any, ...]:
            """Answer what was asked: the browser has drawn the question, and draws both once they are here."""
            turn = read_turn(_payload(event))
            if turn is None:
                return gr.skip(), asked
            talk.add(asked, turn)
            talk.answer(asked, turn)
            return drawn(asked), asked

        def show_linked(asked: list[Turn]) -> tuple[Any, ...]:
            return drawn(asked) if talk.asked_now(asked) else gr.skip(), asked

        def restore(asked: list[Turn], event: gr.EventData) -> tuple[Any, ...]:
            """Show what this chat asked before, and then what the address asks, each as it was understood then."""
            talk.restore(asked, _payload(event))
            return drawn(asked), asked

        def resume(asked: list[Turn]) -> tuple[Any, ...]:
            """Answer one more of what this chat asked before."""
            return drawn(asked) if talk.asked_before(asked) else gr.skip(), asked

        def start_again(asked: list[Turn]) -> tuple[Any, ...]:
            asked.clear()
            return drawn(asked), asked

        def drawn(asked: list[Turn]) -> list[dict[str, Any]]:
            return _messages([(turn["question"], talk.card(asked, turn)) for turn in asked], offered)

        def rebuild() -> Iterator[str]:
            yield from rebuild_steps(engine)

        def retrieve(question: str, k: int = 5, request: gr.Request | None = None) -> dict[str, Any]:
            """Return the best passages of the documents for a question.

            Args:
                question: The question.
                k: How many passages, 1 to 100.

            Returns:
                The JSON object of `qa retrieve --json`.
            """
            _tell_client(request)
            return _checked(lambda: endpoints.retrieve(question, k))

        def ask(
            question: str, history: list[str] | None = None, k: int = 5, request: gr.Request | None = None
        ) -> dict[str, Any]:
            """Quote the sentences of the documents that answer a question, or say that they do not.

            Args:
                question: The question.
                history: Earlier questions of the conversation, oldest first.
                k: How many passages to return beside the quotes.

            Returns:
                The JSON object of `qa ask --json`.
            """
            _tell_client(request)
            return _checked(lambda: endpoints.ask(question, history, k))

        answered = panel.ask(show_asked, turns, [chat, turns], queue=False, trigger_mode="multiple", **_SILENT)
        answered.then(None, None, None, js=_AFTER_ANSWER, api_visibility="private")
        # What stands below looks at every file: the answer does not wait for it.
        answered.success(state, None, status, queue=False, **_SILENT)
        panel.reset(start_again, turns, [chat, turns], queue=False, **_SILENT)
        panel.rebuild(rebuild, None, status, concurrency_limit=1, concurrency_id="rebuild", **_SILENT)
        restored = panel.restore(restore, turns, [chat, turns], queue=False, **_SILENT)
        linked = restored.then(show_linked, turns, [chat, turns], queue=False, **_SILENT)
        linked.then(None, None, None, js=_AFTER_RESTORE, api_visibility="private")
        resumed = panel.resume(resume, turns, [chat, turns], queue=False, **_SILENT)
        resumed.then(None, None, None, js=_AFTER_RESUME, api_visibility="private")
        page.load(state, None, status, queue=False, **_SILENT)
        panel.look(state, None, status, queue=False, **_SILENT)
        gr.Timer(30).tick(state, None, status, queue=False, **_SILENT)
        # Endpoints keeps its own, lighter queue, in which those who ask have equal shares: nothing but a rebuild waits in Gradio's.
        gr.api(retrieve, api_name="retrieve", queue=False)
        gr.api(ask, api_name="ask", queue=False)
    return page


def _html(content: str, **options: Any) -> gr.HTML:
    """Our own HTML, as it is: Gradio's message text would pass through Markdown and a sanitizer and change quotes."""
    return gr.HTML(content, apply_default_css=False, js_on_load=None, **options)


def _messages(talked: Sequence[tuple[str, str]], offered: Offered) -> list[dict[str, Any]]:
    """Return the messages of questions and their cards, "" where an answer is on its way."""
    if not talked:
        return [{"role": "assistant", "content": _html(offered.welcome())}]
    messages = []
    for question, card in talked:
        messages.append({"role": "user", "content": _html(cards.question_card(question))})
        if card:
            messages.append({"role": "assistant", "content": _html(card)})
    return messages


def _status(engine: Engine) -> str:
    try:
        return sources.index_status(engine.status())
    except QAError as exc:
        return cards.error_card(str(exc))


def _payload(event: gr.EventData) -> dict[str, Any]:
    data = event._data
    return data if isinstance(data, dict) else {}


def _tell_client(request: gr.Request | None) -> None:
    """Tell the shares who asks: what comes by way of Gradio's queue is worked on in a task that knows of no request."""
    if request is not None and request.client is not None:
        CLIENT.set(client_name(request.client.host))


def _checked(call: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return call()
    except Refused as exc:
        raise gr.Error(str(exc), print_exception=False) from exc
