"""The routes that are open: what the page, programs and whoever runs it need, and nothing else that Gradio brings along.

In -> out: method and path of a request -> the `Route` it may take, or None.
Does not: know who asks, or read a body.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

KB = 1024
MAX_BODY_BYTES = 64 * KB
MOST_UPLOADED = 100 * KB * KB
"""Of a file from this machine."""


@dataclass(frozen=True, slots=True)
class Route:
    """One open route. In `path`, `{}` stands for one segment and `*` for the rest."""

    methods: str
    path: str
    body: str = ""
    """`json`: strict JSON. `component`: besides, of one the page has. `named`: besides, no handler by number. `numbered`: besides, one the
    page has, from one session. Else anything."""
    linked: bool = False
    """Whether it may be opened from a page of another site, by a link or a redirect."""
    most_bytes: int = MAX_BODY_BYTES
    ours: bool = False
    """Whether it is open only while the page's server has something of its own to answer it."""


OPEN = (
    Route("GET HEAD", "/", linked=True),
    Route("GET", "/config"),
    Route("GET", "/theme.css"),
    Route("GET", "/favicon.ico"),
    Route("GET", "/assets/*"),
    Route("GET", "/static/*"),
    Route("POST", "/login"),
    Route("GET", "/logout"),
    Route("GET", "/gradio_api/info"),
    Route("GET", "/gradio_api/startup-events"),
    Route("GET", "/gradio_api/heartbeat/{}"),
    Route("POST", "/gradio_api/queue/join", "numbered"),
    Route("GET", "/gradio_api/queue/data"),
    Route("POST", "/gradio_api/run/predict", "numbered"),
    Route("POST", "/gradio_api/component_server/", "component"),
    Route("POST", "/gradio_api/run/ask", "named"),
    Route("POST", "/gradio_api/run/retrieve", "named"),
    Route("POST", "/gradio_api/call/ask", "named"),
    Route("POST", "/gradio_api/call/retrieve", "named"),
    Route("POST", "/gradio_api/call/v2/ask", "named"),
    Route("POST", "/gradio_api/call/v2/retrieve", "named"),
    Route("GET", "/gradio_api/call/ask/{}"),
    Route("GET", "/gradio_api/call/retrieve/{}"),
    Route("GET", "/ask"),
    Route("GET", "/retrieve"),
    Route("GET", "/verify"),
    Route("GET", "/api.json"),
    Route("POST", "/documents", most_bytes=MOST_UPLOADED, ours=True),
    Route("GET", "/health"),
    Route("GET", "/metrics"),
    Route("GET DELETE", "/mcp"),
    Route("POST", "/mcp", "json"),
)
"""A new route is one more line here. tests/test_guard.py walks what Gradio has installed and says which of it may be open."""


@lru_cache(maxsize=4096)
def find_route(method: str, path: str) -> Route | None:
    """Return the open route of a request, None where there is none; a path that climbs (`..`) has none."""
    if ".." in path or "//" in path:
        return None
    return next((route for route in OPEN if method in route.methods.split() and _matches(route.path, path)), None)


def _matches(pattern: str, path: str) -> bool:
    return bool(_compiled(pattern).fullmatch(path))


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern).replace(r"\{\}", "[^/]+").replace(r"\*", ".+"))
