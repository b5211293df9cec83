"""Tests of the benchmarks' own parts: the material they make and the numbers they print."""
