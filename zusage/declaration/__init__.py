"""The declaration: the notice as data (`declaration.yaml`), public and versioned."""

from zusage.declaration.activities import Activity, DataCategory, LegalBasis, Purpose
from zusage.declaration.browser import ConsentPurpose, EmbeddedService, StorageItem
from zusage.declaration.logs import LogPolicy, LogStatistic
from zusage.declaration.model import Declaration
from zusage.declaration.parties import Authority, Controller, Officer, Recipient, RecipientUse
from zusage.declaration.retention import Condition, Keep, Notice, RetentionRule, Since, Step
from zusage.declaration.rights import Channel, Measure, OnBehalf, OwnDeadline, Rights

__all__ = [
    "Activity", "Authority", "Channel", "Condition", "ConsentPurpose", "Controller", "DataCategory", "Declaration",
    "EmbeddedService", "Keep", "LegalBasis", "LogPolicy", "LogStatistic", "Measure", "Notice", "Officer", "OnBehalf",
    "OwnDeadline", "Purpose", "Recipient", "RecipientUse", "RetentionRule", "Rights", "Since", "Step", "StorageItem",
]  # fmt: skip
