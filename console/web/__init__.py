"""The console in the browser: pages, the REST API, Dagster's UI behind the same door, and the guard before it all."""
