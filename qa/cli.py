"""`qa VERB`: the shell's way to an Engine.

In -> out: arguments and stdin -> results on stdout (text, or JSON with --json), progress and warnings on stderr, an exit status.
Does not: compute anything; every verb is a few lines over qa/engine.py.

Exit status: 0 done or answered, 1 an error with its fix, 2 wrong usage, 3 not in the documents, 4 the index is out of date.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from threading import Event
from typing import Any

from qa import rendering
from qa.answering import HITS_SHOWN
from qa.datatypes import BuildReport
from qa.engine import Engine
from qa.errors import QAError
from qa.lines import Handle, Request, answer_lines
from qa.progress import progress_bar
from qa.settings import from_env

DONE, FAILED, WRONG_USAGE, NOT_FOUND, STALE, INTERRUPTED = 0, 1, 2, 3, 4, 130
PACKED_FROM = 50
"""How many passages are considered for a prompt with a budget."""
_VERBS = {
    "build": ("index the documents; only changed ones are embedded", "qa build --watch"),
    "status": ("what is indexed, and what has changed since (exit status 4 when something has)", "qa status --json"),
    "retrieve": ("the best passages for a question", 'qa retrieve -k 3 "who pays for rebuilding Ukraine"'),
    "ask": (
        "quotes that answer a question, or that the documents do not (exit status 3)",
        'qa ask "what did Kallas say about appeasement"',
    ),
    "serve": ("the chat page in a browser", "qa serve --port 7861"),
    "eval": ("measure the answers to a file of gold questions", "qa eval tests/gold/seeds.jsonl"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb and return its exit status; a user's mistake is one line on stderr, never a traceback."""
    parser = make_parser()
    options = parser.parse_args(arguments)
    _speak_utf8()
    try:
        flags = ("seeds", "index", "host", "port")
        engine = Engine(from_env(**{name: getattr(options, name, None) for name in flags}))
        return int(options.run(engine, options))
    except QAError as exc:
        print(f"error: {rendering.printable(str(exc))}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output has gone, as with `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of all verbs."""
    parser = argparse.ArgumentParser(prog="qa", description="Answers from your own documents, in the documents' own words.",
                                     epilog="Exit status: 0 done, 1 error, 2 wrong usage, 3 not in the documents, 4 out of date.")  # fmt: skip
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--json", action="store_true", help="write JSON instead of text")
    common.add_argument("--seeds", metavar="DIR", help="folder of the documents (default: QA_SEEDS, or seeds)")
    common.add_argument("--index", metavar="DIR", help="folder of the index (default: QA_INDEX, or index)")
    sub = {
        name: verbs.add_parser(
            name,
            parents=[common],
            help=text,
            description=text[0].upper() + text[1:] + ".",
            epilog=f"example: {example}",
        )
        for name, (text, example) in _VERBS.items()
    }
    for name, run in (
        ("build", _build),
        ("status", _status),
        ("retrieve", _retrieve),
        ("ask", _ask),
        ("serve", _serve),
        ("eval", _eval),
    ):
        sub[name].set_defaults(run=run)
    sub["build"].add_argument("--full", action="store_true", help="embed everything again, whatever was there")
    sub["build"].add_argument(
        "--skip-bad", action="store_true", help="leave out files that cannot be indexed, with a warning each"
    )
    sub["build"].add_argument("--watch", action="store_true", help="go on: rebuild after every change of the documents")
    sub["build"].add_argument(
        "--rollback", action="store_true", help="let the snapshot before the newest answer again; again goes forward"
    )
    sub["status"].add_argument(
        "--verify", action="store_true", help="compare every byte of the index with its checksum"
    )
    sub["status"].add_argument("--snapshots", action="store_true", help="list the snapshots that are kept")
    sub["serve"].add_argument("--watch", action="store_true", help="rebuild after every change of the documents")
    for name in ("retrieve", "ask"):
        verb = sub[name]
        verb.add_argument("question", nargs="+", metavar="QUESTION",
                          help="the question; - reads one a line from stdin, or a JSON object a line: question, history, k")  # fmt: skip
        verb.add_argument("-k", type=_at_least_one, metavar="N", help=f"how many passages (default {HITS_SHOWN})")
        verb.add_argument(
            "--max-tokens",
            type=_at_least_one,
            metavar="N",
            help="only passages whose prompt costs at most N o200k_base tokens",
        )
    sub["ask"].add_argument(
        "--history",
        action="append",
        default=[],
        metavar="QUESTION",
        help="an earlier question, oldest first; may be repeated",
    )
    sub["ask"].add_argument("--as-typed", action="store_true", help="search the question alone, in its own spelling")
    sub["ask"].add_argument(
        "--prompt", action="store_true", help="write a prompt for a language model: the best passages, cited"
    )
    sub["serve"].add_argument("--host", metavar="ADDRESS", help="address to serve on (default: QA_HOST, or 127.0.0.1)")
    sub["serve"].add_argument("--port", metavar="PORT", help="port to serve on (default: QA_PORT, or 7860)")
    sub["serve"].add_argument(
        "--auth", metavar="USER:PASSWORD_FILE", help="ask for this name and the password in the file"
    )
    sub["serve"].add_argument(
        "--max-queue", type=_at_least_one, metavar="N", help="how many questions may wait (default 128)"
    )
    sub["serve"].add_argument("--mcp", action="store_true", help="also tools for agents at /mcp (needs quoted[mcp])")
    sub["eval"].add_argument(
        "--baselines", action="store_true", help="also BM25, dense and fused passages, without late interaction"
    )
    sub["eval"].add_argument(
        "--calibrate", action="store_true", help="fit the confidence to the questions and keep it beside the index"
    )
    sub["eval"].add_argument("gold", type=Path, metavar="GOLD.jsonl", help="gold questions, one JSON object a line")
    return parser


def _build(engine: Engine, options: argparse.Namespace) -> int:
    if options.rollback:
        status = engine.roll_back()
        _write(options, rendering.status_to_dict(status), rendering.status_to_text(status))
        return DONE
    with progress_bar("indexing", "B") as progress:
        report = engine.build(full=options.full, skip_bad=options.skip_bad, progress=progress)
    _report(options, report)
    return _follow(engine, options) if options.watch else DONE


def _follow(engine: Engine, options: argparse.Namespace) -> int:
    from qa.following import follow

    print(f"following {engine.settings.seeds} (Ctrl-C ends it)", file=sys.stderr)
    try:
        follow(
            engine,
            stop=Event(),
            on_build=lambda report: _report(options, report),
            on_problem=_warn,
            skip_bad=options.skip_bad,
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
    _write(options, rendering.status_to_dict(status), text + "\nEvery byte is as it was written." * options.verify)
    return STALE if status.stale else DONE


def _retrieve(engine: Engine, options: argparse.Namespace) -> int:
    def retrieve(request: Request) -> tuple[dict[str, Any], str, int]:
        hits = engine.retrieve(request.question, request.k, max_tokens=options.max_tokens)
        text = "\n".join(map(rendering.hit_to_text, hits)).rstrip()
        return rendering.hits_to_dict(request.question, hits), text, DONE if hits else NOT_FOUND

    return _respond(retrieve, options, [])


def _ask(engine: Engine, options: argparse.Namespace) -> int:
    def ask(request: Request) -> tuple[dict[str, Any], str, int]:
        answer = engine.ask(request.question, history=request.history, k=request.k, as_typed=options.as_typed)
        content, text = rendering.answer_to_dict(answer), rendering.answer_to_text(answer)
        if options.prompt:
            text = rendering.answer_to_prompt(answer, options.max_tokens)
            content = {**content, "prompt": text}
        return content, text, DONE if answer.answered else NOT_FOUND

    if options.max_tokens and not options.prompt:
        return _usage("--max-tokens needs --prompt: an answer is quotes, not a prompt")
    return _respond(ask, options, options.history)


def _serve(engine: Engine, options: argparse.Namespace) -> int:
    from qa.ui.serving import read_access, serve

    access = read_access(options.auth, options.max_queue, mcp=options.mcp)

    def announce(url: str) -> None:
        _write(options, {"url": url}, f"Quoted is at {url} (Ctrl-C ends it)")

    serve(engine, announce=announce, watch=options.watch, access=access)
    return DONE


def _eval(engine: Engine, options: argparse.Namespace) -> int:
    from qa.evals.gold import read_gold
    from qa.evals.runner import Bench, as_table, evaluate, provenance

    def text_of(doc_id: str) -> str | None:
        document = engine.document(doc_id)
        return document.text if document else None

    questions = read_gold(options.gold, text_of)
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
    default_k = options.k or (PACKED_FROM if options.max_tokens else HITS_SHOWN)
    if options.question == ["-"]:
        return FAILED if answer_lines(handle, sys.stdin, sys.stdout, default_k, history) else DONE
    content, text, status = handle(Request(" ".join(options.question), tuple(history), default_k))
    _write(options, content, text)
    return int(status)


def _write(options: argparse.Namespace, content: dict[str, Any], text: str) -> None:
    print(json.dumps(content, ensure_ascii=False, indent=2) if options.json else text.rstrip("\n"), flush=True)


def _at_least_one(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1")
    return int(text)


def _report(options: argparse.Namespace, report: BuildReport) -> None:
    for warning in report.warnings:
        _warn(warning)
    _write(options, rendering.report_to_dict(report), rendering.report_to_text(report))


def _warn(message: str) -> None:
    print(f"warning: {rendering.printable(message)}", file=sys.stderr, flush=True)


def _usage(message: str) -> int:
    print(f"error: {message}", file=sys.stderr)
    return WRONG_USAGE


def _speak_utf8() -> None:
    """Quotes have characters that a C locale cannot write; stdin may hold bytes that are not UTF-8."""
    for stream, errors in ((sys.stdin, "replace"), (sys.stdout, "backslashreplace"), (sys.stderr, "backslashreplace")):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(encoding="utf-8", errors=errors)
