"""Dagster's UI behind the console's guard: its web server has no login, so nothing but this package talks to it.

Belongs here: what of a request Dagster may see, and who may make it change something. Not here: Dagster's own process
(`console/dagster_pages.py`). Nothing is passed on as it came: what this package understood is what Dagster gets.
"""
