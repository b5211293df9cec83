"""Taking content down: what goes (`plan.py`), and what a take-down that was made means for what is left."""
