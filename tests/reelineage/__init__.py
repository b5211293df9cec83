"""Tests of the reelineage package."""
