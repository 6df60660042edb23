"""Names that the understanding of what a message is about shares with those who use it; nothing heavy is imported here."""

from __future__ import annotations

ABOUT = "about"
SURE, LIKELY = "sure", "likely"
