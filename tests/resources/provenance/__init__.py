"""Credentials: authorities, signing, reading back, and files that want to do harm."""
