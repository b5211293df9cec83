"""Credentials inside files (C2PA): who signs, what is claimed, where it lies in a file, and how it is read back.

`c2pa` is imported by `library.py` alone, and only when something is signed or read. Which rows tell of a signature is
the steps' business (`resources/steps/review.py`).
"""
