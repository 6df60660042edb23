"""Figures: where they are kept, and how a question finds its figure."""
