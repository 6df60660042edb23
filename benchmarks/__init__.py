"""Accuracy and speed, measured on this machine and written to benchmarks/results/."""
