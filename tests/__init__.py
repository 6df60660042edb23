"""All tests; with PLAN_LEAN=1 they run without TensorFlow, as a server does. Said here, before any of them imports Rasa."""

from bot.lean import imports

imports.use_if_asked()
