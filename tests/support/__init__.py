"""What the tests stand on: real servers, a mail server, a browser, canaries, the promise report."""
