"""Tests of the pages, asked in process."""
