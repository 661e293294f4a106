"""The ledger: the record of every act – append-only, in a Merkle tree, signed, without direct identifiers."""

from zusage.ledger.canonical import NotCanonical, canonical
from zusage.ledger.commitments import commit, opens
from zusage.ledger.evidence import BadExport, export
from zusage.ledger.expiring import Expired, expire_years
from zusage.ledger.identifiers import LooksPersonal, refuse_personal
from zusage.ledger.leaves import Act, BadEntry, Entry, Wanted
from zusage.ledger.notes import BadNote, Checkpoint, read_checkpoint
from zusage.ledger.record import Ledger
from zusage.ledger.report import BadSpot, Damage, Verdict, VerificationReport
from zusage.ledger.sealing import Sealer
from zusage.ledger.verification import verify

__all__ = [
    "Act", "BadEntry", "BadExport", "BadNote", "BadSpot", "Checkpoint", "Damage", "Entry", "Expired", "Ledger", "LooksPersonal",
    "NotCanonical", "Sealer", "Verdict", "VerificationReport", "Wanted", "canonical", "commit", "expire_years", "export", "opens",
    "read_checkpoint", "refuse_personal", "verify",
]  # fmt: skip
