"""The tables of the marketplace's own applications: portal, office (correspondence, recruiting) and web (access, events)."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, MetaData, Table, Text

from zusage.deployments.columns import flag, instant, key, number, refers, word
from zusage.deployments.sessions import session_table

#: tables without personal data: sums of everybody
OF_NOBODY = frozenset({"application_total"})

portal = MetaData()
office = MetaData()
web = MetaData()
#: our tenant at the recruiting provider
recruiting = MetaData()

customer = Table("customer", portal, key(), word("name"), word("company"), word("email", 160, optional=False), word("phone", 40), word("tax_number", 30), word("password_check"), word("advert_id", 40), instant("relation_ended_at"))  # fmt: skip
address = Table("address", portal, key(), refers("customer_id", "customer.id"), word("street"), word("town"))
sales_order = Table(
    "sales_order",
    portal,
    key(),
    refers("customer_id", "customer.id"),
    word("number", 30),
    instant("ordered_at"),
    instant("delivered_at"),
    flag("hint_shown"),
)
order_item = Table(
    "order_item", portal, key(), refers("order_id", "sales_order.id"), word("part"), number("quantity")
)
drawing = Table("drawing", portal, key(), refers("item_id", "order_item.id"), word("path", 200))
login = Table(
    "login", portal, key(), refers("customer_id", "customer.id"), word("address", 45), instant("at")
)
#: what invoicing knows of a customer
billing = Table("billing_account", portal, key(), refers("customer_id", "customer.id"), word("tax_number", 30), word("iban", 40))  # fmt: skip
archived = Table("archived_document", portal, key(), refers("customer_id", "customer.id", optional=True), word("class", 20), word("recipient"), word("body", 2000), instant("issued_at"))  # fmt: skip
mailing = Table("mailing", portal, key(), word("email", 160), instant("added_at"), instant("objected_at"))
subscriber = Table("subscriber", portal, key(), word("email", 160), word("subscription", 40), instant("added_at"))  # fmt: skip
partner = Table("partner", portal, key(), word("name"), word("email", 160), word("password_check"), word("iban", 40), instant("relation_ended_at"))  # fmt: skip
customer_session = session_table(portal, "customer.id")
partner_session = Table("partner_session", portal, key(), word("token_hash", 64), refers("person_id", "partner.id"), word("place", 40), instant("started_at"), instant("seen_at"), instant("closing_at"))  # fmt: skip
partner_skill = Table("partner_skill", portal, key(), refers("partner_id", "partner.id"), word("skill", 60))
#: `item` is the ordered item it makes
partner_job = Table("partner_job", portal, key(), refers("partner_id", "partner.id"), word("part"), number("item"), instant("delivered_at"))  # fmt: skip
partner_invoice = Table("partner_invoice", portal, key(), refers("partner_id", "partner.id", optional=True), word("recipient"), word("body", 2000), instant("issued_at"))  # fmt: skip
payout = Table(
    "payout", portal, key(), refers("partner_id", "partner.id"), number("cents"), instant("paid_at")
)

relation = Table("relation", office, key(), word("company"), word("stage", 20), instant("ended_at"))
correspondence = Table("correspondence", office, key(), refers("relation_id", "relation.id", optional=True), word("name"), word("email", 160), Column("body", Text), word("class", 20), instant("sent_at"))  # fmt: skip
#: the status of the customer relation decides what is kept; a contract has its date, and without a status it is an enquiry
enquiry = Table(
    "enquiry", office, key(), word("name"), word("email", 160), Column("body", Text), instant("received_at"), instant("answered_at"),
    word("status", 20), instant("contract_since"), word("owner", 60), word("answer", 2000),
    CheckConstraint("status <> 'contract' OR contract_since IS NOT NULL", name="contract_has_date"),
)  # fmt: skip
enquiry_file = Table("enquiry_file", office, key(), refers("enquiry_id", "enquiry.id"), word("path", 200))
enquiry_meeting = Table(
    "enquiry_meeting", office, key(), refers("enquiry_id", "enquiry.id"), instant("at"), word("place")
)
video_call = Table("video_call", office, key(), word("participant", 160), word("address", 45), Column("chat", Text), instant("joined_at"), instant("left_at"))  # fmt: skip
applicant = Table("applicant", office, key(), word("post", 20), word("name"), word("email", 160), word("letter", 2000), instant("procedure_ended_at"), instant("consented_at"), word("shelf", 40), word("channel", 10), instant("hired_at"))  # fmt: skip
applicant_file = Table(
    "applicant_file",
    office,
    key(),
    refers("applicant_id", "applicant.id"),
    word("path", 200),
    word("kind", 20),
)
applicant_note = Table(
    "applicant_note", office, key(), refers("applicant_id", "applicant.id"), Column("body", Text)
)
applicant_mail = Table("applicant_mail", office, key(), refers("applicant_id", "applicant.id"), word("subject"), Column("body", Text), instant("sent_at"))  # fmt: skip
#: how many applied on a vacancy in a month: of everybody and about nobody, so it stays
application_total = Table("application_total", office, key(), word("post", 20), word("month", 7), number("applications"))  # fmt: skip
#: the personal page of an application: whoever has the token of the mail may answer there
applicant_page = Table("applicant_page", office, key(), refers("applicant_id", "applicant.id"), word("token_hash", 64), instant("made_at"))  # fmt: skip
#: who looked at which file, in which role, and on which ground; the number says nothing once the file is gone
applicant_look = Table("applicant_look", office, key(), number("applicant"), word("role", 20), word("ground", 30), word("matter", 60), instant("at"))  # fmt: skip
#: what of an application the employment needs, once somebody was hired
personnel_file = Table("personnel_file", office, key(), word("name"), word("email", 160), word("path", 200), word("kind", 20), instant("filed_at"), instant("left_at"))  # fmt: skip
travel_receipt = Table("travel_receipt", office, key(), refers("applicant_id", "applicant.id", optional=True), word("payee"), number("cents"), instant("paid_at"))  # fmt: skip
pool_entry = Table("pool_entry", office, key(), word("name"), word("email", 160), Column("profile", Text), instant("consented_at"))  # fmt: skip
pool_file = Table("pool_file", office, key(), refers("entry_id", "pool_entry.id"), word("path", 200))
pool_term = Table("pool_term", office, key(), refers("entry_id", "pool_entry.id"), word("term", 60))
candidate = Table("candidate", recruiting, key(), word("name"), word("email", 160), Column("profile", Text), instant("consented_at"))  # fmt: skip
#: an application as the provider has it, under the number of ours
application_entry = Table("application_entry", recruiting, key(), word("post", 20), word("name"), word("email", 160), instant("procedure_ended_at"), instant("consented_at"))  # fmt: skip
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
#: browsers of one customer, under a random id, and only while the customer agrees
device_link = Table("device_link", web, key(), word("pseudonym", 40), word("browser", 40), instant("linked_at"))  # fmt: skip

#: of visitors who agreed to analysis: when they came, how often and how long (seconds)
visit_record = Table("visit_record", web, key(), refers("visitor_id", "visitor.id"), instant("first_at"), instant("last_at"), number("visits"), number("seconds"))  # fmt: skip
#: a report on one visitor's use, with the ground it was made on
usage_report = Table("usage_report", web, key(), refers("visitor_id", "visitor.id"), number("pages"), word("ground", 20), instant("made_at"))  # fmt: skip
#: Segment's anonymous id, to count new and returning visitors; never beside anything that leads to an account
anonymous_visitor = Table("anonymous_visitor", web, key(), word("anonymous_id", 40), number("visits"), instant("last_at"))  # fmt: skip
#: of visitors who agreed to advertising
advert_view = Table("advert_view", web, key(), refers("visitor_id", "visitor.id"), word("advert", 40), number("times"))  # fmt: skip
advert_click = Table("advert_click", web, key(), refers("visitor_id", "visitor.id"), word("network", 20), word("click_id", 120), instant("at"))  # fmt: skip
demographic = Table("demographic", web, key(), refers("visitor_id", "visitor.id"), word("age", 20), word("gender", 20), flag("minor"))  # fmt: skip
#: sums, of everybody and about nobody
campaign_total = Table("campaign_total", web, key(), word("campaign", 40), number("visits"), number("orders"), number("bounces"))  # fmt: skip

#: how long pages took, by page and day
page_time = Table("page_time", web, key(), word("page", 120), word("title", 200), word("day", 10), number("calls"), number("milliseconds"))  # fmt: skip

DATABASES = {"portal": portal, "office": office, "web": web, "recruiting": recruiting}
