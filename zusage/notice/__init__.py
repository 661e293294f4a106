"""Notices: reading (text → facts → draft), checking (findings), writing (what each document says)."""
