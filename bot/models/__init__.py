"""Trained models: what is known of each, which may be loaded, which serves, and how running servers change over to another."""
