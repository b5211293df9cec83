"""Tests of comparing two values and two ancestries."""
