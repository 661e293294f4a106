"""Synthetic data of the marketplace, as they would lie there at an instant: some overdue, most in time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, Engine

from zusage.deployments.marketplace import schema
from zusage.deployments.people import Agreed, before, chance, person, put, sentence, synthetic_file


def fill(engines: Mapping[str, Engine], folder: Path, count: int, now: datetime) -> None:
    """`count` customers with orders and drawings, half as many correspondents and applicants, visitors."""
    for name in ("files/drawings", "files/enquiries", "files/applications", "files/pool", "exports"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    with engines["portal"].begin() as connection:
        _customers(connection, folder, count, now)
        _others(connection, max(count // 6, 6), now)
    with engines["office"].begin() as connection:
        _correspondence(connection, folder, max(count // 2, 20), now)
        _recruiting(connection, folder, max(count // 3, 20), now)
        pool = _pool(connection, folder, max(count // 3, 20), now)
    with engines["recruiting"].begin() as connection:
        put(connection, schema.candidate, pool)
        _entries(connection, max(count // 3, 20), now)
    with engines["web"].begin() as connection:
        _web(connection, count, now)
    for days in range(0, 12, 3):
        (folder / "exports" / f"access-{now - timedelta(days=days):%Y-%m-%d}.csv").write_text("synthetic\n")


def _customers(connection: Connection, folder: Path, count: int, now: datetime) -> None:
    customers, addresses, orders, items, drawings, logins, documents = [], [], [], [], [], [], []
    for number in range(1, count + 1):
        luck, someone = chance("buyer", number), person(number)
        ended = before(now, luck, 1, 0.4) if number % 12 == 0 else None
        customers.append({"id": number, "name": someone.name, "company": f"{someone.last} Maschinen GmbH", "email": someone.email, "phone": someone.phone, "tax_number": f"{luck.randrange(10**6)}", "password_check": f"argon2-{luck.getrandbits(60):x}", "relation_ended_at": ended})  # fmt: skip
        addresses.append(
            {"id": number, "customer_id": number, "street": someone.street, "town": someone.town}
        )
        for place in range(4):
            one = number * 4 + place
            orders.append({"id": one, "customer_id": number, "number": f"A-{one}", "ordered_at": before(now, luck, 90 * place + 10, 5)})  # fmt: skip
            items.append(
                {"id": one, "order_id": one, "part": sentence(luck, 2), "quantity": luck.randrange(1, 90)}
            )
        drawings.append(
            {"id": number, "item_id": number * 4, "path": synthetic_file(folder, f"drawings/{number}.step")}
        )
        logins += [{"id": number * 3 + place, "customer_id": number, "address": f"203.0.113.{luck.randrange(255)}", "at": before(now, luck, 10 * place + 1, 1)} for place in range(3)]  # fmt: skip
        documents += [{"id": number * 12 + year, "customer_id": number, "class": ("confirmation", "invoice", "book")[year % 3], "recipient": someone.name, "body": sentence(luck, 8), "issued_at": before(now, luck, 365 * year + 20, 15)} for year in range(12)]  # fmt: skip
    for table, rows in ((schema.customer, customers), (schema.address, addresses), (schema.sales_order, orders), (schema.order_item, items), (schema.drawing, drawings), (schema.login, logins), (schema.archived, documents)):  # fmt: skip
        put(connection, table, rows)


def _others(connection: Connection, count: int, now: datetime) -> None:
    partners, payouts, mailings = [], [], []
    for number in range(1, count + 1):
        luck, someone = chance("partner", number), person(800_000 + number)
        ended = before(now, luck, 1, 0.4) if number % 8 == 0 else None
        partners.append({"id": number, "name": someone.name, "email": someone.email, "iban": f"DE00 0000 {number:04d}", "relation_ended_at": ended})  # fmt: skip
        payouts += [{"id": number * 3 + place, "partner_id": number, "cents": luck.randrange(10_000, 900_000), "paid_at": before(now, luck, 30 * place + 3, 2)} for place in range(3)]  # fmt: skip
        mailings.append({"id": number, "email": person(number).email, "added_at": before(now, luck, 200, 50), "objected_at": before(now, luck, 1, 0.4) if number % 5 == 0 else None})  # fmt: skip
    put(connection, schema.partner, partners)
    put(connection, schema.payout, payouts)
    put(connection, schema.mailing, mailings)


def _correspondence(connection: Connection, folder: Path, count: int, now: datetime) -> None:
    relations, letters, enquiries, files, meetings, messages = [], [], [], [], [], []
    for number in range(1, count + 1):
        luck, someone = chance("relation", number), person(number)
        ended = before(now, luck, 1, 0.4) if number % 6 == 0 else None
        relations.append({"id": number, "company": f"{someone.last} Maschinen GmbH", "stage": "negotiation" if number % 2 else "contract", "ended_at": ended})  # fmt: skip
        letters += [{"id": number * 6 + year, "relation_id": number, "name": someone.name, "email": someone.email, "body": sentence(luck, 20), "class": ("none", "letter", "book")[year % 3], "sent_at": before(now, luck, 365 * year * 2 + 30, 20)} for year in range(6)]  # fmt: skip
        received = before(now, luck, luck.choice((10, 60, 94, 130)), 1)
        other = person(900_000 + number)
        enquiries.append({"id": number, "name": other.name, "email": other.email, "body": sentence(luck, 20), "received_at": received, "answered_at": received + timedelta(days=2), "status": "enquiry" if number % 4 else "contract", "contract_since": None if number % 4 else received + timedelta(days=9)})  # fmt: skip
        files.append(
            {"id": number, "enquiry_id": number, "path": synthetic_file(folder, f"enquiries/{number}.pdf")}
        )
        meetings.append({"id": number, "enquiry_id": number, "at": received, "place": "Videogespräch"})
        messages.append({"id": number, "author": f"nutzer{number}", "body": sentence(luck, 8), "received_at": received, "answered_at": received})  # fmt: skip
    for table, rows in ((schema.relation, relations), (schema.correspondence, letters), (schema.enquiry, enquiries), (schema.enquiry_file, files), (schema.enquiry_meeting, meetings), (schema.page_message, messages)):  # fmt: skip
        put(connection, table, rows)


def agreed(count: int, now: datetime) -> list[Agreed]:
    """What the same people agreed to, in the application form or to be in the pool."""
    made = []
    for number in range(1, max(count // 3, 20) + 1):
        email = person(950_000 + number).email
        if (ended := _ended(number, now)) is not None and number % 5 == 0:
            made.append(Agreed(email, "longer-application", ended))
        withdrawn = before(now, chance("withdrawn", number), 1, 0.4) if number % 10 == 0 else None
        made.append(Agreed(email, "talent-pool", _joined(number, now), withdrawn))
    return made


def _ended(number: int, now: datetime) -> datetime | None:
    """When a procedure ended; every fourth still runs."""
    luck = chance("candidate", number)
    return before(now, luck, luck.choice((20, 170, 185, 300)), 1) if number % 4 else None


def _joined(number: int, now: datetime) -> datetime:
    luck = chance("pool", number)
    return before(now, luck, luck.choice((100, 500, 731)), 0.5)


def _recruiting(connection: Connection, folder: Path, count: int, now: datetime) -> None:
    applicants, files, notes, receipts, calls = [], [], [], [], []
    for number in range(1, count + 1):
        luck, someone, ended = chance("interview", number), person(950_000 + number), _ended(number, now)
        applicants.append({"id": number, "post": f"22-{number % 4:02d}", "name": someone.name, "email": someone.email, "letter": sentence(luck, 25), "channel": "web", "procedure_ended_at": ended, "consented_at": ended if number % 5 == 0 else None})  # fmt: skip
        path = synthetic_file(folder, f"applications/{number}.pdf")
        files.append({"id": number, "applicant_id": number, "path": path})
        notes.append({"id": number, "applicant_id": number, "body": sentence(luck, 10)})
        receipts.append({"id": number, "applicant_id": number, "payee": someone.name, "cents": luck.randrange(900, 20_000), "paid_at": before(now, luck, 15, 5)})  # fmt: skip
        calls.append({"id": number, "participant": someone.email, "address": "203.0.113.9", "chat": "", "joined_at": before(now, luck, 0.1, 0.01), "left_at": before(now, luck, 0.02, 0.01) if number % 3 else None})  # fmt: skip
    for table, rows in ((schema.applicant, applicants), (schema.applicant_file, files), (schema.applicant_note, notes), (schema.travel_receipt, receipts), (schema.video_call, calls)):  # fmt: skip
        put(connection, table, rows)


def _entries(connection: Connection, count: int, now: datetime) -> None:
    """The same applications, as they stand at the recruiting provider."""
    entries = []
    for number in range(1, count + 1):
        someone, ended = person(950_000 + number), _ended(number, now)
        entries.append({"id": number, "post": f"22-{number % 4:02d}", "name": someone.name, "email": someone.email, "procedure_ended_at": ended, "consented_at": ended if number % 5 == 0 else None})  # fmt: skip
    put(connection, schema.application_entry, entries)


def _pool(connection: Connection, folder: Path, count: int, now: datetime) -> list[dict[str, object]]:
    """The pool with its papers and search index; what lies at the recruiting provider, too."""
    entries, files, terms = [], [], []
    for number in range(1, count + 1):
        luck, someone = chance("profile", number), person(950_000 + number)
        entries.append({"id": number, "name": someone.name, "email": someone.email, "profile": sentence(luck, 12), "consented_at": _joined(number, now)})  # fmt: skip
        files.append({"id": number, "entry_id": number, "path": synthetic_file(folder, f"pool/{number}.pdf")})
        terms += [{"id": number * 2 + place, "entry_id": number, "term": sentence(luck, 1)} for place in range(2)]  # fmt: skip
    for table, rows in ((schema.pool_entry, entries), (schema.pool_file, files), (schema.pool_term, terms)):
        put(connection, table, rows)
    return entries


def _web(connection: Connection, count: int, now: datetime) -> None:
    lines, consents, visitors, events = [], [], [], []
    for number in range(1, count + 1):
        luck = chance("web", number)
        lines += [{"id": number * 4 + place, "address": f"203.0.113.{number % 255}", "page": "/teile", "status": 200, "browser": "Firefox", "called_at": before(now, luck, 2.4 * place + 0.5, 0.4)} for place in range(4)]  # fmt: skip
        given = before(now, luck, luck.choice((100, 700, 1150)), 1)
        consents.append({"id": number, "browser": f"b-{number:x}", "purpose": "statistics", "given_at": given, "ended_at": given + timedelta(days=40) if number % 2 else None})  # fmt: skip
        last = before(now, luck, luck.choice((5, 200, 430)), 1)
        visitors.append(
            {"id": number, "pseudonym": f"v-{number:x}", "service": "analytics", "last_event_at": last}
        )
        events += [{"id": number * 3 + place, "visitor_id": number, "name": "page", "at": last - timedelta(hours=place)} for place in range(3)]  # fmt: skip
    put(connection, schema.access_line, lines)
    put(connection, schema.consent_record, consents)
    put(connection, schema.visitor, visitors)
    put(connection, schema.visitor_event, events)
