"""Lineage broken on purpose: each way must be caught by a check that we can name."""
