"""Tests of the segment cache: what comes out is what went in or nothing, whoever else uses the folder."""
