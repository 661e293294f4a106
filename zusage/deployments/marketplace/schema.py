"""The tables of the marketplace's own applications: portal, office (correspondence, recruiting) and web (access, events)."""

from __future__ import annotations

from sqlalchemy import Column, MetaData, Table, Text

from zusage.deployments.columns import instant, key, number, refers, word

portal = MetaData()
office = MetaData()
web = MetaData()

customer = Table("customer", portal, key(), word("name"), word("company"), word("email", 160, optional=False), word("phone", 40), word("tax_number", 30), word("password_check"), instant("relation_ended_at"))  # fmt: skip
address = Table("address", portal, key(), refers("customer_id", "customer.id"), word("street"), word("town"))
sales_order = Table(
    "sales_order",
    portal,
    key(),
    refers("customer_id", "customer.id"),
    word("number", 30),
    instant("ordered_at"),
)
order_item = Table(
    "order_item", portal, key(), refers("order_id", "sales_order.id"), word("part"), number("quantity")
)
drawing = Table("drawing", portal, key(), refers("item_id", "order_item.id"), word("path", 200))
login = Table(
    "login", portal, key(), refers("customer_id", "customer.id"), word("address", 45), instant("at")
)
archived = Table("archived_document", portal, key(), refers("customer_id", "customer.id", optional=True), word("class", 20), word("recipient"), word("body", 2000), instant("issued_at"))  # fmt: skip
mailing = Table("mailing", portal, key(), word("email", 160), instant("added_at"), instant("objected_at"))
partner = Table(
    "partner", portal, key(), word("name"), word("email", 160), word("iban", 40), instant("relation_ended_at")
)
payout = Table(
    "payout", portal, key(), refers("partner_id", "partner.id"), number("cents"), instant("paid_at")
)

relation = Table("relation", office, key(), word("company"), word("stage", 20), instant("ended_at"))
correspondence = Table("correspondence", office, key(), refers("relation_id", "relation.id", optional=True), word("name"), word("email", 160), Column("body", Text), word("class", 20), instant("sent_at"))  # fmt: skip
enquiry = Table("enquiry", office, key(), word("name"), word("email", 160), Column("body", Text), instant("received_at"), instant("answered_at"), instant("ordered_at"))  # fmt: skip
enquiry_file = Table("enquiry_file", office, key(), refers("enquiry_id", "enquiry.id"), word("path", 200))
enquiry_meeting = Table(
    "enquiry_meeting", office, key(), refers("enquiry_id", "enquiry.id"), instant("at"), word("place")
)
video_call = Table("video_call", office, key(), word("participant", 160), word("address", 45), Column("chat", Text), instant("joined_at"), instant("left_at"))  # fmt: skip
applicant = Table("applicant", office, key(), word("name"), word("email", 160), word("letter", 2000), instant("procedure_ended_at"), instant("consented_at"))  # fmt: skip
applicant_file = Table(
    "applicant_file", office, key(), refers("applicant_id", "applicant.id"), word("path", 200)
)
applicant_note = Table(
    "applicant_note", office, key(), refers("applicant_id", "applicant.id"), Column("body", Text)
)
pool_entry = Table("pool_entry", office, key(), word("name"), word("email", 160), Column("profile", Text), instant("consented_at"), instant("withdrawn_at"))  # fmt: skip
page_message = Table(
    "page_message",
    office,
    key(),
    word("author"),
    Column("body", Text),
    instant("received_at"),
    instant("answered_at"),
)

access_line = Table("access_line", web, key(), word("address", 45), word("page", 200), number("status"), word("browser"), instant("called_at"))  # fmt: skip
consent_record = Table(
    "consent_record",
    web,
    key(),
    word("browser", 40),
    word("purpose", 40),
    instant("given_at"),
    instant("ended_at"),
)
visitor = Table("visitor", web, key(), word("pseudonym", 40), word("service", 40), instant("last_event_at"))
visitor_event = Table(
    "visitor_event", web, key(), refers("visitor_id", "visitor.id"), word("name", 60), instant("at")
)

DATABASES = {"portal": portal, "office": office, "web": web}
