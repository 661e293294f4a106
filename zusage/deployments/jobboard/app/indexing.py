"""The search index of résumés: it holds the words of what may be found now, and nothing else."""

from __future__ import annotations

import re

from sqlalchemy import Connection, delete, select

from zusage.deployments.hosting import put_row
from zusage.deployments.jobboard.schema import resume, resume_index


def index(connection: Connection, account: int) -> int:
    """Makes the index of an account's résumés anew; returns how many words it holds."""
    found = connection.execute(select(resume).where(resume.c.account_id == account)).all()
    connection.execute(delete(resume_index).where(resume_index.c.resume_id.in_([row.id for row in found])))
    terms = 0
    for row in found:
        if row.visibility != "private":
            for term in sorted(set(re.findall(r"\w+", f"{row.title} {row.body}".casefold()))):
                put_row(connection, resume_index, resume_id=row.id, term=term[:80])
                terms += 1
    return terms
