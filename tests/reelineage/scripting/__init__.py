"""Tests of reelineage.scripting."""
