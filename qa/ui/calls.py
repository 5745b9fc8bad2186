"""What the script of the page calls and waits for: sources, pictures, prompts, verdicts and files.

In -> out: an Engine and Endpoints -> functions from what a browser sent, which is checked, to JSON.
Does not: draw the page, or change what it shows.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from qa.engine import Engine
from qa.errors import QAError
from qa.prompts import answer_to_prompt
from qa.text.tokens import count_prompt_tokens
from qa.ui.endpoints import Endpoints
from qa.ui.exporting import exported
from qa.ui.feedback import Verdicts, keep_feedback
from qa.ui.pages import picture_json
from qa.ui.panel import Reach, source_panel
from qa.ui.shares import CLIENT, Refused
from qa.ui.turns import TURNS_KEPT, read_asked


def server_functions(engine: Engine, endpoints: Endpoints, reach: Reach | None = None) -> list[Callable[..., str]]:
    """Return the functions by whose names the script calls them."""
    verdicts = Verdicts()

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
            with verdicts.place(CLIENT.get()):
                answer = endpoints.answer(
                    asked.question, asked.history, as_typed=asked.as_typed, within=asked.within, behind=True
                )
                keep_feedback(engine.settings.index, answer, asked, helpful=sent["helpful"] is True)
        except (QAError, Refused, LookupError, TypeError, ValueError, OSError) as exc:
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
