"""Where messages come in and answers go out. Every channel passes through bot/guard."""
