"""A messaging platform: tenants choose how long; demos, enquiries, applications."""
