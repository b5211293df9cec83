"""The REST API, asked in-process through the guard."""
