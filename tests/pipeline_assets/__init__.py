"""Tests of the Dagster graph as it runs."""
