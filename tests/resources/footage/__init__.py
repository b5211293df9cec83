"""Tests of the footage sources."""
