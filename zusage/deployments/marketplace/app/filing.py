"""What every way of applying ends in: one file here, its entry in our tenant at the recruiting provider, and a number."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, update

from zusage.deployments.hosting import put_row
from zusage.deployments.marketplace.app.shop import Shop, now
from zusage.deployments.marketplace.schema import (
    applicant,
    applicant_mail,
    application_entry,
    application_total,
)


def file_application(
    shop: Shop, connection: Connection, vacancy: str, name: str, email: str, letter: str, **more: str
) -> int:
    """Put an application on file; its number, which the provider's entry bears as well."""
    person = {"name": name, "email": email}
    number = put_row(connection, applicant, post=vacancy[:20], letter=letter, **person, **more)
    with shop.recruiting.begin() as provider:
        provider.execute(insert(application_entry).values(id=number, post=vacancy[:20], **person))
    month = f"{now():%Y-%m}"
    mine = (application_total.c.post == vacancy[:20]) & (application_total.c.month == month)
    counted = update(application_total).where(mine).values(applications=application_total.c.applications + 1)
    if not connection.execute(counted).rowcount:
        put_row(connection, application_total, post=vacancy[:20], month=month, applications=1)
    return number


def keep_mail(connection: Connection, number: int, subject: str, body: str) -> None:
    """A mail from or to an applicant lies with the application, and goes with it."""
    put_row(connection, applicant_mail, applicant_id=number, subject=subject, body=body, sent_at=now())


def end_entry(shop: Shop, number: int, ended: datetime) -> None:
    """The provider learns that the procedure ended: its entry goes when ours does."""
    with shop.recruiting.begin() as provider:
        mine = application_entry.c.id == number
        provider.execute(update(application_entry).where(mine).values(procedure_ended_at=ended))


def agree_entry(shop: Shop, number: int) -> None:
    """The provider's entry may stay longer, like ours."""
    with shop.recruiting.begin() as provider:
        mine = application_entry.c.id == number
        provider.execute(update(application_entry).where(mine).values(consented_at=now()))
