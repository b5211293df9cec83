"""Processes that are kept alive, and that end together."""
