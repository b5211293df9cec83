"""Adapters: how the world is reached. Dagster resources, the IO manager and the providers; no business rules."""
