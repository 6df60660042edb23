"""The `planbot` command: what stands behind the Makefile's targets."""
