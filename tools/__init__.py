"""Checks on the project itself, run by `make` and CI; not part of the product."""
