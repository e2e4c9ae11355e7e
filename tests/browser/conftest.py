"""A real Chromium, driven by Playwright, and a server that sends the headers of a strict CI host.

Debian's browser is used, since nothing else has to be downloaded for it. Without it the tests are
skipped; `MLSCORE_TEST_REQUIRE=1` turns such skips into failures.
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from pytest_mltestscore.reporters.to_html import render

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",  # the tests may run as root in a container
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def lacking(what):
    """Skip because the machine lacks something, or fail where it has been promised."""
    if os.environ.get("MLSCORE_TEST_REQUIRE") == "1":
        pytest.fail(f"{what} (and MLSCORE_TEST_REQUIRE=1)", pytrace=False)
    pytest.skip(what)


@pytest.fixture(scope="session")
def browser():
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        lacking("needs playwright: pip install playwright")
    if not CHROMIUM.exists():
        lacking(f"needs {CHROMIUM}: apt-get install chromium fonts-dejavu-core")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def axe():
    try:
        from axe_playwright_python.sync_playwright import Axe
    except ImportError:
        lacking("needs axe-core: pip install axe-playwright-python")
    return Axe()


@dataclass
class Site:
    """Serves a page and the files beside it, and remembers every path that was asked for."""

    files: dict[str, str] = field(default_factory=dict)
    """By path; the page is at `/`."""
    policy: str = ""
    asked: list[str] = field(default_factory=list)
    address: str = ""

    def answer(self, handler):
        self.asked.append(handler.path)
        body = self.files.get(handler.path, "").encode()
        handler.send_response(200 if handler.path in self.files else 404)
        kind = "css" if handler.path.endswith(".css") else "html"
        handler.send_header("Content-Type", f"text/{kind}; charset=utf-8")
        handler.send_header("Content-Length", str(len(body)))
        if self.policy:
            handler.send_header("Content-Security-Policy", self.policy)
        handler.end_headers()
        handler.wfile.write(body)


class Handler(BaseHTTPRequestHandler):
    def __init__(self, site, *args):
        self.site = site
        super().__init__(*args)

    def do_GET(self):
        self.site.answer(self)

    def log_message(self, *args):
        """Keep quiet."""


@pytest.fixture
def site():
    site = Site()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, site)) as server:
        site.address = f"http://127.0.0.1:{server.server_port}/"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield site
        server.shutdown()


@pytest.fixture
def show(browser, site):
    """Open a record as a page: `show(record, fragment="#data-1", color_scheme="dark")`.

    HTML that is ready is opened as it is, and so are files by path, of which `/` is the page.

    The page has two more attributes: `trouble`, whatever the browser complained about, and
    `asked`, the paths that were requested.
    """
    contexts = []

    def open_page(record, *, fragment="", policy="", **options):
        if not isinstance(record, dict):
            record = {"/": record if isinstance(record, str) else render(record)}
        site.files = record
        site.policy = policy
        options.setdefault("viewport", {"width": 1280, "height": 720})
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.trouble = []
        page.asked = site.asked
        page.on("console", lambda message: page.trouble.append(message.text))
        page.on("pageerror", lambda error: page.trouble.append(str(error)))

        def refuse(dialog):
            page.trouble.append(f"dialog: {dialog.message}")
            dialog.dismiss()

        page.on("dialog", refuse)
        page.goto(site.address + fragment)
        return page

    yield open_page
    for context in contexts:
        context.close()
