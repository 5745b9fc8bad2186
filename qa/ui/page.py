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
from qa.prompts import answer_to_prompt
from qa.text.tokens import count_prompt_tokens
from qa.ui import cards, sources
from qa.ui.cards import Asked
from qa.ui.checking import check_card
from qa.ui.endpoints import MAX_QUESTION_CHARS, Endpoints, Refused
from qa.ui.examples import Offered
from qa.ui.exporting import exported
from qa.ui.feedback import keep_feedback
from qa.ui.pages import picture_json
from qa.ui.panel import Reach, source_panel
from qa.ui.rebuild import rebuild_steps
from qa.ui.turns import TURNS_KEPT, Turn, read_asked, read_turn

_SILENT: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
_AFTER_ANSWER = "() => window.quoted.answered()"
_AFTER_RESTORE = "() => window.quoted.answered(true)"
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


def make_page(engine: Engine, endpoints: Endpoints, reach: Reach | None = None) -> gr.Blocks:
    """Return the page over an Engine whose index exists."""
    script = _joined(_SCRIPTS)
    offered = Offered(engine)

    with gr.Blocks(title="Quoted", analytics_enabled=False, fill_width=True) as page:
        turns = gr.State([], time_to_live=24 * 3600)
        _html(cards.HEADER.format(upload=" data-upload" if reach and reach.upload else ""), elem_id="top")
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
                    PANES, elem_id="viewer", apply_default_css=False, js_on_load=script,
                    server_functions=_server_functions(engine, endpoints, reach),
                )  # fmt: skip
                status = _html(_status(engine), elem_id="status")

        def show_question(text: str, before: list[Turn]) -> tuple[Any, ...]:
            return show_turn(read_turn({"question": text}), before)

        def show_asked(before: list[Turn], event: gr.EventData) -> tuple[Any, ...]:
            return show_turn(read_turn(_payload(event)), before)

        def show_turn(turn: Turn | None, before: list[Turn]) -> tuple[Any, ...]:
            if turn is None:
                return gr.skip(), before, ""
            after = [*before[1 - TURNS_KEPT :], turn]
            return _messages(after, offered), after, ""

        def show_answer(before: list[Turn]) -> tuple[Any, ...]:
            if not before or "card" in before[-1]:
                return gr.skip(), before, gr.skip()
            after = _answered(engine, endpoints, before, offered)
            return _messages(after, offered), after, _status(engine)

        def restore(event: gr.EventData) -> tuple[Any, ...]:
            """Ask again what this chat asked before, and then what the address asks, each as it was understood then."""
            sent = _payload(event)
            saved = sent.get("turns")
            turns = list(filter(None, map(read_turn, saved[-TURNS_KEPT:] if isinstance(saved, list) else [])))
            linked = read_turn(sent.get("linked"))
            if linked and turns[-1:] != [linked]:
                turns = [*turns[1 - TURNS_KEPT :], linked]
            restored: list[Turn] = []
            for turn in turns:
                restored = _answered(engine, endpoints, [*restored, turn], offered)
            return _messages(restored, offered), restored

        def start_again() -> tuple[Any, ...]:
            return _messages([], offered), []

        def rebuild() -> Iterator[str]:
            yield from rebuild_steps(engine)

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
            box.submit(show_question, [box, turns], [chat, turns, box], queue=False, **_SILENT),
            panel.ask(show_asked, turns, [chat, turns, box], queue=False, **_SILENT),
        ):
            answered = asked.success(
                show_answer, turns, [chat, turns, status], concurrency_limit=2, concurrency_id="ask", **_SILENT
            )
            answered.then(None, None, None, js=_AFTER_ANSWER, api_visibility="private")
        panel.reset(start_again, None, [chat, turns], queue=False, **_SILENT)
        panel.rebuild(rebuild, None, status, concurrency_limit=1, concurrency_id="rebuild", **_SILENT)
        restored = panel.restore(restore, None, [chat, turns], **_SILENT)
        restored.then(None, None, None, js=_AFTER_RESTORE, api_visibility="private")
        page.load(lambda: _status(engine), None, status, **_SILENT)
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


