"""The page on a local address, until Ctrl-C.

In -> out: an Engine -> a running server; a missing index is built first, with a progress bar.
Does not: open a tunnel, send telemetry, or serve any file.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from qa.engine import Engine
from qa.errors import IndexMissing, SettingsError
from qa.following import follow
from qa.progress import progress_bar
from qa.rendering import printable, report_to_text
from qa.ui.guard import LOCAL_HOSTS, Guard

if TYPE_CHECKING:
    import gradio as gr


def serve(engine: Engine, *, announce: Callable[[str], None], watch: bool = False) -> None:
    """Serve the page until interrupted; `announce` is called with its address once it answers.

    With `watch`, the index follows the documents; answers come from the snapshot before until a new one is published.
    """
    _ensure_index(engine, follows=watch)
    page, url = launch(engine)
    announce(url)
    stop = threading.Event()
    if watch:
        tell = {
            "on_build": lambda report: _tell(report_to_text(report)),
            "on_problem": lambda text: _tell(f"warning: {text}"),
        }
        threading.Thread(target=follow, args=(engine,), kwargs={"stop": stop, **tell}, daemon=True).start()
    try:
        stop.wait()
    except KeyboardInterrupt:
        _tell("no longer serving")
    finally:
        stop.set()
        page.close(verbose=False)


def launch(engine: Engine) -> tuple[gr.Blocks, str]:
    """Start the server in threads of its own; return the page and its address. Raises SettingsError for a port in use."""
    # Read when the page is launched: without it four requests leave the machine.
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    for name in ("NO_PROXY", "no_proxy"):  # Gradio calls its own address to see that it answers
        os.environ[name] = ",".join(
            filter(None, [os.environ.get(name), "127.0.0.1", "localhost", engine.settings.host])
        )
    from gradio.themes import Base
    from gradio.themes.utils import colors, sizes
    from gradio.themes.utils.fonts import LocalFont
    from starlette.middleware import Middleware

    from qa.ui.page import head, make_page

    settings = engine.settings
    everywhere = settings.host in ("0.0.0.0", "::")
    hosts = ("*",) if everywhere else (*LOCAL_HOSTS, settings.host)
    page = make_page(engine)
    page.queue(default_concurrency_limit=8, max_size=128, api_open=False)
    theme = Base(
        primary_hue=colors.indigo, neutral_hue=colors.slate, radius_size=sizes.radius_lg,
        font=[LocalFont("IBM Plex Sans", weights=(400, 700)), "system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"],
    )  # fmt: skip
    try:
        _, url, _ = page.launch(
            server_name=settings.host, server_port=settings.port or None, prevent_thread_lock=True, quiet=True, share=False, theme=theme,
            head=head(), footer_links=[], run_history=False, enable_monitoring=False, ssr_mode=False, max_file_size="1kb", show_error=False,
            app_kwargs={"middleware": [Middleware(Guard, hosts=hosts)], "docs_url": None, "redoc_url": None, "openapi_url": None},
        )  # fmt: skip
    except OSError as exc:
        raise SettingsError(
            f"Port {settings.port} of {settings.host} cannot be used: choose another with --port or QA_PORT."
        ) from exc
    return page, url


def _ensure_index(engine: Engine, *, follows: bool) -> None:
    try:
        if engine.status().stale and not follows:
            _tell(
                "warning: The documents have changed since the index was built: run `qa build`, or serve with --watch."
            )
    except IndexMissing:
        with progress_bar("indexing", "B") as progress:
            report = engine.build(progress=progress)
        for warning in report.warnings:
            _tell(f"warning: {warning}")


def _tell(message: str) -> None:
    print(printable(message), file=sys.stderr, flush=True)  # noqa: T201  # what the server has to say while it serves
