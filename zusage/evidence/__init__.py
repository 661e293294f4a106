"""Looking at every promise afresh, and the signed report about it. Stands on the workspace; command line and console show it."""
