"""The web site that embeds the widget: pages of any body, head and headers, on another origin than the assistant's."""

from __future__ import annotations

import itertools
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TEXT = "<p>Welcome to our town. <a href='#more' id='before'>Read more</a></p><p id='more'>There is more here.</p>"


class HostPages:
    """Serves what was added, at `address` (no slash at its end)."""

    def __init__(self) -> None:
        self._pages: dict[str, tuple[str, dict[str, str]]] = {}
        self._numbers = itertools.count()
        pages = self._pages

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                html, headers = pages.get(self.path.partition("?")[0], ("", {}))
                body = html.encode()
                self.send_response(200 if html else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def add(
        self, bot: str, *, body: str = "", attributes: str = "", head: str = "", headers: dict[str, str] | None = None
    ) -> str:
        """The path of a new page with the widget's script on it; `attributes` are the script's."""
        path = f"/page{next(self._numbers)}"
        html = (
            '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Our town</title>'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"{head}</head><body><main><h1>Our town</h1>{body or TEXT}</main>"
            f'<script type="module" src="{bot}widget.js" {attributes}></script></body></html>'
        )
        self._pages[path] = (html, headers or {})
        return path

    def __enter__(self) -> HostPages:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
