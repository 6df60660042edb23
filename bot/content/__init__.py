"""What the assistant knows, as data that an editor can read and change."""
