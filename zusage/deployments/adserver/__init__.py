"""An ad server: enquiries, customer accounts, billing, sealed access logs, statistics of ad delivery."""
