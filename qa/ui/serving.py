"""The page on a local address, until Ctrl-C.

In -> out: an Engine -> a running server; a missing index is built while it runs.
Does not: open a tunnel, send telemetry, or serve any file.
"""

from __future__ import annotations

import os
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.engine import Engine
from qa.errors import IndexMissing, QAError, SettingsError
from qa.following import follow
from qa.rendering import printable, report_to_text
from qa.settings import Settings
from qa.ui.bodies import Known
from qa.ui.endpoints import MAX_WAITING, Endpoints
from qa.ui.first import FirstIndex
from qa.ui.guard import LOCAL_HOSTS, Guard
from qa.ui.logged import log_refusals_in_one_line
from qa.ui.monitor import FIRST_WAIT_SECONDS, Monitor
from qa.ui.public import read_public_url
from qa.ui.timed import limit_heads

if TYPE_CHECKING:
    import gradio as gr


THREADS = 40
"""Of the server, beside one for each question that may wait."""
SESSIONS = 500
"""Of pages whose answers are kept in memory; the one that was used longest ago is forgotten first."""


@dataclass(frozen=True, slots=True)
class Access:
    """Who may use the page, and how."""

    user: str = ""
    password: str = ""
    """Both empty: nobody is asked."""
    max_queue: int = MAX_WAITING
    """How many questions may wait; more are refused at once."""
    mcp: bool = False
    """Whether agents find tools at /mcp."""
    upload: bool = True
    """Whether files may be dropped on the page; only ever from this machine, without a login or a proxy before it."""


def read_access(auth: str | None, max_queue: int | None, *, mcp: bool, upload: bool = True) -> Access:
    """Return the Access of the flags; `auth` is USER:PASSWORD_FILE. SettingsError where it cannot be used."""
    queue = MAX_WAITING if max_queue is None else max_queue
    if auth is None:
        return Access(max_queue=queue, mcp=mcp, upload=upload)
    user, _, file = auth.partition(":")
    if not user or not file:
        raise SettingsError("--auth wants USER:PASSWORD_FILE: a name, a colon, and a file that holds the password.")
    try:
        password = Path(file).read_text(encoding="utf-8").strip("\r\n")
        open_to_others = os.name == "posix" and Path(file).stat().st_mode & 0o077
    except (OSError, UnicodeDecodeError) as exc:
        raise SettingsError(
            f"The password file {file} cannot be read ({exc}): name a text file with the password in its first line."
        ) from exc
    if not password or "\n" in password:
        raise SettingsError(f"The password file {file} has to hold one line, the password.")
    if open_to_others:
        _tell(f"warning: Others on this machine can read the password file {file}: run `chmod 600` on it.")
    return Access(user, password, queue, mcp)


def serve(
    engine: Engine, *, announce: Callable[[str], None], watch: bool = False, access: Access | None = None
) -> None:
    """Serve the page until interrupted; `announce` is called with its address once it answers.

    With `watch`, the index follows the documents; answers come from the snapshot before until a new one is published.
    """
    _refuse_taken_port(engine.settings)
    first = _first_index(engine, follows=watch)
    page, url = launch(engine, access, first)
    announce(url)
    if first:
        first.start()
    threading.Thread(
        target=_warm, args=(engine,), daemon=True
    ).start()  # the page stands; the first question should not wait
    stop = threading.Event()
    if watch:
        tell = {
            "on_build": lambda report: _tell(report_to_text(report)),
            "on_problem": lambda text: _tell(f"warning: {text}"),
        }
        threading.Thread(target=_follow, args=(engine, first), kwargs={"stop": stop, **tell}, daemon=True).start()
    try:
        stop.wait()
    except KeyboardInterrupt:
        _tell("no longer serving")
    finally:
        stop.set()
        page.close(verbose=False)


