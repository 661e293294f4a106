"""What several people open together: segments under a key split into shares, who holds which key, requests and approvals.

Access logs and the archive of records are sealed this way. The server never holds a role's private key.
"""
