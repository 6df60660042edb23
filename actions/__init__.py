"""The action server: answers that need figures or the services directory. One action class a module."""