def _answered(engine: Engine, endpoints: Endpoints, turns: list[Turn], offered: Offered) -> list[Turn]:
    """Return the turns with the card of the last one."""
    *earlier, last = turns
    history = last.get("history", [turn["question"] for turn in earlier if not turn.get("check")])
    asked = Asked(
        last["question"], tuple(history), last["as_typed"], last.get("check", False), tuple(last.get("within", ()))
    )
    return [*earlier, {**last, "card": _card(engine, endpoints, asked, offered)}]


def _card(engine: Engine, endpoints: Endpoints, asked: Asked, offered: Offered | None = None) -> str:
    try:
        if asked.check:
            return check_card(endpoints.check(asked.question), asked)
        answer = endpoints.answer(asked.question, asked.history, as_typed=asked.as_typed, within=asked.within)
        instead = [q for q in offered.questions if q != asked.question] if offered and not answer.answered else []
        dates = {doc_id: _date(engine, doc_id) for doc_id in {citation.doc_id for citation in answer.citations}}
        return cards.answer_card(answer, engine.document_count(), asked, dates=dates, offered=instead)
    except (QAError, Refused) as exc:
        return cards.error_card(str(exc), asked)


def _date(engine: Engine, doc_id: str) -> str:
    document = engine.document(doc_id)
    return str(document.meta.get("date", "")) if document else ""


def _status(engine: Engine) -> str:
    try:
        return sources.index_status(engine.status())
    except QAError as exc:
        return cards.error_card(str(exc))


def _server_functions(engine: Engine, endpoints: Endpoints, reach: Reach | None = None) -> list[Callable[..., str]]:
    """What the script of the page calls and waits for; arguments come from a browser and are checked."""

    def make_prompt(sent: Any) -> str:
        """Return JSON: the prompt for a language model and what it costs, or an error in words."""
        try:
            asked = read_asked(sent)
            answer = endpoints.answer(asked.question, asked.history, k=50, as_typed=asked.as_typed, within=asked.within)
            text = answer_to_prompt(answer, max(1, min(int(sent["budget"]), 100_000)))
        except (QAError, Refused, LookupError, TypeError, ValueError) as exc:
            return json.dumps({"error": str(exc)})
        return json.dumps({"prompt": text, "tokens": count_prompt_tokens(text)})

    def give_feedback(sent: Any) -> str:
        """Keep a verdict on an answer; return JSON: an error in words, or nothing."""
        try:
            asked = read_asked(sent)
            answer = engine.ask(asked.question, history=asked.history, as_typed=asked.as_typed, within=asked.within)
            keep_feedback(engine.settings.index, answer, asked, helpful=sent["helpful"] is True)
        except (QAError, LookupError, TypeError, ValueError, OSError) as exc:
            return json.dumps({"error": str(exc)})
        return "{}"

    def open_source(sent: Any) -> str:
        """Return JSON: the list of documents, or one of them; null for what is none."""
        return json.dumps(source_panel(engine, sent if isinstance(sent, dict) else {}, reach))

    def page_picture(sent: Any) -> str:
        """Return JSON: a page of a PDF as a picture, or an error in words."""
        return picture_json(endpoints, sent)

    def export_chat(sent: Any) -> str:
        """Return JSON: the file of a chat, or an error in words."""
        try:
            asked = [read_asked({"asked": one}) for one in sent["asked"][-TURNS_KEPT:]]
            answers = [
                endpoints.answer(one.question, one.history, as_typed=one.as_typed, within=one.within) for one in asked
            ]
            cited = dict.fromkeys(citation.doc_id for answer in answers for citation in answer.citations)
            documents = [document for doc_id in cited if (document := engine.document(doc_id))]
            text = exported(str(sent["kind"]), answers, documents)
        except (QAError, Refused, LookupError, TypeError, ValueError) as exc:
            return json.dumps({"error": str(exc)})
        return json.dumps({"text": text})

    return [make_prompt, give_feedback, open_source, page_picture, export_chat]


def _payload(event: gr.EventData) -> dict[str, Any]:
    data = event._data
    return data if isinstance(data, dict) else {}


def _checked(call: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return call()
    except Refused as exc:
        raise gr.Error(str(exc), print_exception=False) from exc
