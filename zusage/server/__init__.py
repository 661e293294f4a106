"""Pages, API and console. On top of the house; nothing imports it but the command line."""
