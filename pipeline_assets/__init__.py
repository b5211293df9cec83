"""Dagster definitions, thin: what is made from what, and when. Read `definitions.py` first."""
