"""The tables of the IT provider's own applications: service desk and office."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, MetaData, Table, Text

from zusage.deployments.columns import instant, key, number, refers, word
from zusage.deployments.itservice.website import web

desk = MetaData()
office = MetaData()

customer = Table("customer", desk, key(), refers("parent_id", "customer.id", optional=True), word("company"), word("name"), word("email", 160), word("phone"), Column("note", Text), Column("note_statement", Text), instant("contract_started_at"), instant("contract_ended_at"))  # fmt: skip
ticket = Table("ticket", desk, key(), refers("customer_id", "customer.id"), word("subject"), Column("body", Text), word("remote_id", 20), instant("opened_at"), instant("closed_at"))  # fmt: skip
remote_session = Table("remote_session", desk, key(), refers("ticket_id", "ticket.id"), word("remote_id", 10), word("address", 45), instant("started_at"), instant("ended_at"))  # fmt: skip
ticket_note = Table("ticket_note", desk, key(), refers("ticket_id", "ticket.id"), refers("follows", "ticket_note.id", optional=True), Column("body", Text), instant("written_at"))  # fmt: skip
attachment = Table(
    "attachment", desk, key(), refers("note_id", "ticket_note.id"), word("path", 200), number("size")
)
case = Table("accounting_case", desk, key(), word("number", 30), instant("opened_at"), instant("closed_at"))
recording = Table("recording", desk, key(), refers("case_id", "accounting_case.id", optional=True), word("caller", 40), word("path", 200), word("clerk", 160), instant("recorded_at"))  # fmt: skip
invoice = Table("invoice", desk, key(), refers("customer_id", "customer.id", optional=True), word("number", 30), word("recipient"), word("address"), number("cents"), instant("issued_at"))  # fmt: skip
call = Table(
    "call_entry",
    desk,
    key(),
    word("number", 40),
    word("name"),
    word("place"),
    #: which directory the name came from, and when: a name from outside cannot be stored without
    word("source", 80),
    instant("sourced_at"),
    instant("called_at"),
    instant("objected_at"),
    CheckConstraint(
        "name IS NULL OR (source IS NOT NULL AND sourced_at IS NOT NULL)", name="name_has_source"
    ),
)
lookup = Table("number_lookup", desk, key(), word("number", 40), word("name"), word("source", 80, optional=False), instant("sourced_at", optional=False), instant("objected_at"))  # fmt: skip
dns_query = Table("dns_query", desk, key(), word("address", 45), word("question", 200), instant("asked_at"))

#: people whom a sender told us about: never without who told us, and when (Art. 14)
third_person = Table("third_person", office, key(), word("name"), word("phone", 40), word("email", 160), word("source", optional=False), instant("sourced_at", optional=False))  # fmt: skip
form_message = Table("form_message", office, key(), word("name"), word("email", 160), Column("body", Text), instant("received_at"), instant("handled_at"))  # fmt: skip
form_order = Table(
    "form_order",
    office,
    key(),
    word("name"),
    word("email", 160),
    word("delivery"),
    word("items"),
    instant("ordered_at"),
)
thread = Table("thread", office, key(), word("subject"), word("correspondent", 160), word("class", 20), instant("sent_at"), instant("last_message_at"), instant("handled_at"))  # fmt: skip
mail = Table("mail", office, key(), refers("thread_id", "thread.id"), word("sender", 160), word("recipient", 160), Column("body", Text), instant("at"))  # fmt: skip
mail_attachment = Table("mail_attachment", office, key(), refers("mail_id", "mail.id"), word("path", 200))
mail_index = Table("mail_index", office, key(), refers("mail_id", "mail.id"), word("term", 80))
letter = Table(
    "letter", office, key(), word("sender"), word("email", 160), word("scan", 200), word("class", 20), word("reason"), word("clerk", 160),
    word("storage_place"), instant("objected_at"), instant("received_at"), instant("decided_at"),
    CheckConstraint("objected_at IS NULL OR scan IS NULL", name="objected_is_not_scanned"),
)  # fmt: skip
applicant = Table(
    "applicant", office, key(), word("name"), word("email", 160), word("letter", 2000), instant("applied_at"), instant("rejected_at"),
    number("position_id"), instant("pool_agreed_at"), instant("pool_until"), instant("pool_withdrawn_at"), number("pool_months"), instant("employed_until"), instant("ending_final_at"),
)  # fmt: skip
applicant_paper = Table(
    "applicant_paper", office, key(), refers("applicant_id", "applicant.id"), word("path", 200)
)
interview_note = Table(
    "interview_note", office, key(), refers("applicant_id", "applicant.id"), Column("body", Text)
)
applicant_mail = Table(
    "applicant_mail",
    office,
    key(),
    refers("applicant_id", "applicant.id"),
    word("mailbox"),
    Column("body", Text),
)
#: how many applied for a position in a month: of everybody and about nobody, so it stays
application_total = Table("application_total", office, key(), number("position_id"), word("month", 7), number("applications"))  # fmt: skip
partner_check = Table(
    "partner_check",
    office,
    key(),
    word("company"),
    word("representative"),
    word("result", 40),
    instant("checked_at"),
)

DATABASES = {"desk": desk, "office": office, "web": web}
