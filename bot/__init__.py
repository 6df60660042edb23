"""What runs inside the Rasa server, and the `planbot` command that starts it."""
