"""A marketplace for made parts: customers and partners, correspondence by document class, applicants, many services."""
