"""Synthetic data of the IT provider, as they would lie there at an instant: some overdue, most in time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine

from zusage.deployments.itservice import schema, website
from zusage.deployments.people import before, chance, person, put, sentence

Row = dict[str, Any]
#: what a caller hears out of hours, before anything is recorded
_ANNOUNCEMENT = "Der Anruf wird zur Abrechnung und Dokumentation aufgezeichnet. Sind Sie einverstanden, drücken Sie die 1."


def fill(engines: Mapping[str, Engine], folder: Path, count: int, now: datetime) -> None:
    """`count` customers' contact persons with tickets, calls, mails; applicants beside them."""
    for name in ("notes", "recordings", "mails", "letters", "applications"):
        (folder / "documents" / name).mkdir(parents=True, exist_ok=True)
    (folder / "backups").mkdir(exist_ok=True)
    (folder / "documents" / "announcement.de.txt").write_text(_ANNOUNCEMENT + "\n", encoding="utf-8")
    with engines["desk"].begin() as connection:
        _customers(connection, folder, count, now)
        _calls(connection, folder, count, now)
    with engines["office"].begin() as connection:
        _forms(connection, count, now)
        _mails(connection, folder, count, now)
        _applicants(connection, folder, max(count // 3, 10), now)
    with engines["web"].begin() as connection:
        titles = ("Systembetreuer", "Netzwerktechnikerin", "Auszubildende zur Fachinformatikerin")
        rows = [
            {"id": number + 1, "title": title, "opened_at": now, "closed_at": None}
            for number, title in enumerate(titles)
        ]
        put(connection, website.position, rows)


def _file(folder: Path, path: str, text: str) -> str:
    (folder / "documents" / path).write_text(text + "\n", encoding="utf-8")
    return path


def _customers(connection: Connection, folder: Path, count: int, now: datetime) -> None:
    customers, tickets, attachments, invoices = [], [], [], []
    notes: list[Row] = []
    for number in range(1, count + 1):
        luck, someone = chance("customer", number), person(number)
        ended = before(now, luck, luck.choice((2, 300)), 1) if number % 15 == 0 else None
        customers.append({"id": number, "parent_id": None, "company": f"{someone.last} Bau KG", "name": someone.name, "email": someone.email, "phone": someone.phone, "contract_started_at": before(now, luck, 900, 300), "contract_ended_at": ended})  # fmt: skip
        opened = before(now, luck, 120, 100)
        tickets.append({"id": number, "customer_id": number, "subject": sentence(luck, 3), "body": sentence(luck, 30), "remote_id": f"{luck.randrange(10**8)}", "opened_at": opened, "closed_at": opened + timedelta(days=2)})  # fmt: skip
        notes += [{"id": number * 2, "ticket_id": number, "follows": None, "body": sentence(luck, 12), "written_at": opened}, {"id": number * 2 + 1, "ticket_id": number, "follows": number * 2, "body": sentence(luck, 12), "written_at": opened}]  # fmt: skip
        if number % 3 == 0:
            attachments.append({"id": number, "note_id": number * 2, "path": _file(folder, f"notes/{number}.log", sentence(luck)), "size": 40})  # fmt: skip
        invoices += [{"id": number * 10 + year, "customer_id": number, "number": f"S-{number}-{year}", "recipient": someone.name, "address": f"{someone.street}, {someone.town}", "cents": luck.randrange(4_900, 250_000), "issued_at": before(now, luck, 365 * year + 30, 20)} for year in range(0, 7 if ended else 10, 3)]  # fmt: skip
    put(connection, schema.customer, customers)
    put(connection, schema.ticket, tickets)
    put(connection, schema.ticket_note, notes)
    put(connection, schema.attachment, attachments)
    put(connection, schema.invoice, invoices)


def _calls(connection: Connection, folder: Path, count: int, now: datetime) -> None:
    cases, recordings, calls, queries = [], [], [], []
    for number in range(1, count + 1):
        luck, someone = chance("call", number), person(number)
        called = before(now, luck, luck.choice((1, 30, 200, 380)), 0.4)
        calls.append({"id": number, "number": someone.phone, "name": someone.name, "place": someone.town, "source": "Telefonverzeichnis Süd", "sourced_at": called, "called_at": called, "objected_at": before(now, luck, 1, 0.5) if number % 20 == 0 else None})  # fmt: skip
        queries += [{"id": number * 3 + place, "address": f"198.51.100.{luck.randrange(255)}", "question": "www.strompfad.example", "asked_at": before(now, luck, 4 * place + 0.5, 0.4)} for place in range(3)]  # fmt: skip
        if number % 4 == 0:
            closed = before(now, luck, 1, 0.4) if number % 8 == 0 else None
            cases.append({"id": number, "number": f"V-{number}", "opened_at": before(now, luck, 40, 10), "closed_at": closed})  # fmt: skip
            path = _file(folder, f"recordings/{number}.ogg", f"synthetic recording {number}")
            recordings.append({"id": number, "case_id": None if number % 24 == 0 else number, "caller": someone.phone, "path": path, "clerk": "buchhaltung@strompfad.example", "recorded_at": before(now, luck, 40 if number % 24 else 0.9, 0.2)})  # fmt: skip
    put(connection, schema.case, cases)
    put(connection, schema.recording, recordings)
    put(connection, schema.call, calls)
    put(connection, schema.dns_query, queries)


def _forms(connection: Connection, count: int, now: datetime) -> None:
    messages, orders, letters, checks = [], [], [], []
    for number in range(1, count + 1):
        luck, someone = chance("form", number), person(500_000 + number)
        handled = before(now, luck, 1, 0.5) if number % 3 == 0 else None
        messages.append({"id": number, "name": someone.name, "email": someone.email, "body": sentence(luck, 20), "received_at": before(now, luck, 5, 2), "handled_at": handled})  # fmt: skip
        orders.append({"id": number, "name": someone.name, "email": someone.email, "delivery": f"{someone.street}, {someone.town}", "items": sentence(luck, 3), "ordered_at": before(now, luck, 365 * (number % 8) + 20, 15)})  # fmt: skip
        if number % 6 == 0:
            kind = luck.choice(("letter", "none"))
            letters.append({"id": number, "sender": someone.name, "email": someone.email, "scan": None, "class": kind, "reason": "Angebot, bis Entscheidung", "clerk": "poststelle@strompfad.example", "received_at": before(now, luck, 60, 20), "decided_at": before(now, luck, 2) if number % 12 == 0 else None})  # fmt: skip
            checks.append({"id": number, "company": f"{someone.last} AG", "representative": someone.name, "result": "ohne Befund", "checked_at": before(now, luck, luck.choice((40, 200, 380)), 3)})  # fmt: skip
    put(connection, schema.form_message, messages)
    put(connection, schema.form_order, orders)
    put(connection, schema.letter, letters)
    put(connection, schema.partner_check, checks)


def _mails(connection: Connection, folder: Path, count: int, now: datetime) -> None:
    threads: list[Row] = []
    mails: list[Row] = []
    terms: list[Row] = []
    attachments: list[Row] = []
    for number in range(1, count + 1):
        luck, someone = chance("mail", number), person(number)
        letter = number % 3 == 0
        sent = before(now, luck, 365 * (number % 8) + 40, 20) if letter else before(now, luck, luck.choice((3, 20, 31, 60)), 0.5)  # fmt: skip
        threads.append({"id": number, "subject": sentence(luck, 3), "correspondent": someone.email, "class": "letter" if letter else "none", "sent_at": sent, "last_message_at": sent, "handled_at": None if number % 5 == 0 else sent})  # fmt: skip
        for place in range(2):
            one = number * 2 + place
            mails.append({"id": one, "thread_id": number, "sender": someone.email, "recipient": "info@strompfad.example", "body": sentence(luck, 25), "at": sent})  # fmt: skip
            terms.append({"id": one, "mail_id": one, "term": sentence(luck, 1)})
        if letter:
            attachments.append({"id": number, "mail_id": number * 2, "path": _file(folder, f"mails/{number}.pdf", "%PDF-1.4")})  # fmt: skip
    put(connection, schema.thread, threads)
    put(connection, schema.mail, mails)
    put(connection, schema.mail_index, terms)
    put(connection, schema.mail_attachment, attachments)


def _applicants(connection: Connection, folder: Path, count: int, now: datetime) -> None:
    applicants: list[Row] = []
    papers: list[Row] = []
    notes: list[Row] = []
    copies: list[Row] = []
    for number in range(1, count + 1):
        luck, someone = chance("applicant", number), person(700_000 + number)
        rejected = before(now, luck, luck.choice((20, 80, 95, 200)), 0.5) if number % 4 else None
        pool = before(now, luck, 200, 150) if number % 5 == 0 else None
        applicants.append({"id": number, "name": someone.name, "email": someone.email, "letter": sentence(luck, 30), "applied_at": before(now, luck, 250, 30), "rejected_at": rejected, "pool_agreed_at": pool, "pool_withdrawn_at": before(now, luck, 1, 0.5) if number % 15 == 0 else None, "pool_months": 24 if number % 10 == 0 else None, "position_id": None, "pool_until": None, "employed_until": None, "ending_final_at": None})  # fmt: skip
        papers.append({"id": number, "applicant_id": number, "path": _file(folder, f"applications/{number}.pdf", "%PDF-1.4")})  # fmt: skip
        notes.append({"id": number, "applicant_id": number, "body": sentence(luck, 20)})
        copies.append({"id": number, "applicant_id": number, "mailbox": "interview@strompfad.example", "body": sentence(luck, 15)})  # fmt: skip
    put(connection, schema.applicant, applicants)
    put(connection, schema.applicant_paper, papers)
    put(connection, schema.interview_note, notes)
    put(connection, schema.applicant_mail, copies)
