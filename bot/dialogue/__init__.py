"""How an answer is put together, and what "more", "again", "yes" and "what?" mean after it."""
