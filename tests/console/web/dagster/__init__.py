"""Dagster's UI behind the guard: a real web server of Dagster's, reached through the whole console."""
