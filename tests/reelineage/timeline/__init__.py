"""Tests of what is heard and read when."""
