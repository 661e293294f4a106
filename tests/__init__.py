"""Tests mirror `zusage/`; `promises/` holds the acceptance tests by promise id; `support/` what they stand on."""
