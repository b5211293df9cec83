"""Tests of rendering; all media is made here, small and short."""
