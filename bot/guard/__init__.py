"""What every message passes before it is understood, on every channel."""
