"""The files under `deploy/` load, and say what the operations page promises."""
