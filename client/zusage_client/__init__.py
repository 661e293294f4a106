"""Client of Zusage for applications: what it offers grows with the rooms that answer it."""

__version__ = "0.1.0"
