"""Tests of the guard: what reaches the console, and from whom."""
