"""The activity log: what was done in accounts, under a pseudonym that only the account's own key makes.

The key is a row of the account and is erased with it. From then on nobody can tell whose entries they were, and they go
when the log's own period is over. Nothing that names a person is ever written there.
"""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256

from sqlalchemy import Connection, select

from zusage.deployments.hosting import now, put_row
from zusage.deployments.jobboard.schema import activity_log, log_key


def note(connection: Connection, account: int, act: str) -> None:
    """One entry, in the transaction of the act."""
    secret = connection.execute(select(log_key.c.secret).where(log_key.c.account_id == account)).scalar()
    if secret is None:
        secret = secrets.token_hex(32)
        put_row(connection, log_key, account_id=account, secret=secret)
    put_row(connection, activity_log, pseudonym=pseudonym(secret, account), act=act, noted_at=now())


def pseudonym(secret: str, account: int) -> str:
    """The name of an account in the log."""
    return hmac.new(bytes.fromhex(secret), str(account).encode(), sha256).hexdigest()[:32]
