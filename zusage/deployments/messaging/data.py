"""Synthetic data of the messaging platform, as they would lie there at an instant: some overdue, most in time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine

from zusage.deployments.messaging import schema
from zusage.deployments.people import before, chance, person, put, sentence, synthetic_file

_TENANTS = (
    ("Autohaus Lindenblick", 6),
    ("Möbelhof Nordlicht", 12),
    ("Reisebüro Fernweh", 24),
    ("Praxis Amselweg", 3),
)


def fill(engines: Mapping[str, Engine], folder: Path, count: int, now: datetime) -> None:
    """`count` contacts of four tenants with conversations; prospects, enquirers and applicants in the office."""
    for name in ("files/messages", "files/applications"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    with engines["service"].begin() as connection:
        _service(connection, folder, count, now)
    with engines["office"].begin() as connection:
        _office(connection, folder, count, now)


def _service(connection: Connection, folder: Path, count: int, now: datetime) -> None:
    tenants = [{"id": place + 1, "name": name, "contact": f"it@tenant{place + 1}.example", "retention_months": months, "contract_ended_at": before(now, chance(name), 1, 0.2) if place == 3 else None} for place, (name, months) in enumerate(_TENANTS)]  # fmt: skip
    users, contacts, conversations, messages, files, terms = [], [], [], [], [], []
    for number in range(1, max(count // 10, 8) + 1):
        luck, someone = chance("user", number), person(400_000 + number)
        users.append({"id": number, "tenant_id": 1 + number % 4, "name": someone.name, "email": someone.email, "position": "Beratung", "payment_token": f"tok_{luck.getrandbits(40):x}", "left_at": before(now, luck, 31, 0.4) if number % 6 == 0 else None})  # fmt: skip
    for number in range(1, count + 1):
        luck, someone = chance("contact", number), person(number)
        contacts.append({"id": number, "tenant_id": 1 + number % 4, "name": someone.name, "phone": someone.phone, "email": someone.email})  # fmt: skip
        conversations.append({"id": number, "contact_id": number, "user_id": 1 + number % len(users), "topic": sentence(luck, 2)})  # fmt: skip
        for place in range(4):
            one = number * 4 + place
            messages.append({"id": one, "conversation_id": number, "answers": one - 1 if place % 2 else None, "body": sentence(luck, 15), "sent_at": before(now, luck, luck.choice((3, 60, 200, 380)), 2)})  # fmt: skip
            terms.append({"id": one, "message_id": one, "term": sentence(luck, 1)})
        if number % 3 == 0:
            files.append(
                {
                    "id": number,
                    "message_id": number * 4,
                    "path": synthetic_file(folder, f"messages/{number}.jpg"),
                }
            )
    put(connection, schema.tenant, tenants)
    put(connection, schema.user, users)
    put(connection, schema.contact, contacts)
    put(connection, schema.conversation, conversations)
    put(connection, schema.message, messages)
    put(connection, schema.message_file, files)
    put(connection, schema.message_index, terms)


def _office(connection: Connection, folder: Path, count: int, now: datetime) -> None:
    demos, enquiries, subscribers, applicants, papers, visits = [], [], [], [], [], []
    for number in range(1, count + 1):
        luck, someone = chance("office", number), person(600_000 + number)
        held = before(now, luck, luck.choice((5, 60, 91, 120)), 0.4) if number % 6 else None
        demos.append({"id": number, "name": someone.name, "email": someone.email, "position": "Leitung", "company": f"{someone.last} KG", "requested_at": before(now, luck, 190, 30), "held_at": held, "contract_at": held if number % 4 == 0 else None})  # fmt: skip
        enquiries.append({"id": number, "name": someone.name, "email": someone.email, "phone": someone.phone, "body": sentence(luck, 20), "topic": "Preise", "received_at": before(now, luck, 380, 10), "closed_at": before(now, luck, luck.choice((20, 200, 366)), 0.5) if number % 5 else None})  # fmt: skip
        subscribers.append({"id": number, "email": someone.email, "confirmed_at": before(now, luck, 90, 40), "withdrawn_at": before(now, luck, 1, 0.4) if number % 14 == 0 else None})  # fmt: skip
        visits += [{"id": number * 2 + place, "address": f"203.0.113.{number % 255}", "page": "/preise", "visited_at": before(now, luck, 31 * place + 1, 0.5)} for place in range(2)]  # fmt: skip
        if number % 3 == 0:
            rejected = before(now, luck, luck.choice((30, 170, 185)), 0.5)
            applicants.append({"id": number, "name": someone.name, "email": someone.email, "letter": sentence(luck, 30), "rejected_at": rejected, "pool_agreed_at": rejected if number % 9 == 0 else None})  # fmt: skip
            papers.append(
                {
                    "id": number,
                    "applicant_id": number,
                    "path": synthetic_file(folder, f"applications/{number}.pdf"),
                }
            )
    put(connection, schema.demo, demos)
    put(connection, schema.enquiry, enquiries)
    put(connection, schema.subscriber, subscribers)
    put(connection, schema.applicant, applicants)
    put(connection, schema.paper, papers)
    put(connection, schema.visit, visits)
