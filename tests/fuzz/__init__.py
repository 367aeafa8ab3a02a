"""Fuzzing: the targets, their corpus, and the runner."""
