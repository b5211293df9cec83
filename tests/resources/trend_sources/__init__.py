"""Tests of the trend sources."""
