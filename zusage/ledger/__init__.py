"""The ledger: the record of every act – append-only, in a Merkle tree, signed, without direct identifiers."""

from zusage.ledger.canonical import NotCanonical, canonical
from zusage.ledger.commitments import commit, opens
from zusage.ledger.identifiers import LooksPersonal, refuse_personal
from zusage.ledger.leaves import Act, BadEntry, Entry, Wanted
from zusage.ledger.notes import BadNote, Checkpoint, read_checkpoint
from zusage.ledger.record import Ledger
from zusage.ledger.sealing import Sealer

__all__ = [
    "Act", "BadEntry", "BadNote", "Checkpoint", "Entry", "Ledger", "LooksPersonal", "NotCanonical", "Sealer", "Wanted",
    "canonical", "commit", "opens", "read_checkpoint", "refuse_personal",
]  # fmt: skip
