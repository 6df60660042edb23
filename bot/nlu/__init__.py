"""Understanding: the language package, and the components that Rasa's pipeline adds to its own."""
