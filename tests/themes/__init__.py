"""Tests of the ready themes."""
