"""Synthetic data of the job board, as they would lie there at an instant: some overdue, most in time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine

from zusage.deployments.jobboard import schema
from zusage.deployments.people import before, chance, person, put, sentence

Row = dict[str, Any]


def fill(engines: Mapping[str, Engine], folder: Path, count: int, now: datetime) -> None:
    """`count` people with accounts, and the companies they apply to."""
    with engines["board"].begin() as connection:
        _companies(connection, max(count // 10, 5), now)
        _accounts(connection, count, now)
        _resumes(connection, folder, count, now)
        _applications(connection, folder, count, now)
        _around(connection, count, now)
    _backups(folder, now)


def _companies(connection: Connection, count: int, now: datetime) -> None:
    companies, jobs, invoices = [], [], []
    for number in range(1, count + 1):
        luck, someone = chance("company", number), person(100_000 + number)
        name = f"{someone.last} & Töchter GmbH"
        ended = before(now, luck, 365 * 4) if number % 9 == 0 else None
        companies.append({"id": number, "name": name, "contact_name": someone.name, "contact_email": someone.email, "contact_phone": someone.phone, "contract_ended_at": ended})  # fmt: skip
        jobs += [{"id": number * 3 + place, "company_id": number, "title": luck.choice(("Mechatronik", "Pflege", "Buchhaltung")), "posted_at": before(now, luck, 40, 30)} for place in range(3)]  # fmt: skip
        invoices += [{"id": number * 12 + year, "company_id": number, "number": f"R-{number}-{year}", "recipient": name, "address": f"{someone.street}, {someone.town}", "cents": luck.randrange(9_900, 99_000), "issued_at": before(now, luck, 365 * year + 20, 10)} for year in range(11)]  # fmt: skip
    put(connection, schema.company, companies)
    put(connection, schema.job, jobs)
    put(connection, schema.invoice, invoices)


def _accounts(connection: Connection, count: int, now: datetime) -> None:
    accounts: list[Row] = []
    settings: list[Row] = []
    for number in range(1, count + 1):
        luck, someone = chance("account", number), person(number)
        away = luck.choice((1, 3, 10, 25, 45, 120, 400, 650, 722, 735))
        accounts.append({"id": number, "email": someone.email, "password_check": f"argon2-{luck.getrandbits(60):x}", "first_name": someone.first, "last_name": someone.last, "phone": someone.phone, "street": someone.street, "postcode": someone.postcode, "town": someone.town, "created_at": before(now, luck, 1000, 90), "last_login_at": before(now, luck, away, 0.4), "closed_at": before(now, luck, 2) if number % 40 == 0 else None, "active": True})  # fmt: skip
        settings += [{"id": number * 2, "account_id": number, "name": "language", "value": luck.choice(("de", "en"))}, {"id": number * 2 + 1, "account_id": number, "name": "results", "value": "50"}]  # fmt: skip
    put(connection, schema.account, accounts)
    put(connection, schema.setting, settings)


def _resumes(connection: Connection, folder: Path, count: int, now: datetime) -> None:
    resumes, terms, proposals, referees = [], [], [], []
    (folder / "uploads" / "resumes").mkdir(parents=True, exist_ok=True)
    for number in range(1, count + 1):
        luck, someone = chance("resume", number), person(number)
        path = f"resumes/{number}.pdf" if number % 2 else None
        if path:
            (folder / "uploads" / path).write_bytes(f"%PDF-1.4 {someone.name}\n".encode())
        resumes.append({"id": number, "account_id": number, "title": "Lebenslauf", "body": sentence(luck, 30), "visibility": luck.choice(("anonymous", "private", "public")), "file_path": path, "updated_at": before(now, luck, 200, 100)})  # fmt: skip
        terms += [{"id": number * 3 + place, "resume_id": number, "term": sentence(luck, 1)} for place in range(3)]  # fmt: skip
        proposals.append({"id": number, "resume_id": number, "job_id": 3 + number % 12, "proposed_at": before(now, luck, 20, 10)})  # fmt: skip
        if number % 7 == 0:
            other = person(200_000 + number)
            referees.append({"id": number, "resume_id": number, "name": other.name, "email": other.email, "agreed": True})  # fmt: skip
    put(connection, schema.resume, resumes)
    put(connection, schema.resume_index, terms)
    put(connection, schema.proposal, proposals)
    put(connection, schema.referee, referees)


def _applications(connection: Connection, folder: Path, count: int, now: datetime) -> None:
    applications, documents = [], []
    (folder / "uploads" / "applications").mkdir(parents=True, exist_ok=True)
    for number in range(1, count + 1):
        luck = chance("application", number)
        decided = None if number % 3 == 0 else before(now, luck, luck.choice((10, 90, 170, 190, 300)), 0.4)
        sent = (decided or before(now, luck, 15, 10)) - timedelta(days=20)
        applications.append({"id": number, "account_id": number, "job_id": 3 + number % 12, "letter": sentence(luck, 40), "state": "rejected" if decided else "open", "sent_at": sent, "decided_at": decided})  # fmt: skip
        path = f"applications/{number}-anschreiben.pdf"
        (folder / "uploads" / path).write_bytes(b"%PDF-1.4 anschreiben\n")
        documents.append({"id": number, "application_id": number, "path": path, "size": 21})
    put(connection, schema.application, applications)
    put(connection, schema.document, documents)


def _around(connection: Connection, count: int, now: datetime) -> None:
    messages: list[Row] = []
    searches: list[Row] = []
    enquiries: list[Row] = []
    subscriptions: list[Row] = []
    for number in range(1, count + 1):
        luck, someone = chance("around", number), person(number)
        first = {"id": number * 2, "account_id": number, "reply_to": None, "body": sentence(luck, 12), "sent_at": before(now, luck, 60, 30)}  # fmt: skip
        messages += [first, {**first, "id": number * 2 + 1, "reply_to": number * 2}]
        searches += [{"id": number * 4 + place, "account_id": number, "terms": sentence(luck, 2), "searched_at": before(now, luck, 30 * place + 5, 3)} for place in range(4)]  # fmt: skip
        if number % 5 == 0:
            enquiries.append({"id": number, "name": someone.name, "email": someone.email, "body": sentence(luck, 20), "received_at": before(now, luck, 130), "answered_at": before(now, luck, luck.choice((20, 85, 100)), 0.4)})  # fmt: skip
        if number % 4 == 0:
            withdrawn = before(now, luck, 1.5, 0.3) if number % 12 == 0 else None
            subscriptions.append({"id": number, "email": someone.email, "subscribed_at": before(now, luck, 200, 100), "confirmed_at": None if number % 16 == 0 else before(now, luck, 50), "withdrawn_at": withdrawn})  # fmt: skip
    put(connection, schema.message, messages)
    put(connection, schema.search, searches)
    put(connection, schema.enquiry, enquiries)
    put(connection, schema.subscription, subscriptions)


def _backups(folder: Path, now: datetime) -> None:
    (folder / "backups").mkdir(exist_ok=True)
    for days in range(0, 40, 4):
        (folder / "backups" / f"board-{now - timedelta(days=days):%Y-%m-%d}.tar").write_bytes(
            b"synthetic backup\n"
        )
