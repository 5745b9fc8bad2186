"""Behind a real proxy (nginx) with TLS and a self-made certificate: skipped where there is none, unless QA_PROXY=required, as in CI."""

import asyncio
import base64
import dataclasses
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request

import pytest
from conftest import KALLAS, ROOT

from qa.engine import Engine
from qa.ui.serving import Access, launch

NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
OPENSSL = shutil.which("openssl")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
NAME = "docs.example.org"
LOGIN = "Basic " + base64.b64encode(b"ann:s3cret").decode()
README = (ROOT / "README.md").read_text(encoding="utf-8")
ASKED = "what did Kallas say about appeasement"

if not (NGINX and OPENSSL) and os.environ.get("QA_PROXY") != "required":
    pytest.skip("no nginx here: install Debian's packages nginx and openssl", allow_module_level=True)


def free_port():
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return bound.getsockname()[1]


def certificate(folder):
    command = [OPENSSL, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={NAME}",
               "-addext", f"subjectAltName=DNS:{NAME}", "-keyout", str(folder / "docs.key"), "-out", str(folder / "docs.pem")]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)


def configured(folder, port, inner, path, *, keeps_host):
    """The block of the README, with this test's files and ports, and around it what makes it a file of its own."""
    block = re.search(r"```nginx\n(.*?)```", README, re.DOTALL)[1]
    block = (
        block.replace("/etc/ssl/", f"{folder}/")
        .replace("listen 443", f"listen 127.0.0.1:{port}")
        .replace("127.0.0.1:7860", f"127.0.0.1:{inner}")
    )
    block = block.replace("/quoted/", f"{path}/")
    if not keeps_host:
        block = re.sub(r".*proxy_set_header Host.*\n", "", block)
    temporary = "".join(
        f"{name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    own = f"pid {folder}/pid;\nerror_log {folder}/error.log;\ndaemon off;\nmaster_process off;\nevents {{}}\n"
    return f"{own}http {{\naccess_log off;\n{temporary}{block}}}\n"


@pytest.fixture(
    scope="module",
    params=[("", True), ("/quoted", True), ("/quoted", False)],
    ids=["at the root", "below a path", "Host rewritten"],
)
def site(request, tmp_path_factory, real):
    path, keeps_host = request.param
    folder = tmp_path_factory.mktemp("proxy")
    certificate(folder)
    port, inner = free_port(), free_port()
    (folder / "nginx.conf").write_text(configured(folder, port, inner, path, keeps_host=keeps_host))
    settings = dataclasses.replace(real.settings, port=inner, public_url=f"https://{NAME}:{port}{path}")
    page, url = launch(Engine(settings, embedder=real._embedder), Access("ann", "s3cret", mcp=True))
    proxy = subprocess.Popen([NGINX, "-c", str(folder / "nginx.conf"), "-p", str(folder)])
    try:
        wait_for(port)
        yield url, port, folder
    finally:
        proxy.terminate()
        proxy.wait(20)
        page.close(verbose=False)


def wait_for(port):
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("nginx does not answer")


@pytest.fixture
def at_home(monkeypatch):
    """The name of the proxy is this machine."""
    found = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *rest, **options: found("127.0.0.1" if host in (NAME, NAME.encode()) else host, *rest, **options),
    )


def trusting(folder):
    return ssl.create_default_context(cafile=str(folder / "docs.pem"))


def fetch(site, path, data=None, **headers):
    url, _, folder = site
    body = None if data is None else json.dumps(data).encode()
    request = urllib.request.Request(url + path, body, {"content-type": "application/json", **headers})
    try:
        with urllib.request.urlopen(request, timeout=60, context=trusting(folder)) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_programs_reach_it_and_other_sites_do_not(site, at_home):
    url, port, folder = site
    assert json.loads(fetch(site, "health")[1])["status"] == "ok"
    assert fetch(site, "gradio_api/run/ask", {"data": ["x", None, 1]})[0] == 401
    assert fetch(site, "gradio_api/run/ask", {"data": ["x", None, 1]}, origin="https://evil.example")[0] == 403
    assert fetch(site, "gradio_api/file=http://93.184.216.34/x")[0] == 404
    logged_in = urllib.request.Request(
        url + "login", b"username=ann&password=s3cret", {"origin": f"https://{NAME}:{port}"}
    )
    with urllib.request.urlopen(logged_in, timeout=60, context=trusting(folder)) as response:
        cookie = response.headers["set-cookie"].split(";")[0]
    status, body = fetch(
        site, "gradio_api/run/ask", {"data": [ASKED, None, 1]}, cookie=cookie, origin=f"https://{NAME}:{port}"
    )
    assert status == 200
    assert json.loads(body)["data"][0]["citations"][0]["doc_id"] == KALLAS


def test_agents_reach_it(site, at_home):
    import httpx
    from mcp import ClientSession
    from mcp.client.streamable_http import streamablehttp_client

    url, _, folder = site

    def client(headers=None, timeout=None, auth=None):
        return httpx.AsyncClient(headers=headers, timeout=timeout, auth=auth, verify=trusting(folder))

    async def use():
        opened = streamablehttp_client(url + "mcp", {"Authorization": LOGIN}, httpx_client_factory=client)
        async with opened as (read, write, _), ClientSession(read, write) as session:
            await session.initialize()
            return await session.call_tool("verify_quote", {"text": "It has never worked."})

    assert json.loads(asyncio.run(use()).content[0].text)["found"] is True


@pytest.mark.skipif(not CHROMIUM, reason="no Chromium here")
def test_the_page_asks_and_cites_in_a_browser(site):
    from playwright.sync_api import sync_playwright

    url, port, _ = site
    rules = [f"--host-resolver-rules=MAP {NAME} 127.0.0.1", "--ignore-certificate-errors"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=rules)
        context = browser.new_context(ignore_https_errors=True)
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=f"https://{NAME}:{port}")
        page = context.new_page()
        foreign = []
        page.on(
            "request",
            lambda sent: foreign.append(sent.url) if not sent.url.startswith((url, "data:", "blob:")) else None,
        )
        page.goto(url)
        page.get_by_label("username").fill("ann")
        page.get_by_label("password").fill("s3cret")
        page.get_by_role("button", name="Login").click()
        page.wait_for_selector("#chat .welcome")
        page.fill("#ask textarea", ASKED)
        page.press("#ask textarea", "Enter")
        page.locator("#chat .ans .cite").first.click()
        page.wait_for_selector("mark.on")
        assert "appeasement" in page.locator("mark.on").first.inner_text()
        page.locator("[data-act=link]").first.click()
        page.wait_for_function("navigator.clipboard.readText().then(text => text.includes('?q='))")
        assert page.evaluate("navigator.clipboard.readText()").startswith(f"{url}?q=")
        browser.close()
    assert foreign == []
