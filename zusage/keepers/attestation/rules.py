"""What safeguards say to decisions: a purpose whose provider gets data in a third country is refused once the safeguard that was
vouched for has run out, whoever agreed (Art. 44, 46 GDPR).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from zusage.decisions import Answer, Question
from zusage.keepers.attestation.keeper import AttestationKeeper
from zusage.keepers.context import Context
from zusage.promises import ProofState
from zusage.text import Text


@dataclass(frozen=True, slots=True)
class TransferRule:
    """Refuses what would send data abroad without a safeguard in force; has nothing to say about anything else.

    A safeguard that nobody vouched for yet is due, and `zusage status` says so; one that ran out stops the transfer.
    """

    context: Context

    def __call__(self, question: Question, connection: Connection, now: datetime) -> Answer | None:
        """No, where a transfer behind the purpose is no longer covered."""
        services = self.context.declaration.browser.services.values()
        recipients = {one.recipient for one in services if one.consent == question.purpose}
        if not recipients:
            return None
        keeper = AttestationKeeper()
        for promise in keeper.promises(self.context.declaration):
            _, _, rest = promise.id.partition("attestation/transfer/")
            if rest.partition("/")[0] not in recipients:
                continue
            if keeper.prove(self.context, promise, now).state is ProofState.BROKEN:
                name = self.context.declaration.recipients[rest.partition("/")[0]].name
                said = Text(
                    f"Die Garantie für die Übermittlung an {name} ist abgelaufen.",
                    f"The safeguard of the transfer to {name} has run out.",
                )
                return Answer(False, "transfer-not-covered", said, "gdpr:46")
        return None
