"""Tests of trends: reading files, reports, analysis."""
