"""The platform's database, as its developers made it: nothing here knows of Zusage."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, ForeignKey, Index, Integer, MetaData, Numeric, String, Table, Text

metadata = MetaData()

customer = Table(
    "customer",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", String(20), nullable=False, unique=True),
    Column("company", String(120), nullable=False),
    Column("email", String(200), nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("contract_ended_at", DateTime),
    Index("ix_customer_contract_ended_at", "contract_ended_at"),
)
account = Table(
    "account",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("customer_id", Integer, ForeignKey("customer.id"), nullable=False, index=True),
    Column("email", String(200), nullable=False, unique=True),
    Column("name", String(120), nullable=False),
    Column("phone", String(40)),
    Column("last_login_at", DateTime),
)
campaign = Table(
    "campaign",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("customer_id", Integer, ForeignKey("customer.id"), nullable=False, index=True),
    Column("title", String(200), nullable=False),
    Column("contact_email", String(200)),
    Column("started_at", DateTime, nullable=False),
)
banner = Table(
    "banner",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("file", String(200), nullable=False),
)
invoice = Table(
    "invoice",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", String(20), nullable=False, unique=True),
    Column("customer_number", String(20), nullable=False),
    Column("recipient", String(200), nullable=False),
    Column("email", String(200), nullable=False),
    Column("amount", Numeric(10, 2), nullable=False),
    Column("issued_at", DateTime, nullable=False, index=True),
)
enquiry = Table(
    "enquiry",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("email", String(200), nullable=False, index=True),
    Column("name", String(120), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("message", Text, nullable=False),
    Column("received_at", DateTime, nullable=False),
    Column("closed_at", DateTime, index=True),
)
enquiry_mail = Table(
    "enquiry_mail",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("enquiry_id", Integer, ForeignKey("enquiry.id"), nullable=False, index=True),
    Column("sender", String(200), nullable=False),
    Column("body", Text, nullable=False),
    Column("sent_at", DateTime, nullable=False),
)
attachment = Table(
    "attachment",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("mail_id", Integer, ForeignKey("enquiry_mail.id"), nullable=False, index=True),
    Column("path", String(200), nullable=False),
)
search_entry = Table(
    "search_entry",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("enquiry_id", Integer, ForeignKey("enquiry.id"), nullable=False, index=True),
    Column("term", String(80), nullable=False),
)
offer_letter = Table(
    "offer_letter",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("enquiry_id", Integer, nullable=False, index=True),
    Column("email", String(200), nullable=False, index=True),
    Column("body", Text, nullable=False),
    Column("sent_at", DateTime, nullable=False, index=True),
    Column("enquiry_closed_at", DateTime, index=True),
)

DATABASES = {"platform": metadata}
