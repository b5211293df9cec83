"""Tests of what has to be disclosed and credited."""
