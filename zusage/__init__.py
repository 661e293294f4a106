"""Zusage makes a privacy notice executable: declared once, kept on the real stores, proven by looking again."""

__version__ = "0.1.0"
