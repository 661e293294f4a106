"""A job board: accounts, résumés, applications, companies with invoices."""