def launch(engine: Engine, access: Access | None = None, first: FirstIndex | None = None) -> tuple[gr.Blocks, str]:
    """Start the server in threads of its own; return the page and its address. Raises SettingsError for a port in use.

    `first` is what will be indexed meanwhile, where there is no index yet.
    """
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
    from threadpoolctl import threadpool_limits

    from qa.ui.page import head, make_page
    from qa.ui.panel import Reach
    from qa.ui.programs import make_program_apps

    # Questions run side by side: more threads inside one make it no faster, they keep the other cores busy waiting.
    threadpool_limits(1, user_api="blas")
    log_refusals_in_one_line()
    settings, access = engine.settings, access or Access()
    monitor = Monitor(engine)
    monitor.health(FIRST_WAIT_SECONDS)
    endpoints = Endpoints(engine, monitor, access.max_queue)
    everywhere = settings.host in ("0.0.0.0", "::")
    hosts = ("*",) if everywhere else (*LOCAL_HOSTS, settings.host)
    if not _is_local(settings.host) and not access.user:
        _tell(
            f"warning: Everyone who reaches {settings.host} can read the documents here: add --auth USER:PASSWORD_FILE."
        )
    guard: dict[str, Any] = {"hosts": hosts, "answers": {"/health": monitor.health, "/metrics": monitor.metrics}}
    if access.mcp:
        from qa.ui.mcp import PATH, make_mcp_app

        guard["apps"] = {PATH: make_mcp_app(endpoints)}
        guard["login"] = f"{access.user}:{access.password}" if access.user else ""
    alone = _is_local(settings.host) and not settings.public_url and not access.user
    if alone and access.upload:
        from qa.ui.uploads import PATH as UPLOADS
        from qa.ui.uploads import make_upload_app

        guard.setdefault("apps", {})[UPLOADS] = make_upload_app(settings)
    page = make_page(engine, endpoints, Reach(alone=alone, upload=alone and access.upload), first)
    called = {number: handler for number, handler in page.fns.items() if handler.fn}
    values = {
        key: len(fn.inputs)
        for number, fn in called.items()
        for key in (number, fn.api_name)
        if isinstance(key, (int, str))
    }
    guard["known"] = Known(values, frozenset(page.blocks))
    guard["public"] = public = read_public_url(settings.public_url)
    # From whom a request comes: what a proxy says of it counts only where there is one.
    os.environ["FORWARDED_ALLOW_IPS"] = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1") if public else ""
    page.queue(default_concurrency_limit=8, max_size=access.max_queue, api_open=False)
    guard["apps"] = {**guard.get("apps", {}), **make_program_apps(endpoints)}
    guard["login"] = f"{access.user}:{access.password}" if access.user else ""
    theme = Base(
        primary_hue=colors.indigo, neutral_hue=colors.slate, radius_size=sizes.radius_lg,
        font=[LocalFont("IBM Plex Sans", weights=(400, 700)), "system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"],
    )  # fmt: skip
    try:
        _, url, _ = page.launch(
            server_name=settings.host, server_port=settings.port or None, prevent_thread_lock=True, quiet=True, share=False, theme=theme,
            head=head(), footer_links=[], run_history=False, enable_monitoring=False, ssr_mode=False, max_file_size="1kb", show_error=False,
            max_threads=THREADS + access.max_queue, root_path=settings.public_url, state_session_capacity=SESSIONS,
            auth=(access.user, access.password) if access.user else None,
            app_kwargs={"middleware": [Middleware(Guard, **guard)], "docs_url": None, "redoc_url": None, "openapi_url": None},
        )  # fmt: skip
    except OSError as exc:
        raise _port_problem(settings) from exc
    limit_heads(page.server)
    return page, f"{settings.public_url}/" if public else url


def _is_local(host: str) -> bool:
    return host in ("127.0.0.1", "localhost", "::1")


def _warm(engine: Engine) -> None:
    """Load what the first question would load; what is wrong is told when one is asked."""
    with suppress(QAError):
        engine.parts()[1].embedder.encode_question("?")


def _refuse_taken_port(settings: Settings) -> None:
    """Try the port before anything is loaded or built; SettingsError where it cannot be had."""
    if not settings.port:  # any free one
        return
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            if os.name != "nt":  # there it would share the port
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as exc:
        raise _port_problem(settings) from exc


def _port_problem(settings: Settings) -> SettingsError:
    return SettingsError(
        f"Port {settings.port} of {settings.host} cannot be used: choose another with --port or QA_PORT."
    )


def _first_index(engine: Engine, *, follows: bool) -> FirstIndex | None:
    """Return what has to be indexed while the page is served, None where there is an index."""
    try:
        if engine.status().stale and not follows:
            _tell(
                "warning: The documents have changed since the index was built: run `qa build`, or serve with --watch."
            )
    except IndexMissing:
        return FirstIndex(engine, _tell)
    return None


def _follow(engine: Engine, first: FirstIndex | None, **options: Any) -> None:
    if first:
        first.ended.wait()
    follow(engine, **options)


def _tell(message: str) -> None:
    print(printable(message), file=sys.stderr, flush=True)  # noqa: T201  # what the server has to say while it serves
