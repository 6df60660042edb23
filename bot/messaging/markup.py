"""How a channel writes strong words and links, and what it takes for formatting in a plain text."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass

WHATSAPP_SIGNS = re.compile(r"(?<!\w)[*_~`]+(?=\w)|(?<=\w)[*_~`]+(?!\w)")


@dataclass(frozen=True)
class Markup:
    """`plain`: makes a text mean itself. `strong`, `link`: take what is plain already; None where the channel has none."""

    plain: Callable[[str], str]
    strong: Callable[[str], str] | None = None
    link: Callable[[str, str], str] | None = None


def _slack_plain(text: str) -> str:
    """Slack escapes just these three."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _html_plain(text: str) -> str:
    return html.escape(text, quote=False)


def _html_link(title: str, url: str) -> str:
    return f'<a href="{html.escape(url)}">{title}</a>'


def _slack_link(title: str, url: str) -> str:
    """A bar or an angle bracket would end the address early."""
    safe = url.replace("|", "%7C").replace(">", "%3E").replace("<", "%3C")
    return f"<{_slack_plain(safe)}|{title.replace('|', '/')}>"


def _without_signs(text: str) -> str:
    """WhatsApp has no way to escape: signs that would begin or end formatting are left out, addresses stay whole."""
    return " ".join(
        part if "://" in part else WHATSAPP_SIGNS.sub("", part) for part in text.split(" ")
    )  # fmt: skip


PLAIN = Markup(plain=str)
HTML = Markup(plain=_html_plain, strong=lambda text: f"<b>{text}</b>", link=_html_link)
WHATSAPP = Markup(plain=_without_signs, strong=lambda text: f"*{text}*")
SLACK = Markup(plain=_slack_plain, strong=lambda text: f"*{text}*", link=_slack_link)
