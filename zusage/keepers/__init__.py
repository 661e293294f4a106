"""One package for each kind of promise. No keeper imports another: what concerns another goes through registers or agenda."""
