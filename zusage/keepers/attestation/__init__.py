"""Organisational promises: contracts, safeguards, measures that a person vouches for until a date."""

from zusage.keepers.attestation.keeper import AttestationKeeper

__all__ = ["AttestationKeeper"]
