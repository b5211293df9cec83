"""Probes of the installation's health, and watching them."""
