"""The server of the channels: `python -m bot.server`."""
