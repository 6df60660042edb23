"""Serving without what the project never uses and Rasa imports all the same, TensorFlow before all: PLAN_LEAN=1."""
