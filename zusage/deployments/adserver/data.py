"""Synthetic data of the ad server: some enquiries closed and overdue, contracts ended, invoices past their period."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine

from zusage.deployments.adserver import schema
from zusage.deployments.people import before, chance, person, put, sentence

Row = dict[str, Any]


def fill(engines: Mapping[str, Engine], folder: Path, count: int, now: datetime) -> None:
    """`count` people who enquired, and half as many customers."""
    with engines["platform"].begin() as connection:
        _customers(connection, max(count // 2, 5), now)
        _enquiries(connection, count * 2, now)


def _customers(connection: Connection, count: int, now: datetime) -> None:
    customers: list[Row] = []
    accounts: list[Row] = []
    campaigns: list[Row] = []
    invoices: list[Row] = []
    for number in range(1, count + 1):
        luck, someone = chance("customer", number), person(50_000 + number)
        company = f"{someone.last} Handel {number} GmbH"
        ended = before(now, luck, 25, 20) if number % 7 == 0 else None
        customers.append(
            {"id": number, "number": f"K-{number}", "company": company, "email": someone.email,
             "created_at": before(now, luck, 900, 400), "contract_ended_at": ended}
        )  # fmt: skip
        accounts.append(
            {"id": number, "customer_id": number, "email": someone.email, "name": someone.name,
             "phone": someone.phone, "last_login_at": before(now, luck, 40, 39)}
        )  # fmt: skip
        campaigns += [
            {"id": number * 3 + place, "customer_id": number, "title": sentence(luck, 2),
             "contact_email": someone.email, "started_at": before(now, luck, 300, 200)}
            for place in range(3)
        ]  # fmt: skip
        invoices += [
            {"id": number * 12 + year, "number": f"R-{number}-{year}", "customer_number": f"K-{number}",
             "recipient": company, "email": someone.email, "amount": luck.randrange(50, 9_000),
             "issued_at": before(now, luck, 365 * year + 40, 30)}
            for year in range(0, 12, 2)
        ]  # fmt: skip
    put(connection, schema.customer, customers)
    put(connection, schema.account, accounts)
    put(connection, schema.campaign, campaigns)
    put(connection, schema.invoice, invoices)


def _enquiries(connection: Connection, count: int, now: datetime) -> None:
    enquiries: list[Row] = []
    mails: list[Row] = []
    terms: list[Row] = []
    letters: list[Row] = []
    for number in range(1, count + 1):
        luck, someone = chance("enquiry", number), person(10_000 + number)
        received = before(now, luck, 60, 50)
        closed = before(now, luck, 1, 0.9) if number % 3 == 0 else None
        enquiries.append(
            {"id": number, "email": someone.email, "name": someone.name, "subject": sentence(luck, 3),
             "message": sentence(luck, 12), "received_at": received, "closed_at": closed}
        )  # fmt: skip
        mails += [
            {
                "id": number * 4 + place,
                "enquiry_id": number,
                "sender": someone.email,
                "body": sentence(luck),
                "sent_at": received,
            }
            for place in range(luck.randrange(4))
        ]
        terms.append({"id": number, "enquiry_id": number, "term": someone.last.lower()})
        if number % 8 == 0:
            letters.append(
                {
                    "id": number,
                    "enquiry_id": number,
                    "email": someone.email,
                    "body": sentence(luck),
                    "sent_at": before(now, luck, 1_500, 1_400),
                    "enquiry_closed_at": closed,
                }
            )
    put(connection, schema.enquiry, enquiries)
    put(connection, schema.enquiry_mail, mails)
    put(connection, schema.search_entry, terms)
    put(connection, schema.offer_letter, letters)
