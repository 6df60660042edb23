"""The widget's files and the page, with the headers that let any site embed the one, and let nothing into the other."""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from sanic import Request, response
from sanic.response import HTTPResponse

from bot.channels.problems import problem
from bot.paths import WEB

TYPES = {
    ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".html": "text/html; charset=utf-8",
    ".svg": "image/svg+xml",
}  # fmt: skip
YEAR = "public, max-age=31536000, immutable"
UNPACKS = re.compile(r"(?:^|,)\s*gzip\s*(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))(?:[,;]|$)", re.IGNORECASE)
ASK_AGAIN = "no-cache"
PAGE_POLICY = "; ".join(
    (
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "img-src 'self'",
        "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)  # fmt: skip
EVERYWHERE = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
EMBEDDED = {**EVERYWHERE, "Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
OWN = {
    **EVERYWHERE, "Content-Security-Policy": PAGE_POLICY, "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin", "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}  # fmt: skip


@dataclass(frozen=True)
class File:
    """A file that is ready to be sent."""

    content: bytes
    packed: bytes
    kind: str
    tag: str


class WidgetFiles:
    """Reads web/ once, when the server starts. `version`: a hash of all of the widget's files; it is in their addresses."""

    def __init__(self, folder: Path = WEB) -> None:
        self._widget = {
            path.name: _made(squeeze(path.read_text(encoding="utf-8")).encode(), ".js")
            for path in sorted((folder / "widget").glob("*.js"))
        }
        self._page = {name: _file(folder / name) for name in ("index.html", "page.css", "icon.svg")}
        digest = blake2b(digest_size=10)
        for name, file in self._widget.items():
            digest.update(name.encode() + b"\0" + file.content + b"\0")
        self.version = digest.hexdigest()
        self._entry = _made(self._entry_script().encode(), ".js")

    def _entry_script(self) -> str:
        """The script that pages name: it always asks for the newest files, all of them at once."""
        names = sorted(self._widget, key=lambda name: name == "plan-chat.js")
        loads = [f'import "./widget/{self.version}/{name}";' for name in names if name != "plan-chat.js"]
        start = f'import {{ start }} from "./widget/{self.version}/plan-chat.js";'
        return "\n".join([*loads, start, "start(import.meta.url);", ""])

    def entry(self, request: Request) -> HTTPResponse:
        """The script that pages name."""
        return _send(request, self._entry, ASK_AGAIN, EMBEDDED)

    def widget(self, request: Request, version: str, name: str) -> HTTPResponse:
        """A file of the widget; those of another version are gone."""
        file = self._widget.get(name) if version == self.version else None
        return _send(request, file, YEAR, EMBEDDED)

    def page(self, request: Request, name: str) -> HTTPResponse:
        """The page at /, its style or its icon."""
        return _send(request, self._page.get(name), ASK_AGAIN, OWN)


def squeeze(script: str) -> str:
    """A script without its indentation and the lines that are comments: phones need neither. Nothing else is touched."""
    lines = (line.strip() for line in script.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith(("//", "/**", "* "))) + "\n"


def _file(path: Path) -> File:
    return _made(path.read_bytes(), path.suffix)


def _made(content: bytes, suffix: str) -> File:
    tag = f'"{blake2b(content, digest_size=10).hexdigest()}"'
    return File(content, gzip.compress(content, 9, mtime=0), TYPES[suffix], tag)


def _send(request: Request, file: File | None, caching: str, headers: dict[str, str]) -> HTTPResponse:
    if file is None:
        return problem(404, "There is no such file. Load widget.js again for the newest ones.")
    sent = {**headers, "Cache-Control": caching, "ETag": file.tag, "Vary": "Accept-Encoding"}
    known = {part.strip().removeprefix("W/") for part in request.headers.get("if-none-match", "").split(",")}
    if known & {file.tag, "*"}:
        return response.empty(status=304, headers=sent)
    if UNPACKS.search(request.headers.get("accept-encoding", "")):
        return response.raw(file.packed, content_type=file.kind, headers={**sent, "Content-Encoding": "gzip"})
    return response.raw(file.content, content_type=file.kind, headers=sent)
