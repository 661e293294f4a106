"""The command line. One module a command group, loaded only when it is called: `zusage --help` answers at once."""
