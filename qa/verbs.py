"""What each verb of `qa` does with an Engine: a few lines a verb.

In -> out: an Engine and what was typed -> results on stdout (text, or JSON with --json), progress and warnings on stderr, an exit status.
Does not: compute anything, or know what can be typed (qa/options.py).
"""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from qa import fields, rendering
from qa.defaults import HITS_SHOWN
from qa.options import DONE, FAILED, NOT_FOUND, STALE, WRONG_USAGE

if TYPE_CHECKING:  # a verb imports what it needs
    from qa.engine import Engine
    from qa.lines import Handle, Request
    from qa.reports import BuildReport

PACKED_FROM = 50
"""How many passages are considered for a prompt with a budget."""


def run_verb(engine: Engine, options: argparse.Namespace) -> int:
    """Run the verb that was typed and return its exit status; QAError where it is not possible."""
    return int(_RUN[options.verb](engine, options))


def _build(engine: Engine, options: argparse.Namespace) -> int:
    if options.rollback:
        status = engine.roll_back()
        _write(options, fields.status_to_dict(status), rendering.status_to_text(status))
        return DONE
    from qa.progress import progress_bar

    with progress_bar("indexing", "B") as progress:
        report = engine.build(full=options.full, strict=options.strict, progress=progress, ray=options.ray)
    _report(options, report)
    return _follow(engine, options) if options.watch else DONE


def _follow(engine: Engine, options: argparse.Namespace) -> int:
    from threading import Event

    from qa.following import follow

    print(f"following {engine.settings.seeds} (Ctrl-C ends it)", file=sys.stderr)
    try:
        follow(
            engine,
            stop=Event(),
            on_build=lambda report: _report(options, report),
            on_problem=_warn,
            strict=options.strict,
        )
    except KeyboardInterrupt:
        print("no longer following", file=sys.stderr)
    return DONE


def _status(engine: Engine, options: argparse.Namespace) -> int:
    if options.snapshots:
        rows = engine.list_snapshots()
        _write(options, {"snapshots": rows}, "\n".join(map(rendering.snapshot_to_text, rows)))
        return DONE
    status = engine.status(verify=options.verify)
    text = rendering.status_to_text(status)
    _write(options, fields.status_to_dict(status), text + "\nEvery byte is as it was written." * options.verify)
    return STALE if status.stale else DONE


def _retrieve(engine: Engine, options: argparse.Namespace) -> int:
    def retrieve(request: Request) -> tuple[dict[str, Any], str, int]:
        hits = engine.retrieve(
            request.question, request.k, history=request.history, max_tokens=options.max_tokens, within=options.within
        )
        text = "\n".join(map(rendering.hit_to_text, hits)).rstrip()
        return fields.hits_to_dict(request.question, hits), text, DONE if hits else NOT_FOUND

    return _respond(retrieve, options, options.history)


def _ask(engine: Engine, options: argparse.Namespace) -> int:
    def ask(request: Request) -> tuple[dict[str, Any], str, int]:
        answer = engine.ask(
            request.question, history=request.history, k=request.k, as_typed=options.as_typed, within=options.within
        )
        content, text = fields.answer_to_dict(answer), rendering.answer_to_text(answer)
        if options.prompt:
            from qa.prompts import answer_to_prompt

            text = answer_to_prompt(answer, options.max_tokens)
            content = {**content, "prompt": text}
        return content, text, DONE if answer.answered else NOT_FOUND

    if options.max_tokens and not options.prompt:
        return _usage("--max-tokens needs --prompt: an answer is quotes, not a prompt")
    return _respond(ask, options, options.history)


def _text(engine: Engine, options: argparse.Namespace) -> int:
    text = engine.text(options.document)
    shown = rendering.printable(text) if sys.stdout.isatty() else text  # into a file or a program goes every character
    _write(options, {"doc_id": options.document, "text": text}, shown)
    return DONE


def _serve(engine: Engine, options: argparse.Namespace) -> int:
    from qa.ui.serving import read_access, serve

    access = read_access(options.auth, options.max_queue, mcp=options.mcp, upload=not options.no_upload)

    def announce(url: str) -> None:
        _write(options, {"url": url}, f"Quoted is at {url} (Ctrl-C ends it)")

    serve(engine, announce=announce, watch=options.watch, access=access)
    return DONE


def _eval(engine: Engine, options: argparse.Namespace) -> int:
    from pathlib import Path

    from qa.evals.gold import read_gold
    from qa.evals.runner import Bench, as_table, evaluate, provenance

    def text_of(doc_id: str) -> str | None:
        document = engine.document(doc_id)
        return document.text if document else None

    questions = read_gold(Path(options.gold), text_of)
    if options.calibrate:
        return _calibrate(engine, options, questions)
    bench = Bench(*engine.parts())
    report = evaluate(bench, questions, baselines=options.baselines)
    _write(options, {**report, **provenance(bench)}, as_table(report))
    return DONE


def _calibrate(engine: Engine, options: argparse.Namespace, questions: Sequence[Any]) -> int:
    from qa.evals.calibration import calibrate
    from qa.evals.runner import Bench

    weights, report = calibrate(Bench(*engine.parts()), questions)
    path = engine.keep_calibration(weights)
    lines = [f"held out: {report['held_out']}", "threshold  unanswerable refused  answerable refused"]
    lines += [
        f"{row['threshold']:9.2f}  {row['refusal_recall']:20.2f}  {row['false_refusals']:18.2f}"
        for row in report["trade_off"]
    ]
    _write(options, {**report, "path": str(path)}, "\n".join([*lines, f"kept in {path}: answers use it from now on"]))
    return DONE


def _respond(handle: Handle, options: argparse.Namespace, history: list[str]) -> int:
    """Answer the question of the arguments, or each line of stdin with a line of JSON, in order."""
    from qa.lines import Request, answer_lines

    default_k = options.k or (PACKED_FROM if options.max_tokens else HITS_SHOWN)
    if options.question == ["-"]:
        gc.enable()  # of any number of questions
        return FAILED if answer_lines(handle, sys.stdin, sys.stdout, default_k, history) else DONE
    content, text, status = handle(Request(" ".join(options.question), tuple(history), default_k))
    _write(options, content, text)
    return int(status)


def _write(options: argparse.Namespace, content: dict[str, Any], text: str) -> None:
    if options.json:
        import json

        text = json.dumps(content, ensure_ascii=False, indent=2)
    print(text.rstrip("\n"), flush=True)


def _report(options: argparse.Namespace, report: BuildReport) -> None:
    for warning in report.warnings:
        _warn(warning)
    _write(options, fields.report_to_dict(report), rendering.report_to_text(report))


def _warn(message: str) -> None:
    print(f"warning: {rendering.printable(message)}", file=sys.stderr, flush=True)


def _usage(message: str) -> int:
    print(f"error: {message}", file=sys.stderr)
    return WRONG_USAGE


_RUN = {
    "build": _build,
    "status": _status,
    "retrieve": _retrieve,
    "ask": _ask,
    "text": _text,
    "serve": _serve,
    "eval": _eval,
}
