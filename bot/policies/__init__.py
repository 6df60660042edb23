"""Our own forms of Rasa's policies."""
