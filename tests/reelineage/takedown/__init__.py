"""Tests of what take-downs mean for the rows of an answer."""
