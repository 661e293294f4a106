"""The campaign job: it delivers what customers have booked, and leaves out whose data are blocked."""

from __future__ import annotations

from sqlalchemy import select

from zusage.deployments.adserver.app.informing import Ran
from zusage.deployments.adserver.schema import campaign, customer
from zusage.deployments.hosting import Host

PURPOSE = "campaigns"


def deliver(host: Host) -> Ran:
    """The titles that go out now; whose campaigns stay, with the reason's code. Each customer is asked for once."""
    joined = select(campaign.c.title, customer.c.email).join(
        customer, customer.c.id == campaign.c.customer_id
    )
    with host.engines["platform"].connect() as connection:
        rows = connection.execute(joined.order_by(campaign.c.id)).all()
    left_out: dict[str, str] = {}
    for email in dict.fromkeys(row.email for row in rows):
        decision = host.zusage.may(PURPOSE, ("email", email)) if host.zusage else None
        if not decision:
            left_out[email] = decision.code if decision is not None else "unreachable"
    return Ran(tuple(row.title for row in rows if row.email not in left_out), left_out)
