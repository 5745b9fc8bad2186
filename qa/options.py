"""What can be typed after `qa`: verbs, flags, and what `--help` says of them.

In -> out: nothing -> an `argparse.ArgumentParser` whose result names the `verb`.
Does not: run anything (qa/cli.py).
"""

from __future__ import annotations

import argparse
import os
import sys

from qa.defaults import HITS_SHOWN

DONE, FAILED, WRONG_USAGE, NOT_FOUND, STALE, INTERRUPTED = 0, 1, 2, 3, 4, 130
"""Exit statuses."""
_VERBS = {
    "build": ("index the documents; only changed ones are embedded", "qa build --watch"),
    "status": ("what is indexed, and what has changed since (exit status 4 when something has)", "qa status --json"),
    "retrieve": ("the best passages for a question", 'qa retrieve -k 3 "who pays for rebuilding Ukraine"'),
    "ask": (
        "quotes that answer a question, or that the documents do not (exit status 3)",
        'qa ask "what did Kallas say about appeasement"',
    ),
    "text": ("what was read of a document, to compare it with the file", "qa text report.pdf | less"),
    "serve": ("the chat page in a browser", "qa serve --port 7861"),
    "eval": ("measure the answers to a file of gold questions", "qa eval tests/gold/seeds.jsonl"),
}


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of all verbs."""
    width = _columns() - 2

    def formatter(prog: str) -> argparse.HelpFormatter:
        return argparse.HelpFormatter(prog, width=width)  # left to itself it imports shutil, and that compression

    parser = argparse.ArgumentParser(prog="qa", formatter_class=formatter,
                                     description="Answers from your own documents, in the documents' own words.",
                                     epilog="Exit status: 0 done, 1 error, 2 wrong usage, 3 not in the documents, 4 out of date.")  # fmt: skip
    verbs = parser.add_subparsers(metavar="VERB", dest="verb", required=True)
    common = argparse.ArgumentParser(add_help=False, formatter_class=formatter)
    common.add_argument("--json", action="store_true", help="write JSON instead of text")
    common.add_argument("--seeds", metavar="DIR", help="folder of the documents (default: QA_SEEDS, or seeds)")
    common.add_argument("--index", metavar="DIR", help="folder of the index (default: QA_INDEX, or index)")
    common.add_argument(
        "--store",
        metavar="URL",
        help="index in Milvus, like milvus://localhost:19530/name (default: QA_STORE, or none)",
    )
    sub = {
        name: verbs.add_parser(
            name,
            formatter_class=formatter,
            parents=[common],
            help=text,
            description=text[0].upper() + text[1:] + ".",
            epilog=f"example: {example}",
        )
        for name, (text, example) in _VERBS.items()
    }
    sub["build"].add_argument("--full", action="store_true", help="embed everything again, whatever was there")
    sub["build"].add_argument(
        "--strict", action="store_true", help="stop at the first file that cannot be indexed, instead of leaving it out"
    )
    sub["build"].add_argument("--ray", nargs="?", const="", metavar="ADDRESS",
                              help="let the workers of a Ray cluster read and embed; without ADDRESS, all processors here")  # fmt: skip
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
        verb.add_argument(
            "--history",
            action="append",
            default=[],
            metavar="QUESTION",
            help="an earlier question, oldest first; may be repeated",
        )
        verb.add_argument(
            "--within",
            action="append",
            default=[],
            metavar="PATH",
            help="ask only this document or folder; may be repeated",
        )
    sub["ask"].add_argument("--as-typed", action="store_true", help="search the question alone, in its own spelling")
    sub["ask"].add_argument(
        "--prompt", action="store_true", help="write a prompt for a language model: the best passages, cited"
    )
    sub["serve"].add_argument("--host", metavar="ADDRESS", help="address to serve on (default: QA_HOST, or 127.0.0.1)")
    sub["serve"].add_argument("--port", metavar="PORT", help="port to serve on (default: QA_PORT, or 7860)")
    sub["serve"].add_argument(
        "--public-url",
        metavar="URL",
        help="address at which a proxy shows the page, like https://docs.example.org/path (default: QA_PUBLIC_URL)",
    )
    sub["serve"].add_argument(
        "--auth", metavar="USER:PASSWORD_FILE", help="ask for this name and the password in the file"
    )
    sub["serve"].add_argument(
        "--max-queue", type=_at_least_one, metavar="N", help="how many questions may wait (default 256)"
    )
    sub["serve"].add_argument("--no-upload", action="store_true", help="take no files that are dropped on the page")
    sub["serve"].add_argument("--mcp", action="store_true", help="also tools for agents at /mcp (needs quoted[mcp])")
    sub["eval"].add_argument(
        "--baselines", action="store_true", help="also BM25, dense and fused passages, without late interaction"
    )
    sub["eval"].add_argument(
        "--calibrate", action="store_true", help="fit the confidence to the questions and keep it beside the index"
    )
    sub["text"].add_argument("document", metavar="DOC", help="path of the document below the folder of documents")
    sub["eval"].add_argument("gold", metavar="GOLD.jsonl", help="gold questions, one JSON object a line")
    return parser


def _columns() -> int:
    """Return how wide the terminal is, as `shutil.get_terminal_size` does."""
    told = os.environ.get("COLUMNS", "")
    if told.isdecimal() and int(told) > 0:
        return int(told)
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns if sys.__stdout__ else 80
    except (OSError, ValueError):  # it is no terminal, or closed
        return 80


def _at_least_one(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1")
    return int(text)
