"""Client of Zusage for applications: decisions, consents, account pages, and middleware that keeps the declared policy."""

from zusage_client.client import Decision, Zusage
from zusage_client.errors import ClientError, Refused, ServiceUnreachable

__all__ = ["ClientError", "Decision", "Refused", "ServiceUnreachable", "Zusage"]

__version__ = "0.1.0"
