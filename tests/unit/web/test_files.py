"""The widget's files: their addresses hold a hash of them, they are sent small, and nothing else is sent."""

from __future__ import annotations

import gzip
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sanic.response import HTTPResponse

from bot.web.files import WidgetFiles, squeeze

FILES = {
    "index.html": "<!doctype html>", "page.css": "body {}", "icon.svg": "<svg/>", "secret.txt": "SECRET", "widget/notes.md": "SECRET",
    "widget/plan-chat.js": "export const start = 1;", "widget/a.js": "export const a = 1;\n", "widget/b.js": "export const b = 'é';\n",
}  # fmt: skip


@pytest.fixture
def web(tmp_path: Path) -> Path:
    """A folder as web/ is one."""
    (tmp_path / "widget").mkdir()
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def files(web: Path) -> WidgetFiles:
    return WidgetFiles(web)


def asked(**headers: str) -> Any:
    return SimpleNamespace(headers={name.replace("_", "-"): value for name, value in headers.items()})


def text(answer: HTTPResponse) -> str:
    assert answer.body is not None
    return answer.body.decode()


def test_the_entry_names_the_files_of_this_version(files: WidgetFiles) -> None:
    answer = files.entry(asked())
    lines = text(answer).splitlines()
    assert lines == [
        f'import "./widget/{files.version}/a.js";',
        f'import "./widget/{files.version}/b.js";',
        f'import {{ start }} from "./widget/{files.version}/plan-chat.js";',
        "start(import.meta.url);",
    ]
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["access-control-allow-origin"] == "*"


def test_a_file_of_the_widget_is_kept_for_long(files: WidgetFiles) -> None:
    answer = files.widget(asked(), files.version, "b.js")
    assert (answer.status, text(answer)) == (200, "export const b = 'é';\n")
    assert answer.content_type == "text/javascript; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"


@pytest.mark.parametrize("change", ["export const a = 2;", ""])
def test_other_files_have_another_address(web: Path, files: WidgetFiles, change: str) -> None:
    assert WidgetFiles(web).version == files.version
    (web / "widget" / "a.js").write_text(change)
    other = WidgetFiles(web)
    assert other.version != files.version
    assert other.widget(asked(), files.version, "a.js").status == 404
    assert other.entry(asked()).headers["etag"] != files.entry(asked()).headers["etag"]


def test_a_new_name_is_another_address(web: Path, files: WidgetFiles) -> None:
    (web / "widget" / "a.js").rename(web / "widget" / "c.js")
    assert WidgetFiles(web).version != files.version


def test_the_page_lets_nothing_in(files: WidgetFiles) -> None:
    answer = files.page(asked(), "index.html")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "access-control-allow-origin" not in answer.headers
    assert files.page(asked(), "page.css").content_type == "text/css; charset=utf-8"
    assert files.page(asked(), "icon.svg").content_type == "image/svg+xml"


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', '"x" ,W/{}', "*"])
def test_what_is_known_is_not_sent_again(files: WidgetFiles, form: str) -> None:
    tag = files.entry(asked()).headers["etag"]
    answer = files.entry(asked(if_none_match=form.format(tag)))
    assert answer.status == 304
    assert not answer.body
    assert answer.headers["etag"] == tag
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("other", ['"other"', "", "nonsense", '"', ","])
def test_what_is_not_known_is_sent(files: WidgetFiles, other: str) -> None:
    assert files.entry(asked(if_none_match=other)).status == 200


@pytest.mark.parametrize("accepted", ["gzip", "gzip, deflate, br", "br;q=1.0, gzip;q=0.8", "GZIP", "deflate,gzip"])
def test_packed(files: WidgetFiles, accepted: str) -> None:
    answer = files.entry(asked(accept_encoding=accepted))
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.body is not None
    assert gzip.decompress(answer.body) == files.entry(asked()).body


@pytest.mark.parametrize("accepted", ["", "identity", "br", "gzip;q=0", "br, gzip; q=0.0", "notgzip"])
def test_not_packed_for_who_cannot_open_it(files: WidgetFiles, accepted: str) -> None:
    answer = files.entry(asked(accept_encoding=accepted))
    assert "content-encoding" not in answer.headers
    assert answer.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../index.html", "..%2findex.html", "notes.md", "../secret.txt", "a.js/", "A.JS", "a.js\x00", "/etc/passwd", "é"]
)  # fmt: skip
def test_nothing_else_is_sent(files: WidgetFiles, name: str) -> None:
    for answer in (files.widget(asked(), files.version, name), files.page(asked(), name)):
        assert answer.status == 404
        assert answer.content_type == "application/problem+json"
        assert "SECRET" not in text(answer)


@pytest.mark.parametrize("version", ["", "..", "latest", "0" * 20])
def test_no_other_version_is_sent(files: WidgetFiles, version: str) -> None:
    assert files.widget(asked(), version, "a.js").status == 404


def test_the_real_files_are_there() -> None:
    files = WidgetFiles()
    assert files.page(asked(), "index.html").status == 200
    assert files.widget(asked(), files.version, "plan-chat.js").status == 200


def test_a_squeezed_script_loses_comments_and_indentation_only() -> None:
    script = '// why\nexport const A = {\n  /** what */\n  b: "a // b", // kept\n\n  c: `x\n  y`,\n};\n'
    assert squeeze(script) == 'export const A = {\nb: "a // b", // kept\nc: `x\ny`,\n};\n'
