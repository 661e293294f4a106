"""Consent: the banner, its service, the proof, and the look at the real browser."""
