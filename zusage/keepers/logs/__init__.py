"""Access logs: taken in, counted without addresses, sealed, opened by several together, gone on time."""
