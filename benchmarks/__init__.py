"""Repeatable measurements: CPU seconds and memory, never a test. Each has its line in docs/operations.md."""
