"""Synthetic data of the ad server, as they would lie there at an instant: some overdue, most in time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, Engine

from zusage.deployments.adserver import schema
from zusage.deployments.nightly import back_up
from zusage.deployments.people import before, chance, person, put, sentence, synthetic_file

_CONTRACT = (
    "Windrose liefert die gebuchte Werbung aus und rechnet nach Einblendungen ab. Kontakt- und Kampagnendaten werden für diese "
    "Abwicklung verarbeitet."
)


def fill(engines: Mapping[str, Engine], folder: Path, count: int, now: datetime) -> None:
    """`count` enquiries and browsers with traits, fewer customers with campaigns."""
    for name in ("files/creatives", "files/enquiries", "backups"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    with engines["platform"].begin() as connection:
        _customers(connection, folder, max(count // 4, 10), now)
        _enquiries(connection, folder, count, now)
    for days in range(0, 32, 4):
        (folder / "backups" / f"platform-{now - timedelta(days=days):%Y-%m-%d}.tar").write_bytes(
            b"synthetic\n"
        )
    if (folder / "data" / "platform.db").exists():
        back_up(folder, "platform", now.date())


def _customers(connection: Connection, folder: Path, count: int, now: datetime) -> None:
    customers, campaigns, creatives, invoices = [], [], [], []
    for number in range(1, count + 1):
        luck, someone = chance("advertiser", number), person(number)
        ended = before(now, luck, 1.5, 1) if number % 9 == 0 else None
        customers.append({"id": number, "company": f"{someone.last} Handel GmbH", "name": someone.name, "email": someone.email, "password_check": f"argon2-{luck.getrandbits(60):x}", "contract_ended_at": ended})  # fmt: skip
        campaigns += [{"id": number * 3 + place, "customer_id": number, "title": sentence(luck, 2), "starts_at": before(now, luck, 90, 30), "ends_at": None} for place in range(3)]  # fmt: skip
        creatives += [{"id": number * 3 + place, "campaign_id": number * 3 + place, "path": synthetic_file(folder, f"creatives/{number}-{place}.png"), "target_url": "https://shop.example/"} for place in range(3)]  # fmt: skip
        invoices += [{"id": number * 10 + year, "customer_id": number, "number": f"W-{number}-{year}", "recipient": someone.name, "address": f"{someone.street}, {someone.town}", "cents": luck.randrange(9_900, 900_000), "issued_at": before(now, luck, 365 * year + 20, 15)} for year in range(10)]  # fmt: skip
    put(connection, schema.usage_contract, [{"id": 1, "version": 1, "body": _CONTRACT, "in_force_at": before(now, chance("contract"), 400, 1)}])  # fmt: skip
    put(connection, schema.customer, customers)
    concluded = [{"id": one["id"], "customer_id": one["id"], "contract_id": 1, "concluded_at": before(now, chance("concluded", one["id"]), 200, 100)} for one in customers]  # fmt: skip
    put(connection, schema.conclusion, concluded)
    put(connection, schema.campaign, campaigns)
    put(connection, schema.creative, creatives)
    put(connection, schema.invoice, invoices)


def _enquiries(connection: Connection, folder: Path, count: int, now: datetime) -> None:
    enquiries, mails, files, terms, traits = [], [], [], [], []
    for number in range(1, count + 1):
        luck, someone = chance("enquiry", number), person(300_000 + number)
        received = before(now, luck, luck.choice((2, 20, 60)), 1)
        closed = before(now, luck, 0.8, 0.5) if number % 3 else None
        enquiries.append({"id": number, "name": someone.name, "email": someone.email, "body": sentence(luck, 25), "received_at": received, "closed_at": closed})  # fmt: skip
        for place, kind in enumerate(("mail", "letter" if number % 5 == 0 else "mail")):
            mails.append({"id": number * 2 + place, "enquiry_id": number, "sender": someone.email, "body": sentence(luck, 20), "kind": kind, "sent_at": received + timedelta(hours=5 * place)})  # fmt: skip
        if number % 4 == 0:
            files.append(
                {
                    "id": number,
                    "mail_id": number * 2,
                    "path": synthetic_file(folder, f"enquiries/{number}.pdf"),
                }
            )
        terms.append({"id": number, "enquiry_id": number, "term": sentence(luck, 1)})
        traits += [{"id": number * 2 + place, "browser": f"b-{number:x}", "site": "nachrichten.example", "trait": luck.choice(("Garten", "Rad", "Reise")), "assigned_at": before(now, luck, 20 * place + 12, 2)} for place in range(2)]  # fmt: skip
    put(connection, schema.enquiry, enquiries)
    put(connection, schema.enquiry_mail, mails)
    put(connection, schema.enquiry_file, files)
    put(connection, schema.enquiry_index, terms)
    put(connection, schema.trait, traits)
