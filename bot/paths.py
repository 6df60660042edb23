"""Where things live in the project; no file is opened here."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONTENT = ROOT / "content"
ANSWERS = CONTENT / "answers"
NLU_DATA = ROOT / "data" / "nlu"
WEB = ROOT / "web"
MODELS = ROOT / "models"
BUILD = ROOT / ".build"
SECRET_FILE = BUILD / "secret"
LANGUAGE_PACKAGE = BUILD / "language"
DEVELOPMENT_SET = ROOT / "tests" / "nlu"
